//! How often each class comes.

use medley_core::dataset::{Split, Task, TaskKind};

use super::catalogue::Catalogue;
use super::finding::{Check, Finding};
use super::scan::{LabelFacts, Scan, unit};

/// From this ratio of the largest to the smallest class on, classes are of very different size.
const RATIO: f64 = 10.0;
/// Below this share of the pixels a class is rare.
const RARE: f64 = 0.002;

/// How often each class of a task comes in the images that `belongs` lets in: in images, pixels or boxes.
pub fn class_counts(
    scans: &[Scan],
    task: usize,
    classes: usize,
    belongs: impl Fn(usize) -> bool,
) -> Vec<u64> {
    let mut counts = vec![0; classes];
    for (_, scan) in scans.iter().enumerate().filter(|(index, _)| belongs(*index)) {
        for (_, label) in scan.labels.iter().filter(|(of, _)| *of == task) {
            match label {
                LabelFacts::Class(class) => counts[*class] += 1,
                LabelFacts::Labels(labels) => {
                    counts.iter_mut().zip(labels).for_each(|(sum, is)| *sum += u64::from(*is));
                }
                // Every number that is stated counts.
                LabelFacts::Values(values) => {
                    counts.iter_mut().zip(values).for_each(|(sum, _)| *sum += 1);
                }
                LabelFacts::Mask { pixels, .. } => {
                    counts.iter_mut().zip(pixels).for_each(|(sum, n)| *sum += n);
                }
                LabelFacts::Boxes(boxes) => boxes.iter().for_each(|label| counts[label.class] += 1),
            }
        }
    }
    counts
}

/// Looks for classes that are missing in a split, and for very uneven ones.
pub fn check(catalogue: &Catalogue, scans: &[Scan]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, task) in catalogue.tasks.iter().enumerate() {
        for split in Split::ALL {
            let belongs = |image: usize| catalogue.images[image].split == Some(split);
            if !(0..scans.len()).any(belongs) {
                let problem = format!("{}: there is no image in {split}", task.id);
                findings.push(Finding::new(Check::ClassWithoutImages, "", problem));
                continue;
            }
            let counts = class_counts(scans, index, task.classes.len(), belongs);
            if counts.iter().all(|count| *count == 0) {
                // Nothing of the split can be read; that is said image by image.
                continue;
            }
            let missing = task.classes.iter().zip(&counts).filter(|(_, count)| **count == 0);
            findings.extend(missing.map(|(class, _)| {
                let problem = format!("{}: {class} has no {} in {split}", task.id, unit(task.kind));
                Finding::new(Check::ClassWithoutImages, "", problem)
            }));
            if split == Split::Train {
                findings.extend(constant(task, index, scans, belongs));
                findings.extend(uneven(task, &counts));
            }
        }
    }
    findings
}

/// Numbers that are the same for all images, from which nothing can be learnt.
fn constant(task: &Task, index: usize, scans: &[Scan], belongs: impl Fn(usize) -> bool) -> Vec<Finding> {
    let members = || scans.iter().enumerate().filter(|(image, _)| belongs(*image)).map(|(_, scan)| scan);
    let of_task = || members().flat_map(|scan| &scan.labels).filter(|(of, _)| *of == index);
    let numbers = |number: usize| {
        of_task().filter_map(move |(_, label)| match label {
            LabelFacts::Values(values) => values.get(number).copied(),
            _ => None,
        })
    };
    let is_constant = |number: usize| {
        let mut all = numbers(number);
        all.next().is_some_and(|first| numbers(number).count() > 1 && all.all(|other| other == first))
    };
    let names = task.classes.iter().enumerate().filter(|(number, _)| is_constant(*number));
    let problem = |name: &str| format!("{}: {name} is the same for all train images", task.id);
    names.map(|(_, name)| Finding::new(Check::Imbalance, "", problem(name))).collect()
}

fn uneven(task: &Task, counts: &[u64]) -> Vec<Finding> {
    let classes = || task.classes.iter().zip(counts).filter(|(_, count)| **count > 0);
    let total: u64 = counts.iter().sum();
    if task.kind == TaskKind::Segmentation {
        let share = |count: u64| count as f64 / total as f64;
        let rare = classes().filter(|(_, count)| share(**count) < RARE);
        return rare
            .map(|(class, count)| {
                let problem =
                    format!("{}: {class} has {:.2} % of the train pixels", task.id, share(*count) * 100.0);
                Finding::new(Check::RareClass, "", problem)
            })
            .collect();
    }
    let (Some(most), Some(least)) =
        (classes().max_by_key(|(_, count)| **count), classes().min_by_key(|(_, count)| **count))
    else {
        return Vec::new();
    };
    let ratio = *most.1 as f64 / *least.1 as f64;
    if ratio < RATIO {
        return Vec::new();
    }
    let problem = format!(
        "{}: in train {} has {} {}, {} only {}: {ratio:.0} to 1",
        task.id,
        most.0,
        most.1,
        unit(task.kind),
        least.0,
        least.1
    );
    vec![Finding::new(Check::Imbalance, "", problem)]
}
