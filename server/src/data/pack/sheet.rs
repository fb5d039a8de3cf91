//! The pictures of one record, in their shard.

use std::path::{Path, PathBuf};

use medley_core::dataset::formats::mask_png;
use medley_core::imaging::{DEFAULT_MAX_PIXELS, decode};

use super::super::{DataError, Volume};
use super::Layout;
use super::shard::Extent;

/// Where the pictures of one record are, and how they lie on their sheet.
#[derive(Debug, PartialEq)]
pub struct PackedSheet {
    pub(super) tar: PathBuf,
    pub(super) name: String,
    pub(super) layout: Layout,
    pub(super) picture: Extent,
    pub(super) mask: Option<Extent>,
}

impl PackedSheet {
    /// The tar.
    pub fn path(&self) -> &Path {
        &self.tar
    }

    /// Whether its pictures have masks.
    pub fn has_masks(&self) -> bool {
        self.mask.is_some()
    }

    /// Reads and decodes all pictures; masks are indices below `classes`.
    pub(crate) fn read(&self, classes: usize) -> Result<Volume, DataError> {
        let path = self.tar.join(&self.name);
        let (width, height) = self.layout.size();
        let limit = DEFAULT_MAX_PIXELS.min(width.saturating_mul(height));
        let sheet = decode(&self.picture.read(&self.tar)?, limit)
            .map_err(|source| DataError::Image { path: path.clone(), source })?;
        let wrong = |what: &str| {
            let text = format!("its {what} is not of {width} x {height} pixels with 8 bits; pack it again");
            DataError::layout(&path, text)
        };
        let image = self.layout.slices(&sheet).ok_or_else(|| wrong("picture"))?;
        let Some(extent) = self.mask else { return Ok(Volume { image, labels: None }) };
        let mask = mask_png::parse(&extent.read(&self.tar)?, classes, limit)
            .map_err(|source| DataError::Mask { path: path.clone(), source })?;
        if (mask.width, mask.height) != (width, height) {
            return Err(wrong("mask"));
        }
        Ok(Volume { image, labels: Some(self.layout.cut(&mask.labels, 1)) })
    }
}
