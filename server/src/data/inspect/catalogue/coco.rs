//! COCO annotations, entry by entry.
//!
//! What cannot be used is taken out with a finding; what is left goes through the strict reader.

use std::collections::{HashMap, HashSet};

use medley_core::dataset::Split;
use medley_core::dataset::formats::coco::{self, CocoError, CocoImage};
use serde::Serialize;
use serde_json::Value;

use super::{Reader, Truth};
use crate::data::inspect::finding::{Check, Finding};

/// Boxes may leave their image by this many pixels: half a pixel comes from counting from 1, or from rounding.
const TOLERANCE: f64 = 1.0;

impl Reader {
    pub(super) fn detection(&mut self, task: usize) {
        let classes = self.catalogue.tasks[task].classes.clone();
        let mut splits: HashMap<String, Split> = HashMap::new();
        for split in Split::ALL {
            let name = format!("annotations/{split}.json");
            let Some(bytes) = self.label_file(&name) else { continue };
            let (images, findings) = match read(&bytes, &classes, &name) {
                Ok(read) => read,
                Err(problem) => {
                    self.find(Check::LabelFile, name, problem);
                    continue;
                }
            };
            self.findings.extend(findings);
            let without = images.iter().filter(|image| image.boxes().is_empty()).count();
            if without > 0 {
                self.find(Check::NoObjects, &name, format!("{without} of {} images have none", images.len()));
            }
            for image in images {
                if let Some(other) = splits.get(&image.file) {
                    let problem = format!("{:?} was listed in {other} before", image.file);
                    self.find(Check::ListedTwice, &name, problem);
                    continue;
                }
                splits.insert(image.file.clone(), split);
                let truth = Truth::Boxes { boxes: image.boxes(), size: (image.width, image.height) };
                self.add(&image.file, split, None, task, truth);
            }
        }
    }
}

/// The images of a COCO file with all objects that can be used, and what is wrong with the others.
///
/// # Errors
/// When nothing of the file can be used.
pub fn read(bytes: &[u8], classes: &[String], file: &str) -> Result<(Vec<CocoImage>, Vec<Finding>), String> {
    let (mut entries, mut findings) = Sieve::sift(bytes, classes, file)?;
    if let Ok(images) = entries.parse(classes) {
        return Ok((images, findings));
    }
    for (position, id, error) in entries.remove_refused(classes) {
        let problem = match error {
            CocoError::Outline { source, .. } => {
                CocoError::Outline { annotation: position, source }.to_string()
            }
            CocoError::Box { bbox, .. } => CocoError::Box { annotation: position, bbox }.to_string(),
            other => format!("annotation {position}: {other}"),
        };
        findings.push(Finding::new(Check::Entry, file, format!("{problem} (id {id})")));
    }
    Ok((entries.parse(classes).map_err(|error| error.to_string())?, findings))
}

/// What the sieve has left of a file.
struct Entries {
    images: Vec<Value>,
    /// With their positions in the file.
    annotations: Vec<(usize, Value)>,
    categories: Vec<Value>,
}

impl Entries {
    fn parse(&self, classes: &[String]) -> Result<Vec<CocoImage>, CocoError> {
        let annotations: Vec<&Value> = self.annotations.iter().map(|(_, entry)| entry).collect();
        parse(&self.images, &annotations, &self.categories, classes)
    }

    /// Removes the annotations that the strict reader refuses, for outlines or forms that the sieve does not
    /// look at: position, id and reason of each.
    fn remove_refused(&mut self, classes: &[String]) -> Vec<(usize, Value, CocoError)> {
        let (mut left, mut refused) = (Vec::with_capacity(self.annotations.len()), Vec::new());
        let by_id = |entries: &[Value]| -> HashMap<u64, Value> {
            entries.iter().filter_map(|entry| Some((entry["id"].as_u64()?, entry.clone()))).collect()
        };
        let (images, categories) = (by_id(&self.images), by_id(&self.categories));
        let own = |of: &HashMap<u64, Value>, id: &Value| {
            id.as_u64().and_then(|id| of.get(&id)).cloned().into_iter().collect::<Vec<_>>()
        };
        for (position, entry) in std::mem::take(&mut self.annotations) {
            let image = own(&images, &entry["image_id"]);
            let category = own(&categories, &entry["category_id"]);
            match parse(&image, &[&entry], &category, classes) {
                Ok(_) => left.push((position, entry)),
                Err(error) => refused.push((position, entry["id"].clone(), error)),
            }
        }
        self.annotations = left;
        refused
    }
}

