//! `dataset.json`, as far as it says enough.

use std::fs;
use std::path::Path;

use medley_core::dataset::Manifest;
use serde_json::Value;

use crate::data::inspect::finding::{Check, Finding};

const FILE: &str = "dataset.json";

/// Reads the description. What training does not need may be missing.
pub fn read(root: &Path, findings: &mut Vec<Finding>) -> Option<Manifest> {
    let mut refuse = |problem: String| {
        findings.push(Finding::new(Check::Manifest, FILE, problem));
        None
    };
    let bytes = match fs::read(root.join(FILE)) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(format!("it cannot be read: {error}")),
    };
    let mut value: Value = match serde_json::from_slice(&bytes) {
        Ok(value) => value,
        Err(error) => return refuse(format!("it is not valid JSON: {error}")),
    };
    let Some(fields) = value.as_object_mut() else {
        return refuse("it must be a JSON object in braces".to_owned());
    };
    for optional in ["license", "modality", "source"] {
        fields.entry(optional).or_insert_with(|| Value::String(String::new()));
    }
    let manifest = match Manifest::parse(value.to_string().as_bytes()) {
        Ok(manifest) => manifest,
        Err(error) => return refuse(error.to_string()),
    };
    if manifest.license.trim().is_empty() {
        findings.push(Finding::new(Check::License, FILE, "`license` is missing or empty"));
    }
    Some(manifest)
}
