//! Images and masks in two folders, paired by name: PNG, TIFF, `NIfTI`.

use std::collections::HashMap;
use std::path::Path;

use medley_core::dataset::{Mask, TaskKind};

use super::{file_name, split_of, stem};
use crate::data::import::form::{is_image, mask_folders};
use crate::data::import::{Case, CaseLabel, Form, Found, Hints, ImportError};
use crate::data::inspect::catalogue::walk::files;
use crate::data::inspect::{Check, Finding, LabelMap, read_label_map};

/// What tools append to the names of masks.
const SUFFIXES: [&str; 8] = ["_mask", "-mask", "_seg", "_segmentation", "_label", "_labels", "_gt", "_0000"];

pub(super) fn read(source: &Path, hints: &Hints) -> Result<Found, ImportError> {
    let problem = "a folder of images (images/) and one of masks (masks/ or labels/) are needed";
    let (images, masks) = mask_folders(source).ok_or_else(|| ImportError::source(source, problem))?;
    let key = |path: &Path| {
        let stem = stem(path);
        SUFFIXES.iter().find_map(|suffix| stem.strip_suffix(suffix)).unwrap_or(&stem).to_owned()
    };
    let mask_files: HashMap<String, _> =
        files(&masks, 64).into_iter().filter(|path| is_image(path)).map(|path| (key(&path), path)).collect();
    let mut findings = Vec::new();
    let mut pairs = Vec::new();
    let mut present = [false; 256];
    for image in files(&images, 64).into_iter().filter(|path| is_image(path)) {
        let name = file_name(&image);
        let Some(mask) = mask_files.get(&key(&image)) else {
            findings.push(Finding::new(
                Check::MissingMask,
                name,
                format!("no mask in {}", file_name(&masks)),
            ));
            continue;
        };
        match read_label_map(mask) {
            Ok(map) => {
                map.labels.iter().for_each(|label| present[usize::from(*label)] = true);
                pairs.push((image, mask.clone(), map.size[2] > 1));
            }
            Err(problem) => findings.push(Finding::new(Check::UnreadableMask, file_name(mask), problem)),
        }
    }
    // Drawn in black and white: 255 is the object, and not unlabelled.
    let binary = present[255] && present[1..255].iter().all(|value| !value);
    let highest = if binary { 1 } else { (0..255).rev().find(|value| present[*value]).unwrap_or(0).max(1) };
    let classes = match &hints.classes {
        Some(given) if given.len() > highest => given.clone(),
        Some(given) => {
            let names = format!("values 0 to {highest}");
            return Err(ImportError::Classes { found: highest + 1, names, given: given.len() });
        }
        None => std::iter::once("background".to_owned())
            .chain((1..=highest).map(|class| format!("class-{class}")))
            .collect(),
    };
    let mut cases = Vec::new();
    for (image, mask, volume) in pairs {
        let picture = !volume && file_name(&mask).to_lowercase().ends_with(".png");
        // Only what a data set holds already is copied as it is.
        let label = match (binary, volume, picture) {
            (false, _, true) | (_, true, _) => CaseLabel::MaskFile(mask),
            _ => match read_label_map(&mask) {
                Ok(map) => CaseLabel::Mask(indices(map, binary)),
                Err(problem) => {
                    findings.push(Finding::new(Check::UnreadableMask, file_name(&mask), problem));
                    continue;
                }
            },
        };
        let inside = image.strip_prefix(source).unwrap_or(&image);
        let (name, split) = (file_name(&image), inside.parent().and_then(split_of));
        cases.push(Case { source: image, name, patient: None, split, label });
    }
    Ok(Found { form: Form::Masks, kind: TaskKind::Segmentation, objects: None, classes, cases, findings })
}

fn indices(map: LabelMap, binary: bool) -> Mask {
    let mut labels = map.labels;
    if binary {
        labels.iter_mut().for_each(|label| *label = u8::from(*label == 255));
    }
    Mask { width: map.size[0], height: map.size[1], labels }
}
