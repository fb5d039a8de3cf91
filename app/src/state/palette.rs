//! Colours and patterns of the classes.

/// A pattern, the second cue beside colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hatch {
    /// No lines.
    Plain,
    /// Lines like `/`.
    Rising,
    /// Lines like `\`.
    Falling,
    /// Both.
    Crossed,
    /// Lines like `-`.
    Level,
}

/// How a class is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Red, green, blue.
    pub rgb: [u8; 3],
    /// Its pattern.
    pub hatch: Hatch,
}

/// Okabe and Ito's colours, which people with colour vision deficiency can tell apart (without their black,
/// which is lost on dark images), brightest first.
const COLOURS: [[u8; 3]; 7] = [
    [230, 159, 0],
    [86, 180, 233],
    [204, 121, 167],
    [0, 158, 115],
    [240, 228, 66],
    [213, 94, 0],
    [0, 114, 178],
];

const HATCHES: [Hatch; 5] = [Hatch::Plain, Hatch::Rising, Hatch::Falling, Hatch::Crossed, Hatch::Level];

impl Ink {
    /// The ink of the `index`-th class that is drawn (the background of a mask is not).
    pub fn of(index: usize) -> Self {
        Self { rgb: COLOURS[index % COLOURS.len()], hatch: HATCHES[index % HATCHES.len()] }
    }

    /// As CSS.
    pub fn css(self) -> String {
        let [r, g, b] = self.rgb;
        format!("rgb({r} {g} {b})")
    }
}

#[cfg(test)]
mod tests {
    use super::Ink;

    #[test]
    fn the_first_35_classes_differ_in_colour_or_hatch() {
        let inks: Vec<_> = (0..35).map(Ink::of).collect();
        for (i, ink) in inks.iter().enumerate() {
            assert!(!inks[..i].contains(ink), "class {i} looks like an earlier one");
        }
    }
}
