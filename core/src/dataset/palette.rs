//! Colours for classes that people with colour-blindness can tell apart.

/// Black for the background, then the eight of Okabe and Ito (Color Universal Design, 2008) without black, and grey.
/// Classes beyond repeat them without the background.
const COLORS: [[u8; 3]; 9] = [
    [0, 0, 0],
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [153, 153, 153],
];

/// The colour of a mask's value: black for the background (0), white for unlabelled
/// ([`IGNORE`](crate::dataset::IGNORE)).
pub fn class_color(value: u8) -> [u8; 3] {
    match usize::from(value) {
        0 => COLORS[0],
        255 => [255; 3],
        value => COLORS[1 + (value - 1) % (COLORS.len() - 1)],
    }
}
