//! PNG as it is stored: indices stay indices, two bytes stay two bytes. (A general image decoder would turn
//! indices into colours, and a 1-bit 1 into 255.)

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DecodingError, Encoder, Limits, Transformations};

/// Values as stored, rows from the top.
pub(super) struct StoredPng {
    pub width: usize,
    pub height: usize,
    pub color: ColorType,
    /// Bits per channel: 1, 2, 4, 8 or 16.
    pub bits: u8,
    /// One value per channel and pixel.
    pub values: Vec<u16>,
    /// Red, green, blue of each index.
    pub palette: Vec<[u8; 3]>,
}

/// Why bytes cannot be read as PNG.
pub(super) enum StoredPngError {
    Damaged(DecodingError),
    TooLarge { width: usize, height: usize },
}

impl From<DecodingError> for StoredPngError {
    fn from(error: DecodingError) -> Self {
        Self::Damaged(error)
    }
}

/// Reads a PNG of at most `max_pixels` pixels.
pub(super) fn read(bytes: &[u8], max_pixels: usize) -> Result<StoredPng, StoredPngError> {
    let limits = Limits { bytes: max_pixels.saturating_add(1 << 20) };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info()?;
    let info = reader.info();
    let (width, height) = (info.width as usize, info.height as usize);
    let (color, bits) = (info.color_type, info.bit_depth as u8);
    let palette = info.palette.as_deref().map_or_else(Vec::new, |palette| palette.as_chunks().0.to_vec());
    if width.saturating_mul(height) > max_pixels {
        return Err(StoredPngError::TooLarge { width, height });
    }
    let mut packed = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let line_size = reader.next_frame(&mut packed)?.line_size;
    let values = unpack(&packed, line_size, width * color.samples(), height, bits);
    Ok(StoredPng { width, height, color, bits, values, palette })
}

/// Writes grey values of 8 or 16 bits, or indices of 8 bits where there is a palette.
pub(super) fn write(
    width: usize,
    height: usize,
    depth: BitDepth,
    palette: Option<Vec<u8>>,
    data: &[u8],
) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(if palette.is_some() { ColorType::Indexed } else { ColorType::Grayscale });
    encoder.set_depth(depth);
    if let Some(palette) = palette {
        encoder.set_palette(palette);
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(bytes)
}

/// One number per value out of rows of `count` values with `bits` each, the first in the high bits.
fn unpack(packed: &[u8], line_size: usize, count: usize, height: usize, bits: u8) -> Vec<u16> {
    let mut values = Vec::with_capacity(count * height);
    for row in packed.chunks_exact(line_size.max(1)).take(height) {
        match bits {
            16 => values.extend(row.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair))),
            8 => values.extend(row.iter().map(|value| u16::from(*value))),
            bits => {
                let bits = usize::from(bits);
                let (per_byte, largest) = (8 / bits, (1_u16 << bits) - 1);
                values.extend((0..count).map(|x| {
                    let shift = bits * (per_byte - 1 - x % per_byte);
                    (u16::from(row[x / per_byte]) >> shift) & largest
                }));
            }
        }
    }
    values
}
