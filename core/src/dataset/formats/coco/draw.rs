//! COCO's objects as masks.

use thiserror::Error;

use super::polygon::rasterize;
use super::{CocoImage, CocoObject, Outline, OutlineError, Rle};
use crate::dataset::objects::{Instances, mask_value};
use crate::dataset::{IGNORE, Mask};

/// Objects may cover the image this often, one over the other; more is a mistake or an attack.
const MAX_COVER: usize = 256;

/// Why the objects of an image cannot be drawn. They are counted from 0.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DrawError {
    /// More pixels than allowed.
    #[error("the image has {width} x {height} pixels, more than the {limit} that are allowed")]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Allowed pixels (columns times rows).
        limit: usize,
    },
    /// A box only.
    #[error(
        "object {index} of {file:?} has a box but no segmentation; add one or use the data for detection"
    )]
    NoOutline {
        /// Which one.
        index: usize,
        /// The image.
        file: String,
    },
    /// An outline that cannot be drawn.
    #[error("object {index} of {file:?}: {source}")]
    Outline {
        /// Which one.
        index: usize,
        /// The image.
        file: String,
        /// Why.
        source: OutlineError,
    },
    /// So many pixels that drawing would take too long.
    #[error("the objects of {0:?} cover the image more than {MAX_COVER} times; remove the copies")]
    Cover(String),
}

impl Outline {
    /// Its run-length codes in a `width` x `height` image, one per polygon (they may overlap).
    ///
    /// # Errors
    /// [`OutlineError::Polygon`] for a polygon that cannot be drawn.
    pub fn codes(&self, width: usize, height: usize) -> Result<Vec<Rle>, OutlineError> {
        match self {
            Self::Rle(rle) => Ok(vec![rle.clone()]),
            Self::Polygons(polygons) => polygons
                .iter()
                .map(|points| rasterize(points, width, height).ok_or(OutlineError::Polygon))
                .collect(),
        }
    }
}

impl CocoImage {
    /// The mask of classes: 0 is the background, class index `c` becomes `c + 1`, crowds [`IGNORE`]. Later objects
    /// lie over earlier ones, and all over crowds.
    ///
    /// # Errors
    /// [`DrawError`]: a large image, an object without an outline or with one that cannot be drawn.
    pub fn mask(&self, max_pixels: usize) -> Result<Mask, DrawError> {
        let mut labels = vec![0; self.pixels(max_pixels)?];
        self.draw(|_, object, pixel| {
            if let Some(label) = labels.get_mut(pixel) {
                *label = if object.crowd { IGNORE } else { mask_value(object.bbox.class) };
            }
        })?;
        Ok(Mask { width: self.width, height: self.height, labels })
    }

    /// The instance mask: object `i` has the id `i + 1`, later ones over earlier ones, crowds are left out.
    ///
    /// # Errors
    /// As [`mask`](Self::mask).
    pub fn instances(&self, max_pixels: usize) -> Result<Instances, DrawError> {
        let mut ids = vec![0; self.pixels(max_pixels)?];
        self.draw(|index, object, pixel| {
            if let Some(id) = ids.get_mut(pixel).filter(|_| !object.crowd) {
                *id = index as u32 + 1;
            }
        })?;
        Ok(Instances { width: self.width, height: self.height, ids })
    }

    fn pixels(&self, limit: usize) -> Result<usize, DrawError> {
        let (width, height) = (self.width, self.height);
        let pixels = width.saturating_mul(height);
        if pixels <= limit { Ok(pixels) } else { Err(DrawError::TooLarge { width, height, limit }) }
    }

    /// Calls `paint` with each pixel (row by row) of each object, crowds first.
    fn draw(&self, mut paint: impl FnMut(usize, &CocoObject, usize)) -> Result<(), DrawError> {
        let mut allowed = (self.width * self.height).saturating_mul(MAX_COVER).saturating_add(1 << 16);
        let crowds = self.objects.iter().enumerate().filter(|(_, object)| object.crowd);
        let objects = self.objects.iter().enumerate().filter(|(_, object)| !object.crowd);
        for (index, object) in crowds.chain(objects) {
            let file = || self.file.clone();
            let outline =
                object.outline.as_ref().ok_or_else(|| DrawError::NoOutline { index, file: file() })?;
            let codes = outline.codes(self.width, self.height).map_err(|source| DrawError::Outline {
                index,
                file: file(),
                source,
            })?;
            for rle in codes {
                let area = usize::try_from(rle.area()).unwrap_or(usize::MAX);
                allowed = allowed.checked_sub(area).ok_or_else(|| DrawError::Cover(file()))?;
                rle.for_each_run(|x, rows| rows.for_each(|y| paint(index, object, y * self.width + x)));
            }
        }
        Ok(())
    }
}
