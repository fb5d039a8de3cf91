//! Objects given as areas, from annotation tools that draw outlines.

use thiserror::Error;

use super::{Instances, Polygon, PolygonError};
use crate::dataset::{BoxLabel, IGNORE, Mask};

/// Areas may cover the image this often, one over the other; more is a mistake or an attack.
const MAX_COVER: usize = 256;

/// One object: its class and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Index into the classes without background; `None` marks a region that shall not count.
    pub class: Option<usize>,
    /// The parts it consists of, in pixels.
    pub polygons: Vec<Polygon>,
}

/// Why areas cannot be drawn. They are counted from 0.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum AreaError {
    /// One that cannot be drawn.
    #[error("object {index}: {source}")]
    Polygon {
        /// Which one.
        index: usize,
        /// Why.
        source: PolygonError,
    },
    /// So many pixels that drawing would take too long.
    #[error(
        "object {index}: all objects together cover the image more than {MAX_COVER} times; remove the copies"
    )]
    Cover {
        /// Where the limit was passed.
        index: usize,
    },
}

/// The mask of a `width` x `height` image: 0 is the background, class index `c` of an area becomes `c + 1`,
/// regions that shall not count [`IGNORE`]. Later areas lie over earlier ones, and all over those regions.
///
/// # Errors
/// [`AreaError`] for an area that cannot be drawn.
pub fn areas_to_mask(areas: &[Area], width: usize, height: usize) -> Result<Mask, AreaError> {
    let mut labels = vec![0; width * height];
    let value_of = |area: &Area| area.class.map_or(IGNORE, mask_value);
    draw(areas, width, height, |_, area, row| labels[row].fill(value_of(area)))?;
    Ok(Mask { width, height, labels })
}

/// The instance mask of a `width` x `height` image: area `i` has the id `i + 1`, later ones over earlier ones.
/// Regions that shall not count are left out.
///
/// # Errors
/// [`AreaError`] for an area that cannot be drawn.
pub fn areas_to_instances(areas: &[Area], width: usize, height: usize) -> Result<Instances, AreaError> {
    let mut ids = vec![0; width * height];
    draw(areas, width, height, |index, area, row| {
        if area.class.is_some() {
            ids[row].fill(index as u32 + 1);
        }
    })?;
    Ok(Instances { width, height, ids })
}

/// The box of each area, clipped to the image; those outside and those that shall not count are left out.
pub fn areas_to_boxes(areas: &[Area], width: usize, height: usize) -> Vec<BoxLabel> {
    let label = |area: &Area| {
        let bounds = area.polygons.iter().filter_map(Polygon::bounds);
        let bounds =
            bounds.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])?;
        BoxLabel::clipped(bounds, width, height, area.class?)
    };
    areas.iter().filter_map(label).collect()
}

/// The value in a mask of a class index without background. Masks hold 254 such classes, further ones count as
/// unlabelled.
pub(in crate::dataset) fn mask_value(class: usize) -> u8 {
    u8::try_from(class + 1).unwrap_or(IGNORE)
}

/// Calls `paint` with the pixels of each row of each area: regions that shall not count first.
fn draw(
    areas: &[Area],
    width: usize,
    height: usize,
    mut paint: impl FnMut(usize, &Area, std::ops::Range<usize>),
) -> Result<(), AreaError> {
    let mut allowed = width.saturating_mul(height).saturating_mul(MAX_COVER).saturating_add(1 << 16);
    let uncounted = areas.iter().enumerate().filter(|(_, area)| area.class.is_none());
    let objects = areas.iter().enumerate().filter(|(_, area)| area.class.is_some());
    for (index, area) in uncounted.chain(objects) {
        for polygon in &area.polygons {
            // What drawing costs is the box around the outline, filled or not.
            let cost = polygon.bounds().and_then(|bounds| BoxLabel::clipped(bounds, width, height, 0));
            let cost = cost.map_or(0, |it| ((it.x1 - it.x0 + 1.0) * (it.y1 - it.y0 + 1.0)) as usize);
            allowed = allowed.checked_sub(cost).ok_or(AreaError::Cover { index })?;
            let spans =
                polygon.spans(width, height).map_err(|source| AreaError::Polygon { index, source })?;
            for span in spans {
                let row = span.y * width;
                paint(index, area, row + span.x0..row + span.x1);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn square(class: Option<usize>, from: f64, to: f64) -> Area {
        let ring = vec![[from, from], [to, from], [to, to], [from, to]];
        Area { class, polygons: vec![Polygon { rings: vec![ring] }] }
    }

    #[test]
    fn later_objects_lie_above_and_uncounted_regions_below() {
        let areas = [square(Some(0), 0.0, 2.0), square(Some(1), 1.0, 3.0), square(None, 0.0, 4.0)];
        let mask = areas_to_mask(&areas, 4, 4).unwrap();
        assert_eq!(mask.labels, [1, 1, 255, 255, 1, 2, 2, 255, 255, 2, 2, 255, 255, 255, 255, 255]);
        let instances = areas_to_instances(&areas, 4, 4).unwrap();
        assert_eq!(instances.ids, [1, 1, 0, 0, 1, 2, 2, 0, 0, 2, 2, 0, 0, 0, 0, 0]);
        let boxes = areas_to_boxes(&areas, 4, 4);
        assert_eq!(boxes.len(), 2);
        assert_eq!(boxes[1], BoxLabel { x0: 1.0, y0: 1.0, x1: 3.0, y1: 3.0, class: 1 });
    }

    #[test]
    fn too_many_copies_are_refused() {
        let areas = vec![square(Some(0), 0.0, 64.0); 400];
        let refused = areas_to_mask(&areas, 64, 64).unwrap_err();
        assert!(refused.to_string().contains("more than 256 times"), "{refused}");
        let outside = [square(Some(0), f64::NAN, 4.0)];
        assert!(areas_to_mask(&outside, 4, 4).unwrap_err().to_string().starts_with("object 0: the point"));
    }
}
