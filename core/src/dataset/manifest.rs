//! `dataset.json`: what a data set folder says about itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::{DataWindow, IGNORE, Split, Task, TaskKind};

/// The description of a data set, as stored in its `dataset.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Unique, lower case with hyphens; also the start of the ids of its tasks.
    pub id: String,
    /// What made the images: `microscopy (fluorescence)`.
    pub modality: String,
    /// The label types. In the file one name or a list of names.
    #[serde(rename = "task", deserialize_with = "one_or_many", serialize_with = "shortest")]
    pub kinds: Vec<TaskKind>,
    /// Class names in index order; with a segmentation the first is the background.
    pub classes: Vec<String>,
    /// The licence of images and labels, in words.
    pub license: String,
    /// Where the data come from.
    #[serde(default)]
    pub source: String,
    /// Number of images per split, where stated.
    #[serde(default)]
    pub splits: BTreeMap<Split, usize>,
    /// The side to which the longest side of an image is scaled, where the data set asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_size: Option<usize>,
    /// The range of values to look at, where the data set asks for one; otherwise what each file proposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<DataWindow>,
}

/// Why a `dataset.json` cannot be used.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// Not JSON, or a field is missing or of the wrong type.
    #[error("dataset.json is not valid: {0}")]
    Json(#[from] serde_json::Error),
    /// A field holds something that makes no sense.
    #[error("dataset.json: {0}")]
    Field(String),
}

impl Manifest {
    /// Reads and checks the content of a `dataset.json`.
    ///
    /// # Errors
    /// When it is not JSON of this form, or id, tasks, classes or input size are not usable.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes)?;
        manifest.check().map_err(ManifestError::Field)?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(plain) {
            return Err(format!("id {:?} must be lower-case letters, digits and hyphens", self.id));
        }
        for (index, class) in self.classes.iter().enumerate() {
            if class.is_empty() || self.classes[..index].contains(class) {
                return Err(format!("class {index} ({class:?}) is empty or named twice"));
            }
        }
        if self.classes.len() > usize::from(IGNORE) {
            return Err(format!("{} classes are more than {IGNORE}", self.classes.len()));
        }
        if self.input_size == Some(0) {
            return Err("input_size must be at least 1".to_owned());
        }
        if self.kinds.is_empty() {
            let names = "classification, multilabel, segmentation, detection or regression";
            return Err(format!("task must name {names}"));
        }
        if self.kinds.len() > 1 && self.kinds.contains(&TaskKind::Regression) {
            return Err(
                "classes are the names of numbers in a regression, so it must be the only task".to_owned()
            );
        }
        for (index, kind) in self.kinds.iter().enumerate() {
            if self.kinds[..index].contains(kind) {
                return Err(format!("task {} is named twice", kind_name(*kind)));
            }
            let needed = match kind {
                TaskKind::Detection | TaskKind::MultiLabel | TaskKind::Regression => 1,
                TaskKind::Classification | TaskKind::Segmentation => 2,
            };
            if self.classes_of(*kind).len() < needed {
                return Err(format!("a {} needs at least {needed} class(es)", kind_name(*kind)));
            }
        }
        Ok(())
    }

    /// The tasks of this data set, in the order of the manifest; those of a regression have no scaling yet. `input_size` is used where the manifest
    /// names none. A single task has the data set's id; several are told apart by their kind
    /// (`dsb2018-fluo-segmentation`).
    pub fn tasks(&self, input_size: usize) -> Vec<Task> {
        self.kinds
            .iter()
            .map(|kind| Task {
                id: match self.kinds.len() {
                    1 => self.id.clone(),
                    _ => format!("{}-{}", self.id, kind_name(*kind)),
                },
                kind: *kind,
                classes: self.classes_of(*kind).to_vec(),
                modality: self.modality.clone(),
                input_size: self.input_size.unwrap_or(input_size),
                instances: None,
                scaling: Vec::new(),
            })
            .collect()
    }

    /// A detection has no background, which a list shared with a segmentation begins with.
    fn classes_of(&self, kind: TaskKind) -> &[String] {
        let shared = self.kinds.contains(&TaskKind::Segmentation);
        match self.classes.split_first() {
            Some((first, objects)) if kind == TaskKind::Detection && (shared || first == "background") => {
                objects
            }
            _ => &self.classes,
        }
    }
}

