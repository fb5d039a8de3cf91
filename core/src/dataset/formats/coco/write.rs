//! COCO JSON out of images and their objects.

use super::document::{Annotation, Category, Counts, Document, ImageEntry, RleEntry, Segmentation};
use super::{CocoError, CocoImage, CocoObject, Outline};

/// The annotations of `images` as COCO JSON. Ids count from 1: images and annotations in their order, categories in
/// the order of `classes` (without background). Run-length codes are written as strings.
///
/// # Errors
/// [`CocoError::Outline`] for a polygon that cannot be drawn (COCO asks for the area); [`CocoError::Json`] for
/// numbers that JSON does not have.
pub fn write(images: &[CocoImage], classes: &[String]) -> Result<Vec<u8>, CocoError> {
    let mut annotations = Vec::new();
    for (image_id, image) in (1..).zip(images) {
        for object in &image.objects {
            let position = annotations.len();
            let area =
                area(object, image).map_err(|source| CocoError::Outline { annotation: position, source })?;
            annotations.push(annotation(position, image_id, object, area));
        }
    }
    let entry = |(id, image): (u64, &CocoImage)| ImageEntry {
        id,
        file_name: image.file.clone(),
        width: image.width as u32,
        height: image.height as u32,
    };
    let category = |(id, name): (u64, &String)| Category { id, name: name.clone() };
    let document = Document {
        images: (1..).zip(images).map(entry).collect(),
        annotations,
        categories: (1..).zip(classes).map(category).collect(),
    };
    Ok(serde_json::to_vec(&document)?)
}

fn annotation(position: usize, image_id: u64, object: &CocoObject, area: f64) -> Annotation {
    let edge = f64::from;
    let bbox = object.bbox;
    let segmentation = object.outline.as_ref().map(|outline| match outline {
        Outline::Polygons(polygons) => {
            Segmentation::Polygons(polygons.iter().map(|points| points.as_flattened().to_vec()).collect())
        }
        Outline::Rle(rle) => Segmentation::Rle(RleEntry {
            size: [rle.height() as u32, rle.width() as u32],
            counts: Counts::Text(rle.to_compressed()),
        }),
    });
    Annotation {
        id: position as u64 + 1,
        image_id,
        category_id: bbox.class as u64 + 1,
        bbox: Some([
            edge(bbox.x0),
            edge(bbox.y0),
            edge(bbox.x1) - edge(bbox.x0),
            edge(bbox.y1) - edge(bbox.y0),
        ]),
        area,
        iscrowd: u8::from(object.crowd),
        segmentation,
        score: object.score,
    }
}

/// Pixels of the outline, or of the box where there is none.
fn area(object: &CocoObject, image: &CocoImage) -> Result<f64, super::OutlineError> {
    match &object.outline {
        Some(outline) => {
            let codes = outline.codes(image.width, image.height)?;
            Ok(codes.iter().map(|rle| rle.area() as f64).sum())
        }
        None => Ok(f64::from(object.bbox.x1 - object.bbox.x0) * f64::from(object.bbox.y1 - object.bbox.y0)),
    }
}
