//! Masks as pictures and volumes.

use super::ExportError;
use super::names::Names;
use crate::dataset::formats::{instance_png, mask_png, nifti_labels};
use crate::dataset::objects::{Connectivity, components};
use crate::dataset::{IGNORE, LabelVolume, Mask, Target};
use crate::imaging::Geometry;
use crate::imaging::nifti::Compression;
use crate::project::archive::Bundle;
use crate::project::{EntryId, Place, Project, ProjectTask, TaskId};

/// A zip with a PNG per slice: the value of a pixel is the index of its class (0 background, 255 unlabelled), shown in the
/// colours of [`class_color`](crate::dataset::class_color).
///
/// # Errors
/// [`ExportError`] if the task is no segmentation.
pub fn masks_png(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut target: impl FnMut(Place) -> Option<Target>,
) -> Result<Vec<u8>, ExportError> {
    let (names, mut bundle) = (Names::of(project), with_classes(project, task)?);
    for place in places {
        if let Some(Target::Mask(mask)) = target(*place) {
            let name = format!("masks/{}.png", names.slice(*place));
            bundle.add(&name, &mask_png::write_colored(&mask)?)?;
        }
    }
    Ok(bundle.finish()?)
}

/// A zip with a 16-bit grey PNG per slice: the value of a pixel is the number of its object, 0 where there is none.
///
/// # Errors
/// As [`masks_png`], and for more than 65535 objects.
pub fn instances_png(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut target: impl FnMut(Place) -> Option<Target>,
) -> Result<Vec<u8>, ExportError> {
    let (names, mut bundle) = (Names::of(project), with_classes(project, task)?);
    for place in places {
        if let Some(Target::Mask(mask)) = target(*place) {
            let (instances, _) = components(&mask, Connectivity::Eight);
            bundle.add(&format!("objects/{}.png", names.slice(*place)), &instance_png::write(&instances)?)?;
        }
    }
    Ok(bundle.finish()?)
}

/// A zip with a packed `NIfTI` label volume per image, on the grid of the image and in its place in space. `geometry` is
/// that of the whole image; slices that are not among the places are unlabelled.
///
/// # Errors
/// As [`masks_png`], and for images larger than the format allows.
pub fn masks_nifti(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut geometry: impl FnMut(EntryId) -> Geometry,
    mut target: impl FnMut(Place) -> Option<Target>,
) -> Result<Vec<u8>, ExportError> {
    let (names, mut bundle) = (Names::of(project), with_classes(project, task)?);
    for slices in places.chunk_by(|a, b| a.entry == b.entry) {
        let Some(entry) = slices.first().and_then(|place| project.entry(place.entry)) else { continue };
        let size = entry.size.map(|side| side as usize);
        let mut labels = vec![IGNORE; entry.area() * size[2]];
        for place in slices {
            let slice = labels.chunks_exact_mut(entry.area()).nth(place.slice as usize);
            if let (Some(slice), Some(Target::Mask(mask))) = (slice, target(*place))
                && slice.len() == mask.labels.len()
            {
                slice.copy_from_slice(&mask.labels);
            }
        }
        let volume = LabelVolume::new(size, labels, geometry(entry.id))?;
        let name = format!("labels/{}.nii.gz", names.image(entry.id));
        bundle.add(&name, &nifti_labels::encode(&volume, Compression::Gzip)?)?;
    }
    Ok(bundle.finish()?)
}

/// The segmentation, and a zip that tells its classes.
fn with_classes(project: &Project, task: TaskId) -> Result<Bundle, ExportError> {
    let task = project.task(task).ok_or(ExportError::Kind)?;
    if task.kind != crate::dataset::TaskKind::Segmentation {
        return Err(ExportError::Kind);
    }
    let mut bundle = Bundle::new();
    bundle.add_text("classes.csv", &classes_csv(task)?)?;
    Ok(bundle)
}

fn classes_csv(task: &ProjectTask) -> Result<Vec<u8>, ExportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = task.model_task("", 1).classes.into_iter().enumerate();
    let rows = names.map(|(index, name)| [index.to_string(), name]);
    let unlabelled = [IGNORE.to_string(), "unlabelled".to_owned()];
    for row in [["value".to_owned(), "class".to_owned()]].into_iter().chain(rows).chain([unlabelled]) {
        writer.write_record(row).map_err(crate::dataset::formats::TableError::from)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| crate::dataset::formats::TableError::Csv(error.into_error().into()));
    Ok(bytes?)
}

/// A mask of labels of the size of a slice.
pub(super) fn fits(mask: &Mask, size: [u32; 3]) -> bool {
    [mask.width, mask.height] == [size[0] as usize, size[1] as usize]
}