fn kind_name(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Classification => "classification",
        TaskKind::MultiLabel => "multilabel",
        TaskKind::Segmentation => "segmentation",
        TaskKind::Detection => "detection",
        TaskKind::Regression => "regression",
    }
}

/// A single kind as a name, as people write it.
fn shortest<S: Serializer>(kinds: &[TaskKind], serializer: S) -> Result<S::Ok, S::Error> {
    match kinds[..] {
        [kind] => kind.serialize(serializer),
        _ => kinds.serialize(serializer),
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TaskKind>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(TaskKind),
        Many(Vec<TaskKind>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(kind) => vec![kind],
        OneOrMany::Many(kinds) => kinds,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn manifest(task: &str, classes: &str) -> String {
        format!(
            r#"{{"id": "set-1", "modality": "microscopy", "task": {task}, "classes": {classes},
                "license": "CC0-1.0", "source": "here", "splits": {{"train": 2, "test": 1}}}}"#
        )
    }

    #[test]
    fn one_kind_is_one_task_with_the_id_of_the_set() {
        let text = manifest(r#""detection""#, r#"["RBC", "WBC"]"#);
        let tasks = Manifest::parse(text.as_bytes()).unwrap().tasks(192);
        assert_eq!(tasks.len(), 1);
        assert_eq!((tasks[0].id.as_str(), tasks[0].input_size), ("set-1", 192));
        assert_eq!(tasks[0].classes, ["RBC", "WBC"]);
    }

    #[test]
    fn two_kinds_share_a_list_whose_background_is_no_object() {
        let text = manifest(r#"["segmentation", "detection"]"#, r#"["nothing", "nucleus"]"#);
        let tasks = Manifest::parse(text.as_bytes()).unwrap().tasks(192);
        let ids: Vec<_> = tasks.iter().map(|task| task.id.as_str()).collect();
        assert_eq!(ids, ["set-1-segmentation", "set-1-detection"]);
        assert_eq!(tasks[0].classes, ["nothing", "nucleus"]);
        assert_eq!(tasks[1].classes, ["nucleus"]);
    }

    #[test]
    fn the_input_size_of_the_set_wins() {
        let text = manifest(r#""classification""#, r#"["a", "b"]"#).replacen('{', r#"{"input_size": 64,"#, 1);
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap().tasks(192)[0].input_size, 64);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for task in [r#""detection""#, r#"["segmentation", "detection"]"#] {
            let text = manifest(task, r#"["background", "cell"]"#).replacen('{', r#"{"window": "lung","#, 1);
            let manifest = Manifest::parse(text.as_bytes()).unwrap();
            assert_eq!(manifest.window, Some(DataWindow(crate::imaging::Window::LUNG)));
            let written = serde_json::to_vec(&manifest).unwrap();
            assert_eq!(Manifest::parse(&written).unwrap(), manifest);
        }
    }

    #[test]
    fn unusable_fields_are_refused() {
        for (task, classes) in [
            (r#""ranking""#, r#"["a", "b"]"#),
            (r#""regression""#, "[]"),
            (r#"["regression", "classification"]"#, r#"["a", "b"]"#),
            ("[]", r#"["a", "b"]"#),
            (r#"["detection", "detection"]"#, r#"["a", "b"]"#),
            (r#""classification""#, r#"["a", "a"]"#),
            (r#""classification""#, r#"["a"]"#),
            (r#""detection""#, r#"["background"]"#),
            (r#""classification", "window": "liver""#, r#"["a", "b"]"#),
        ] {
            assert!(Manifest::parse(manifest(task, classes).as_bytes()).is_err(), "{task} {classes}");
        }
    }
}
