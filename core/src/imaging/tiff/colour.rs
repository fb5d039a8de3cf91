//! From the samples of a page to grey or RGB pictures.

use super::page::{Colour, Extra, Page};
use crate::imaging::Pixels;
use crate::imaging::depth::{Depth, on_black};

/// The pictures of one page, slice by slice.
pub(super) struct Pictures {
    /// 1 or 3.
    pub channels: usize,
    pub pixels: Pixels,
}

impl Page<'_> {
    /// What a page with these [`values`](Page::values) shows.
    ///
    /// Palettes, CMYK and YCbCr become RGB; white-is-zero is turned around; fewer than 8 bits are stretched to
    /// 0..=255. Opacity lays the picture on black. Samples of unknown meaning beyond the colours of RGB are
    /// left out; beyond grey, two or three samples in all become red, green and blue, and more become slices.
    pub(super) fn pictures(&self, values: Pixels) -> Pictures {
        match values {
            Pixels::U8(values) => self.colours(&values, Pixels::U8),
            Pixels::U16(values) => self.colours(&values, Pixels::U16),
            Pixels::I16(values) => self.channels(values, Pixels::I16),
            Pixels::F32(values) => self.channels(values, Pixels::F32),
        }
    }

    /// Slices that the page makes.
    pub(super) fn slices(&self) -> usize {
        let used = self.used_samples();
        if self.colour.samples() == 1 && used > 3 { used } else { 1 }
    }

    /// Samples of a pixel that are shown, opacity aside.
    fn used_samples(&self) -> usize {
        match self.colour {
            Colour::WhiteIsZero | Colour::BlackIsZero if self.extra == Extra::Channel => self.samples,
            colour => colour.samples(),
        }
    }

    fn colours<T: Depth>(&self, values: &[T], wrap: fn(Vec<T>) -> Pixels) -> Pictures {
        let rgb = |pixels| Pictures { channels: 3, pixels };
        let colour = self.colour.samples();
        let opaque = self.samples == colour || self.extra != Extra::Opacity || !matches!(self.bits, 8 | 16);
        match self.colour {
            Colour::Palette => rgb(Pixels::U8(self.through_palette(values))),
            Colour::Cmyk => rgb(wrap(values.chunks_exact(self.samples).flat_map(print).collect())),
            Colour::YCbCr => rgb(wrap(values.chunks_exact(self.samples).flat_map(from_ycbcr).collect())),
            _ if !opaque => {
                let laid = on_black(values, self.samples, colour);
                Pictures { channels: colour, pixels: wrap(self.stretched(laid)) }
            }
            _ => self.channels(self.stretched(values.to_vec()), wrap),
        }
    }

    /// Grey values as they are seen: from black to white, over all of 8 bits.
    fn stretched<T: Depth>(&self, mut values: Vec<T>) -> Vec<T> {
        if self.colour.samples() == 1 {
            let top = (1_u64 << self.bits) - 1;
            let white = if self.bits < 8 { 255 } else { top };
            let invert = self.colour == Colour::WhiteIsZero;
            if invert || white != top {
                for value in &mut values {
                    let level = if invert { top - value.number() } else { value.number() };
                    *value = T::from_number(level * white / top);
                }
            }
        }
        values
    }

    /// Samples without opacity.
    fn channels<T: Copy + Default>(&self, values: Vec<T>, wrap: fn(Vec<T>) -> Pixels) -> Pictures {
        let used = self.used_samples();
        let pixels = values.chunks_exact(self.samples);
        match used {
            1 | 3 if used == self.samples => Pictures { channels: used, pixels: wrap(values) },
            1 | 3 => {
                let kept = pixels.flat_map(|pixel| pixel[..used].iter().copied()).collect();
                Pictures { channels: used, pixels: wrap(kept) }
            }
            2 => {
                let filled = pixels.flat_map(|pixel| [pixel[0], pixel[1], T::default()]).collect();
                Pictures { channels: 3, pixels: wrap(filled) }
            }
            _ => {
                let plane = |index: usize| values[index..].iter().step_by(self.samples).copied();
                let planes = (0..used).flat_map(plane).collect();
                Pictures { channels: 1, pixels: wrap(planes) }
            }
        }
    }

    /// The palette holds 16 bits for each of all reds, greens and blues, of which writers fill the upper 8.
    fn through_palette<T: Depth>(&self, indices: &[T]) -> Vec<u8> {
        let length = 1 << self.bits;
        let level = |index: usize| self.palette.and_then(|map| map.number(index)).unwrap_or(0) >> 8;
        let colours: Vec<[u8; 3]> =
            (0..length).map(|index| [0, 1, 2].map(|part| level(part * length + index) as u8)).collect();
        let pixels = indices.chunks_exact(self.samples);
        pixels
            .flat_map(|pixel| colours.get(pixel[0].number() as usize).copied().unwrap_or_default())
            .collect()
    }
}

/// Inks on white paper: cyan takes away red, black takes away all.
fn print<T: Depth>(inks: &[T]) -> [T; 3] {
    let black = T::TOP - inks[3].number();
    [0, 1, 2].map(|ink| T::from_number(((T::TOP - inks[ink].number()) * black + T::TOP / 2) / T::TOP))
}

/// Full-range ITU-R BT.601, as JPEG files have it.
fn from_ycbcr<T: Depth>(pixel: &[T]) -> [T; 3] {
    let [y, cb, cr] = [0, 1, 2].map(|part| pixel[part].number() as f32);
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    let rgb = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
    rgb.map(|value| T::from_number(value.round().clamp(0.0, 255.0) as u64))
}
