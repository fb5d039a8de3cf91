//! Packing a data set folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use medley_core::dataset::formats::mask_png;
use medley_core::dataset::{Mask, Prepared, Split, Target};
use rayon::prelude::*;
use serde_json::json;

use super::super::{DataError, DataFolder, Item};
use super::shard::ShardWriter;
use super::{Encoding, PackedPicture, Record};

/// Pixels of a sheet: small pictures share one until it has this many.
const SHEET_PIXELS: usize = 1 << 17;
/// Pictures that are decoded at a time.
const AT_ONCE: usize = 256;
/// What people need beside the data, copied as it is.
const COMPANIONS: [&str; 2] = ["LICENSE.txt", "attribution.csv"];

/// How to pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackOptions {
    /// Longest side of a packed picture; smaller ones stay as they are.
    pub size: usize,
    /// How pictures are stored.
    pub encoding: Encoding,
}

impl Default for PackOptions {
    /// 192 pixels, the size at which the bundled model learns, in a quality at which the loss can be seen
    /// only in enlargements.
    fn default() -> Self {
        Self { size: 192, encoding: Encoding::Jpeg(80) }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The folder.
    pub path: PathBuf,
    /// Pictures in train, val and test.
    pub pictures: [usize; 3],
    /// Bytes of all files.
    pub bytes: u64,
}

/// Packs a data set into the new folder `out/ID` and returns what was written.
///
/// # Errors
/// When a picture cannot be read, the folder is there already, or it cannot be written.
pub fn pack(folder: &DataFolder, out: &Path, options: PackOptions) -> Result<Packed, DataError> {
    let path = out.join(&folder.manifest.id);
    let io = |source| DataError::Io { path: path.clone(), source };
    if path.exists() {
        return Err(DataError::layout(
            &path,
            "this folder is there already; remove it or choose another --out",
        ));
    }
    fs::create_dir_all(&path).map_err(io)?;
    let mut pictures = [0; 3];
    for (split, count) in Split::ALL.into_iter().zip(&mut pictures) {
        let entries = entries(folder, split);
        *count = entries.len();
        if !entries.is_empty() {
            write_shard(folder, &entries, &path.join(format!("{split}.tar")), options)?;
        }
    }
    for name in COMPANIONS {
        let from = folder.root().join(name);
        if from.is_file() {
            fs::copy(&from, path.join(name)).map_err(io)?;
        }
    }
    fs::write(path.join("dataset.json"), manifest(folder, options)).map_err(io)?;
    let bytes = folder_bytes(&path).map_err(io)?;
    Ok(Packed { path, pictures, bytes })
}

/// The manifest of the packed set: the window is in the pixels now.
fn manifest(folder: &DataFolder, options: PackOptions) -> Vec<u8> {
    let mut manifest = folder.manifest.clone();
    manifest.window = None;
    let mut value = json!(manifest);
    let quality = match options.encoding {
        Encoding::Jpeg(quality) => json!(quality),
        Encoding::Lossless => json!("lossless"),
    };
    value["packed"] = json!({ "size": options.size, "quality": quality });
    format!("{value:#}\n").into_bytes()
}

fn folder_bytes(path: &Path) -> io::Result<u64> {
    fs::read_dir(path)?.map(|entry| Ok(entry?.metadata()?.len())).sum()
}

/// One picture with its labels in all tasks.
type Entry<'a> = Vec<&'a Item>;

/// The pictures of a split in the order of the first task that has them.
fn entries(folder: &DataFolder, split: Split) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut positions = HashMap::new();
    for item in folder.tasks.iter().flat_map(|data| data.items(split)) {
        let position = *positions.entry(item.name.as_str()).or_insert(entries.len());
        match entries.get_mut(position) {
            Some(entry) => entry.push(item),
            None => entries.push(vec![item]),
        }
    }
    entries
}

