//! Packed data sets are the original ones, only smaller, and the same every time.
#![allow(clippy::unwrap_used, clippy::panic, clippy::too_many_lines, clippy::type_complexity)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use medley_core::dataset::{Prepared, Split, Target, sample_seed};
use tempfile::TempDir;

use super::super::synthetic::{SynthOptions, write_synthetic};
use super::super::{DataError, DataFolder};
use super::*;

const EXACT: PackOptions = PackOptions { size: 48, encoding: Encoding::Lossless };

/// The built-in data with `images` pictures of 80 pixels, one folder per task.
fn originals(images: usize) -> (TempDir, Vec<DataFolder>) {
    let out = tempfile::tempdir().unwrap();
    let options = SynthOptions { images, size: 80, seed: 9, ..SynthOptions::default() };
    let folders = write_synthetic(out.path(), options).unwrap();
    let folders = folders.iter().map(|path| DataFolder::open(path).unwrap()).collect();
    (out, folders)
}

fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(&path).unwrap())).collect()
}

/// Largest and mean distance of two pictures of one size.
fn distance(a: &[f32], b: &[f32]) -> (f32, f32) {
    assert_eq!(a.len(), b.len());
    let distances = || a.iter().zip(b).map(|(a, b)| (a - b).abs());
    (distances().fold(0.0, f32::max), distances().sum::<f32>() / a.len() as f32)
}

