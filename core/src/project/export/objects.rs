//! Objects with their outlines.

use super::ExportError;
use super::names::Names;
use crate::dataset::formats::coco::{self, CocoImage, CocoObject, OutlineForm};
use crate::dataset::formats::geojson;
use crate::dataset::objects::{Area, Connectivity, Instances, Polygon, components, outlines};
use crate::dataset::{BoxLabel, IGNORE, Mask, Target};
use crate::project::archive::Bundle;
use crate::project::{Place, Project, TaskId};

/// One COCO file. The objects of a mask are what hangs together, with polygons (run-length codes where there are holes);
/// of a slice the image is named after its volume.
///
/// # Errors
/// [`ExportError`] for a classification.
pub fn coco(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut target: impl FnMut(Place) -> Option<Target>,
) -> Result<Vec<u8>, ExportError> {
    let names = Names::of(project);
    let task = project.task(task).ok_or(ExportError::Kind)?;
    let mut images = Vec::new();
    for place in places {
        let (Some(entry), Some(target)) = (project.entry(place.entry), target(*place)) else { continue };
        let file = names.picture(*place);
        images.push(match target {
            Target::Mask(mask) => {
                let (instances, class_of) = objects(&mask);
                CocoImage::from_instances(file, &instances, class_of, OutlineForm::Polygons)
            }
            Target::Boxes(boxes) => {
                let object = |bbox| CocoObject { bbox, crowd: false, outline: None, score: None };
                let [width, height, _] = entry.size.map(|side| side as usize);
                CocoImage { file, width, height, objects: boxes.into_iter().map(object).collect() }
            }
            Target::Class(_) | Target::Labels(_) | Target::Values(_) => return Err(ExportError::Kind),
        });
    }
    Ok(coco::write(&images, &task.class_names())?)
}

/// A zip with a `GeoJSON` per slice, as `QuPath` opens it. Boxes become rectangles, unlabelled regions are not told.
///
/// # Errors
/// [`ExportError`] for a classification.
pub fn geojson(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut target: impl FnMut(Place) -> Option<Target>,
) -> Result<Vec<u8>, ExportError> {
    let names = Names::of(project);
    let task = project.task(task).ok_or(ExportError::Kind)?;
    let mut bundle = Bundle::new();
    for place in places {
        let areas = match target(*place) {
            None => continue,
            Some(Target::Mask(mask)) => {
                let (instances, class_of) = objects(&mask);
                let area = |(id, polygons)| Area { class: class_of(id), polygons };
                outlines(&instances).into_iter().map(area).collect()
            }
            Some(Target::Boxes(boxes)) => boxes.into_iter().map(rectangle).collect::<Vec<_>>(),
            Some(Target::Class(_) | Target::Labels(_) | Target::Values(_)) => {
                return Err(ExportError::Kind);
            }
        };
        let name = format!("{}.geojson", names.slice(*place));
        bundle.add_text(&name, &geojson::write(&areas, &task.class_names())?)?;
    }
    Ok(bundle.finish()?)
}

/// The objects of a mask of indices, and the class (without background) of each.
fn objects(mask: &Mask) -> (Instances, impl Fn(u32) -> Option<usize> + use<>) {
    let (instances, classes) = components(mask, Connectivity::Eight);
    let class_of = move |id: u32| {
        let class = classes.get(id as usize - 1).filter(|class| **class != IGNORE)?;
        usize::from(*class).checked_sub(1)
    };
    (instances, class_of)
}

fn rectangle(label: BoxLabel) -> Area {
    let [x0, y0, x1, y1] = [label.x0, label.y0, label.x1, label.y1].map(f64::from);
    let ring = vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    Area { class: Some(label.class), polygons: vec![Polygon { rings: vec![ring] }] }
}
