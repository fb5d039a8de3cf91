//! What lies in the folder, and is not listed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use medley_core::dataset::TaskKind;
use walkdir::WalkDir;

use super::{Listed, Place, Reader, Truth};
use crate::data::inspect::finding::Check;

/// The files below a folder to `depth` levels, in order; hidden ones and notes that systems leave are left out.
pub fn files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let hidden = |name: &str| name.starts_with('.') || name.eq_ignore_ascii_case("thumbs.db");
    WalkDir::new(folder)
        .max_depth(depth)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !hidden(&entry.file_name().to_string_lossy()))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

impl Reader {
    /// Files in `images/` and in the folder of masks that no label file names. Where the label files cannot
    /// be used at all, the images are looked at nevertheless.
    pub(super) fn unlisted(&mut self) {
        let root = self.catalogue.root.clone();
        let mut listed: HashSet<PathBuf> = HashSet::new();
        for image in &self.catalogue.images {
            if let Place::File(path) = &image.place {
                listed.insert(path.clone());
            }
            listed.extend(image.truths.iter().filter_map(|(_, truth)| match truth {
                Truth::Mask(path) => Some(path.clone()),
                _ => None,
            }));
        }
        let without_labels = self.catalogue.images.is_empty();
        // The files of a series are named by their folder.
        let is_listed = |path: &Path| path.ancestors().any(|part| listed.contains(part));
        for path in files(&root.join("images"), 64).into_iter().filter(|path| !is_listed(path)) {
            let name = path.strip_prefix(root.join("images")).unwrap_or(&path).to_string_lossy().into_owned();
            if without_labels {
                let (place, truths) = (Place::File(path), Vec::new());
                self.catalogue.images.push(Listed { name, place, split: None, patient: None, truths });
            } else {
                self.find(Check::NotListed, format!("images/{name}"), "no label file names it");
            }
        }
        if self.catalogue.tasks.iter().any(|task| task.kind == TaskKind::Segmentation) && !without_labels {
            for folder in ["masks", "labels"] {
                for path in files(&root.join(folder), 64).into_iter().filter(|path| !listed.contains(path)) {
                    let file = self.catalogue.relative(&path);
                    self.find(Check::NotListed, file, "it is the mask of no image that is listed and there");
                }
            }
        }
    }
}
