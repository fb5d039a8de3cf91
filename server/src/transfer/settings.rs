//! What all results of a folder have in common, so that a later command does not mix them with others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Value;

use super::TransferError;
use crate::runs::{RunError, write_atomically};

/// What determines a result besides its fraction, mode, seed and initial weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Id of the data set.
    pub data: String,
    /// Id of the task.
    pub task: String,
    /// Images in train, val and test.
    pub images: [usize; 3],
    /// How learning goes: updates, rates, architecture, as the runner names them.
    pub learning: toml::Table,
    /// SHA-256 of each model file by its name, and the architecture of random weights.
    pub models: BTreeMap<String, String>,
}

impl Settings {
    /// Compares with those in the file at `path`, and writes them there, together with the models it named
    /// before. More models, fractions, modes and seeds may be asked for as time goes by.
    ///
    /// # Errors
    /// [`TransferError::OtherSettings`] with the differences when results of others are there.
    pub fn store(mut self, path: &Path) -> Result<Self, TransferError> {
        if path.exists() {
            let stored = Self::read(path)?;
            let differences = stored.differences(&self);
            if !differences.is_empty() {
                let (path, difference) = (path.to_path_buf(), differences.join("; "));
                return Err(TransferError::OtherSettings { path, difference });
            }
            self.models.extend(stored.models);
        }
        let problem = |error: toml::ser::Error| broken(path, &error);
        write_atomically(path, toml::to_string_pretty(&self).map_err(problem)?.as_bytes())?;
        Ok(self)
    }

    fn read(path: &Path) -> Result<Self, TransferError> {
        let text = fs::read_to_string(path).map_err(RunError::io("read", path))?;
        toml::from_str(&text).map_err(|error| broken(path, &error))
    }

    /// What `new` has otherwise, a sentence each.
    fn differences(&self, new: &Self) -> Vec<String> {
        let (old, new) = (self.named(), new.named());
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let differs = |name: &&String| match (old.get(*name), new.get(*name)) {
            // A model that only one command names is no contradiction.
            (None, _) | (_, None) if name.starts_with("models.") => false,
            (old, new) => old != new,
        };
        let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), ToString::to_string);
        let differing = names.into_iter().filter(differs);
        differing
            .map(|name| format!("{name}: {} then, {} now", shown(old.get(name)), shown(new.get(name))))
            .collect()
    }

    /// All values by their dotted name.
    fn named(&self) -> BTreeMap<String, Value> {
        let mut values = BTreeMap::new();
        let mut add = |name: &str, value: Value| values.insert(name.to_owned(), value);
        add("data", self.data.clone().into());
        add("task", self.task.clone().into());
        for (part, count) in ["train", "val", "test"].iter().zip(self.images) {
            add(&format!("images in {part}"), Value::Integer(count as i64));
        }
        self.models.iter().for_each(|(name, sum)| drop(add(&format!("models.{name}"), sum.clone().into())));
        flatten("learning", &self.learning, &mut values);
        values
    }
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let name = format!("{prefix}.{name}");
        match value {
            Value::Table(table) => flatten(&name, table, into),
            _ => drop(into.insert(name, value.clone())),
        }
    }
}

fn broken(path: &Path, error: &dyn std::error::Error) -> TransferError {
    TransferError::Settings { path: path.to_path_buf(), problem: error.to_string() }
}
