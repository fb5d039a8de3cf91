//! The readers of the forms.

mod class_folders;
mod coco;
mod masks;
mod npz;
mod outlined;
mod per_image;
mod table;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use medley_core::dataset::Split;

use super::{Case, Form, Found, Hints, ImportError};

impl Found {
    /// Reads a source.
    ///
    /// # Errors
    /// When it has no form that is known, or nothing in it can be used.
    pub fn look(source: &Path, hints: &Hints) -> Result<Self, ImportError> {
        if !source.exists() {
            let source_error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(ImportError::Io { path: source.to_path_buf(), source: source_error });
        }
        let form = hints.form.or_else(|| Form::guess(source)).ok_or_else(|| ImportError::NoForm {
            path: source.to_path_buf(),
            forms: Form::ALL.map(Form::name).join(", "),
        })?;
        let mut found = match form {
            Form::ClassFolders => class_folders::read(source, hints),
            Form::Table => table::read(source, hints),
            Form::Masks => masks::read(source, hints),
            Form::Coco => coco::read(source, hints),
            Form::Voc | Form::Yolo | Form::GeoJson => per_image::read(source, form, hints),
            Form::Npz => npz::read(source, hints),
        }?;
        if found.cases.is_empty() {
            return Err(ImportError::source(source, format!("no image with a label was found ({form})")));
        }
        unique_names(source, &mut found.cases);
        Ok(found)
    }
}

/// The split that a folder in a path names.
fn split_of(path: &Path) -> Option<Split> {
    path.components().rev().find_map(|part| split_named(&part.as_os_str().to_string_lossy()))
}

/// The split with one of the names in use.
fn split_named(name: &str) -> Option<Split> {
    match name.to_lowercase().as_str() {
        "train" | "training" => Some(Split::Train),
        "val" | "valid" | "validation" | "dev" => Some(Split::Val),
        "test" | "testing" => Some(Split::Test),
        _ => None,
    }
}

/// Names the images by their files; where a name comes twice, by the folders too.
fn unique_names(source: &Path, cases: &mut [Case]) {
    let mut seen = HashSet::new();
    let twice: HashSet<String> =
        cases.iter().filter(|case| !seen.insert(case.name.clone())).map(|case| case.name.clone()).collect();
    for case in cases {
        if twice.contains(&case.name) {
            let inside = case.source.strip_prefix(source).unwrap_or(&case.source);
            let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            case.name = parts.join("_");
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The name without its ending; `.nii.gz` is one.
pub(super) fn stem(path: &Path) -> String {
    let name = file_name(path);
    let lower = name.to_lowercase();
    let cut =
        [".nii.gz"].iter().find(|ending| lower.ends_with(**ending)).map(|ending| name.len() - ending.len());
    name[..cut.or_else(|| name.rfind('.')).unwrap_or(name.len())].to_owned()
}

/// Files by name, and by path below the folder.
fn by_name(folder: &Path, files: &[PathBuf]) -> HashMap<String, PathBuf> {
    let mut places = HashMap::new();
    for path in files {
        places.entry(file_name(path)).or_insert_with(|| path.clone());
        let inside = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        places.insert(inside, path.clone());
    }
    places
}

/// The classes of a source: those found, unless others are given; in the order given, or found.
fn classes(found: Vec<String>, hints: &Hints) -> Result<Vec<String>, ImportError> {
    match &hints.classes {
        Some(given) if found.iter().any(|class| !given.contains(class)) => {
            Err(ImportError::Classes { found: found.len(), names: found.join(", "), given: given.len() })
        }
        Some(given) => Ok(given.clone()),
        None => Ok(found),
    }
}
