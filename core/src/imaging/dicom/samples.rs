//! From the bytes of a frame to samples: bit depth, sign, byte order, order of channels.

use super::format::{Photometric, PixelFormat};
use super::{ImageError, damaged, unsupported};
use crate::imaging::stored::numbers;

/// Samples of one frame, channels interleaved, as they are stored.
///
/// # Errors
/// [`ImageError::Damaged`] when there are too few bytes, [`ImageError::Unsupported`] for 64 bits.
pub(super) fn unpack(bytes: &[u8], format: &PixelFormat, big_endian: bool) -> Result<Vec<i64>, ImageError> {
    let count = format.area() * format.samples;
    let needed = match format.photometric {
        Photometric::YbrFull422 => format.area() * 2,
        _ => count,
    };
    let available = bytes.len() * 8 / format.allocated as usize;
    if available < needed {
        return Err(damaged(format!("a frame has {available} of its {needed} values")));
    }
    let mut samples: Vec<i64> = match format.allocated {
        1 => bytes.iter().flat_map(|byte| (0..8).map(move |bit| i64::from(byte >> bit & 1))).collect(),
        8 => bytes.iter().map(|byte| i64::from(*byte)).collect(),
        16 => numbers(bytes, big_endian, |b| i64::from(u16::from_be_bytes(b))).collect(),
        32 => numbers(bytes, big_endian, |b| i64::from(u32::from_be_bytes(b))).collect(),
        bits => {
            return Err(unsupported(
                format!("whole numbers of {bits} bits"),
                "convert it to 16 bits and try again",
            ));
        }
    };
    samples.truncate(needed);
    let (shift, unused) = (format.high_bit + 1 - format.stored, 64 - format.stored);
    for sample in &mut samples {
        // What lies above the stored bits may be an old overlay.
        let aligned = (*sample >> shift) << unused;
        *sample =
            if format.signed { aligned >> unused } else { (aligned.cast_unsigned() >> unused).cast_signed() };
    }
    if format.photometric == Photometric::YbrFull422 {
        return Ok(full_from_422(&samples));
    }
    Ok(if format.planar { interleave(&samples, format.area(), format.samples) } else { samples })
}

/// From one plane after the other to one pixel after the other.
fn interleave(samples: &[i64], area: usize, channels: usize) -> Vec<i64> {
    let pixel = |index: usize| samples.iter().skip(index).step_by(area).take(channels).copied();
    (0..area).flat_map(pixel).collect()
}

/// Two luminances and one pair of colour differences become two pixels (PS3.3, C.7.6.3.1.2).
fn full_from_422(samples: &[i64]) -> Vec<i64> {
    let pairs = samples.as_chunks::<4>().0.iter();
    pairs.flat_map(|[first, second, blue, red]| [*first, *blue, *red, *second, *blue, *red]).collect()
}