fn assert_same_labels(found: &Target, expected: &Target) {
    match (found, expected) {
        (Target::Boxes(found), Target::Boxes(expected)) => {
            assert_eq!(found.len(), expected.len());
            for (a, b) in found.iter().zip(expected) {
                for (a, b) in [(a.x0, b.x0), (a.y0, b.y0), (a.x1, b.x1), (a.y1, b.y1)] {
                    assert!((a - b).abs() < 1e-4, "{a} {b}");
                }
                assert_eq!(a.class, b.class);
            }
        }
        (found, expected) => assert_eq!(found, expected),
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let (_originals, folders) = originals(7);
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in &folders {
        let options = PackOptions { size: 48, ..PackOptions::default() };
        let packed = pack(folder, first.path(), options).unwrap();
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let again = one_thread.install(|| pack(folder, second.path(), options)).unwrap();
        assert_eq!(contents(&packed.path), contents(&again.path));
        assert_eq!(packed.pictures, [4, 1, 2]);
        assert_eq!(
            packed.bytes,
            contents(&packed.path).values().map(|bytes| bytes.len() as u64).sum::<u64>()
        );
    }
}

#[test]
fn packed_pictures_and_labels_are_the_scaled_originals() {
    let (_originals, folders) = originals(7);
    for (encoding, largest, mean) in
        [(Encoding::Lossless, 0.501 / 255.0, 0.002), (Encoding::Jpeg(90), 0.4, 0.02)]
    {
        let out = tempfile::tempdir().unwrap();
        for original in &folders {
            let packed = pack(original, out.path(), PackOptions { size: 48, encoding }).unwrap();
            let packed = DataFolder::open(packed.path).unwrap();
            assert_eq!(packed.manifest, original.manifest);
            for (found, expected) in packed.tasks.iter().zip(&original.tasks) {
                assert_eq!(found.task, expected.task);
                for split in Split::ALL {
                    assert_eq!(found.items(split).len(), expected.items(split).len());
                    for (a, b) in found.items(split).iter().zip(expected.items(split)) {
                        assert_eq!((&a.name, &a.case, a.slice), (&b.name, &b.case, b.slice));
                        let (a, b) = (packed.load(a).unwrap(), original.load(b).unwrap());
                        let b = Prepared::new(&b, 48);
                        assert_eq!((a.image.width(), a.image.height()), (b.width, b.height));
                        let found = distance(&a.image.to_unit_planes(), &b.planes);
                        assert!(found.0 <= largest && found.1 <= mean, "{}: {found:?}", original.manifest.id);
                        assert_same_labels(&a.target, &b.target);
                    }
                }
            }
        }
    }
}

#[test]
fn small_pictures_are_not_enlarged_and_share_sheets() {
    let (_originals, folders) = originals(20);
    let out = tempfile::tempdir().unwrap();
    let packed = pack(&folders[1], out.path(), PackOptions { size: 500, ..EXACT }).unwrap();
    // Fourteen pictures of 80 x 80 are on one sheet: a record, a picture and a mask.
    let records = shard::index(&packed.path.join("train.tar")).unwrap();
    assert_eq!(records.len(), 1);
    let folder = DataFolder::open(&packed.path).unwrap();
    for (a, b) in folder.tasks[0].train.iter().zip(&folders[1].tasks[0].train) {
        let (a, b) = (folder.load(a).unwrap(), folders[1].load(b).unwrap());
        assert_eq!(a.image.pixels(), b.image.pixels());
        assert_eq!(a.target, b.target);
    }
}

#[test]
fn a_folder_is_not_overwritten_and_licences_go_along() {
    let (root, folders) = originals(3);
    let path = root.path().join(&folders[0].manifest.id);
    fs::write(path.join("LICENSE.txt"), "as you like").unwrap();
    let rows = ["00000.png,CC BY", "00001.png,CC BY-NC", "00002.png,CC BY"].join("\n");
    fs::write(path.join("attribution.csv"), format!("file,license\n{rows}\n")).unwrap();
    let out = tempfile::tempdir().unwrap();
    let packed = pack(&folders[0], out.path(), EXACT).unwrap().path;
    assert_eq!(fs::read(packed.join("LICENSE.txt")).unwrap(), b"as you like");
    let options = super::super::FolderOptions { commercial_only: true, ..Default::default() };
    let folder = DataFolder::open_with(&packed, options).unwrap();
    assert_eq!(Split::ALL.map(|split| folder.tasks[0].items(split).len()), [1, 0, 1]);
    let error = pack(&folders[0], out.path(), EXACT).unwrap_err().to_string();
    assert!(error.contains("there already"), "{error}");
}

/// A detection of three pictures, packed, and the bytes of its only record's files.
fn tiny() -> (TempDir, Vec<u8>, Vec<u8>) {
    let (_originals, folders) = originals(3);
    let out = tempfile::tempdir().unwrap();
    let packed = pack(&folders[0], out.path(), EXACT).unwrap().path;
    let tar = packed.join("train.tar");
    let mut records = shard::index(&tar).unwrap();
    let files = records.remove("000000").unwrap();
    let picture = files.picture.unwrap().read(&tar).unwrap();
    (out, files.json.unwrap(), picture)
}

fn rewrite(out: &Path, files: &[(&str, &[u8])]) -> Result<usize, DataError> {
    let root = out.join("synth-slide-detection");
    let path = root.join("train.tar");
    let mut shard = shard::ShardWriter::new(&path).unwrap();
    for (name, content) in files {
        shard.add(name, content).unwrap();
    }
    shard.finish().unwrap();
    load_all(&root)
}

fn load_all(root: &Path) -> Result<usize, DataError> {
    let folder = DataFolder::open(root)?;
    let items = &folder.tasks[0].train;
    items.iter().map(|item| folder.load(item)).collect::<Result<Vec<_>, _>>().map(|samples| samples.len())
}

#[test]
fn wrong_records_are_refused_with_the_reason() {
    let (out, json, picture) = tiny();
    let text = String::from_utf8(json.clone()).unwrap();
    let good = [("a.json", &json[..]), ("a.png", &picture[..])];
    assert_eq!(rewrite(out.path(), &good).unwrap(), 1);
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        text.replacen(from, to, 1).into_bytes()
    };
    for (json, expected) in [
        (changed("\"width\":48", "\"width\":0"), "pictures of 0 x"),
        (changed("\"width\":48", "\"width\":99999999999"), "pictures of 99999999999 x"),
        (changed("\"width\":48", "\"width\":47"), "is not in the picture"),
        (changed("\"width\":48", "\"width\":49"), "not of 49 x 36"),
        (changed("\"boxes\":[[", "\"boxes\":[[-1.5,0.0,5.0,5.0,0],["), "is not in the picture"),
        (changed("\"boxes\":[[", "\"boxes\":[[1.5,0.0,5.0,5.0,77],["), "77 is none of the"),
        (changed("{", "["), "a.json"),
    ] {
        let error = rewrite(out.path(), &[("a.json", &json), good[1]]).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    for (files, expected) in [
        (vec![good[0]], "a has no jpg or png"),
        (vec![good[1]], "a has no json"),
        (vec![good[0], good[0], good[1]], "a.json is there twice"),
        (vec![good[0], good[1], ("b.json", good[0].1), ("b.png", good[1].1)], "was listed before"),
    ] {
        let error = rewrite(out.path(), &files).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_tar_that_ends_early_is_refused_when_it_is_opened() {
    let (out, json, picture) = tiny();
    rewrite(out.path(), &[("a.json", &json), ("a.png", &picture)]).unwrap();
    let root = out.path().join("synth-slide-detection");
    let bytes = fs::read(root.join("train.tar")).unwrap();
    let cut = 512 + json.len().next_multiple_of(512) + 512 + picture.len() - 1;
    fs::write(root.join("train.tar"), &bytes[..cut]).unwrap();
    let error = DataFolder::open(&root).unwrap_err().to_string();
    assert!(error.contains("the file ends within a.png"), "{error}");
}

/// Numbers that look random, the same in every run.
fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    (0..).map(move |index| (sample_seed(seed, 0, index) >> 16) as usize)
}

#[test]
fn a_changed_or_cut_tar_never_panics() {
    let (out, json, picture) = tiny();
    rewrite(out.path(), &[("a.json", &json), ("a.png", &picture)]).unwrap();
    let root = out.path().join("synth-slide-detection");
    let whole = fs::read(root.join("train.tar")).unwrap();
    let mut refused = 0;
    for seed in 0..400 {
        let mut bytes = whole.clone();
        let mut numbers = numbers(seed);
        let mut next = || numbers.next().unwrap();
        for _ in 0..next() % 8 {
            // Half of the changes are in headers and record, where they do most harm.
            let at = if next() % 2 == 0 { next() % 1536 } else { next() % bytes.len() };
            bytes[at] = next() as u8;
        }
        if next() % 3 == 0 {
            bytes.truncate(next() % bytes.len());
        }
        fs::write(root.join("train.tar"), bytes).unwrap();
        refused += usize::from(load_all(&root).is_err());
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn any_bytes_as_a_tar_never_panic() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("train.tar");
    for seed in 0..200 {
        let bytes: Vec<u8> = numbers(seed).take(seed as usize * 11).map(|number| number as u8).collect();
        fs::write(&path, &bytes).unwrap();
        if let Ok(records) = shard::index(&path) {
            assert!(records.is_empty());
        }
    }
}
