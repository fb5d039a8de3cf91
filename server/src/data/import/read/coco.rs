//! COCO JSON, one file or one per split.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::outlined::{self, Objects, Outlined};
use super::{by_name, classes, file_name, split_of, stem};
use crate::data::import::form::{has_ending, is_image};
use crate::data::import::{Form, Found, Hints, ImportError};
use crate::data::inspect::catalogue::{coco, walk::files};
use crate::data::inspect::{Check, Finding};

pub(super) fn read(source: &Path, hints: &Hints) -> Result<Found, ImportError> {
    let mut all = files(source, 64);
    let images: Vec<_> = all.iter().filter(|path| is_image(path)).cloned().collect();
    all.retain(|path| has_ending(path, ".json") && file_name(path) != "dataset.json");
    let places = by_name(source, &images);
    let (mut names, mut documents) = (Vec::new(), Vec::new());
    let mut findings = Vec::new();
    for path in all {
        let bytes = fs::read(&path).map_err(ImportError::io(&path))?;
        match coco::categories(&bytes) {
            Ok(categories) => {
                let new: Vec<String> = categories.into_iter().filter(|name| !names.contains(name)).collect();
                names.extend(new);
                documents.push((path, bytes));
            }
            Err(problem) => findings.push(Finding::new(Check::LabelFile, file_name(&path), problem)),
        }
    }
    let classes = classes(names, hints)?;
    let mut seen = HashSet::new();
    let mut annotated = Vec::new();
    for (path, bytes) in documents {
        let name = file_name(&path);
        let (read, wrong) = match coco::read(&bytes, &classes, &name) {
            Ok(read) => read,
            Err(problem) => {
                findings.push(Finding::new(Check::LabelFile, name, problem));
                continue;
            }
        };
        findings.extend(wrong);
        // By the file's own name (train.json, instances_val2017.json), or that of its folder.
        let words = stem(&path).to_lowercase();
        let split = super::split_named(&words)
            .or_else(|| words.split(|c: char| !c.is_alphabetic()).find_map(super::split_named))
            .or_else(|| path.strip_prefix(source).ok()?.parent().and_then(split_of));
        for image in read {
            let file = Path::new(&image.file);
            let Some(place) = places.get(&image.file).or_else(|| places.get(&file_name(file))) else {
                let problem = format!("{:?} is listed, but not in the folder", image.file);
                findings.push(Finding::new(Check::MissingImage, &name, problem));
                continue;
            };
            if !seen.insert(place.clone()) {
                let problem = format!("{:?} was listed before", image.file);
                findings.push(Finding::new(Check::ListedTwice, &name, problem));
                continue;
            }
            annotated.push(Outlined { source: place.clone(), split, objects: Objects::Coco(image) });
        }
    }
    Ok(outlined::found(Form::Coco, classes, annotated, findings, hints))
}
