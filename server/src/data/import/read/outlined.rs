//! Objects of images, as boxes or drawn as masks.

use std::path::PathBuf;

use medley_core::dataset::formats::coco::{CocoImage, CocoObject, Outline};
use medley_core::dataset::formats::mask_png;
use medley_core::dataset::objects::{Area, Polygon, areas_to_boxes, areas_to_mask};
use medley_core::dataset::{Split, TaskKind};
use medley_core::imaging::DEFAULT_MAX_PIXELS;
use rayon::prelude::*;

use super::file_name;
use crate::data::import::{Case, CaseLabel, Form, Found, Hints, ObjectsAs};
use crate::data::inspect::{Check, Finding};

/// An image with its objects.
pub(super) struct Outlined {
    pub source: PathBuf,
    pub split: Option<Split>,
    pub objects: Objects,
}

/// Objects in the words of their form, which says what the pixels inside an outline are.
pub(super) enum Objects {
    /// Boxes, or outlines whose pixels are those of pycocotools.
    Coco(CocoImage),
    /// Outlines, perhaps with holes, in an image of (width, height): pixels whose centres lie inside.
    Areas { areas: Vec<Area>, size: (usize, usize) },
}

/// What the images of a source become: what is asked for, or else masks where every object has an outline.
pub(super) fn found(
    form: Form,
    classes: Vec<String>,
    images: Vec<Outlined>,
    mut findings: Vec<Finding>,
    hints: &Hints,
) -> Found {
    let natural = if images.iter().all(|image| image.objects.have_outlines())
        && images.iter().any(|image| !image.objects.is_empty())
    {
        ObjectsAs::Masks
    } else {
        ObjectsAs::Boxes
    };
    let chosen = hints.objects.unwrap_or(natural);
    let label = |objects: Objects| match chosen {
        ObjectsAs::Masks => objects.mask().map(CaseLabel::MaskPng),
        ObjectsAs::Boxes => Ok(objects.boxes()),
    };
    let labelled: Vec<Result<Case, Finding>> = images
        .into_par_iter()
        .map(|Outlined { source, split, mut objects }| {
            let name = file_name(&source);
            if let Objects::Coco(image) = &mut objects {
                image.file.clone_from(&name);
            }
            match label(objects) {
                Ok(label) => Ok(Case { source, name, patient: None, split, label }),
                Err(problem) => Err(Finding::new(Check::Entry, name, problem)),
            }
        })
        .collect();
    let mut cases = Vec::with_capacity(labelled.len());
    for result in labelled {
        match result {
            Ok(case) => cases.push(case),
            Err(finding) => findings.push(finding),
        }
    }
    let (kind, classes) = match chosen {
        ObjectsAs::Masks => {
            (TaskKind::Segmentation, std::iter::once("background".to_owned()).chain(classes).collect())
        }
        ObjectsAs::Boxes => (TaskKind::Detection, classes),
    };
    Found { form, kind, objects: Some(chosen), classes, cases, findings }
}

impl Objects {
    fn is_empty(&self) -> bool {
        match self {
            Self::Coco(image) => image.objects.is_empty(),
            Self::Areas { areas, .. } => areas.is_empty(),
        }
    }

    fn have_outlines(&self) -> bool {
        match self {
            Self::Coco(image) => image.objects.iter().all(|object| object.outline.is_some()),
            Self::Areas { .. } => true,
        }
    }

    /// Gives the objects other class indices.
    pub(super) fn renumber(&mut self, place: impl Fn(usize) -> usize) {
        match self {
            Self::Coco(image) => {
                for object in &mut image.objects {
                    object.bbox.class = place(object.bbox.class);
                }
            }
            Self::Areas { areas, .. } => {
                for area in areas {
                    area.class = area.class.map(&place);
                }
            }
        }
    }

    /// The mask as PNG: the background is 0, the first class 1.
    fn mask(self) -> Result<Vec<u8>, String> {
        let mask = match self {
            Self::Coco(image) => image.mask(DEFAULT_MAX_PIXELS).map_err(|error| error.to_string())?,
            Self::Areas { areas, size: (width, height) } => {
                areas_to_mask(&areas, width, height).map_err(|error| error.to_string())?
            }
        };
        mask_png::write(&mask).map_err(|error| error.to_string())
    }

    fn boxes(self) -> CaseLabel {
        match self {
            Self::Coco(CocoImage { objects, width, height, .. }) => {
                CaseLabel::Objects { objects, size: (width, height) }
            }
            Self::Areas { areas, size } => {
                let object = |area: &Area| {
                    let bbox = *areas_to_boxes(std::slice::from_ref(area), size.0, size.1).first()?;
                    Some(CocoObject { bbox, crowd: false, outline: outline(&area.polygons), score: None })
                };
                CaseLabel::Objects { objects: areas.iter().filter_map(object).collect(), size }
            }
        }
    }
}

/// Polygons as COCO has them: without holes, so that an object with holes keeps its box only.
pub(super) fn outline(polygons: &[Polygon]) -> Option<Outline> {
    let ring = |polygon: &Polygon| match &polygon.rings[..] {
        [ring] => Some(ring.clone()),
        _ => None,
    };
    polygons.iter().map(ring).collect::<Option<Vec<_>>>().map(Outline::Polygons)
}
