//! The data sets that can be downloaded by name, as their publisher lists them.

use std::collections::BTreeMap;
use std::fmt;

use medley_core::dataset::{Manifest, Split, TaskKind, is_non_commercial};
use serde::{Deserialize, Serialize};

use super::DownloadError;

/// The published facts, part of the program.
const MEDMNIST: &str = include_str!("medmnist.toml");

/// All data sets that have a name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The address under which the files are.
    pub base: String,
    /// The data sets, in the publisher's order.
    #[serde(rename = "set")]
    pub sets: Vec<DataSet>,
}

/// One published data set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// As in `medley data get NAME`.
    pub name: String,
    /// What made the images.
    pub modality: String,
    /// What the labels say.
    pub task: Labels,
    /// Class names in index order.
    pub classes: Vec<String>,
    /// 1 (grey) or 3 (RGB).
    pub channels: u64,
    /// Number of images per split.
    pub images: BTreeMap<Split, usize>,
    /// The licence in words.
    pub license: String,
    /// Who made the images.
    pub source: String,
    /// MD5 sum of the file of each size, in hexadecimal.
    pub md5: BTreeMap<Size, String>,
}

/// What the labels of a data set say, in the publisher's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Labels {
    /// One of two classes.
    Binary,
    /// One of several classes.
    MultiClass,
    /// Any number of classes.
    MultiLabel,
    /// One of several classes that have an order. Learnt as classes.
    Ordinal,
}

/// Side of the images in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
pub enum Size {
    /// 28 x 28.
    #[serde(rename = "28")]
    #[value(name = "28")]
    Px28,
    /// 64 x 64.
    #[serde(rename = "64")]
    #[value(name = "64")]
    Px64,
    /// 128 x 128.
    #[serde(rename = "128")]
    #[value(name = "128")]
    Px128,
    /// 224 x 224.
    #[serde(rename = "224")]
    #[value(name = "224")]
    Px224,
}

impl Size {
    /// All of them, smallest first.
    pub const ALL: [Self; 4] = [Self::Px28, Self::Px64, Self::Px128, Self::Px224];

    /// Pixels along a side.
    pub fn pixels(self) -> u64 {
        match self {
            Self::Px28 => 28,
            Self::Px64 => 64,
            Self::Px128 => 128,
            Self::Px224 => 224,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pixels().fmt(f)
    }
}

impl Labels {
    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::MultiClass => "multi-class",
            Self::MultiLabel => "multi-label",
            Self::Ordinal => "ordinal",
        }
    }
}

impl Catalogue {
    /// The built-in catalogue.
    ///
    /// # Errors
    /// Never in a released program: the file is part of it, and a test reads it.
    pub fn built_in() -> Result<Self, DownloadError> {
        toml::from_str(MEDMNIST).map_err(|error| DownloadError::Catalogue(Box::new(error)))
    }

    /// The data set of a name, in upper or lower case.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &str) -> Result<&DataSet, DownloadError> {
        self.sets
            .iter()
            .find(|set| set.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| DownloadError::Unknown { name: name.to_owned() })
    }
}

impl DataSet {
    /// Name of the published file: `bloodmnist.npz`, `bloodmnist_64.npz`.
    pub fn file(&self, size: Size) -> String {
        match size {
            Size::Px28 => format!("{}.npz", self.name),
            size => format!("{}_{size}.npz", self.name),
        }
    }

    /// Bytes of the images, unpacked. The file is compressed and smaller.
    pub fn unpacked_bytes(&self, size: Size) -> u64 {
        let images: usize = self.images.values().sum();
        images as u64 * size.pixels() * size.pixels() * self.channels
    }

    /// More bytes than the file can have: the unpacked images and labels, and what packing may add.
    pub fn most_bytes(&self, size: Size) -> u64 {
        let images: usize = self.images.values().sum();
        let labels = (images * self.classes.len() * 8) as u64;
        let content = self.unpacked_bytes(size) + labels;
        content + content / 100 + (1 << 16)
    }

    /// Whether its licence forbids commercial use.
    pub fn is_non_commercial(&self) -> bool {
        is_non_commercial(&self.license)
    }

    /// What its `dataset.json` says.
    pub fn manifest(&self, size: Size) -> Manifest {
        let kind = match self.task {
            Labels::MultiLabel => TaskKind::MultiLabel,
            Labels::Binary | Labels::MultiClass | Labels::Ordinal => TaskKind::Classification,
        };
        Manifest {
            id: format!("{}-{size}", self.name),
            modality: self.modality.clone(),
            kinds: vec![kind],
            classes: self.classes.clone(),
            license: self.license.clone(),
            source: format!("MedMNIST v2, Yang et al., Scientific Data 2023, 10:41; {}", self.source),
            splits: self.images.clone(),
            input_size: None,
            window: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn all_twelve_sets_are_there_in_four_sizes() {
        let catalogue = Catalogue::built_in().unwrap();
        assert_eq!(catalogue.sets.len(), 12);
        // The paper counts 708 069; MedMNIST+ left out 107 slices of the three organ sets.
        let images: usize = catalogue.sets.iter().flat_map(|set| set.images.values()).sum();
        assert_eq!(images, 708_069 - 107);
        for set in &catalogue.sets {
            assert_eq!(set.images.len(), 3, "{}", set.name);
            for size in Size::ALL {
                let sum = &set.md5[&size];
                assert!(sum.len() == 32 && sum.bytes().all(|c| c.is_ascii_hexdigit()), "{sum}");
                let manifest = serde_json::to_vec(&set.manifest(size)).unwrap();
                assert_eq!(Manifest::parse(&manifest).unwrap(), set.manifest(size));
            }
        }
    }

    #[test]
    fn published_facts_are_as_published() {
        let catalogue = Catalogue::built_in().unwrap();
        let derma = catalogue.find("DermaMNIST").unwrap();
        assert_eq!(
            (derma.file(Size::Px28), derma.file(Size::Px224)),
            ("dermamnist.npz".into(), "dermamnist_224.npz".into())
        );
        assert_eq!(derma.md5[&Size::Px64], "b70a2f5635c6199aeaa28c31d7202e1f");
        let restricted: Vec<_> = catalogue
            .sets
            .iter()
            .filter(|set| set.is_non_commercial())
            .map(|set| set.name.as_str())
            .collect();
        assert_eq!(restricted, ["dermamnist"]);
        assert_eq!(catalogue.find("chestmnist").unwrap().manifest(Size::Px28).kinds, [TaskKind::MultiLabel]);
        assert_eq!(catalogue.find("breastmnist").unwrap().unpacked_bytes(Size::Px28), 780 * 784);
        assert!(catalogue.find("mnist").unwrap_err().to_string().contains("--list"));
    }
}
