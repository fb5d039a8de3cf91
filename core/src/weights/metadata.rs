//! What a model file says about itself.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::WeightsError;
use crate::dataset::Task;
use crate::model::{ModelConfig, Preset};

/// The newest file format that this version reads, and the one it writes.
const FORMAT: u32 = 1;

/// A data set that a model learnt from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The data set's id.
    pub id: String,
    /// Its licence.
    pub license: String,
}

/// Where the weights come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The data sets.
    pub sources: Vec<Source>,
    /// Updates of the shared blocks.
    pub updates: u64,
    /// The seed of the run.
    pub seed: u64,
    /// Version of the program, with the commit where known.
    pub program: String,
}

/// Everything in a model file besides numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelMetadata {
    /// The preset's name, where one was used.
    pub preset: Option<Preset>,
    /// The numbers of the network.
    pub config: ModelConfig,
    /// One per head.
    pub tasks: Vec<Task>,
    /// Data, steps, seed, program.
    pub provenance: Provenance,
    /// Licence of the weights.
    pub license: String,
}

impl ModelMetadata {
    /// As the string map of a safetensors file.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        let json = |value: serde_json::Value| value.to_string();
        let mut map = BTreeMap::from([
            ("medley.format".to_owned(), FORMAT.to_string()),
            ("medley.config".to_owned(), json(serde_json::json!(self.config))),
            ("medley.tasks".to_owned(), json(serde_json::json!(self.tasks))),
            ("medley.provenance".to_owned(), json(serde_json::json!(self.provenance))),
            ("medley.license".to_owned(), self.license.clone()),
        ]);
        if let Some(preset) = self.preset {
            map.insert("medley.preset".to_owned(), json(serde_json::json!(preset)));
        }
        map
    }

    /// From the string map of a safetensors file.
    ///
    /// # Errors
    /// When it is no Medley model, too new, or damaged.
    pub fn from_map(map: &BTreeMap<String, String>) -> Result<Self, WeightsError> {
        let format: u32 = parse(map, "medley.format")?;
        if format > FORMAT {
            return Err(WeightsError::TooNew { found: format, supported: FORMAT });
        }
        let preset =
            if map.contains_key("medley.preset") { Some(parse(map, "medley.preset")?) } else { None };
        Ok(Self {
            preset,
            config: parse(map, "medley.config")?,
            tasks: parse(map, "medley.tasks")?,
            provenance: parse(map, "medley.provenance")?,
            license: map.get("medley.license").cloned().unwrap_or_default(),
        })
    }
}

fn parse<T: DeserializeOwned>(map: &BTreeMap<String, String>, key: &'static str) -> Result<T, WeightsError> {
    let text = map.get(key).ok_or(WeightsError::NotAModel(key))?;
    serde_json::from_str(text).map_err(|e| WeightsError::Metadata { key, reason: e.to_string() })
}
