//! One file: from its bytes to an image.

use std::borrow::Cow;

use super::super::{Format, Image, ImageError, Modality as Machine, Origin, Window};
use super::codec::{self, Frame};
use super::format::{Photometric, PixelFormat};
use super::frames::Compressed;
use super::header::{FrameAttributes, Header};
use super::lookup::Lookup;
use super::outline::{Outline, PixelData};
use super::place::{Plane, geometry};
use super::source::Source;
use super::syntax::{Codec, Encoding};
use super::tags::{EXTENDED_OFFSET_TABLE, MODALITY};
use super::values::{Modality, Values};
use super::{colour, damaged, samples};

/// A file whose header has been read.
pub(super) struct DicomFile<'a> {
    source: Source<'a>,
    outline: Outline,
    pub header: Header,
}

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

impl<'a> DicomFile<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ImageError::UnknownFormat`], [`ImageError::Unsupported`], [`ImageError::Damaged`].
    pub fn open(bytes: &'a [u8], max_pixels: usize) -> Result<Self, ImageError> {
        let source = Source::open(bytes, max_pixels)?;
        let outline = Outline::of(&source.data, source.syntax.encoding)?;
        let header = Header::read(&source, &outline)?;
        Ok(Self { source, outline, header })
    }

    /// The place of each of `frames` frames.
    pub fn planes(&self, frames: usize) -> Vec<Plane> {
        // Without positions of their own, frames follow each other in time, or as the file's one step says.
        (0..frames).map(|index| Plane::read(self.header.frame(index))).collect()
    }

    /// What kind of machine made it.
    pub fn machine(&self) -> Option<Machine> {
        Some(match self.header.attributes().text(MODALITY)?.as_str() {
            "CT" => Machine::Ct,
            "MR" => Machine::Mr,
            "CR" | "DX" | "MG" | "XA" | "RF" | "IO" | "PX" | "XC" | "RG" => Machine::Radiograph,
            "US" | "IVUS" | "BDUS" => Machine::Ultrasound,
            "SM" | "GM" => Machine::Microscopy,
            "NM" | "PT" => Machine::Nuclear,
            _ => return None,
        })
    }

    /// Decodes all frames.
    ///
    /// # Errors
    /// As [`super::decode`].
    pub fn slices(&self, max_pixels: usize) -> Result<Slices, ImageError> {
        let root = self.header.attributes();
        let format = PixelFormat::read(root, max_pixels)?;
        let first = self.header.frame(0);
        let modality = Modality::read(root, first, &format)?;
        let mut slices = Slices {
            size: [format.columns, format.rows, format.frames],
            channels: if format.samples == 3 || format.photometric == Photometric::Palette { 3 } else { 1 },
            values: Values::default(),
            narrow: format.stored <= 8,
            signed: modality.is_signed(&format),
            planes: self.planes(format.frames),
            window: None,
            machine: self.machine(),
        };
        if slices.channels == 1 {
            slices.window = modality.window(first);
        }
        match &self.outline.pixels {
            PixelData::Absent => return Err(damaged("it has no pixels")),
            PixelData::Float(range) => {
                let bytes = self.source.data.get(range.clone()).unwrap_or_default();
                self.add_real(&mut slices, &format, bytes, 4)?;
            }
            PixelData::Double(range) => {
                let bytes = self.source.data.get(range.clone()).unwrap_or_default();
                self.add_real(&mut slices, &format, bytes, 8)?;
            }
            PixelData::Native { range, words } => {
                self.add_native(&mut slices, format, range.clone(), *words)?;
            }
            PixelData::Encapsulated { table, fragments } => {
                let extended = root.bytes(EXTENDED_OFFSET_TABLE).unwrap_or_default();
                let (data, table, codec) = (&*self.source.data, table.clone(), self.source.syntax.codec);
                let compressed = Compressed { data, table, fragments, extended, codec };
                for (index, bytes) in compressed.frames(format.frames)?.into_iter().enumerate() {
                    let frame = codec::decode(bytes, format, self.source.syntax)?;
                    self.add(&mut slices, &frame, self.header.frame(index), false)?;
                }
            }
        }
        Ok(slices)
    }

    fn add_native(
        &self,
        slices: &mut Slices,
        format: PixelFormat,
        range: std::ops::Range<usize>,
        words: bool,
    ) -> Result<(), ImageError> {
        if self.source.syntax.codec != Codec::Native {
            return Err(damaged("its pixels are not compressed, although it says so"));
        }
        let big = self.source.syntax.encoding == Encoding::ExplicitBig;
        let mut bytes = Cow::Borrowed(self.source.data.get(range).unwrap_or_default());
        if big && words && format.allocated <= 8 {
            // Bytes in words: each pair is turned around.
            bytes.to_mut().as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
        let Some(length) = format.frame_bytes() else {
            // Bits of all frames in a row: as one tall frame.
            let tall = PixelFormat { rows: format.rows * format.frames, frames: 1, ..format };
            return self.add(slices, &Frame { bytes, format: tall }, self.header.frame(0), big);
        };
        for index in 0..format.frames {
            let frame = bytes.get(index * length..(index + 1) * length).ok_or_else(|| {
                damaged(format!("its pixels end in frame {} of {}", index + 1, format.frames))
            })?;
            self.add(slices, &Frame { bytes: Cow::Borrowed(frame), format }, self.header.frame(index), big)?;
        }
        Ok(())
    }

    /// Adds a frame's physical values.
    fn add(
        &self,
        slices: &mut Slices,
        frame: &Frame<'_>,
        attributes: FrameAttributes<'_>,
        big_endian: bool,
    ) -> Result<(), ImageError> {
        let (root, format) = (self.header.attributes(), &frame.format);
        let mut stored = samples::unpack(&frame.bytes, format, big_endian)?;
        let to_whole =
            |stored: Vec<i64>| Values::Whole(stored.into_iter().map(|value| value as i32).collect());
        let values = match format.photometric {
            Photometric::Monochrome1 | Photometric::Monochrome2 => {
                Modality::read(root, attributes, format)?.apply(&stored)
            }
            Photometric::Palette => {
                let [red, green, blue] = Lookup::palette(root, format.signed)?;
                slices.narrow = [&red, &green, &blue].iter().all(|table| table.bits() <= 8);
                let colour = |index: i64| [red.get(index), green.get(index), blue.get(index)];
                to_whole(stored.into_iter().flat_map(colour).collect())
            }
            Photometric::Rgb | Photometric::YbrJpeg2000 => to_whole(stored),
            Photometric::YbrFull | Photometric::YbrFull422 => {
                colour::rgb_from_ybr(&mut stored, format.stored);
                to_whole(stored)
            }
        };
        slices.values.append(values);
        Ok(())
    }

    fn add_real(
        &self,
        slices: &mut Slices,
        format: &PixelFormat,
        bytes: &[u8],
        width: usize,
    ) -> Result<(), ImageError> {
        let big = self.source.syntax.encoding == Encoding::ExplicitBig;
        let count = format.area() * format.samples * format.frames;
        if bytes.len() / width < count || self.source.syntax.codec != Codec::Native {
            return Err(damaged(format!("it has {} of its {count} values", bytes.len() / width)));
        }
        let modality = Modality::read(self.header.attributes(), self.header.frame(0), format)?;
        let single = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| f64::from(if big { f32::from_be_bytes(*b) } else { f32::from_le_bytes(*b) }));
        let double = bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|b| if big { f64::from_be_bytes(*b) } else { f64::from_le_bytes(*b) });
        slices.values = if width == 4 {
            modality.apply_real(single.take(count))
        } else {
            modality.apply_real(double.take(count))
        };
        Ok(())
    }
}