fn write_shard(
    folder: &DataFolder,
    entries: &[Entry<'_>],
    path: &Path,
    options: PackOptions,
) -> Result<(), DataError> {
    let io = |source| DataError::Io { path: path.to_path_buf(), source };
    let mut shard = ShardWriter::new(path).map_err(io)?;
    let mut number = 0;
    let mut write = |sheets: Vec<Vec<Tile>>| -> Result<(), DataError> {
        let encode = |sheet: &Vec<Tile>| encode(sheet, options.encoding, path);
        let encoded: Vec<Files> = sheets.par_iter().map(encode).collect::<Result<_, _>>()?;
        for files in encoded {
            for (extension, content) in files {
                shard.add(&format!("{number:06}.{extension}"), &content).map_err(io)?;
            }
            number += 1;
        }
        Ok(())
    };
    let mut open = Vec::new();
    for chunk in entries.chunks(AT_ONCE) {
        let load = |entry: &Entry<'_>| Tile::new(folder, entry, options.size);
        let tiles: Vec<Tile> = chunk.par_iter().map(load).collect::<Result<_, _>>()?;
        let mut full = Vec::new();
        for tile in tiles {
            if open.first().is_some_and(|first: &Tile| !first.shares_sheet_with(&tile, open.len())) {
                full.push(std::mem::take(&mut open));
            }
            open.push(tile);
        }
        write(full)?;
    }
    write(vec![open])?;
    shard.finish().map_err(io)
}

/// A picture at its packed size.
struct Tile {
    values: Vec<u8>,
    channels: usize,
    width: usize,
    height: usize,
    mask: Option<Vec<u8>>,
    picture: PackedPicture,
}

impl Tile {
    fn new(folder: &DataFolder, entry: &Entry<'_>, size: usize) -> Result<Self, DataError> {
        let mut tile = None;
        for item in entry {
            let sample = folder.load(item)?;
            let longest = sample.image.width().max(sample.image.height());
            let channels = sample.image.channels();
            let Prepared { planes, width, height, target } = Prepared::new(&sample, longest.min(size));
            let tile = tile.get_or_insert_with(|| Self {
                values: interleaved(&planes, width * height, channels),
                channels,
                width,
                height,
                mask: None,
                picture: PackedPicture::new(item),
            });
            tile.add(target);
        }
        tile.ok_or_else(|| DataError::Empty { task: folder.manifest.id.clone() })
    }

    fn add(&mut self, target: Target) {
        match target {
            Target::Class(class) => self.picture.class = Some(class),
            Target::Labels(labels) => {
                let present = labels.iter().enumerate().filter(|(_, present)| **present);
                self.picture.classes = Some(present.map(|(class, _)| class).collect());
            }
            Target::Values(values) => self.picture.values = Some(values),
            Target::Mask(mask) => self.mask = Some(mask.labels),
            Target::Boxes(boxes) => {
                let corners = boxes.iter().map(|label| (label.x0, label.y0, label.x1, label.y1, label.class));
                self.picture.boxes = Some(corners.collect());
            }
        }
    }

    /// Whether `other` can lie on a sheet with this one, which has `count` pictures already.
    fn shares_sheet_with(&self, other: &Self, count: usize) -> bool {
        let form = |tile: &Self| (tile.width, tile.height, tile.channels, tile.mask.is_some());
        let volume = |tile: &Self| tile.picture.slice.map(|_| tile.picture.case.clone());
        let pixels = (count + 1) * self.width.next_multiple_of(8) * self.height.next_multiple_of(8);
        form(self) == form(other) && volume(self) == volume(other) && pixels <= SHEET_PIXELS
    }
}

/// Planes in [0, 1] as bytes, channels side by side.
fn interleaved(planes: &[f32], area: usize, channels: usize) -> Vec<u8> {
    let mut values = vec![0; area * channels];
    for (channel, plane) in planes.chunks_exact(area).take(channels).enumerate() {
        for (out, value) in values[channel..].iter_mut().step_by(channels).zip(plane) {
            *out = (value * 255.0).round() as u8;
        }
    }
    values
}

/// File name extensions with contents.
type Files = Vec<(&'static str, Vec<u8>)>;

fn encode(sheet: &[Tile], encoding: Encoding, path: &Path) -> Result<Files, DataError> {
    let Some(first) = sheet.first() else { return Ok(Vec::new()) };
    let pictures = sheet.iter().map(|tile| tile.picture.clone()).collect();
    let record = Record { width: first.width, height: first.height, pictures };
    let layout = record.layout();
    let size = layout.size();
    let failed = |error: &dyn std::fmt::Display| DataError::layout(path, format!("not encoded: {error}"));

    let json = serde_json::to_vec(&record).map_err(|error| failed(&error))?;
    let values: Vec<&[u8]> = sheet.iter().map(|tile| tile.values.as_slice()).collect();
    let picture = encoding
        .encode(&layout.compose(&values, first.channels), size, first.channels)
        .map_err(|error| failed(&error))?;
    let mut files = vec![("json", json), (encoding.extension(), picture)];
    let masks: Vec<&[u8]> = sheet.iter().filter_map(|tile| tile.mask.as_deref()).collect();
    if masks.len() == sheet.len() {
        let mask = Mask { width: size.0, height: size.1, labels: layout.compose(&masks, 1) };
        files.push(("mask.png", mask_png::write_colored(&mask).map_err(|error| failed(&error))?));
    }
    Ok(files)
}
