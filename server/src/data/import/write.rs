//! The data set folder.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use image::{GrayImage, Luma};
use medley_core::dataset::formats::coco::{self, CocoImage};
use medley_core::dataset::formats::multilabel_csv::{self, MultiLabelRow};
use medley_core::dataset::formats::values_csv::{self, ValueRow};
use medley_core::dataset::{Manifest, Split, TaskKind};

use super::{Case, CaseLabel, Found, ImportError};

/// What the source does not say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Lower-case letters, digits and hyphens.
    pub id: String,
    /// What made the images.
    pub modality: String,
    /// The licence of the data.
    pub license: String,
    /// Where they come from.
    pub source: String,
    /// Link image files rather than copying them: no space, but a change of one is a change of both.
    pub link: bool,
}

/// The description that a data set of these cases will have.
///
/// # Errors
/// [`ImportError::Setting`] where it would not be valid.
pub fn manifest(found: &Found, settings: &Settings) -> Result<Manifest, ImportError> {
    let mut splits = BTreeMap::new();
    if !found.cases.iter().any(|case| case.label == CaseLabel::Archive) {
        found
            .cases
            .iter()
            .filter_map(|case| case.split)
            .for_each(|split| *splits.entry(split).or_default() += 1);
    }
    let manifest = Manifest {
        id: settings.id.clone(),
        modality: settings.modality.clone(),
        kinds: vec![found.kind],
        classes: found.classes.clone(),
        license: settings.license.clone(),
        source: settings.source.clone(),
        splits,
        input_size: None,
        window: None,
    };
    let text = serde_json::to_vec(&manifest).map_err(|error| ImportError::Setting(error.to_string()))?;
    Manifest::parse(&text).map_err(|error| ImportError::Setting(error.to_string()))
}

/// Makes the folder `out` from cases that all have a split. Image files are copied as they are.
///
/// # Errors
/// When `out` exists and is not empty, a file cannot be written, or a setting is not valid.
pub fn write(found: &Found, settings: &Settings, out: &Path) -> Result<Manifest, ImportError> {
    let manifest = manifest(found, settings)?;
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) || out.is_file() {
        return Err(ImportError::Exists(out.to_path_buf()));
    }
    fs::create_dir_all(out).map_err(ImportError::io(out))?;
    for case in &found.cases {
        let folder = if case.label == CaseLabel::Archive { out.to_path_buf() } else { out.join("images") };
        place(&case.source, &folder.join(&case.name), settings.link)?;
        match &case.label {
            CaseLabel::MaskFile(mask) => {
                let folder = if is_volume(&case.name) { "labels" } else { "masks" };
                let mut target = out.join(folder).join(&case.name);
                if folder == "masks" {
                    target.set_extension("png");
                }
                place(mask, &target, settings.link)?;
            }
            CaseLabel::Mask(mask) => {
                let target = out.join("masks").join(&case.name).with_extension("png");
                make_parent(&target)?;
                let pixel = |x: u32, y: u32| Luma([mask.labels[y as usize * mask.width + x as usize]]);
                let picture = GrayImage::from_fn(mask.width as u32, mask.height as u32, pixel);
                picture.save(&target).map_err(|error| ImportError::source(&target, error.to_string()))?;
            }
            CaseLabel::MaskPng(bytes) => {
                save(&out.join("masks").join(&case.name).with_extension("png"), bytes)?;
            }
            CaseLabel::Class(_)
            | CaseLabel::Labels(_)
            | CaseLabel::Values(_)
            | CaseLabel::Objects { .. }
            | CaseLabel::Archive => {}
        }
    }
    write_labels(found, out)?;
    // Last, so that a folder with a description is whole.
    let text =
        serde_json::to_string_pretty(&manifest).map_err(|error| ImportError::Setting(error.to_string()))?;
    save(&out.join("dataset.json"), format!("{text}\n").as_bytes())?;
    Ok(manifest)
}

