//! From a file's frames to slices of physical values.

use std::borrow::Cow;
use std::ops::Range;

use super::super::{Format, Image, ImageError, Modality as Machine, Origin, Window};
use super::codec::{self, Frame};
use super::file::DicomFile;
use super::format::{Photometric, PixelFormat};
use super::frames::Compressed;
use super::lookup::Lookup;
use super::outline::PixelData;
use super::place::{Plane, geometry};
use super::syntax::{Codec, Encoding};
use super::tags::EXTENDED_OFFSET_TABLE;
use super::values::{Modality, Values};
use super::{colour, damaged, samples};
use crate::imaging::stored::numbers;

/// What a file holds, before the type of its pixels is chosen.
pub(super) struct Slices {
    /// Columns, rows, slices.
    pub size: [usize; 3],
    pub channels: usize,
    pub values: Values,
    /// Whether no more than 8 bits are stored.
    pub narrow: bool,
    pub signed: bool,
    pub planes: Vec<Plane>,
    pub window: Option<Window>,
    pub machine: Option<Machine>,
}

impl Slices {
    /// Decodes all frames of `file`.
    ///
    /// # Errors
    /// As [`super::decode`].
    pub fn of(file: &DicomFile<'_>, max_pixels: usize) -> Result<Self, ImageError> {
        let format = PixelFormat::read(file.header.attributes(), max_pixels)?;
        Decoder::new(file, format)?.slices()
    }

    /// The image of these slices.
    ///
    /// # Errors
    /// [`ImageError::Size`] when there are not as many values as pixels.
    pub fn into_image(self) -> Result<Image, ImageError> {
        let pixels = self.values.into_pixels(self.narrow, self.signed);
        let image = Image::volume(self.size, self.channels, pixels)?
            .with_geometry(geometry(&self.planes))
            .with_origin(Origin { format: Format::Dicom, modality: self.machine });
        Ok(match self.window {
            Some(window) => image.with_window(window),
            None => image,
        })
    }
}

/// A file and the tables that all of its frames share.
struct Decoder<'f> {
    file: &'f DicomFile<'f>,
    format: PixelFormat,
    /// For the physical values of grey images.
    table: Option<Lookup>,
    palette: Option<[Lookup; 3]>,
    big_endian: bool,
    values: Values,
}

impl<'f> Decoder<'f> {
    fn new(file: &'f DicomFile<'f>, mut format: PixelFormat) -> Result<Self, ImageError> {
        let root = file.header.attributes();
        let real = matches!(file.outline.pixels, PixelData::Float(_) | PixelData::Double(_));
        if real {
            // Nothing else is allowed (PS3.3, C.7.6.24), and there is no range to turn around.
            format.photometric = Photometric::Monochrome2;
        }
        if format.samples != 1 && (real || format.allocated > 16) {
            return Err(damaged("colours have no more than 16 bits"));
        }
        let palette = format.photometric == Photometric::Palette;
        let grey = format.samples == 1 && !palette;
        Ok(Self {
            file,
            format,
            table: if grey { Lookup::modality(root, format.signed)? } else { None },
            palette: if palette { Some(Lookup::palette(root, format.signed)?) } else { None },
            big_endian: file.source.syntax.encoding == Encoding::ExplicitBig,
            values: Values::default(),
        })
    }

