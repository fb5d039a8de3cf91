//! From a file name in a table to the pictures in that file.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::volume::count_slices;
use super::{DataError, DataFolder, Item, Label, Source, VolumeFile};

/// Endings of files that hold one picture, which need not be looked into.
const PICTURES: [&str; 5] = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];
/// Endings of files that may hold several; some DICOM files have none.
const STACKS: [&str; 5] = [".nii.gz", ".nii", ".dcm", ".tif", ".tiff"];

impl DataFolder {
    /// The pictures of an image file: one, or a slice each. A volume's masks are in `labels`; other labels
    /// hold for every slice.
    pub(super) fn items(
        &self,
        file: &str,
        patient: Option<String>,
        label: &Label,
        labels: Option<PathBuf>,
    ) -> Result<Vec<Item>, DataError> {
        let path = self.root.join("images").join(file);
        if !path.is_file() {
            return Err(DataError::layout(&path, "this image is listed but missing"));
        }
        let slices = if ending(file, &PICTURES).is_some() { 1 } else { count_slices(&path)? };
        if slices == 1 && labels.is_none() {
            let case = patient.clone().unwrap_or_else(|| file.to_owned());
            let (name, source, label) = (file.to_owned(), Source::File(path), label.clone());
            return Ok(vec![Item { name, source, label, patient, case, slice: None }]);
        }
        if matches!(label, Label::Boxes { .. } | Label::MaskFile(_)) {
            let problem = format!("this image has {slices} slices, but its label is for a single picture");
            return Err(DataError::layout(&path, problem));
        }
        let volume = Arc::new(VolumeFile::new(path, labels));
        let stem = ending(file, &STACKS).and_then(|ending| file.get(..file.len() - ending.len()));
        let case = stem.unwrap_or(file).to_owned();
        let item = |index| Item {
            name: format!("{file}#{index:03}"),
            source: Source::Slice { volume: Arc::clone(&volume), index },
            label: label.clone(),
            patient: patient.clone(),
            case: case.clone(),
            slice: Some(index),
        };
        Ok((0..slices).map(item).collect())
    }
}

/// The one of `endings` that a file name has.
fn ending(file: &str, endings: &[&'static str]) -> Option<&'static str> {
    let lower = file.to_ascii_lowercase();
    endings.iter().copied().find(|ending| lower.ends_with(ending))
}