fn write_labels(found: &Found, out: &Path) -> Result<(), ImportError> {
    let patients = found.cases.iter().any(|case| case.patient.is_some());
    let split = |case: &Case| case.split.map_or("train", Split::name);
    let patient = |case: &Case| {
        if patients {
            format!(",{}", quoted(case.patient.as_deref().unwrap_or_default()))
        } else {
            String::new()
        }
    };
    let column = if patients { ",patient" } else { "" };
    match found.kind {
        TaskKind::MultiLabel => write_several(found, out),
        TaskKind::Regression => write_numbers(found, out),
        TaskKind::Classification => {
            let mut table = format!("file,label,split{column}\n");
            for case in &found.cases {
                if let CaseLabel::Class(class) = case.label {
                    let label = quoted(found.classes.get(class).map(String::as_str).unwrap_or_default());
                    let _ =
                        writeln!(table, "{},{label},{}{}", quoted(&case.name), split(case), patient(case));
                }
            }
            // An .npz holds its labels itself.
            if table.lines().count() > 1 { save(&out.join("labels.csv"), table.as_bytes()) } else { Ok(()) }
        }
        TaskKind::Segmentation => {
            let mut table = format!("file,split{column}\n");
            for case in &found.cases {
                let _ = writeln!(table, "{},{}{}", quoted(&case.name), split(case), patient(case));
            }
            save(&out.join("split.csv"), table.as_bytes())
        }
        TaskKind::Detection => Split::ALL.into_iter().try_for_each(|split| {
            let images: Vec<CocoImage> = found
                .cases
                .iter()
                .filter(|case| case.split == Some(split))
                .filter_map(|case| match &case.label {
                    CaseLabel::Objects { objects, size } => Some(CocoImage {
                        file: case.name.clone(),
                        width: size.0,
                        height: size.1,
                        objects: objects.clone(),
                    }),
                    _ => None,
                })
                .collect();
            let path = out.join("annotations").join(format!("{split}.json"));
            let text = coco::write(&images, &found.classes)
                .map_err(|error| ImportError::source(&path, error.to_string()))?;
            save(&path, &text)
        }),
    }
}

/// The table of images with any number of classes each; an `.npz` holds its labels itself.
fn write_several(found: &Found, out: &Path) -> Result<(), ImportError> {
    let row = |case: &Case| {
        let CaseLabel::Labels(labels) = &case.label else { return None };
        let patient = case.patient.clone().map(|patient| ("patient".to_owned(), patient));
        let (split, extra) = (case.split.unwrap_or(Split::Train), patient.into_iter().collect());
        Some(MultiLabelRow { file: case.name.clone(), labels: labels.clone(), split, extra })
    };
    let rows: Vec<MultiLabelRow> = found.cases.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let path = out.join("labels.csv");
    let table = multilabel_csv::write(&rows, &found.classes)
        .map_err(|error| ImportError::source(&path, error.to_string()))?;
    save(&path, &table)
}

/// The table of images with numbers.
fn write_numbers(found: &Found, out: &Path) -> Result<(), ImportError> {
    let row = |case: &Case| {
        let CaseLabel::Values(values) = &case.label else { return None };
        let patient = case.patient.clone().map(|patient| ("patient".to_owned(), patient));
        let (split, extra) = (case.split.unwrap_or(Split::Train), patient.into_iter().collect());
        Some(ValueRow { file: case.name.clone(), values: values.clone(), split, extra })
    };
    let rows: Vec<ValueRow> = found.cases.iter().filter_map(row).collect();
    let path = out.join("labels.csv");
    let table = values_csv::write(&rows, &found.classes)
        .map_err(|error| ImportError::source(&path, error.to_string()))?;
    save(&path, &table)
}

/// Whether a file is a volume by its name; a picture's mask is a PNG.
fn is_volume(name: &str) -> bool {
    [".nii", ".nii.gz"].iter().any(|ending| name.to_lowercase().ends_with(ending))
}

fn make_parent(path: &Path) -> Result<(), ImportError> {
    path.parent().map_or(Ok(()), |parent| fs::create_dir_all(parent).map_err(ImportError::io(parent)))
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), ImportError> {
    make_parent(path)?;
    fs::write(path, bytes).map_err(ImportError::io(path))
}

fn place(from: &Path, to: &Path, link: bool) -> Result<(), ImportError> {
    make_parent(to)?;
    if link {
        fs::hard_link(from, to).map_err(ImportError::io(to))
    } else {
        fs::copy(from, to).map(|_| ()).map_err(ImportError::io(from))
    }
}

/// A field of a CSV table.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
