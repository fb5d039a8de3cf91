//! A `MedMNIST` file, which a data set holds as it is.

use std::fs;
use std::path::Path;

use medley_core::dataset::formats::npz::{Npz, NpzError, NpzLabels};
use medley_core::dataset::{Split, TaskKind};

use super::{classes, file_name};
use crate::data::import::form::has_ending;
use crate::data::import::{Case, CaseLabel, Form, Found, Hints, ImportError};
use crate::data::inspect::catalogue::walk::files;

/// Largest array, in bytes.
const MAX_BYTES: u64 = 16 << 30;

pub(super) fn read(source: &Path, hints: &Hints) -> Result<Found, ImportError> {
    let mut archives = if source.is_file() { vec![source.to_path_buf()] } else { files(source, 64) };
    archives.retain(|path| has_ending(path, ".npz"));
    let [path] = &archives[..] else {
        return Err(ImportError::source(source, "exactly one .npz file is needed"));
    };
    let bytes = fs::read(path).map_err(ImportError::io(path))?;
    let npz = parse(&bytes).map_err(|error| ImportError::source(path, error.to_string()))?;
    let highest = |split: Split| match npz.part(split).labels() {
        NpzLabels::Classes(classes) => classes.iter().max().copied().unwrap_or(0),
        NpzLabels::Flags(flags) => flags.iter().map(|flags| flags.len().saturating_sub(1)).max().unwrap_or(0),
    };
    let highest = Split::ALL.into_iter().map(highest).max().unwrap_or(0);
    let kind = match npz.part(Split::Train).labels() {
        NpzLabels::Classes(_) => TaskKind::Classification,
        NpzLabels::Flags(_) => TaskKind::MultiLabel,
    };
    let names: Vec<String> = match &hints.classes {
        Some(given) if given.len() > highest => given.clone(),
        _ => (0..=highest).map(|class| format!("class-{class}")).collect(),
    };
    let classes = classes(names, hints)?;
    let case = Case {
        source: path.clone(),
        name: file_name(path),
        patient: None,
        split: Some(Split::Train),
        label: CaseLabel::Archive,
    };
    Ok(Found { form: Form::Npz, kind, objects: None, classes, cases: vec![case], findings: Vec::new() })
}

/// Reads a file whose number of classes is not known yet: that of the labels' columns, where there are several.
fn parse(bytes: &[u8]) -> Result<Npz, NpzError> {
    match Npz::parse(bytes, 255, MAX_BYTES) {
        Err(NpzError::Shape { shape, .. }) if shape.len() == 2 => Npz::parse(bytes, shape[1], MAX_BYTES),
        parsed => parsed,
    }
}
