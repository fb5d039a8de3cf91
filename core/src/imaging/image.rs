//! The one image type.

use thiserror::Error;

use super::{Geometry, Origin, Window};

/// Pixel values, slice by slice, row by row, channels interleaved. They are physical values (Hounsfield units
/// of a CT, the signal of an MR) in the smallest of these types that holds them exactly; values that need
/// more than 16 bits are rounded to the nearest 32-bit float.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    /// 8 bits per channel.
    U8(Vec<u8>),
    /// 16 bits per channel.
    U16(Vec<u16>),
    /// 16 bits with a sign: CT.
    I16(Vec<i16>),
    /// Floating point.
    F32(Vec<f32>),
}

impl Pixels {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::I16(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits per value.
    pub fn bits(&self) -> u32 {
        match self {
            Self::U8(_) => 8,
            Self::U16(_) | Self::I16(_) => 16,
            Self::F32(_) => 32,
        }
    }

    /// All values, in their order.
    pub fn values(&self) -> Vec<f32> {
        match self {
            Self::U8(values) => values.iter().map(|v| f32::from(*v)).collect(),
            Self::U16(values) => values.iter().map(|v| f32::from(*v)).collect(),
            Self::I16(values) => values.iter().map(|v| f32::from(*v)).collect(),
            Self::F32(values) => values.clone(),
        }
    }

    /// Values `range`, which must lie inside.
    fn part(&self, range: std::ops::Range<usize>) -> Self {
        match self {
            Self::U8(values) => Self::U8(values[range].to_vec()),
            Self::U16(values) => Self::U16(values[range].to_vec()),
            Self::I16(values) => Self::I16(values[range].to_vec()),
            Self::F32(values) => Self::F32(values[range].to_vec()),
        }
    }
}

/// An image: one picture or the slices of a volume, with one (grey) or three (RGB) channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    width: usize,
    height: usize,
    slices: usize,
    channels: usize,
    pixels: Pixels,
    geometry: Geometry,
    window: Option<Window>,
    origin: Origin,
}

/// Why bytes or numbers do not make an [`Image`].
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ImageError {
    /// The number of pixels does not fit width, height, slices and channels.
    #[error(
        "an image of {width} x {height} x {slices} with {channels} channel(s) needs {expected} values, not {found}"
    )]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Slices.
        slices: usize,
        /// 1 or 3.
        channels: usize,
        /// `width * height * slices * channels`.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// Neither grey nor RGB.
    #[error("images have 1 (grey) or 3 (RGB) channels, not {0}")]
    Channels(usize),
    /// The format is unknown or not supported.
    #[error(
        "this is not an image that Medley reads (PNG, JPEG, BMP, WebP, TIFF, DICOM, NIfTI); convert it and try again"
    )]
    UnknownFormat,
    /// The format is known, but this variant of it is not read.
    #[error("{format} files with {what} are not supported; {hint}")]
    Unsupported {
        /// `DICOM`, `TIFF`, ...
        format: &'static str,
        /// What it is about the file.
        what: String,
        /// What to do.
        hint: &'static str,
    },
    /// The decoder refused the bytes.
    #[error("the image is damaged or incomplete ({0})")]
    Damaged(String),
    /// More pixels than the caller allows.
    #[error(
        "the image has {width} x {height} x {slices} pixels, more than the {limit} that are allowed; scale it down and try again"
    )]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Slices.
        slices: usize,
        /// Allowed pixels (columns times rows times slices).
        limit: usize,
    },
}

impl Image {
    /// One picture.
    ///
    /// # Errors
    /// When the number of values is not `width * height * channels`, or `channels` is neither 1 nor 3.
    pub fn new(width: usize, height: usize, channels: usize, pixels: Pixels) -> Result<Self, ImageError> {
        Self::volume([width, height, 1], channels, pixels)
    }