    fn slices(mut self) -> Result<Slices, ImageError> {
        let (file, format) = (self.file, self.format);
        let bytes = |range: &Range<usize>| file.source.data.get(range.clone()).unwrap_or_default();
        match &file.outline.pixels {
            PixelData::Absent => return Err(damaged("it has no pixels")),
            PixelData::Float(range) => {
                self.add_real(bytes(range), |b| f64::from(f32::from_be_bytes(b)))?;
            }
            PixelData::Double(range) => self.add_real(bytes(range), f64::from_be_bytes)?,
            PixelData::Native { range, words } => self.add_native(bytes(range), *words)?,
            PixelData::Encapsulated { table, fragments } => {
                let extended = file.header.attributes().bytes(EXTENDED_OFFSET_TABLE).unwrap_or_default();
                let (data, table, codec) = (&*file.source.data, table.clone(), file.source.syntax.codec);
                let compressed = Compressed { data, table, fragments, extended, codec };
                for (index, bytes) in compressed.frames(format.frames)?.into_iter().enumerate() {
                    self.add(index, &codec::decode(bytes, format, file.source.syntax)?)?;
                }
            }
        }
        let (first, grey) = (file.header.frame(0), format.samples == 1 && self.palette.is_none());
        let modality = Modality::read(first, &format);
        let narrow_palette = |tables: &[Lookup; 3]| tables.iter().all(|table| table.bits() <= 8);
        Ok(Slices {
            size: [format.columns, format.rows, format.frames],
            channels: if grey { 1 } else { 3 },
            values: self.values,
            narrow: self.palette.as_ref().map_or(format.stored <= 8 && self.table.is_none(), narrow_palette),
            signed: grey && self.table.is_none() && modality.is_signed(&format),
            planes: (0..format.frames).map(|index| Plane::read(file.header.frame(index))).collect(),
            window: if grey { modality.window(first, self.table.is_some()) } else { None },
            machine: file.machine(),
        })
    }

    fn add_native(&mut self, bytes: &[u8], words: bool) -> Result<(), ImageError> {
        let format = self.format;
        if self.file.source.syntax.codec != Codec::Native {
            return Err(damaged("its pixels are not compressed, although it says so"));
        }
        let mut bytes = Cow::Borrowed(bytes);
        if self.big_endian && words && format.allocated <= 8 {
            // Bytes in words: each pair is turned around.
            bytes.to_mut().as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
        let Some(length) = format.frame_bytes() else {
            // Bits of all frames in a row: as one tall frame.
            let tall = PixelFormat { rows: format.rows * format.frames, frames: 1, ..format };
            return self.add(0, &Frame { bytes, format: tall });
        };
        for index in 0..format.frames {
            let frame = bytes.get(index * length..(index + 1) * length).ok_or_else(|| {
                damaged(format!("its pixels end in frame {} of {}", index + 1, format.frames))
            })?;
            self.add(index, &Frame { bytes: Cow::Borrowed(frame), format })?;
        }
        Ok(())
    }

    /// Adds the physical values of frame `index`.
    fn add(&mut self, index: usize, frame: &Frame<'_>) -> Result<(), ImageError> {
        let format = &frame.format;
        let mut stored = samples::unpack(&frame.bytes, format, self.big_endian)?;
        let whole = |values: &mut dyn Iterator<Item = i64>| Values::Whole(values.map(|v| v as i32).collect());
        let values = match (format.photometric, &self.palette) {
            (Photometric::Palette, Some([red, green, blue])) => {
                let colour = |index: i64| [red.get(index), green.get(index), blue.get(index)];
                whole(&mut stored.into_iter().flat_map(colour))
            }
            (Photometric::YbrFull | Photometric::YbrFull422, _) => {
                colour::rgb_from_ybr(&mut stored, format.stored);
                whole(&mut stored.into_iter())
            }
            (Photometric::Rgb | Photometric::YbrJpeg2000, _) => whole(&mut stored.into_iter()),
            _ => {
                let modality = Modality::read(self.file.header.frame(index), format);
                modality.apply(&stored, self.table.as_ref())
            }
        };
        self.values.append(values);
        Ok(())
    }

    /// Adds floating point values, which `read` takes from bytes and the byte order.
    fn add_real<const N: usize>(
        &mut self,
        bytes: &[u8],
        from_big_endian: fn([u8; N]) -> f64,
    ) -> Result<(), ImageError> {
        let (area, frames) = (self.format.area(), self.format.frames);
        let available = bytes.len() / N;
        if available < area * frames {
            return Err(damaged(format!("it has {available} of its {} values", area * frames)));
        }
        for (index, frame) in bytes.chunks_exact(area * N).take(frames).enumerate() {
            let modality = Modality::read(self.file.header.frame(index), &self.format);
            let stored = numbers(frame, self.big_endian, from_big_endian);
            self.values.append(modality.apply_real(stored));
        }
        Ok(())
    }
}
