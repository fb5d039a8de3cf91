//! Looking a data set over: every problem with its file, the reason and what to do, and the rest stays usable.
//!
//! [`Inspection::new`] reads all that a folder lists ([`catalogue`]), measures every image once ([`scan`]) and
//! looks at the measurements.

mod balance;
pub mod catalogue;
mod consistency;
mod distribution;
mod duplicates;
mod facts;
mod finding;
mod label_map;
mod scan;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use balance::class_counts;
pub use catalogue::Catalogue;
pub use distribution::Distribution;
pub use facts::{Depth, Facts};
pub use finding::{Check, Finding, Severity};
pub use label_map::{LabelMap, read as read_label_map};
pub use scan::{LabelFacts, Scan, dimensions, unit};

/// What was found in a data set.
#[derive(Debug)]
pub struct Inspection {
    /// What the folder lists.
    pub catalogue: Catalogue,
    /// What was measured, image by image.
    pub scans: Vec<Scan>,
    /// Every finding, errors first, then by check; within a check in the order of the files.
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// Looks a folder over. `begin` hears the number of images before, `done` is called after each, from
    /// several threads.
    pub fn new(root: &Path, begin: impl FnOnce(usize), done: impl Fn() + Sync) -> Self {
        let (mut catalogue, mut findings) = Catalogue::read(root);
        begin(catalogue.images.len());
        let scans = scan::scan(&catalogue, done);
        findings.extend(scans.iter().flat_map(|scan| scan.findings.clone()));
        adopt_patients(&mut catalogue, &scans);
        findings.extend(consistency::check_patients(&catalogue));
        findings.extend(duplicates::check(&catalogue, &scans));
        findings.extend(balance::check(&catalogue, &scans));
        findings.extend(consistency::check_images(&catalogue, &scans));
        findings.extend(consistency::check_form(&catalogue, &scans));
        findings.extend(consistency::check_counts(&catalogue));
        findings.sort_by_key(|finding| finding.check);
        Self { catalogue, scans, findings }
    }

    /// Number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether image number `index` of the catalogue and all its labels can be used.
    pub fn is_usable(&self, index: usize) -> bool {
        scan::is_usable(&self.catalogue.images[index], &self.scans[index])
    }

    /// How many images can be used.
    pub fn usable(&self) -> usize {
        (0..self.scans.len()).filter(|index| self.is_usable(*index)).count()
    }
}

/// Takes the patients of DICOM files where no label file states any. A single name for all is no name: it stands
/// there when patients were made anonymous.
fn adopt_patients(catalogue: &mut Catalogue, scans: &[Scan]) {
    let names: BTreeSet<&String> = scans.iter().filter_map(|scan| scan.patient.as_ref()).collect();
    if names.len() > 1 && catalogue.images.iter().all(|image| image.patient.is_none()) {
        for (image, scan) in catalogue.images.iter_mut().zip(scans) {
            image.patient.clone_from(&scan.patient);
        }
    }
}

/// The data sets that a path stands for: the folder itself, or those in it where it has no `dataset.json`.
pub fn data_sets(path: &Path) -> Vec<PathBuf> {
    let is_set = |folder: &Path| folder.join("dataset.json").is_file();
    if is_set(path) {
        return vec![path.to_path_buf()];
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    let mut inside: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|folder| is_set(folder)).collect();
    inside.sort();
    if inside.is_empty() { vec![path.to_path_buf()] } else { inside }
}

#[cfg(test)]
mod tests;
