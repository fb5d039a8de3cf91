//! RLE Lossless (PS3.5, annex G): every byte of every channel is a segment of run lengths.
//!
//! Read here, because the library's reader trusts the header of a frame and stops the program when a
//! segment is short.

use super::{ImageError, damaged};

/// Sixteen numbers of 32 bits: how many segments, and where each starts.
const HEADER: usize = 64;

/// Bytes of one frame, channel after channel: `samples` planes of `area` little-endian values of `width` bytes.
///
/// # Errors
/// [`ImageError::Damaged`] when segments are missing, overlap or are too short.
pub(super) fn decode(frame: &[u8], area: usize, samples: usize, width: usize) -> Result<Vec<u8>, ImageError> {
    let header = frame.get(..HEADER).ok_or_else(|| damaged("a frame's run lengths have no header"))?;
    let numbers: Vec<usize> =
        header.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes) as usize).collect();
    let (count, offsets) = numbers.split_first().ok_or_else(|| damaged("no run lengths"))?;
    let segments = samples * width;
    if *count != segments {
        return Err(damaged(format!("a frame has {count} run length segments where {segments} are needed")));
    }
    let mut out = vec![0; area * segments];
    for index in 0..segments {
        let start = offsets.get(index).copied().unwrap_or(usize::MAX);
        let next = offsets.get(index + 1).copied().filter(|_| index + 1 < segments).unwrap_or(frame.len());
        let segment = frame.get(start..next).ok_or_else(|| damaged("a run length segment lies outside"))?;
        // Segments go from the most to the least significant byte.
        let (sample, byte) = (index / width, width - 1 - index % width);
        let plane = out.get_mut(sample * area * width + byte..).unwrap_or_default();
        let written = unpack(segment, plane.iter_mut().step_by(width).take(area));
        if written < area {
            return Err(damaged(format!("a run length segment ends after {written} of {area} pixels")));
        }
    }
    Ok(out)
}

/// Fills `out` from run lengths; returns how many values were written.
fn unpack<'a>(mut segment: &[u8], mut out: impl Iterator<Item = &'a mut u8>) -> usize {
    let mut written = 0;
    let mut put = |value: u8| out.next().map(|out| *out = value).is_some();
    while let Some((control, rest)) = segment.split_first() {
        let control = usize::from(*control);
        let run = match control {
            0..128 => {
                let literal = rest.get(..=control).unwrap_or(rest);
                segment = rest.get(literal.len()..).unwrap_or_default();
                literal.iter().take_while(|value| put(**value)).count()
            }
            // Reserved: nothing.
            128 => {
                segment = rest;
                continue;
            }
            _ => {
                let Some((value, rest)) = rest.split_first() else { break };
                segment = rest;
                (0..257 - control).take_while(|_| put(*value)).count()
            }
        };
        if run == 0 {
            break;
        }
        written += run;
    }
    written
}
