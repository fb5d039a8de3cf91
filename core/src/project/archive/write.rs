//! A project into a zip file.

use super::{ArchiveError, Bundle, DOCUMENT};
use crate::dataset::formats::mask_png;
use crate::project::{EntryId, Place, Project};

/// The project as one file. `image` gives the bytes of an image's file as it was added, `models` are named by their
/// run's id, the model that was opened by `base`.
///
/// # Errors
/// [`ArchiveError::NoImage`] for an image without bytes, [`ArchiveError::Zip`] for more data than a zip holds.
pub fn write_project(
    project: &Project,
    mut image: impl FnMut(EntryId) -> Option<Vec<u8>>,
    models: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> Result<Vec<u8>, ArchiveError> {
    let mut bundle = Bundle::new();
    bundle.add_text(DOCUMENT, &project.document().to_json()?)?;
    for (place, mask) in project.masks() {
        bundle.add(&label_name(place), &mask_png::write_colored(&mask.to_mask())?)?;
    }
    for entry in &project.document().entries {
        let bytes = image(entry.id).ok_or_else(|| ArchiveError::NoImage(entry.file.clone()))?;
        bundle.add(&format!("{}{}", image_prefix(entry.id), plain(&entry.file)), &bytes)?;
    }
    for (name, bytes) in models {
        bundle.add(&model_name(&name), &bytes)?;
    }
    bundle.finish()
}

/// Where a mask is in the zip.
fn label_name(Place { entry, task, slice }: Place) -> String {
    format!("labels/{}-{}-{slice}.png", entry.0, task.0)
}

/// With what the name of an image begins in the zip.
pub(super) fn image_prefix(entry: EntryId) -> String {
    format!("images/{}-", entry.0)
}

/// Where a model is in the zip.
pub(super) fn model_name(name: &str) -> String {
    format!("models/{name}.safetensors")
}

/// A name that all systems take: letters, digits, and few signs.
pub(in crate::project) fn plain(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let mut letters: Vec<char> = base.chars().map(plain).collect();
    // The end tells the format.
    letters.drain(..letters.len().saturating_sub(80));
    letters.into_iter().collect::<String>().trim_start_matches('.').to_owned()
}