    /// A stack of slices; `size` is columns, rows, slices.
    ///
    /// # Errors
    /// When the number of values does not fit, or `channels` is neither 1 nor 3.
    pub fn volume(size: [usize; 3], channels: usize, pixels: Pixels) -> Result<Self, ImageError> {
        if channels != 1 && channels != 3 {
            return Err(ImageError::Channels(channels));
        }
        let [width, height, slices] = size;
        // Saturating, so that absurd sizes are an error and not an overflow.
        let expected = width.saturating_mul(height).saturating_mul(slices).saturating_mul(channels);
        let found = pixels.len();
        if found != expected || expected == 0 {
            return Err(ImageError::Size { width, height, slices, channels, expected, found });
        }
        let (geometry, window, origin) = (Geometry::default(), None, Origin::default());
        Ok(Self { width, height, slices, channels, pixels, geometry, window, origin })
    }

    /// The same image with a place in space.
    pub fn with_geometry(self, geometry: Geometry) -> Self {
        Self { geometry, ..self }
    }

    /// The same image with the window that its file proposes.
    pub fn with_window(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// The same image with a note of where it came from.
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Other values in the place of these, with the same window and origin; `pixels` must fill `size`.
    pub(super) fn with_values(&self, size: [usize; 3], pixels: Pixels, geometry: Geometry) -> Self {
        let [width, height, slices] = size;
        debug_assert_eq!(pixels.len(), width * height * slices * self.channels);
        Self { width, height, slices, pixels, geometry, ..*self }
    }

    /// Columns, rows and slices.
    pub fn size(&self) -> [usize; 3] {
        [self.width, self.height, self.slices]
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Slices; 1 for a single picture.
    pub fn slices(&self) -> usize {
        self.slices
    }

    /// 1 (grey) or 3 (RGB).
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The values.
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }

    /// Where its pixels lie in space.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Where it came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The window that its file proposes, or was set.
    pub fn window(&self) -> Option<Window> {
        self.window
    }

    /// The range of values that is shown from black to white: the image's own window, or the
    /// [`default one`](Window::for_image) for its values.
    pub fn display_window(&self) -> Window {
        self.window.unwrap_or_else(|| Window::for_image(self))
    }

    /// Slice number `index` as a picture of its own, in the same window as the whole.
    ///
    /// With many slices, fix the window first (`with_window(display_window())`): it is derived from all values.
    pub fn slice(&self, index: usize) -> Option<Self> {
        if index >= self.slices {
            return None;
        }
        let length = self.width * self.height * self.channels;
        Some(Self {
            width: self.width,
            height: self.height,
            slices: 1,
            channels: self.channels,
            pixels: self.pixels.part(index * length..(index + 1) * length),
            geometry: self.geometry.slice(index),
            window: if self.slices == 1 { self.window } else { Some(self.display_window()) },
            origin: self.origin,
        })
    }

    /// The model's view of a picture, or of the first slice of a volume: `[3, height, width]`, channel by
    /// channel, [`Image::display_window`] mapped to [0, 1]; grey is repeated to three channels.
    pub fn to_unit_planes(&self) -> Vec<f32> {
        let area = self.width * self.height;
        let window = self.display_window();
        let mut planes = vec![0.0; 3 * area];
        let (channels, values) = (self.channels, ..area * self.channels);
        for (plane, out) in planes.chunks_exact_mut(area).enumerate().take(channels) {
            match &self.pixels {
                Pixels::U8(pixels) => fill(out, &pixels[values], plane, channels, window),
                Pixels::U16(pixels) => fill(out, &pixels[values], plane, channels, window),
                Pixels::I16(pixels) => fill(out, &pixels[values], plane, channels, window),
                Pixels::F32(pixels) => fill(out, &pixels[values], plane, channels, window),
            }
        }
        if channels == 1 {
            let (grey, copies) = planes.split_at_mut(area);
            copies.chunks_exact_mut(area).for_each(|copy| copy.copy_from_slice(grey));
        }
        planes
    }
}

/// Every `channels`-th value from `channel` on, through the window.
fn fill<T: Copy + Into<f32>>(out: &mut [f32], values: &[T], channel: usize, channels: usize, window: Window) {
    for (out, value) in out.iter_mut().zip(values[channel..].iter().step_by(channels)) {
        *out = window.unit((*value).into());
    }
}
