//! Writing volumes as `NIfTI`-1, with the place in space that they have.

use std::io::Write;

use flate2::GzBuilder;

use super::orientation::quaternion;
use crate::imaging::affine::{column_lengths, inverse};
use crate::imaging::{Geometry, Image, ImageError, Pixels, Window};

/// Whether a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `.nii`
    None,
    /// `.nii.gz`
    Gzip,
}

/// Bytes of the header and of the four bytes behind it, which say that there are no extensions.
const HEADER: usize = 352;

/// `NIFTI_INTENT_LABEL`: values are indices of classes.
const INTENT_LABEL: i16 = 1002;
/// `NIFTI_XFORM_SCANNER_ANAT`: coordinates are the scanner's.
const SCANNER: i16 = 1;
/// `NIFTI_UNITS_MM`.
const MILLIMETRES: u8 = 2;

/// The file of an image: values in their own type, size and place in space as they are.
///
/// Both sform and qform are written; an affine with axes that are not at right angles has no qform. Without an
/// affine only the spacing is written. The window goes to `cal_min` and `cal_max`.
///
/// # Errors
/// [`ImageError::Unsupported`] for colours of more than 8 bits, and beyond the 32767 columns, rows or slices
/// of the format.
pub fn encode(image: &Image, compression: Compression) -> Result<Vec<u8>, ImageError> {
    let (code, voxels) = match (image.pixels(), image.channels()) {
        (Pixels::U8(values), 3) => (128, values.clone()),
        (_, 3) => return Err(unsupported("colours of more than 8 bits")),
        (Pixels::U8(values), _) => (2, values.clone()),
        (Pixels::I16(values), _) => (4, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        (Pixels::F32(values), _) => (16, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        (Pixels::U16(values), _) => (512, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
    };
    let content = Content { code, intent: 0, window: image.window(), voxels: &voxels };
    file(image.size(), image.geometry(), &content, compression)
}

/// The file of a label volume: `labels` are one index of a class for each of `size` columns, rows and slices.
///
/// # Errors
/// [`ImageError::Size`] when there are fewer or more, [`ImageError::Unsupported`] beyond the 32767 columns,
/// rows or slices of the format.
pub fn encode_labels(
    labels: &[u8],
    size: [usize; 3],
    geometry: &Geometry,
    compression: Compression,
) -> Result<Vec<u8>, ImageError> {
    let [width, height, slices] = size;
    let expected = width.saturating_mul(height).saturating_mul(slices);
    if expected != labels.len() {
        return Err(ImageError::Size { width, height, slices, channels: 1, expected, found: labels.len() });
    }
    let content = Content { code: 2, intent: INTENT_LABEL, window: None, voxels: labels };
    file(size, geometry, &content, compression)
}

/// What is in a file, its place apart.
struct Content<'a> {
    /// `DT_*`.
    code: i16,
    intent: i16,
    window: Option<Window>,
    voxels: &'a [u8],
}

fn file(
    size: [usize; 3],
    geometry: &Geometry,
    content: &Content,
    compression: Compression,
) -> Result<Vec<u8>, ImageError> {
    let header = header(size, geometry, content)?;
    Ok(match compression {
        Compression::None => [&header[..], content.voxels].concat(),
        Compression::Gzip => {
            // Without name and time: the same volume gives the same file.
            let mut packer = GzBuilder::new().write(Vec::new(), flate2::Compression::default());
            let packed = packer.write_all(&header).and_then(|()| packer.write_all(content.voxels));
            packed.and_then(|()| packer.finish()).map_err(|error| ImageError::Damaged(error.to_string()))?
        }
    })
}

fn header(size: [usize; 3], geometry: &Geometry, content: &Content) -> Result<[u8; HEADER], ImageError> {
    let mut header = Fields([0; HEADER]);
    header.put(0, &348_i32.to_le_bytes());
    header.put(38, b"r");
    header.put_i16(40, 3);
    for (axis, length) in size.into_iter().enumerate() {
        let length =
            i16::try_from(length).map_err(|_| unsupported("more than 32767 columns, rows or slices"))?;
        header.put_i16(42 + 2 * axis, length);
    }
    (0..4).for_each(|rest| header.put_i16(48 + 2 * rest, 1));
    header.put_i16(68, content.intent);
    header.put_i16(70, content.code);
    header.put_i16(
        72,
        match content.code {
            2 => 8,
            16 => 32,
            128 => 24,
            _ => 16,
        },
    );
    header.put_f32(108, HEADER as f64);
    // Slope 1, intercept 0: stored values are the physical ones.
    header.put_f32(112, 1.0);
    if let Some(window) = content.window {
        let (centre, half) = (f64::from(window.centre), f64::from(window.width) / 2.0);
        header.put_f32(124, centre + half);
        header.put_f32(128, centre - half);
    }
    header.put(148, b"Medley");
    header.place(geometry);
    header.put(344, b"n+1\0");
    Ok(header.0)
}

/// A header in the making, lowest byte first.
struct Fields([u8; HEADER]);

impl Fields {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put_i16(&mut self, at: usize, value: i16) {
        self.put(at, &value.to_le_bytes());
    }

    fn put_f32(&mut self, at: usize, value: f64) {
        self.put(at, &(value as f32).to_le_bytes());
    }

    /// pixdim, qform, sform and units.
    fn place(&mut self, geometry: &Geometry) {
        let affine = geometry.affine.filter(|affine| inverse(affine).is_some());
        let spacing = affine.as_ref().map(column_lengths).or(geometry.spacing);
        if spacing.is_some() {
            self.put(123, &[MILLIMETRES]);
        }
        self.put_f32(76, 1.0);
        for (axis, step) in spacing.unwrap_or([1.0; 3]).into_iter().enumerate() {
            self.put_f32(80 + 4 * axis, step);
        }
        (0..4).for_each(|rest| self.put_f32(92 + 4 * rest, 1.0));
        let Some(affine) = affine else { return };
        self.put_i16(254, SCANNER);
        for (row, values) in affine.iter().enumerate() {
            self.put_f32(268 + 4 * row, values[3]);
            for (column, value) in values.iter().enumerate() {
                self.put_f32(280 + 16 * row + 4 * column, *value);
            }
        }
        if let Some((qfac, parts)) = quaternion(&affine) {
            self.put_i16(252, SCANNER);
            self.put_f32(76, qfac);
            parts.iter().enumerate().for_each(|(index, part)| self.put_f32(256 + 4 * index, *part));
        }
    }
}

fn unsupported(what: &str) -> ImageError {
    let hint = "export each slice as an image of its own";
    ImageError::Unsupported { format: "NIfTI", what: what.to_owned(), hint }
}
