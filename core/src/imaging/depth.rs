//! Whole numbers from black to white, 8 or 16 bits deep.

/// The value of a channel: 0 is black, [`Depth::TOP`] is white.
pub(super) trait Depth: Copy + Default {
    /// The largest value.
    const TOP: u64;

    /// As a number to calculate with.
    fn number(self) -> u64;

    /// Back from a number, which must not be above [`Depth::TOP`].
    fn from_number(number: u64) -> Self;
}

impl Depth for u8 {
    const TOP: u64 = 255;

    fn number(self) -> u64 {
        self.into()
    }

    fn from_number(number: u64) -> Self {
        number as Self
    }
}

impl Depth for u16 {
    const TOP: u64 = 65_535;

    fn number(self) -> u64 {
        self.into()
    }

    fn from_number(number: u64) -> Self {
        number as Self
    }
}

/// Lays pixels of `samples` values each on black: the first `colours` are kept, the next is their opacity.
pub(super) fn on_black<T: Depth>(values: &[T], samples: usize, colours: usize) -> Vec<T> {
    let mut out = Vec::with_capacity(values.len() / samples * colours);
    for pixel in values.chunks_exact(samples) {
        let opacity = pixel[colours].number();
        let lay = |value: &T| T::from_number((value.number() * opacity + T::TOP / 2) / T::TOP);
        out.extend(pixel[..colours].iter().map(lay));
    }
    out
}
