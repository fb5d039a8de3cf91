//! What leaves the studio is opened by programs that know nothing of Medley, and compared with what was brought in.

mod tuned;
mod volume;

use std::fs;
use std::path::{Path, PathBuf};

use medley_core::dataset::Mask;
use medley_tests::readers::Readers;
use medley_tests::visit::Visit;
use serde_json::Value;
use thirtyfour::prelude::*;

/// Files to compare with, by what they are.
struct Folders(tempfile::TempDir);

impl Folders {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One of the folders; made where it is new.
    fn of(&self, what: &str) -> PathBuf {
        let folder = self.0.path().join(what);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// One of the folders, with copies of these files.
    fn with(&self, what: &str, files: &[PathBuf]) -> PathBuf {
        let folder = self.of(what);
        for file in files {
            fs::copy(file, folder.join(file.file_name().unwrap())).unwrap();
        }
        folder
    }
}

/// Writes a mask as a grey PNG, a value per pixel.
fn write_mask(file: &Path, mask: &Mask) {
    let [width, height] = [mask.width, mask.height].map(|side| u32::try_from(side).unwrap());
    let mut encoder = png::Encoder::new(fs::File::create(file).unwrap(), width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&mask.labels).unwrap();
}

/// Exports a file and has it read; returns the file and what was found.
async fn export(
    visit: &Visit,
    readers: &Readers,
    what: (&str, &str),
    saved: &Path,
    compare: &[&Path],
) -> WebDriverResult<(PathBuf, Value)> {
    let (export, kind) = what;
    let file = visit.export(export, saved).await?;
    let arguments: Vec<_> = std::iter::once(file.as_path()).chain(compare.iter().copied()).collect();
    let arguments: Vec<_> = arguments.into_iter().map(Path::as_os_str).collect();
    let found = readers.read(kind, &arguments);
    Ok((file, found))
}
