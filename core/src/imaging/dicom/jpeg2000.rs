//! What a JPEG 2000 codestream claims, before it is decoded (ITU-T T.800, annex A).
//!
//! The decoder allocates by these claims, and takes a codestream that is cut off for a blurred picture.

use super::format::PixelFormat;
use super::jpeg::same_size;
use super::{ImageError, damaged, unsupported};

/// Most tiles of a picture.
const MAX_TILES: u64 = 4096;

/// Most code blocks, and most precincts, of a picture; some hundred bytes each.
const MAX_BLOCKS: u64 = 1 << 20;

/// Most packets: layers times precincts times resolutions.
const MAX_PACKETS: u64 = 1 << 24;

const HINT: &str = "convert it with `gdcmconv --raw` and try again";

const CODING: u8 = 0x52;
const COMPONENT_CODING: u8 = 0x53;
const TILE_PART: u8 = 0x90;
const DATA: u8 = 0x93;
const END: u8 = 0xD9;

/// A codestream that the decoder takes.
#[derive(Debug)]
pub(super) struct Jpeg2000<'a> {
    /// Without the boxes of a JP2 file around it.
    pub codestream: &'a [u8],
    /// Bits of a sample.
    pub precision: u32,
}

impl<'a> Jpeg2000<'a> {
    /// Reads the headers of `bytes` and compares them with `format`.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`], [`ImageError::Damaged`].
    pub fn check(bytes: &'a [u8], format: &PixelFormat) -> Result<Self, ImageError> {
        const START: &[u8] = b"\xff\x4f\xff\x51";
        let start = bytes.windows(START.len()).position(|window| window == START).ok_or_else(cut)?;
        let codestream = bytes.get(start..).unwrap_or_default();
        let mut walk = Walk { bytes: codestream, at: 2, tile_part_end: 0 };
        let (_, size) = walk.segment()?;
        let (tiles, precision) = check_size(size, format)?;
        let mut layers = 1;
        let mut seen = vec![false; tiles];
        loop {
            let at = walk.at;
            match walk.segment()? {
                (CODING, payload) => {
                    layers = u16::from_be_bytes([at_byte(payload, 2)?, at_byte(payload, 3)?]);
                    let precincts = at_byte(payload, 0)? & 1 != 0;
                    check_coding(payload.get(5..).ok_or_else(cut)?, precincts, layers, format)?;
                }
                (COMPONENT_CODING, payload) => {
                    let precincts = at_byte(payload, 1)? & 1 != 0;
                    check_coding(payload.get(2..).ok_or_else(cut)?, precincts, layers, format)?;
                }
                (TILE_PART, payload) => {
                    let [t0, t1, l0, l1, l2, l3, ..] = *payload else { return Err(cut()) };
                    let tile = seen.get_mut(usize::from(u16::from_be_bytes([t0, t1])));
                    *tile.ok_or_else(|| damaged("a JPEG 2000 tile lies outside of the picture"))? = true;
                    walk.tile_part_end = match u32::from_be_bytes([l0, l1, l2, l3]) as usize {
                        0 => codestream.len(),
                        length => {
                            at.checked_add(length).filter(|end| *end <= codestream.len()).ok_or_else(cut)?
                        }
                    };
                }
                (DATA, _) => {
                    if walk.tile_part_end < walk.at {
                        return Err(cut());
                    }
                    walk.at = walk.tile_part_end;
                    if walk.at + 2 > codestream.len() {
                        break;
                    }
                }
                (END, _) => break,
                _ => {}
            }
        }
        if seen.contains(&false) {
            return Err(cut());
        }
        Ok(Self { codestream, precision })
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    tile_part_end: usize,
}

impl<'a> Walk<'a> {
    /// The next marker and its payload; the position moves behind it.
    fn segment(&mut self) -> Result<(u8, &'a [u8]), ImageError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(([0xFF, marker], rest)) = rest.split_first_chunk() else { return Err(cut()) };
        if matches!(*marker, DATA | END) {
            self.at += 2;
            return Ok((*marker, &[]));
        }
        let length =
            rest.first_chunk().map(|length| usize::from(u16::from_be_bytes(*length))).ok_or_else(cut)?;
        let payload = rest.get(2..length).ok_or_else(cut)?;
        self.at += 2 + length;
        Ok((*marker, payload))
    }
}

/// Image and tile size; returns the number of tiles and the bits of a sample.
fn check_size(payload: &[u8], format: &PixelFormat) -> Result<(usize, u32), ImageError> {
    let (numbers, rest) = payload.get(2..).ok_or_else(cut)?.split_first_chunk::<32>().ok_or_else(cut)?;
    let numbers: Vec<u64> = numbers.as_chunks().0.iter().map(|b| u64::from(u32::from_be_bytes(*b))).collect();
    let [x1, y1, x0, y0, tile_x, tile_y, tile_x0, tile_y0] = numbers[..] else { return Err(cut()) };
    let (count, components) = rest.split_first_chunk().ok_or_else(cut)?;
    let count = usize::from(u16::from_be_bytes(*count));
    same_size([x1.saturating_sub(x0) as usize, y1.saturating_sub(y0) as usize, count], format)?;
    if tile_x == 0 || tile_y == 0 || tile_x0 > x0 || tile_y0 > y0 {
        return Err(damaged("a JPEG 2000 frame has impossible tiles"));
    }
    let tiles = (x1 - tile_x0).div_ceil(tile_x) * (y1 - tile_y0).div_ceil(tile_y);
    if tiles > MAX_TILES {
        return Err(unsupported(format!("{tiles} JPEG 2000 tiles in a frame"), HINT));
    }
    let components = components.as_chunks::<3>().0.get(..count).ok_or_else(cut)?;
    let depth = components.first().map_or(0, |[depth, ..]| *depth);
    if components.iter().any(|component| *component != [depth, 1, 1]) {
        return Err(unsupported("subsampled JPEG 2000 colours", HINT));
    }
    let precision = u32::from(depth & 0x7F) + 1;
    if precision > format.allocated || precision > 16 {
        return Err(damaged(format!(
            "a JPEG 2000 frame has {precision} bits, its file {}",
            format.allocated
        )));
    }
    Ok((tiles as usize, precision))
}

/// Decomposition levels, code blocks and precincts: their numbers stay within limits.
fn check_coding(
    payload: &[u8],
    precincts: bool,
    layers: u16,
    format: &PixelFormat,
) -> Result<(), ImageError> {
    let [levels, width, height] = *payload.first_chunk().ok_or_else(cut)?;
    if levels > 32 || width > 8 || height > 8 || width + height > 8 || layers == 0 {
        return Err(damaged("a JPEG 2000 frame has an impossible coding style"));
    }
    let samples = (format.area() * format.samples) as u64;
    let blocks = samples >> (width + height + 4);
    let mut most = 1;
    if precincts {
        for level in 0..=levels {
            let size = at_byte(payload, 5 + usize::from(level))?;
            let reduced = samples >> u32::min(2 * u32::from(levels - level), 63);
            most = most.max(reduced >> ((size & 15) + (size >> 4)));
        }
    } else {
        most = most.max(samples >> 30);
    }
    let packets = most * u64::from(layers) * u64::from(levels + 1) * format.samples as u64;
    if blocks > MAX_BLOCKS || most > MAX_BLOCKS || packets > MAX_PACKETS {
        return Err(unsupported("an extreme number of JPEG 2000 code blocks", HINT));
    }
    Ok(())
}

fn at_byte(payload: &[u8], index: usize) -> Result<u8, ImageError> {
    payload.get(index).copied().ok_or_else(cut)
}

fn cut() -> ImageError {
    damaged("a JPEG 2000 frame is cut off or has no picture")
}
