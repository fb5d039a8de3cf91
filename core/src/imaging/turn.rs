//! Quarter turns and mirrors.

use super::Pixels;

/// Applies an orientation as TIFF and Exif number them (tag 274: 1 as it is, 2 to 8 the other turns and mirror
/// images of a picture) to every slice; `size` is columns, rows, slices. Other numbers change nothing.
pub(super) fn turn(
    size: [usize; 3],
    channels: usize,
    pixels: Pixels,
    orientation: usize,
) -> ([usize; 3], Pixels) {
    if !(2..=8).contains(&orientation) {
        return (size, pixels);
    }
    let [width, height, slices] = size;
    let new_size = if orientation >= 5 { [height, width, slices] } else { size };
    let pixels = match pixels {
        Pixels::U8(values) => Pixels::U8(turned(&values, size, channels, orientation)),
        Pixels::U16(values) => Pixels::U16(turned(&values, size, channels, orientation)),
        Pixels::I16(values) => Pixels::I16(turned(&values, size, channels, orientation)),
        Pixels::F32(values) => Pixels::F32(turned(&values, size, channels, orientation)),
    };
    (new_size, pixels)
}

fn turned<T: Copy>(values: &[T], size: [usize; 3], channels: usize, orientation: usize) -> Vec<T> {
    let [width, height, _] = size;
    let (columns, rows) = if orientation >= 5 { (height, width) } else { (width, height) };
    let mut out = Vec::with_capacity(values.len());
    for slice in values.chunks_exact(width * height * channels) {
        for y in 0..rows {
            for x in 0..columns {
                // The stored column and row of what is seen at (x, y).
                let (from_x, from_y) = match orientation {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                let start = (from_y * width + from_x) * channels;
                out.extend_from_slice(&slice[start..start + channels]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orientations_are_those_of_exif() {
        // PIL.ImageOps.exif_transpose of [[1, 2, 3], [4, 5, 6]]
        let cases: [(usize, [usize; 2], [u8; 6]); 8] = [
            (1, [3, 2], [1, 2, 3, 4, 5, 6]),
            (2, [3, 2], [3, 2, 1, 6, 5, 4]),
            (3, [3, 2], [6, 5, 4, 3, 2, 1]),
            (4, [3, 2], [4, 5, 6, 1, 2, 3]),
            (5, [2, 3], [1, 4, 2, 5, 3, 6]),
            (6, [2, 3], [4, 1, 5, 2, 6, 3]),
            (7, [2, 3], [6, 3, 5, 2, 4, 1]),
            (8, [2, 3], [3, 6, 2, 5, 1, 4]),
        ];
        for (orientation, [width, height], expected) in cases {
            let (size, pixels) = turn([3, 2, 1], 1, Pixels::U8(vec![1, 2, 3, 4, 5, 6]), orientation);
            assert_eq!((size, pixels), ([width, height, 1], Pixels::U8(expected.to_vec())), "{orientation}");
        }
    }
}
