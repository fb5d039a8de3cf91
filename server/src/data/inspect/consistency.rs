//! What the images of a data set should have in common, and what a single one should have.

use std::collections::{BTreeMap, BTreeSet};

use medley_core::dataset::Split;

use super::catalogue::Catalogue;
use super::facts::{Depth, Facts};
use super::finding::{Check, Finding};
use super::scan::Scan;

/// From this share of one value on, an image has hardly any content.
const NEARLY_ALL: f64 = 0.995;

/// Looks at the images one by one.
pub fn check_images(catalogue: &Catalogue, scans: &[Scan]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (image, scan) in catalogue.images.iter().zip(scans) {
        let Some(facts) = &scan.facts else { continue };
        let file = catalogue.file_of(image);
        let values = &facts.values;
        if values.not_finite > 0 {
            let problem = format!("{} values are not numbers or infinite", values.not_finite);
            findings.push(Finding::new(Check::NotFinite, &file, problem));
        }
        if values.smallest() == values.largest() {
            let problem = format!("every value is {}", values.smallest());
            findings.push(Finding::new(Check::Constant, file, problem));
        } else if values.most_common >= NEARLY_ALL {
            let problem = format!("{:.2} % of its values are the same", values.most_common * 100.0);
            findings.push(Finding::new(Check::NearlyConstant, file, problem));
        }
    }
    findings.extend(shallow(catalogue, scans));
    findings
}

/// Deep files with 8-bit values, and colour files of grey pictures: one finding each for all of them.
fn shallow(catalogue: &Catalogue, scans: &[Scan]) -> Vec<Finding> {
    let is_shallow =
        |facts: &Facts| facts.depth_is_stored && facts.depth == Depth::U16 && facts.values.largest() <= 255.0;
    let is_grey = |facts: &Facts| facts.grey_as_colour;
    let about = |check: Check, what: &str, matches: &dyn Fn(&Facts) -> bool| {
        let found: Vec<usize> =
            (0..scans.len()).filter(|i| scans[*i].facts.as_ref().is_some_and(matches)).collect();
        let first = catalogue.file_of(&catalogue.images[*found.first()?]);
        Some(Finding::new(check, first, format!("{} of {} images {what}", found.len(), scans.len())))
    };
    let mut findings = Vec::new();
    findings.extend(about(Check::UnusedDepth, "have 16 bits, but no value above 255", &is_shallow));
    findings.extend(about(Check::GreyAsColour, "have three channels that are equal", &is_grey));
    findings
}

/// Looks at depth and channels over all images.
pub fn check_form(catalogue: &Catalogue, scans: &[Scan]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let depth = |facts: &Facts| facts.depth_is_stored.then(|| facts.depth.name());
    let channels = |facts: &Facts| Some(if facts.channels == 1 { "grey" } else { "colour" });
    findings.extend(mixed(Check::MixedDepth, catalogue, scans, depth));
    findings.extend(mixed(Check::MixedChannels, catalogue, scans, channels));
    findings
}

fn mixed(
    check: Check,
    catalogue: &Catalogue,
    scans: &[Scan],
    kind: impl Fn(&Facts) -> Option<&'static str>,
) -> Option<Finding> {
    // Number of images and the first of them.
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (index, scan) in scans.iter().enumerate() {
        if let Some(kind) = scan.facts.as_ref().and_then(&kind) {
            kinds.entry(kind).or_insert((0, index)).0 += 1;
        }
    }
    let rarest = kinds.values().min_by_key(|(count, _)| *count).filter(|_| kinds.len() > 1)?;
    let counts: Vec<String> = kinds.iter().map(|(kind, (count, _))| format!("{count} {kind}")).collect();
    let problem = format!("{}; this is one of the rarer kind", counts.join(", "));
    Some(Finding::new(check, catalogue.file_of(&catalogue.images[rarest.1]), problem))
}

/// Looks for patients whose images are in several splits, and for images whose patient is not known.
pub fn check_patients(catalogue: &Catalogue) -> Vec<Finding> {
    let unknown = catalogue.images.iter().filter(|image| image.patient.is_none()).count();
    let mut findings = Vec::new();
    if unknown > 0 && unknown == catalogue.images.len() {
        findings.push(Finding::new(Check::NoPatients, "", "no image states its patient"));
    } else if unknown > 0 {
        let problem = format!("{unknown} of {} images state no patient", catalogue.images.len());
        findings.push(Finding::new(Check::NoPatients, "", problem));
    }
    findings.extend(patients_in_several_splits(catalogue));
    findings
}

fn patients_in_several_splits(catalogue: &Catalogue) -> Vec<Finding> {
    let mut patients: BTreeMap<&str, BTreeMap<Split, Vec<&str>>> = BTreeMap::new();
    for image in &catalogue.images {
        if let (Some(patient), Some(split)) = (&image.patient, image.split) {
            patients.entry(patient).or_default().entry(split).or_default().push(&image.name);
        }
    }
    patients
        .into_iter()
        .filter(|(_, splits)| splits.len() > 1)
        .map(|(patient, splits)| {
            let part =
                |(split, names): (&Split, &Vec<&str>)| format!("{} in {split} ({})", names.len(), names[0]);
            let parts: Vec<String> = splits.iter().map(part).collect();
            let first = splits.values().next().map_or("", |names| names[0]);
            let problem = format!("patient {patient:?} has {}", parts.join(", "));
            Finding::new(Check::PatientLeak, format!("images/{first}"), problem)
        })
        .collect()
}

/// Compares the numbers of images with those that the manifest states.
pub fn check_counts(catalogue: &Catalogue) -> Vec<Finding> {
    let Some(manifest) = &catalogue.manifest else { return Vec::new() };
    let found = |split: Split| catalogue.images.iter().filter(|image| image.split == Some(split)).count();
    let stated: BTreeSet<Split> = manifest.splits.keys().copied().collect();
    stated
        .into_iter()
        .filter(|split| manifest.splits[split] != found(*split))
        .map(|split| {
            let problem = format!("{split}: {} stated, {} found", manifest.splits[&split], found(split));
            Finding::new(Check::Counts, "dataset.json", problem)
        })
        .collect()
}
