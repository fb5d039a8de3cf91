//! COCO JSON: the objects in the images of one split, as boxes and outlines.
//!
//! Read are `images` (`id`, `file_name`, `width`, `height`), `annotations` (`image_id`, `category_id`,
//! `bbox` = x, y, width, height in pixels, `iscrowd`, `segmentation` = polygons or a run-length code) and
//! `categories` (`id`, `name`). Categories become class indices by name. Crowds (`iscrowd` 1) are regions in
//! which objects were not told apart: they have no box to be found and no class in a mask, but are marked as
//! not to count.

mod document;
mod draw;
mod error;
mod instances;
mod polygon;
mod rle;
mod write;

use std::collections::{HashMap, HashSet};

pub use draw::DrawError;
pub use error::{CocoError, OutlineError};
pub use instances::OutlineForm;
pub use rle::{Rle, RleError};
pub use write::write;

use self::document::{Annotation, Category, Counts, Document, ImageEntry, Segmentation};
use super::is_inside_folder;
use crate::dataset::BoxLabel;

/// An image and all its objects.
#[derive(Clone, Debug, PartialEq)]
pub struct CocoImage {
    /// Name below `images/`.
    pub file: String,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The objects in the order of the file; none is a valid answer.
    pub objects: Vec<CocoObject>,
}

/// One annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct CocoObject {
    /// Its box, clipped to the image, and class.
    pub bbox: BoxLabel,
    /// Not an object but a region in which objects were not told apart.
    pub crowd: bool,
    /// Its pixels, where the file has them.
    pub outline: Option<Outline>,
    /// How sure a model is of it, in [0, 1]. It is written and not read: people's labels have none.
    pub score: Option<f32>,
}

/// Where an object is.
#[derive(Clone, Debug, PartialEq)]
pub enum Outline {
    /// Points (x, y) of the polygons that the object consists of; COCO's polygons have no holes.
    Polygons(Vec<Vec<[f64; 2]>>),
    /// Its pixels.
    Rle(Rle),
}

impl CocoImage {
    /// The boxes of the objects, without crowds.
    pub fn boxes(&self) -> Vec<BoxLabel> {
        self.objects.iter().filter(|object| !object.crowd).map(|object| object.bbox).collect()
    }
}

/// Reads the annotations of one split; `classes` are without background.
///
/// # Errors
/// [`CocoError`], naming the entry.
pub fn parse(bytes: &[u8], classes: &[String]) -> Result<Vec<CocoImage>, CocoError> {
    let document: Document = serde_json::from_slice(bytes)?;
    let class_of = classes_by_category(document.categories, classes)?;
    let (mut images, index_of) = images(document.images)?;

    for (position, annotation) in document.annotations.into_iter().enumerate() {
        let missing = |what, id| CocoError::Missing { annotation: position, what, id };
        let image =
            index_of.get(&annotation.image_id).ok_or_else(|| missing("image", annotation.image_id))?;
        let class = class_of
            .get(&annotation.category_id)
            .ok_or_else(|| missing("category", annotation.category_id))?;
        if let Some(image) = images.get_mut(*image)
            && let Some(object) = object(position, annotation, *class, image)?
        {
            image.objects.push(object);
        }
    }
    Ok(images)
}

/// The object of an annotation; `None` for a crowd without an extent.
fn object(
    position: usize,
    annotation: Annotation,
    class: usize,
    image: &CocoImage,
) -> Result<Option<CocoObject>, CocoError> {
    let outline = annotation
        .segmentation
        .map(|segmentation| Outline::read(segmentation, image.width, image.height))
        .transpose()
        .map_err(|source| CocoError::Outline { annotation: position, source })?
        .flatten();
    let crowd = annotation.iscrowd != 0;
    let [x, y, w, h] = annotation.bbox.unwrap_or_default();
    let edges = match (annotation.bbox, &outline) {
        (None, Some(outline)) => outline.bounds().unwrap_or_default(),
        _ => [x, y, x + w, y + h],
    };
    match BoxLabel::clipped(edges, image.width, image.height, class) {
        Some(bbox) => Ok(Some(CocoObject { bbox, crowd, outline, score: None })),
        None if crowd => Ok(None),
        None => Err(CocoError::Box { annotation: position, bbox: [x, y, w, h] }),
    }
}

impl Outline {
    /// The outline in a `width` x `height` image; `None` for an empty list, which some tools write where there
    /// are boxes only.
    fn read(segmentation: Segmentation, width: usize, height: usize) -> Result<Option<Self>, OutlineError> {
        match segmentation {
            Segmentation::Polygons(lists) if lists.is_empty() => Ok(None),
            Segmentation::Polygons(lists) => {
                let points = |list: Vec<f64>| {
                    let (points, rest) = list.as_chunks::<2>();
                    let enough = points.len() >= 3 && rest.is_empty();
                    enough.then(|| points.to_vec()).ok_or(OutlineError::Points { numbers: list.len() })
                };
                lists.into_iter().map(points).collect::<Result<_, _>>().map(Self::Polygons).map(Some)
            }
            Segmentation::Rle(entry) => {
                let [rows, columns] = entry.size;
                if (columns as usize, rows as usize) != (width, height) {
                    return Err(OutlineError::Size { columns, rows, width, height });
                }
                let rle = match entry.counts {
                    Counts::List(counts) => Rle::new(width, height, counts)?,
                    Counts::Text(text) => Rle::from_compressed(width, height, &text)?,
                };
                Ok(Some(Self::Rle(rle)))
            }
        }
    }

    /// Left, top, right, bottom.
    fn bounds(&self) -> Option<[f64; 4]> {
        match self {
            Self::Rle(rle) => rle.bounds().map(|edges| edges.map(|edge| edge as f64)),
            Self::Polygons(polygons) => {
                let mut points = polygons.iter().flatten();
                let [x, y] = *points.next()?;
                Some(points.fold([x, y, x, y], |[x0, y0, x1, y1], [x, y]| {
                    [x0.min(*x), y0.min(*y), x1.max(*x), y1.max(*y)]
                }))
            }
        }
    }
}

fn classes_by_category(
    categories: Vec<Category>,
    classes: &[String],
) -> Result<HashMap<u64, usize>, CocoError> {
    categories
        .into_iter()
        .map(|category| match classes.iter().position(|class| *class == category.name) {
            Some(class) => Ok((category.id, class)),
            None => {
                Err(CocoError::Category { id: category.id, name: category.name, classes: classes.join(", ") })
            }
        })
        .collect()
}

fn images(entries: Vec<ImageEntry>) -> Result<(Vec<CocoImage>, HashMap<u64, usize>), CocoError> {
    let mut images = Vec::with_capacity(entries.len());
    let mut index_of = HashMap::new();
    let mut files = HashSet::new();
    for ImageEntry { id, file_name: file, width, height } in entries {
        let problem = if !is_inside_folder(&file) {
            Some("file_name must be a file inside the data set's images folder")
        } else if width == 0 || height == 0 {
            Some("width and height must be at least 1")
        } else if index_of.insert(id, images.len()).is_some() || !files.insert(file.clone()) {
            Some("its id or file_name was listed before; keep one of the entries")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(CocoError::Image { id, file, problem });
        }
        images.push(CocoImage { file, width: width as usize, height: height as usize, objects: Vec::new() });
    }
    Ok((images, index_of))
}

#[cfg(test)]
mod tests;
