//! The forms of labels, and which one a folder is likely to have.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::read::stem;
use crate::data::inspect::catalogue::walk::files;

/// How a source is labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A folder per class, perhaps below folders train, val and test.
    ClassFolders,
    /// A CSV table with a file and a label in each row.
    Table,
    /// A folder of images and one of masks with the same names: PNG, TIFF or `NIfTI`.
    Masks,
    /// COCO JSON.
    Coco,
    /// Pascal VOC: an XML file per image.
    Voc,
    /// YOLO: a text file per image, and the names of the classes.
    Yolo,
    /// `GeoJSON` (`QuPath`): a file of outlines per image.
    GeoJson,
    /// A `MedMNIST` file.
    Npz,
}

impl Form {
    /// Every form, in the order in which they are tried.
    pub const ALL: [Self; 8] = [
        Self::Npz,
        Self::Coco,
        Self::Voc,
        Self::GeoJson,
        Self::Yolo,
        Self::Masks,
        Self::Table,
        Self::ClassFolders,
    ];

    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClassFolders => "class-folders",
            Self::Table => "table",
            Self::Masks => "masks",
            Self::Coco => "coco",
            Self::Voc => "voc",
            Self::Yolo => "yolo",
            Self::GeoJson => "geojson",
            Self::Npz => "npz",
        }
    }

    /// The form that the files of a folder look like.
    pub fn guess(source: &Path) -> Option<Self> {
        let all = files(source, 64);
        let any = |ending: &str| all.iter().any(|path| has_ending(path, ending));
        if any(".npz") {
            return Some(Self::Npz);
        }
        if all.iter().any(|path| has_ending(path, ".json") && looks_like_coco(path)) {
            return Some(Self::Coco);
        }
        let labels = |ending: &str| {
            let stems: HashSet<String> =
                all.iter().filter(|path| is_image(path)).map(|path| stem(path)).collect();
            all.iter().any(|path| has_ending(path, ending) && stems.contains(&stem(path)))
        };
        let per_image = [(Self::Voc, ".xml"), (Self::GeoJson, ".geojson"), (Self::Yolo, ".txt")];
        if let Some((form, _)) = per_image.into_iter().find(|(_, ending)| labels(ending)) {
            return Some(form);
        }
        if mask_folders(source).is_some() {
            return Some(Self::Masks);
        }
        if files(source, 1).iter().any(|path| has_ending(path, ".csv")) {
            return Some(Self::Table);
        }
        let nested = all.iter().any(|path| is_image(path) && path.parent() != Some(source));
        nested.then_some(Self::ClassFolders)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Form {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|form| form.name() == name).ok_or(format!("a form is one of {names}"))
    }
}

/// Whether a file name has an ending, in any case.
pub(super) fn has_ending(path: &Path, ending: &str) -> bool {
    path.to_string_lossy().to_lowercase().ends_with(ending)
}

/// Whether a file is an image by its name.
pub(super) fn is_image(path: &Path) -> bool {
    const ENDINGS: [&str; 11] =
        [".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".dcm", ".dicom", ".nii", ".nii.gz"];
    ENDINGS.iter().any(|ending| has_ending(path, ending))
}

/// The folders of images and of their masks, where a source has such.
pub(super) fn mask_folders(source: &Path) -> Option<(PathBuf, PathBuf)> {
    const IMAGES: [&str; 4] = ["images", "image", "imagesTr", "img"];
    const MASKS: [&str; 8] =
        ["masks", "mask", "labels", "label", "labelsTr", "segmentations", "annotations", "gt"];
    let find = |names: &[&str]| {
        let folders = names.iter().map(|name| source.join(name));
        folders.into_iter().find(|folder| files(folder, 64).iter().any(|path| is_image(path)))
    };
    Some((find(&IMAGES)?, find(&MASKS)?))
}

fn looks_like_coco(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| {
        let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
        has(b"\"images\"") && has(b"\"annotations\"") && has(b"\"categories\"")
    })
}
