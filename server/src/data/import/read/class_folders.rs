//! A folder per class.

use std::collections::BTreeSet;
use std::path::Path;

use medley_core::dataset::TaskKind;

use super::{classes, file_name, split_named, split_of};
use crate::data::import::form::is_image;
use crate::data::import::{Case, CaseLabel, Form, Found, Hints, ImportError};
use crate::data::inspect::catalogue::walk::files;

pub(super) fn read(source: &Path, hints: &Hints) -> Result<Found, ImportError> {
    let images: Vec<_> = files(source, 64).into_iter().filter(|path| is_image(path)).collect();
    // The folder next to the file, unless that is a split.
    let class_name = |path: &Path| {
        let inside = path.strip_prefix(source).ok()?.parent()?;
        let names = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        names.rev().find(|name| split_named(name).is_none() && name != "images")
    };
    let names: BTreeSet<String> = images.iter().filter_map(|path| class_name(path)).collect();
    let classes = classes(names.into_iter().collect(), hints)?;
    let case = |path: &std::path::PathBuf| {
        let name = class_name(path)?;
        let class = classes.iter().position(|class| *class == name)?;
        let inside = path.strip_prefix(source).unwrap_or(path);
        Some(Case {
            source: path.clone(),
            name: file_name(path),
            patient: None,
            split: inside.parent().and_then(split_of),
            label: CaseLabel::Class(class),
        })
    };
    let cases: Vec<Case> = images.iter().filter_map(case).collect();
    Ok(Found {
        form: Form::ClassFolders,
        kind: TaskKind::Classification,
        objects: None,
        classes,
        cases,
        findings: Vec::new(),
    })
}