/// Lets the strict reader read these entries.
fn parse(
    images: &[Value],
    annotations: &[&Value],
    categories: &[Value],
    classes: &[String],
) -> Result<Vec<CocoImage>, CocoError> {
    #[derive(Serialize)]
    struct Document<'a> {
        images: &'a [Value],
        annotations: &'a [&'a Value],
        categories: &'a [Value],
    }
    coco::parse(&serde_json::to_vec(&Document { images, annotations, categories })?, classes)
}

/// The names of the categories of a COCO file, in the order of their ids.
///
/// # Errors
/// When it has none.
pub fn categories(bytes: &[u8]) -> Result<Vec<String>, String> {
    let document: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("not valid JSON: {error}"))?;
    let list = document["categories"].as_array().ok_or("it has no list of categories")?;
    let mut named: Vec<(u64, &str)> =
        list.iter().filter_map(|entry| Some((entry["id"].as_u64()?, entry["name"].as_str()?))).collect();
    named.sort_unstable();
    named.dedup();
    Ok(named.into_iter().map(|(_, name)| name.to_owned()).collect())
}

/// Takes out what cannot be used.
struct Sieve<'a> {
    file: &'a str,
    findings: Vec<Finding>,
    /// (name, width, height) by id.
    images: HashMap<u64, (String, f64, f64)>,
    /// Names by id, and whether they are classes.
    categories: HashMap<u64, (String, bool)>,
    /// Boxes seen so far, by image.
    boxes: HashMap<u64, Vec<(usize, u64, [f64; 4])>>,
}

