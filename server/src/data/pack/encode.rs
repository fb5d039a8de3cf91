//! Pictures as files.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};

/// How pictures are stored; masks are always lossless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// JPEG of this quality, 1 to 100.
    Jpeg(u8),
    /// PNG.
    Lossless,
}

impl Encoding {
    /// The end of the file name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg(_) => "jpg",
            Self::Lossless => "png",
        }
    }

    /// A picture of 8 bits, `width * height * channels` values, grey or RGB.
    pub(in crate::data) fn encode(
        self,
        values: &[u8],
        size: (usize, usize),
        channels: usize,
    ) -> Result<Vec<u8>, ImageError> {
        let (width, height) = (size.0 as u32, size.1 as u32);
        let color = if channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
        let mut bytes = Vec::new();
        match self {
            Self::Jpeg(quality) => {
                JpegEncoder::new_with_quality(&mut bytes, quality).write_image(values, width, height, color)
            }
            Self::Lossless => {
                PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
                    .write_image(values, width, height, color)
            }
        }?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use medley_core::imaging::{Pixels, decode};

    use super::*;

    #[test]
    fn grey_stays_grey_and_lossless_is_exact() {
        let values: Vec<u8> = (0..64).map(|v| v * 3).collect();
        let exact = decode(&Encoding::Lossless.encode(&values, (8, 8), 1).unwrap(), 64).unwrap();
        assert_eq!(exact.pixels(), &Pixels::U8(values.clone()));
        let close = decode(&Encoding::Jpeg(95).encode(&values, (8, 8), 1).unwrap(), 64).unwrap();
        assert_eq!(close.channels(), 1);
        let far = |(a, b): (&f32, &u8)| (a - f32::from(*b)).abs() > 8.0;
        assert!(!close.pixels().values().iter().zip(&values).any(far));
        let color = Encoding::Jpeg(80).encode(&values[..48], (4, 4), 3).unwrap();
        assert_eq!(decode(&color, 64).unwrap().channels(), 3);
    }
}
