//! Physical values, and the smallest type that holds them.

use super::super::{Pixels, Window};
use super::format::{Photometric, PixelFormat};
use super::header::FrameAttributes;
use super::lookup::Lookup;
use super::tags::{
    PIXEL_VALUE_GROUP, RESCALE_INTERCEPT, RESCALE_SLOPE, VOI_LUT_GROUP, WINDOW_CENTRE, WINDOW_WIDTH,
};

/// Values of a file or a series in the making.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    Whole(Vec<i32>),
    Real(Vec<f32>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Whole(Vec::new())
    }
}

impl Values {
    /// Appends `other`; whole numbers become real ones where either is real.
    pub fn append(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Whole(all), Self::Whole(more)) => all.extend(more),
            (Self::Real(all), Self::Real(more)) => all.extend(more),
            (Self::Real(all), Self::Whole(more)) => all.extend(more.into_iter().map(|value| value as f32)),
            (Self::Whole(all), Self::Real(more)) => {
                *self = Self::Real(all.iter().map(|value| *value as f32).chain(more).collect());
            }
        }
    }

    /// The smallest type that holds all values: 8 bits only where the file has no more (`narrow`), so that
    /// the slices of a deep image do not differ; where both 16-bit types hold them, that with a sign if
    /// values below zero could be there (`signed`).
    pub fn into_pixels(self, narrow: bool, signed: bool) -> Pixels {
        let values = match self {
            Self::Whole(values) => values,
            Self::Real(values) => return Pixels::F32(values),
        };
        let low = values.iter().min().copied().unwrap_or_default();
        let high = values.iter().max().copied().unwrap_or_default();
        let within = |least: i32, most: i32| low >= least && high <= most;
        let fits_signed = within(i32::from(i16::MIN), i32::from(i16::MAX));
        if narrow && !signed && within(0, i32::from(u8::MAX)) {
            Pixels::U8(values.into_iter().map(|value| value as u8).collect())
        } else if within(0, i32::from(u16::MAX)) && !(signed && fits_signed) {
            Pixels::U16(values.into_iter().map(|value| value as u16).collect())
        } else if fits_signed {
            Pixels::I16(values.into_iter().map(|value| value as i16).collect())
        } else {
            Pixels::F32(values.into_iter().map(|value| value as f32).collect())
        }
    }
}

/// From stored to physical values of a grey image: rescale slope and intercept (PS3.3, C.11.1 and
/// C.7.6.16.2.9).
pub(super) struct Modality {
    slope: f64,
    intercept: f64,
    /// See [`PixelFormat::mirror`]; for images whose low values are white.
    mirror: Option<i64>,
}

impl Modality {
    /// What a frame says.
    pub fn read(frame: FrameAttributes<'_>, format: &PixelFormat) -> Self {
        let group = frame.group(PIXEL_VALUE_GROUP);
        Self {
            slope: group.number(RESCALE_SLOPE).filter(|slope| *slope != 0.0).unwrap_or(1.0),
            intercept: group.number(RESCALE_INTERCEPT).unwrap_or(0.0),
            mirror: (format.photometric == Photometric::Monochrome1).then(|| format.mirror()),
        }
    }

    /// Whether values below zero are to be expected.
    pub fn is_signed(&self, format: &PixelFormat) -> bool {
        format.signed || self.intercept < 0.0 || self.slope < 0.0
    }

    /// Physical values of stored ones: those of `table`, or whole numbers where slope and intercept are whole.
    pub fn apply(&self, stored: &[i64], table: Option<&Lookup>) -> Values {
        // Stored values have up to 32 bits: the product stays within 64.
        let whole = |value: f64| value.fract() == 0.0 && value.abs() <= f64::from(1 << 30);
        let upright = stored.iter().map(|value| self.mirror.map_or(*value, |mirror| mirror - value));
        if let Some(table) = table {
            return Values::Whole(upright.map(|value| table.get(value) as i32).collect());
        }
        if whole(self.slope) && whole(self.intercept) {
            let (slope, intercept) = (self.slope as i64, self.intercept as i64);
            let values: Option<Vec<i32>> =
                upright.clone().map(|value| i32::try_from(value * slope + intercept).ok()).collect();
            if let Some(values) = values {
                return Values::Whole(values);
            }
        }
        Values::Real(upright.map(|value| (value as f64 * self.slope + self.intercept) as f32).collect())
    }

    /// Physical values of stored floating point values.
    pub fn apply_real(&self, stored: impl Iterator<Item = f64>) -> Values {
        Values::Real(stored.map(|value| (value * self.slope + self.intercept) as f32).collect())
    }

    /// The first window that the file proposes (PS3.3, C.11.2). Centre and width are taken as they are
    /// written: the half grey value by which the standard's linear function is shifted is left out. With a
    /// `table`, they are values of it.
    pub fn window(&self, frame: FrameAttributes<'_>, table: bool) -> Option<Window> {
        let group = frame.group(VOI_LUT_GROUP);
        let (centre, width) = (group.number(WINDOW_CENTRE)?, group.number(WINDOW_WIDTH)?);
        // Turned around with the values, about the physical value of the middle of the stored range.
        let centre = match self.mirror {
            Some(mirror) if !table => self.slope * mirror as f64 + 2.0 * self.intercept - centre,
            _ => centre,
        };
        let (centre, width) = (centre as f32, width as f32);
        (width > 0.0 && width.is_finite() && centre.is_finite()).then_some(Window { centre, width })
    }
}
