//! Instance masks as grey (or palette) PNG of up to 16 bits: the value of a pixel is the id of its object, 0 is
//! the background.

use png::{BitDepth, ColorType};
use thiserror::Error;

use super::stored_png::{self, StoredPngError};
use crate::dataset::objects::Instances;

/// Why bytes are not an instance mask, or an instance mask is no PNG.
#[derive(Debug, Error)]
pub enum InstancePngError {
    /// Not a PNG, or a damaged one.
    #[error("the instance mask is not a readable PNG ({0}); save it again as a 16-bit grey PNG")]
    Damaged(png::DecodingError),
    /// Colours.
    #[error(
        "the instance mask is a {color} PNG; it must be grey with 8 or 16 bits, \
         where the value of a pixel is the number of its object"
    )]
    Form {
        /// Colour type in PNG's words.
        color: String,
    },
    /// More pixels than allowed.
    #[error("the instance mask has {width} x {height} pixels, more than the {limit} that are allowed")]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Allowed pixels (columns times rows).
        limit: usize,
    },
    /// An id that does not fit.
    #[error("object {0} does not fit into a 16-bit PNG; number the objects from 1 to 65535")]
    Id(u32),
    /// Nothing to write, or sides that are not those of the pixels.
    #[error("the instance mask cannot be written as PNG: {0}")]
    Write(#[from] png::EncodingError),
}

/// Reads an instance mask of at most `max_pixels` pixels.
///
/// # Errors
/// [`InstancePngError`]: not a PNG of this form, or too large.
pub fn parse(bytes: &[u8], max_pixels: usize) -> Result<Instances, InstancePngError> {
    let png = stored_png::read(bytes, max_pixels).map_err(|error| match error {
        StoredPngError::Damaged(source) => InstancePngError::Damaged(source),
        StoredPngError::TooLarge { width, height } => {
            InstancePngError::TooLarge { width, height, limit: max_pixels }
        }
    })?;
    if !matches!(png.color, ColorType::Grayscale | ColorType::Indexed) {
        return Err(InstancePngError::Form { color: format!("{:?}", png.color) });
    }
    let ids = png.values.into_iter().map(u32::from).collect();
    Ok(Instances { width: png.width, height: png.height, ids })
}

/// The instance mask as a grey PNG of 16 bits.
///
/// # Errors
/// [`InstancePngError::Id`] for an id beyond 65535, [`InstancePngError::Write`] without pixels.
pub fn write(instances: &Instances) -> Result<Vec<u8>, InstancePngError> {
    let mut data = Vec::with_capacity(2 * instances.ids.len());
    for id in &instances.ids {
        let value = u16::try_from(*id).map_err(|_| InstancePngError::Id(*id))?;
        data.extend(value.to_be_bytes());
    }
    Ok(stored_png::write(instances.width, instances.height, BitDepth::Sixteen, None, &data)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_instance_mask_is_refused() {
        let instances = Instances { width: 2, height: 1, ids: vec![0, 65536] };
        assert!(matches!(write(&instances), Err(InstancePngError::Id(65536))));
        let none = Instances { width: 0, height: 0, ids: Vec::new() };
        assert!(matches!(write(&none), Err(InstancePngError::Write(_))));
        let three = Instances { width: 3, height: 1, ids: vec![0, 300, 2] };
        assert!(matches!(parse(&write(&three).unwrap(), 2), Err(InstancePngError::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(width in 1_usize..8, ids in prop::collection::vec(0_u32..65536, 8..64)) {
            let height = ids.len() / width;
            let instances = Instances { width, height, ids: ids[..width * height].to_vec() };
            prop_assert_eq!(parse(&write(&instances).unwrap(), 64).unwrap(), instances);
        }

        #[test]
        fn a_changed_or_cut_file_never_panics(at in 0_usize..200, value: u8, cut in 0_usize..200) {
            let instances = Instances { width: 8, height: 8, ids: (0..64).map(|id| id * 1000).collect() };
            let mut bytes = write(&instances).unwrap();
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = parse(&bytes, 1000);
            bytes.truncate(cut);
            let _ = parse(&bytes, 1000);
        }
    }
}
