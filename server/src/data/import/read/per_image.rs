//! One label file per image with its objects: Pascal VOC, YOLO, `GeoJSON`.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use medley_core::dataset::formats::coco::{CocoImage, CocoObject};
use medley_core::dataset::formats::geojson::{self, GeoJsonError};
use medley_core::dataset::formats::voc::{self, VocError};
use medley_core::dataset::formats::yolo;
use medley_core::dataset::objects::{Area, Polygon};
use medley_core::imaging::{DEFAULT_MAX_PIXELS, decode};

use super::outlined::{self, Objects, Outlined};
use super::{classes, file_name, split_of, stem};
use crate::data::import::form::{has_ending, is_image};
use crate::data::import::{Form, Found, Hints, ImportError};
use crate::data::inspect::catalogue::walk::files;
use crate::data::inspect::{Check, Finding};

/// Why a label file is not read: a class that was not known so far, or what is wrong.
enum Refusal {
    Class(String),
    Problem(String),
}

pub(super) fn read(source: &Path, form: Form, hints: &Hints) -> Result<Found, ImportError> {
    let all = files(source, 64);
    let ending = match form {
        Form::Voc => ".xml",
        Form::Yolo => ".txt",
        _ => ".geojson",
    };
    // A label has its image's name, in the same folder or one beside it.
    let mut labels: HashMap<String, Vec<&PathBuf>> = HashMap::new();
    all.iter()
        .filter(|path| has_ending(path, ending))
        .for_each(|path| labels.entry(stem(path)).or_default().push(path));
    let label_of = |image: &Path| {
        let same_split = |path: &&&PathBuf| split_of(path) == split_of(image);
        let candidates = labels.get(&stem(image))?;
        candidates.iter().find(same_split).or(candidates.first()).map(|path| path.as_path())
    };

    let mut known = match (form, &hints.classes) {
        (_, Some(given)) => given.clone(),
        (Form::Yolo, None) => yolo_names(source, &all)?,
        _ => Vec::new(),
    };
    let (mut read, mut findings) = (Vec::new(), Vec::new());
    for image in all.iter().filter(|path| is_image(path)) {
        let Some(path) = label_of(image) else {
            findings.push(Finding::new(Check::NotListed, file_name(image), "it has no label file"));
            continue;
        };
        let bytes = fs::read(image).map_err(ImportError::io(image))?;
        let size = match decode(&bytes, DEFAULT_MAX_PIXELS) {
            Ok(picture) => (picture.width(), picture.height()),
            Err(error) => {
                findings.push(Finding::new(Check::Unreadable, file_name(image), error.to_string()));
                continue;
            }
        };
        let text = fs::read(path).map_err(ImportError::io(path))?;
        // A class that is met for the first time is learnt, and the file read again.
        let objects = loop {
            match objects(form, &text, &known, size) {
                Err(Refusal::Class(name)) if hints.classes.is_none() && !known.contains(&name) => {
                    known.push(name);
                }
                other => break other,
            }
        };
        match objects {
            Ok(objects) => read.push((image.clone(), objects)),
            Err(Refusal::Class(name)) => {
                findings.push(Finding::new(
                    Check::UnknownClass,
                    file_name(path),
                    format!("{name:?} is no class"),
                ));
            }
            Err(Refusal::Problem(problem)) => {
                findings.push(Finding::new(Check::Entry, file_name(path), problem));
            }
        }
    }
    // Learnt in the order of files; named in that of the alphabet, which does not depend on them.
    let order: Vec<String> = match (form, &hints.classes) {
        (Form::Yolo, _) | (_, Some(_)) => known.clone(),
        _ => known.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
    };
    let place = |class: usize| known.get(class).and_then(|name| order.iter().position(|other| other == name));
    let images = read.into_iter().map(|(image, mut objects)| {
        objects.renumber(|class| place(class).unwrap_or_default());
        let inside = image.strip_prefix(source).unwrap_or(&image);
        let split = inside.parent().and_then(split_of);
        Outlined { source: image, split, objects }
    });
    let images = images.collect();
    Ok(outlined::found(form, classes(order, hints)?, images, findings, hints))
}

fn yolo_names(source: &Path, all: &[PathBuf]) -> Result<Vec<String>, ImportError> {
    let lists = ["classes.txt", "data.yaml", "data.yml", "dataset.yaml", "obj.names"];
    let path = all.iter().find(|path| lists.contains(&file_name(path).as_str())).ok_or_else(|| {
        ImportError::source(
            source,
            "YOLO files hold numbers only; add a classes.txt, or name the classes by --classes",
        )
    })?;
    let bytes = fs::read(path).map_err(ImportError::io(path))?;
    yolo::parse_names(&bytes).map_err(|error| ImportError::source(path, error.to_string()))
}

fn objects(form: Form, bytes: &[u8], classes: &[String], size: (usize, usize)) -> Result<Objects, Refusal> {
    let boxes =
        |objects| Objects::Coco(CocoImage { file: String::new(), width: size.0, height: size.1, objects });
    let object = |bbox| CocoObject { bbox, crowd: false, outline: None, score: None };
    match form {
        Form::Voc => {
            let image = voc::parse(bytes, classes, Some(size)).map_err(|error| match error {
                VocError::Class { name, .. } => Refusal::Class(name),
                error => Refusal::Problem(error.to_string()),
            })?;
            Ok(boxes(image.objects.iter().map(|found| object(found.bbox)).collect()))
        }
        Form::Yolo => {
            let found = yolo::parse(bytes, classes.len(), size.0, size.1)
                .map_err(|error| Refusal::Problem(error.to_string()))?;
            let area = |found: &yolo::YoloObject| {
                Some(Area { class: Some(found.bbox.class), polygons: vec![found.polygon.clone()?] })
            };
            // A file has either form; where it mixes them, boxes are what all objects have.
            if let Some(areas) = found.iter().map(area).collect::<Option<Vec<Area>>>() {
                return Ok(Objects::Areas { areas, size });
            }
            let outline = |polygon: &Polygon| outlined::outline(std::slice::from_ref(polygon));
            let object = |found: &yolo::YoloObject| CocoObject {
                outline: found.polygon.as_ref().and_then(outline),
                ..object(found.bbox)
            };
            Ok(boxes(found.iter().map(object).collect()))
        }
        _ => {
            let areas = match geojson::parse(bytes, classes) {
                // One class needs no name; only several do.
                Err(GeoJsonError::Unclassified { .. }) if classes.is_empty() => {
                    return Err(Refusal::Class("object".to_owned()));
                }
                Err(GeoJsonError::Class { name, .. }) => return Err(Refusal::Class(name)),
                other => other.map_err(|error| Refusal::Problem(error.to_string()))?,
            };
            Ok(Objects::Areas { areas, size })
        }
    }
}
