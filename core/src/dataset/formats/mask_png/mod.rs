//! Masks as PNG.
//!
//! In Medley's own form the value of a pixel is its class index, in grey or with a palette, and 255 is
//! [`IGNORE`]. Other forms are read when the caller asks for them, as [`MaskValues`].

mod error;

use png::{BitDepth, ColorType};

pub use error::{MaskError, MaskWriteError};

use super::stored_png::{self, StoredPng, StoredPngError};
use crate::dataset::{IGNORE, Mask, class_color};

/// What the values of a mask mean. A property of the whole data set: one mask alone cannot tell whether 255 is
/// an object that fills it or a picture without labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskValues {
    /// The value (of a palette: the index) is the class index, 255 is unlabelled.
    Index,
    /// Black is class 0 and white (the largest value: 255, or 1 in a mask of one bit) is class 1.
    Binary,
    /// The colour tells the class index, or [`IGNORE`]. For RGB, grey and palette pictures; transparency does not
    /// count.
    Colors(Vec<([u8; 3], u8)>),
}

impl MaskValues {
    /// The meaning of values found by [`values`] in all masks of a data set together: [`Binary`](Self::Binary)
    /// if there are two classes and the values are 0 and 255, or 255 alone. Else [`Index`](Self::Index). Masks
    /// of two classes in which nothing is labelled 1 and 255 means unlabelled would hold no object at all.
    pub fn recognize(seen: &[bool; 256], classes: usize) -> Self {
        let others = seen.iter().enumerate().any(|(value, seen)| *seen && !matches!(value, 0 | 255));
        if classes == 2 && seen[255] && !others { Self::Binary } else { Self::Index }
    }
}

/// Reads a mask with class indices below `classes` and at most `max_pixels` pixels.
///
/// # Errors
/// [`MaskError`]: not a PNG of this form, too large, or a value that is no class.
pub fn parse(bytes: &[u8], classes: usize, max_pixels: usize) -> Result<Mask, MaskError> {
    parse_as(&MaskValues::Index, bytes, classes, max_pixels)
}

/// Reads a mask whose `values` have another meaning.
///
/// # Errors
/// As [`parse`]; with colours also one that is not in the table.
pub fn parse_as(
    values: &MaskValues,
    bytes: &[u8],
    classes: usize,
    max_pixels: usize,
) -> Result<Mask, MaskError> {
    let png = read(bytes, max_pixels)?;
    let StoredPng { width, height, .. } = png;
    let labels = match values {
        MaskValues::Index => narrow(png)?,
        MaskValues::Binary => {
            let white = ((1_u16 << png.bits.min(8)) - 1) as u8;
            let mut labels = narrow(png)?;
            let grey = labels.iter().position(|value| *value != 0 && *value != white);
            if let Some(index) = grey {
                let (value, x, y) = (labels[index], index % width, index / width);
                return Err(MaskError::Binary { value, white, x, y });
            }
            for value in &mut labels {
                *value = u8::from(*value == white);
            }
            labels
        }
        MaskValues::Colors(table) => classes_by_color(&png, table)?,
    };
    let wrong = labels.iter().position(|value| usize::from(*value) >= classes && *value != IGNORE);
    if let Some(index) = wrong {
        return Err(MaskError::Value { value: labels[index], x: index % width, y: index / width, classes });
    }
    Ok(Mask { width, height, labels })
}

/// Which values a grey or palette mask has, for [`MaskValues::recognize`].
///
/// # Errors
/// [`MaskError`]: not a PNG of this form, or too large.
pub fn values(bytes: &[u8], max_pixels: usize) -> Result<[bool; 256], MaskError> {
    let mut seen = [false; 256];
    for value in narrow(read(bytes, max_pixels)?)? {
        seen[usize::from(value)] = true;
    }
    Ok(seen)
}

/// The mask as a grey PNG of 8 bits.
///
/// # Errors
/// [`MaskWriteError`] without pixels, or when their number is not that of the sides.
pub fn write(mask: &Mask) -> Result<Vec<u8>, MaskWriteError> {
    Ok(stored_png::write(mask.width, mask.height, BitDepth::Eight, None, &mask.labels)?)
}

/// The mask as a palette PNG: the same values, shown in the colours of [`class_color`].
///
/// # Errors
/// As [`write`].
pub fn write_colored(mask: &Mask) -> Result<Vec<u8>, MaskWriteError> {
    let last = mask.labels.iter().copied().max().unwrap_or_default();
    let palette = (0..=last).flat_map(class_color).collect();
    Ok(stored_png::write(mask.width, mask.height, BitDepth::Eight, Some(palette), &mask.labels)?)
}

fn read(bytes: &[u8], limit: usize) -> Result<StoredPng, MaskError> {
    stored_png::read(bytes, limit).map_err(|error| match error {
        StoredPngError::Damaged(source) => MaskError::Damaged(source),
        StoredPngError::TooLarge { width, height } => MaskError::TooLarge { width, height, limit },
    })
}

fn narrow(png: StoredPng) -> Result<Vec<u8>, MaskError> {
    if !matches!(png.color, ColorType::Grayscale | ColorType::Indexed) || png.bits > 8 {
        return Err(form(&png));
    }
    Ok(png.values.into_iter().map(|value| value as u8).collect())
}

fn form(png: &StoredPng) -> MaskError {
    MaskError::Form { bits: png.bits, color: format!("{:?}", png.color) }
}

fn classes_by_color(png: &StoredPng, table: &[([u8; 3], u8)]) -> Result<Vec<u8>, MaskError> {
    if png.bits > 8 {
        return Err(form(png));
    }
    let largest = (1_u16 << png.bits) - 1;
    let full = |value: u16| (value * 255 / largest) as u8;
    let color_of = |pixel: &[u16]| match (png.color, pixel) {
        (ColorType::Indexed, [index, ..]) => {
            png.palette.get(usize::from(*index)).copied().unwrap_or_default()
        }
        (_, [red, green, blue, ..]) => [full(*red), full(*green), full(*blue)],
        (_, [grey, ..]) => [full(*grey); 3],
        (_, []) => [0; 3],
    };
    let pixels = png.values.chunks_exact(png.color.samples());
    let mut labels = Vec::with_capacity(pixels.len());
    let mut unknown: Option<([u8; 3], usize, usize)> = None;
    let mut last = None;
    for (index, pixel) in pixels.enumerate() {
        let color = color_of(pixel);
        let class = match last {
            Some((same, class)) if same == color => class,
            _ => table.iter().find(|(known, _)| *known == color).map(|(_, class)| *class),
        };
        last = Some((color, class));
        match class {
            Some(class) => labels.push(class),
            None => unknown.get_or_insert((color, index, 0)).2 += 1,
        }
    }
    match unknown {
        None => Ok(labels),
        Some((color, index, count)) => {
            Err(MaskError::Color { color, x: index % png.width, y: index / png.width, count })
        }
    }
}

#[cfg(test)]
mod tests;