impl<'a> Sieve<'a> {
    fn sift(bytes: &[u8], classes: &[String], file: &'a str) -> Result<(Entries, Vec<Finding>), String> {
        let mut document: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("it is not valid JSON: {error}"))?;
        let mut list = |name: &str| match document.get_mut(name).map(Value::take) {
            Some(Value::Array(entries)) => Ok(entries),
            _ => Err(format!("it has no list {name:?}; COCO needs images, annotations and categories")),
        };
        let (mut images, annotations, mut categories) =
            (list("images")?, list("annotations")?, list("categories")?);
        let mut sieve = Self {
            file,
            findings: Vec::new(),
            images: HashMap::new(),
            categories: HashMap::new(),
            boxes: HashMap::new(),
        };
        categories.retain(|entry| sieve.category(entry, classes));
        let mut names = HashSet::new();
        images.retain(|entry| sieve.image(entry, &mut names));
        let mut annotations: Vec<(usize, Value)> = annotations.into_iter().enumerate().collect();
        annotations.retain(|(position, entry)| sieve.annotation(*position, entry));
        Ok((Entries { images, annotations, categories }, sieve.findings))
    }

    fn find(&mut self, check: Check, problem: String) -> bool {
        self.findings.push(Finding::new(check, self.file, problem));
        false
    }

    fn category(&mut self, entry: &Value, classes: &[String]) -> bool {
        let (Some(id), Some(name)) = (entry["id"].as_u64(), entry["name"].as_str()) else {
            return self.find(Check::Entry, format!("a category needs a whole id and a name, not {entry}"));
        };
        let known = classes.iter().any(|class| class == name);
        self.categories.insert(id, (name.to_owned(), known));
        if known {
            return true;
        }
        let classes = classes.join(", ");
        self.find(Check::UnknownClass, format!("category {id} ({name:?}) is none of the classes ({classes})"))
    }

    fn image(&mut self, entry: &Value, names: &mut HashSet<String>) -> bool {
        let (id, name) = (entry["id"].as_u64(), entry["file_name"].as_str());
        let (width, height) = (entry["width"].as_u64(), entry["height"].as_u64());
        let (Some(id), Some(name), Some(width @ 1..), Some(height @ 1..)) = (id, name, width, height) else {
            let problem = format!("an image needs id, file_name, width and height above 0, not {entry}");
            return self.find(Check::Entry, problem);
        };
        match parse(std::slice::from_ref(entry), &[], &[], &[]) {
            Ok(_) => {}
            Err(CocoError::Image { .. }) => {
                return self.find(Check::Entry, format!("image {id}: {name:?} is no file inside images/"));
            }
            Err(error) => return self.find(Check::Entry, format!("image {id} ({name:?}): {error}")),
        }
        if self.images.contains_key(&id) || !names.insert(name.to_owned()) {
            return self.find(Check::ListedTwice, format!("image {id} ({name:?}) was listed before"));
        }
        self.images.insert(id, (name.to_owned(), width as f64, height as f64));
        true
    }

    fn annotation(&mut self, position: usize, entry: &Value) -> bool {
        let at = format!("annotation {position}");
        let (image, category) = (entry["image_id"].as_u64(), entry["category_id"].as_u64());
        let outlined = entry["bbox"].is_null() && !entry["segmentation"].is_null();
        let bbox = if outlined { Some([0.0, 0.0, 1.0, 1.0]) } else { bbox(&entry["bbox"]) };
        let (Some(image), Some(category), Some([x, y, w, h])) = (image, category, bbox) else {
            let problem = format!("{at} needs image_id, category_id and bbox (x, y, width, height)");
            return self.find(Check::Entry, problem);
        };
        let Some((name, width, height)) = self.images.get(&image).cloned() else {
            return self.find(Check::Entry, format!("{at} belongs to image {image}, which is not listed"));
        };
        let class = match self.categories.get(&category) {
            Some((class, true)) => class.clone(),
            // Said once, for the category.
            Some((_, false)) => return false,
            None => {
                let problem = format!("{at} has category {category}, which is not listed");
                return self.find(Check::UnknownClass, problem);
            }
        };
        if outlined || entry["iscrowd"].as_u64().is_some_and(|crowd| crowd != 0) {
            // The strict reader looks at outlines; crowds need no box.
            return true;
        }
        let shown = format!("{at} on {name}: {class} at {x}, {y} with {w} x {h}");
        if w <= 0.0 || h <= 0.0 {
            return self.find(Check::EmptyBox, shown);
        }
        let whole = format!("{shown}; the image has {width} x {height}");
        if x >= width || y >= height || x + w <= 0.0 || y + h <= 0.0 {
            return self.find(Check::BoxOutside, whole);
        }
        let beyond = (-x).max(-y).max(x + w - width).max(y + h - height);
        if beyond > TOLERANCE {
            self.find(Check::BoxClipped, whole);
        }
        let others = self.boxes.entry(image).or_default();
        let twin = others
            .iter()
            .find(|other| overlap(other.2, [x, y, w, h]) >= 0.95)
            .map(|other| (other.0, other.1));
        others.push((position, category, [x, y, w, h]));
        if let Some((first, first_category)) = twin {
            let other = match self.categories.get(&first_category) {
                Some((other, _)) if first_category != category => format!(", which is a {other}"),
                _ => String::new(),
            };
            self.find(Check::DuplicateBox, format!("{shown}; the same as annotation {first}{other}"));
        }
        true
    }
}

fn bbox(value: &Value) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = value.as_array()?.iter().filter_map(Value::as_f64).collect();
    numbers.try_into().ok()
}

/// Intersection over union of two boxes (x, y, width, height).
fn overlap(a: [f64; 4], b: [f64; 4]) -> f64 {
    let side = |axis: usize| {
        let end = (a[axis] + a[axis + 2]).min(b[axis] + b[axis + 2]);
        (end - a[axis].max(b[axis])).max(0.0)
    };
    let both = side(0) * side(1);
    both / (a[2] * a[3] + b[2] * b[3] - both)
}
