//! Train, val and test for images without a split: by patient, in the same mixture of classes.

use std::collections::BTreeMap;

use medley_core::dataset::{Split, epoch_order};

use super::{Case, CaseLabel};

/// Gives every case a split, by `ratios` of train, val and test, where not all have one. Images of one patient stay
/// together, and every class is divided by the same ratios as far as that allows. The same seed gives the same splits,
/// whatever the order of the cases.
pub fn assign_splits(cases: &mut [Case], ratios: [f64; 3], seed: u64) {
    if cases.iter().all(|case| case.split.is_some()) {
        return;
    }
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        // Names of patients and of files must not meet.
        let key = case.patient.as_ref().map_or(format!("f{}", case.name), |patient| format!("p{patient}"));
        groups.entry(key).or_default().push(index);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().collect();
    let mut strata: BTreeMap<usize, Vec<&Vec<usize>>> = BTreeMap::new();
    let class_counts = count_classes(cases);
    for position in epoch_order(groups.len(), seed, 0) {
        strata.entry(stratum(cases, &groups[position], &class_counts)).or_default().push(&groups[position]);
    }
    let total: f64 = ratios.iter().sum();
    let mut chosen = Vec::new();
    // What rounding took from a split in one class is given back in the next.
    let mut carried = [0.0; 3];
    for (_, mut members) in strata {
        // Large patients first: the small ones then even out.
        members.sort_by_key(|group| std::cmp::Reverse(group.len()));
        let images: usize = members.iter().map(|group| group.len()).sum();
        let mut open = [0, 1, 2].map(|split| ratios[split] / total * images as f64 + carried[split]);
        for group in members {
            let split = (0..3).rev().max_by(|a, b| open[*a].total_cmp(&open[*b])).unwrap_or(0);
            open[split] -= group.len() as f64;
            chosen.extend(group.iter().map(|index| (*index, Split::ALL[split])));
        }
        carried = open;
    }
    for (index, split) in chosen {
        cases[index].split = Some(split);
    }
}

fn classes_of(case: &Case) -> Vec<usize> {
    match &case.label {
        CaseLabel::Class(class) => vec![*class],
        CaseLabel::Labels(labels) => {
            labels.iter().enumerate().filter(|(_, present)| **present).map(|(class, _)| class).collect()
        }
        CaseLabel::Objects { objects, .. } => {
            objects.iter().map(|object| object.bbox.class).max().into_iter().collect()
        }
        CaseLabel::Values(_)
        | CaseLabel::Mask(_)
        | CaseLabel::MaskFile(_)
        | CaseLabel::MaskPng(_)
        | CaseLabel::Archive => Vec::new(),
    }
}

fn count_classes(cases: &[Case]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    cases.iter().flat_map(classes_of).for_each(|class| *counts.entry(class).or_default() += 1);
    counts
}

/// The rarest class of a group: that one is hardest to divide.
fn stratum(cases: &[Case], group: &[usize], counts: &BTreeMap<usize, usize>) -> usize {
    let classes = group.iter().flat_map(|index| classes_of(&cases[*index]));
    classes.min_by_key(|class| (counts.get(class).copied().unwrap_or(0), *class)).unwrap_or(usize::MAX)
}
