//! COCO JSON: boxes of the objects in the images of one split.
//!
//! Read are `images` (`id`, `file_name`, `width`, `height`), `annotations` (`image_id`, `category_id`,
//! `bbox` = x, y, width, height in pixels, `iscrowd`) and `categories` (`id`, `name`). Categories become
//! class indices by name. Crowds (`iscrowd` 1: a region, not an object) are left out.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use thiserror::Error;

use super::is_inside_folder;
use crate::dataset::BoxLabel;

/// An image and all its boxes.
#[derive(Clone, Debug, PartialEq)]
pub struct CocoImage {
    /// Name below `images/`.
    pub file: String,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The objects, clipped to the image; none is a valid answer.
    pub boxes: Vec<BoxLabel>,
}

/// Why annotations cannot be used.
#[derive(Debug, Error)]
pub enum CocoError {
    /// Not JSON, or not of COCO's form.
    #[error("not valid COCO JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A category that is no class.
    #[error(
        "category {id} ({name:?}) is none of the classes in dataset.json ({classes}); correct one of the two"
    )]
    Category {
        /// Its id.
        id: u64,
        /// Its name.
        name: String,
        /// The classes there are.
        classes: String,
    },
    /// An annotation refers to something that is not there.
    #[error("annotation {annotation} refers to {what} {id}, which is not in the file")]
    Missing {
        /// Position in the list of annotations, from 0.
        annotation: usize,
        /// `image` or `category`.
        what: &'static str,
        /// The id that is missing.
        id: u64,
    },
    /// A box that is none.
    #[error(
        "annotation {annotation}: the box {bbox:?} must be x, y, width, height in pixels, \
         with an area inside the image; correct or remove it"
    )]
    Box {
        /// Position in the list of annotations, from 0.
        annotation: usize,
        /// As found.
        bbox: [f64; 4],
    },
    /// An image entry that is not usable.
    #[error("image {id} ({file:?}): {problem}")]
    Image {
        /// Its id.
        id: u64,
        /// Its name.
        file: String,
        /// What is wrong.
        problem: &'static str,
    },
}

#[derive(Deserialize)]
struct Document {
    images: Vec<ImageEntry>,
    annotations: Vec<Annotation>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct ImageEntry {
    id: u64,
    file_name: String,
    width: u32,
    height: u32,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: u64,
    category_id: u64,
    bbox: [f64; 4],
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: u64,
    name: String,
}

/// Reads the annotations of one split; `classes` are the detection's, without background.
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
        if annotation.iscrowd != 0 {
            continue;
        }
        let image = &mut images[*image];
        let label = clipped(annotation.bbox, image.width, image.height, *class)
            .ok_or(CocoError::Box { annotation: position, bbox: annotation.bbox })?;
        image.boxes.push(label);
    }
    Ok(images)
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
        images.push(CocoImage { file, width: width as usize, height: height as usize, boxes: Vec::new() });
    }
    Ok((images, index_of))
}

fn clipped(bbox: [f64; 4], width: usize, height: usize, class: usize) -> Option<BoxLabel> {
    let [x, y, w, h] = bbox;
    let (width, height) = (width as f64, height as f64);
    let label = BoxLabel {
        x0: x.clamp(0.0, width) as f32,
        y0: y.clamp(0.0, height) as f32,
        x1: (x + w).clamp(0.0, width) as f32,
        y1: (y + h).clamp(0.0, height) as f32,
        class,
    };
    (label.x1 > label.x0 && label.y1 > label.y0).then_some(label)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn classes() -> Vec<String> {
        vec!["RBC".to_owned(), "WBC".to_owned()]
    }

    fn document(annotations: &str) -> String {
        format!(
            r#"{{"images": [{{"id": 7, "file_name": "a.jpg", "width": 64, "height": 48}},
                            {{"id": 9, "file_name": "b.jpg", "width": 64, "height": 48}}],
                "annotations": [{annotations}],
                "categories": [{{"id": 2, "name": "WBC"}}, {{"id": 1, "name": "RBC"}}]}}"#
        )
    }

    #[test]
    fn boxes_go_to_their_images_with_class_indices() {
        let text = document(
            r#"{"image_id": 9, "category_id": 2, "bbox": [10, 20, 5, 6.5], "iscrowd": 0},
               {"image_id": 9, "category_id": 1, "bbox": [-3, 40, 13, 20]},
               {"image_id": 9, "category_id": 1, "bbox": [0, 0, 13, 20], "iscrowd": 1}"#,
        );
        let images = parse(text.as_bytes(), &classes()).unwrap();
        assert_eq!(images.len(), 2);
        assert!(images[0].boxes.is_empty());
        assert_eq!(
            images[1].boxes,
            [
                BoxLabel { x0: 10.0, y0: 20.0, x1: 15.0, y1: 26.5, class: 1 },
                BoxLabel { x0: 0.0, y0: 40.0, x1: 10.0, y1: 48.0, class: 0 },
            ]
        );
    }

    #[test]
    fn errors_name_the_annotation() {
        for (annotation, expected) in [
            (r#"{"image_id": 8, "category_id": 1, "bbox": [0, 0, 1, 1]}"#, "annotation 0 refers to image 8"),
            (r#"{"image_id": 7, "category_id": 3, "bbox": [0, 0, 1, 1]}"#, "annotation 0 refers to category"),
            (r#"{"image_id": 7, "category_id": 1, "bbox": [0, 0, 0, 1]}"#, "annotation 0: the box"),
            (r#"{"image_id": 7, "category_id": 1, "bbox": [70, 0, 5, 1]}"#, "annotation 0: the box"),
        ] {
            let message = parse(document(annotation).as_bytes(), &classes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
        let message = parse(document("").as_bytes(), &classes()[..1]).unwrap_err().to_string();
        assert!(message.starts_with("category 2 (\"WBC\") is none of the classes"), "{message}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &classes());
        }

        #[test]
        fn a_cut_document_is_refused(cut in 0usize..300) {
            let text = document(r#"{"image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1]}"#);
            let cut = cut.min(text.len() - 1);
            prop_assert!(parse(&text.as_bytes()[..cut], &classes()).is_err());
        }

        #[test]
        fn boxes_always_lie_inside(bbox in prop::array::uniform4(any::<f64>())) {
            if let Some(label) = clipped(bbox, 64, 48, 0) {
                prop_assert!(label.x0 >= 0.0 && label.x0 < label.x1 && label.x1 <= 64.0);
                prop_assert!(label.y0 >= 0.0 && label.y0 < label.y1 && label.y1 <= 48.0);
            }
        }
    }
}
