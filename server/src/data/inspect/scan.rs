//! One pass over all images and labels, in parallel, one image at a time per thread.

use medley_core::dataset::{BoxLabel, TaskKind};
use rayon::prelude::*;

use super::catalogue::{Catalogue, Listed, Truth};
use super::facts::Facts;
use super::finding::{Check, Finding};
use super::label_map::{self, LabelMap};

/// What a label holds.
#[derive(Clone, Debug)]
pub enum LabelFacts {
    /// A class.
    Class(usize),
    /// For every class, whether it is present.
    Labels(Vec<bool>),
    /// Numbers.
    Values(Vec<f32>),
    /// A mask: pixels of each class, unlabelled ones, and its objects (class, pixels).
    Mask {
        /// Pixels by class.
        pixels: Vec<u64>,
        /// Pixels that are not labelled.
        unlabelled: u64,
        /// Connected areas that are not background.
        objects: Vec<(u8, u64)>,
    },
    /// Boxes.
    Boxes(Vec<BoxLabel>),
}

/// What was measured on one image.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The pixels; none where they cannot be read.
    pub facts: Option<Facts>,
    /// The patient that a DICOM file names.
    pub patient: Option<String>,
    /// By task (index into the catalogue's tasks); labels that cannot be used are missing.
    pub labels: Vec<(usize, LabelFacts)>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// Measures every image of a catalogue; `done` is called after each, from several threads. The order of the
/// results is that of the images.
pub fn scan(catalogue: &Catalogue, done: impl Fn() + Sync) -> Vec<Scan> {
    catalogue
        .images
        .par_iter()
        .map(|image| {
            let scan = one(catalogue, image);
            done();
            scan
        })
        .collect()
}

fn one(catalogue: &Catalogue, image: &Listed) -> Scan {
    let mut scan = Scan::default();
    let file = catalogue.file_of(image);
    match catalogue.open(image) {
        Ok(opened) => {
            scan.facts = Some(Facts::of(&opened.pixels));
            scan.patient = opened.patient;
            let series =
                opened.problems.into_iter().map(|problem| Finding::new(Check::Series, &file, problem));
            scan.findings.extend(series);
        }
        Err(problem) => scan.findings.push(Finding::new(Check::Unreadable, &file, problem)),
    }
    for (task, truth) in &image.truths {
        let label = match truth {
            Truth::Class(class) => Some(LabelFacts::Class(*class)),
            Truth::Labels(labels) => Some(LabelFacts::Labels(labels.clone())),
            Truth::Values(values) => Some(LabelFacts::Values(values.clone())),
            Truth::Mask(path) => mask(catalogue, *task, path, &mut scan),
            Truth::Boxes { boxes, size: (width, height) } => {
                fits(&mut scan, &file, "its boxes were drawn on", [*width, *height, 1])
                    .then(|| LabelFacts::Boxes(boxes.clone()))
            }
        };
        scan.labels.extend(label.map(|label| (*task, label)));
    }
    scan
}

fn mask(catalogue: &Catalogue, task: usize, path: &std::path::Path, scan: &mut Scan) -> Option<LabelFacts> {
    let file = catalogue.relative(path);
    let map = match label_map::read(path) {
        Ok(map) => map.turned(scan.facts.as_ref().and_then(|facts| facts.axes)),
        Err(problem) => {
            scan.findings.push(Finding::new(Check::UnreadableMask, file, problem));
            return None;
        }
    };
    let fits = fits(scan, &file, "the mask has", map.size);
    let counts = map.counts();
    let classes = catalogue.tasks[task].classes.len();
    let strange: Vec<String> = (classes..255)
        .filter(|value| counts[*value] > 0)
        .map(|value| format!("{value} ({} pixels)", counts[value]))
        .collect();
    if !strange.is_empty() {
        let shown = strange.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more =
            if strange.len() > 5 { format!(" and {} more values", strange.len() - 5) } else { String::new() };
        let hint = if classes == 2 && counts[255] == 0 && strange.len() == 1 || strange.len() > 20 {
            "; is it a picture of grey values?"
        } else {
            ""
        };
        let problem =
            format!("classes are 0 to {}, but it has {shown}{more}{hint}", classes.saturating_sub(1));
        scan.findings.push(Finding::new(Check::ClassRange, &file, problem));
        return None;
    }
    if counts[1..255].iter().all(|count| *count == 0) {
        let problem = match counts[255] {
            0 => "all pixels are background".to_owned(),
            unlabelled if counts[0] == 0 => {
                format!("all {unlabelled} pixels have the value 255, which means unlabelled")
            }
            unlabelled => format!(
                "it has background and {unlabelled} pixels of the value 255, which means unlabelled; \
                 masks drawn with 0 and 255 need 1 in place of 255"
            ),
        };
        scan.findings.push(Finding::new(Check::EmptyMask, &file, problem));
    }
    fits.then(|| facts_of(&map, &counts, classes))
}

fn facts_of(map: &LabelMap, counts: &[u64; 256], classes: usize) -> LabelFacts {
    LabelFacts::Mask { pixels: counts[..classes].to_vec(), unlabelled: counts[255], objects: map.objects() }
}

/// Whether a label of `size` fits the image; nothing can be said about an image that does not open.
fn fits(scan: &mut Scan, file: &str, what: &str, size: [usize; 3]) -> bool {
    let Some(facts) = scan.facts.as_ref().filter(|facts| facts.size != size) else {
        return scan.facts.is_some();
    };
    let problem = format!("the image has {}, {what} {}", dimensions(facts.size), dimensions(size));
    scan.findings.push(Finding::new(Check::SizeMismatch, file, problem));
    false
}

/// `640 x 480`, with the slices of a volume behind.
pub fn dimensions([width, height, slices]: [usize; 3]) -> String {
    if slices == 1 { format!("{width} x {height}") } else { format!("{width} x {height} x {slices}") }
}

/// Whether an image and all its labels can be used.
pub fn is_usable(image: &Listed, scan: &Scan) -> bool {
    scan.facts.is_some() && !image.truths.is_empty() && scan.labels.len() == image.truths.len()
}

/// The word for what a task counts.
pub fn unit(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Classification | TaskKind::MultiLabel | TaskKind::Regression => "images",
        TaskKind::Segmentation => "pixels",
        TaskKind::Detection => "boxes",
    }
}
