//! Names of files, each of them once.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::archive::plain;
use crate::project::{EntryId, Place, Project};

/// Endings that belong to a format, longest first.
const ENDINGS: [&str; 14] = [
    ".nii.gz",
    ".ome.tiff",
    ".ome.tif",
    ".tiff",
    ".tif",
    ".png",
    ".jpeg",
    ".jpg",
    ".bmp",
    ".webp",
    ".dcm",
    ".dicom",
    ".nii",
    ".zip",
];

/// The name of an image without its format.
pub(super) fn stem(file: &str) -> &str {
    let base = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let lower = base.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|ending| lower.ends_with(**ending));
    ending.and_then(|ending| base.get(..base.len() - ending.len())).unwrap_or(base)
}

/// A name for each image of a project.
pub(super) struct Names<'a> {
    project: &'a Project,
    stems: BTreeMap<EntryId, String>,
}

impl<'a> Names<'a> {
    pub fn of(project: &'a Project) -> Self {
        let mut taken = BTreeSet::new();
        let name = |entry: &crate::project::Entry| {
            let mut stem = plain(stem(&entry.file));
            if stem.is_empty() || !taken.insert(stem.to_lowercase()) {
                stem = format!("{stem}_{}", entry.id.0);
                taken.insert(stem.to_lowercase());
            }
            (entry.id, stem)
        };
        let stems = project.document().entries.iter().map(name).collect();
        Self { project, stems }
    }

    /// Of an image.
    pub fn image(&self, entry: EntryId) -> &str {
        self.stems.get(&entry).map_or("image", String::as_str)
    }

    /// Of a slice.
    pub fn slice(&self, at: Place) -> String {
        let slices = self.project.entry(at.entry).map_or(1, |entry| entry.size[2]);
        match slices {
            0 | 1 => self.image(at.entry).to_owned(),
            _ => format!("{}_s{:04}", self.image(at.entry), at.slice),
        }
    }

    /// Of a slice's picture: the image's own where it is one.
    pub fn picture(&self, at: Place) -> String {
        match self.project.entry(at.entry) {
            Some(entry) if entry.size[2] == 1 => plain(&entry.file),
            _ => format!("{}.png", self.slice(at)),
        }
    }
}
