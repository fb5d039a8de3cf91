//! From a name in a table to the pictures in that file, or in the folder of a DICOM series.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::volume::{Contents, contents};
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
        let folder = path.is_dir();
        if !folder && !path.is_file() {
            return Err(DataError::layout(&path, "this image is listed but missing"));
        }
        let Contents { slices, series } = if !folder && ending(file, &PICTURES).is_some() {
            Contents { slices: 1, series: None }
        } else {
            contents(&path)?
        };
        if slices == 1 && labels.is_none() && !folder {
            let case = patient.clone().or(series).unwrap_or_else(|| file.to_owned());
            let (name, source, label) = (file.to_owned(), Source::File(path), label.clone());
            return Ok(vec![Item { name, source, label, patient, case, slice: None }]);
        }
        if matches!(label, Label::Boxes { .. } | Label::MaskFile(_)) {
            let problem = format!("this image has {slices} slices, but its label is for a single picture");
            return Err(DataError::layout(&path, problem));
        }
        let volume = Arc::new(VolumeFile::new(path, labels));
        let case = if folder { file } else { stem(file) }.to_owned();
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

/// The files that may hold the labels of a volume: its own name in `labels/`, or in `masks/` beside PNGs; of a DICOM
/// file or series also a `NIfTI` file with this name.
pub(in crate::data) fn label_files(root: &Path, file: &str) -> Vec<PathBuf> {
    let path = root.join("images").join(file);
    let mut names = vec![file.to_owned()];
    if path.is_dir() || ending(file, &[".dcm"]).is_some() {
        let stem = if path.is_dir() { file } else { stem(file) };
        names.extend([".nii.gz", ".nii"].map(|ending| format!("{stem}{ending}")));
    }
    let folders = ["labels", "masks"].map(|folder| root.join(folder));
    folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(name))).collect()
}

/// The name of a stack without its ending.
fn stem(file: &str) -> &str {
    ending(file, &STACKS).and_then(|ending| file.get(..file.len() - ending.len())).unwrap_or(file)
}

/// The one of `endings` that a file name has.
fn ending(file: &str, endings: &[&'static str]) -> Option<&'static str> {
    let lower = file.to_ascii_lowercase();
    endings.iter().copied().find(|ending| lower.ends_with(ending))
}
