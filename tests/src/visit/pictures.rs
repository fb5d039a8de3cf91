//! Images with masks to learn from, in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::data_set;
use medley_core::dataset::Manifest;
use medley_core::dataset::formats::mask_png;
use tempfile::TempDir;

/// The longest side of an image.
const SIDE: u32 = 256;
const MAX_PIXELS: usize = 1 << 24;

/// Grey images and index masks of the same names.
pub struct Pictures {
    folder: TempDir,
    names: Vec<String>,
}

impl Pictures {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["images", "masks"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        Self { folder, names: Vec::new() }
    }

    /// Bright discs on a dark, uneven ground.
    pub fn discs(count: u32) -> Self {
        Self::discs_of(count, 96)
    }

    /// The same, for a slow device.
    pub fn small_discs(count: u32) -> Self {
        Self::discs_of(count, 64)
    }

    /// The same, of any size in pixels.
    pub fn discs_of(count: u32, side: u32) -> Self {
        let mut pictures = Self::new();
        for image in 0..count {
            let inside = |x: u32, y: u32| {
                (0..4).any(|disc| {
                    let seed = image * 31 + disc * 17 + 5;
                    let free = side - 24;
                    let centre = (12 + seed * 29 % free, 12 + seed * 43 % free);
                    let radius = 7 + seed % 6;
                    x.abs_diff(centre.0).pow(2) + y.abs_diff(centre.1).pow(2) < radius * radius
                })
            };
            let places = || (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
            let grey = places().map(|(x, y)| {
                let ground = 50 + (x * 7 + y * 13 + image * 5) % 17;
                u8::try_from(if inside(x, y) { ground + 110 } else { ground }).unwrap()
            });
            let mask = places().map(|(x, y)| u8::from(inside(x, y)));
            pictures.add(
                &format!("disc-{image}.png"),
                side,
                &grey.collect::<Vec<_>>(),
                &mask.collect::<Vec<_>>(),
            );
        }
        pictures
    }

    /// Crops of electron micrographs with mitochondria; none where the data set is not here.
    pub fn mitochondria(names: &[&str]) -> Option<Self> {
        let Some(data) = data_set("vnc-em") else {
            println!(
                "SKIPPED: the data set vnc-em is not here; MEDLEY_DATA can name the folder of the data sets"
            );
            return None;
        };
        let classes = Manifest::parse(&fs::read(data.join("dataset.json")).unwrap()).unwrap().classes;
        let class = classes.iter().position(|class| class == "mitochondrion").unwrap();
        let mut pictures = Self::new();
        for name in names {
            let file = format!("{name}.png");
            let (width, grey) = read_grey(&data.join("images").join(&file));
            let mask = fs::read(data.join("masks").join(&file)).unwrap();
            let mask = mask_png::parse(&mask, classes.len(), MAX_PIXELS).unwrap();
            assert_eq!((mask.width, mask.labels.len()), (width, grey.len()), "{file}");
            let labels: Vec<u8> =
                mask.labels.iter().map(|label| u8::from(usize::from(*label) == class)).collect();
            let side = (SIDE as usize).min(width).min(mask.height);
            let (x, y) = fullest(&labels, width, side);
            let crop = |pixels: &[u8]| -> Vec<u8> {
                pixels.chunks(width).skip(y).take(side).flat_map(|row| &row[x..x + side]).copied().collect()
            };
            pictures.add(&file, u32::try_from(side).unwrap(), &crop(&grey), &crop(&labels));
        }
        Some(pictures)
    }

    fn add(&mut self, name: &str, side: u32, grey: &[u8], mask: &[u8]) {
        for (part, pixels) in [("images", grey), ("masks", mask)] {
            let file = fs::File::create(self.folder.path().join(part).join(name)).unwrap();
            let mut encoder = png::Encoder::new(file, side, side);
            encoder.set_color(png::ColorType::Grayscale);
            encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        }
        self.names.push(name.to_owned());
    }

    /// The images' files.
    pub fn images(&self) -> Vec<PathBuf> {
        self.names.iter().map(|name| self.folder.path().join("images").join(name)).collect()
    }

    /// The masks' files.
    pub fn masks(&self) -> Vec<PathBuf> {
        self.names.iter().map(|name| self.folder.path().join("masks").join(name)).collect()
    }
}

/// The corner of the square with the most foreground, of those on a coarse grid.
fn fullest(labels: &[u8], width: usize, side: usize) -> (usize, usize) {
    let height = labels.len() / width;
    let steps = |length: usize| (0..=length - side).step_by(64);
    let corners = steps(height).flat_map(|y| steps(width).map(move |x| (x, y)));
    let tally = |(x, y): &(usize, usize)| -> u32 {
        let rows = labels.chunks(width).skip(*y).take(side);
        rows.flat_map(|row| &row[*x..*x + side]).map(|label| u32::from(*label)).sum()
    };
    corners.max_by_key(tally).unwrap()
}

/// Columns and grey pixels of a PNG file.
pub fn read_grey(file: &Path) -> (usize, Vec<u8>) {
    grey(&fs::read(file).unwrap())
}

/// Columns and first channel of a PNG file's bytes; indices where it has a palette.
pub fn grey(bytes: &[u8]) -> (usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.bit_depth, png::BitDepth::Eight);
    pixels.truncate(frame.buffer_size());
    let pixels = pixels.chunks(frame.color_type.samples()).map(|pixel| pixel[0]).collect();
    (frame.width as usize, pixels)
}
