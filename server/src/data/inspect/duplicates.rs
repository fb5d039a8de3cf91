//! The same picture more than once, exactly or nearly.

use std::collections::{BTreeMap, BTreeSet};

use medley_core::imaging::{Fingerprint, near_pairs};

use super::catalogue::{Catalogue, Truth};
use super::finding::{Check, Finding};
use super::scan::Scan;

/// Bits in which the hashes of nearly equal pictures may differ.
const RADIUS: u32 = 5;
/// How well their small pictures must agree beside.
const CORRELATION: f32 = 0.985;

/// Looks for pictures that are there more than once.
pub fn check(catalogue: &Catalogue, scans: &[Scan]) -> Vec<Finding> {
    let mut by_digest: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
    for (index, scan) in scans.iter().enumerate() {
        if let Some(facts) = &scan.facts {
            by_digest.entry(facts.digest).or_default().push(index);
        }
    }
    let mut groups: Vec<Vec<usize>> = by_digest.into_values().collect();
    groups.sort();
    let mut findings: Vec<Finding> =
        groups.iter().filter(|group| group.len() > 1).flat_map(|group| same(catalogue, group)).collect();
    findings.extend(near(catalogue, scans, &groups));
    findings
}

/// What to say about images that hold the same picture.
fn same(catalogue: &Catalogue, group: &[usize]) -> Vec<Finding> {
    let images = || group.iter().map(|index| &catalogue.images[*index]);
    let splits: BTreeSet<_> = images().filter_map(|image| image.split).collect();
    let check = if splits.len() > 1 { Check::DuplicateLeak } else { Check::Duplicate };
    let first = catalogue.file_of(&catalogue.images[group[0]]);
    let problem = format!("{}the same as {}", place(catalogue, group[0]), names(catalogue, &group[1..]));
    let mut findings = vec![Finding::new(check, &first, problem)];
    let labels: BTreeSet<(usize, Vec<usize>)> = images()
        .flat_map(|image| &image.truths)
        .filter_map(|(task, truth)| Some((*task, classes_of(truth)?)))
        .collect();
    let tasks: BTreeSet<usize> = labels.iter().map(|(task, _)| *task).collect();
    if labels.len() > tasks.len() {
        let label = |index: usize| {
            let image = &catalogue.images[index];
            let named = image.truths.iter().find_map(|(task, truth)| {
                let classes = classes_of(truth)?;
                let names = classes.iter().filter_map(|class| catalogue.tasks[*task].classes.get(*class));
                Some(names.map(String::as_str).collect::<Vec<_>>().join(" and "))
            });
            let named = named.filter(|names| !names.is_empty());
            format!("{} is {}", catalogue.file_of(image), named.as_deref().unwrap_or("without a class"))
        };
        let labels: Vec<String> = group.iter().take(6).map(|index| label(*index)).collect();
        findings.push(Finding::new(Check::Contradiction, first, labels.join(", ")));
    }
    findings
}

/// The classes that are said of an image as a whole.
fn classes_of(truth: &Truth) -> Option<Vec<usize>> {
    match truth {
        Truth::Class(class) => Some(vec![*class]),
        Truth::Labels(labels) => {
            let present = labels.iter().enumerate().filter(|(_, present)| **present);
            Some(present.map(|(class, _)| class).collect())
        }
        Truth::Values(_) | Truth::Mask(_) | Truth::Boxes { .. } => None,
    }
}

/// Pictures that look alike, one per group of equal ones.
fn near(catalogue: &Catalogue, scans: &[Scan], groups: &[Vec<usize>]) -> Vec<Finding> {
    let looks = |index: usize| -> Option<&Fingerprint> { scans[index].facts.as_ref()?.looks.as_ref() };
    let members: Vec<(usize, &Fingerprint)> =
        groups.iter().filter_map(|group| Some((group[0], looks(group[0])?))).collect();
    let hashes: Vec<u64> = members.iter().map(|(_, looks)| looks.hash).collect();
    let mut findings = Vec::new();
    for (first, second) in near_pairs(&hashes, RADIUS) {
        let ((first, a), (second, b)) = (members[first], members[second]);
        let correlation = a.correlation(b);
        if correlation < CORRELATION || !comparable(&scans[first], &scans[second]) {
            continue;
        }
        let splits = (catalogue.images[first].split, catalogue.images[second].split);
        let leak = splits.0.is_some() && splits.1.is_some() && splits.0 != splits.1;
        let check = if leak { Check::NearDuplicateLeak } else { Check::NearDuplicate };
        let problem = format!(
            "{}looks like {}; {} of 64 bits differ, correlation {correlation:.3}",
            place(catalogue, first),
            names(catalogue, &[second]),
            a.distance(b),
        );
        findings.push(Finding::new(check, catalogue.file_of(&catalogue.images[first]), problem));
    }
    findings
}

/// A picture and a volume are never the same.
fn comparable(a: &Scan, b: &Scan) -> bool {
    let volume = |scan: &Scan| scan.facts.as_ref().is_some_and(|facts| facts.size[2] > 1);
    volume(a) == volume(b)
}

fn names(catalogue: &Catalogue, images: &[usize]) -> String {
    let name = |index: &usize| {
        let image = &catalogue.images[*index];
        let file = catalogue.file_of(image);
        image.split.map_or(file.clone(), |split| format!("{file} ({split})"))
    };
    let mut shown: Vec<String> = images.iter().take(6).map(name).collect();
    if images.len() > 6 {
        shown.push(format!("{} more", images.len() - 6));
    }
    shown.join(", ")
}

fn place(catalogue: &Catalogue, index: usize) -> String {
    catalogue.images[index].split.map_or(String::new(), |split| format!("in {split}, "))
}
