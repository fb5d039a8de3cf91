//! Reading a picture and its mask through a map: the one interpolation of an augmentation.

use super::warp::PixelMap;
use crate::dataset::IGNORE;

/// A picture after a change of place.
#[derive(Debug)]
pub(super) struct Sampled {
    /// As many planes as before.
    pub planes: Vec<f32>,
    /// The labels; empty where there were none.
    pub labels: Vec<u8>,
    /// For each pixel, whether it came from beyond the picture: its value there is arbitrary.
    pub outside: Vec<bool>,
}

/// The four pixels about a place: index of the upper left one, and how far the place is from it.
#[derive(Clone, Copy)]
struct Tap {
    first: usize,
    across: f32,
    down: f32,
}

/// Reads planes of `map.from` (none when empty) between pixels, linearly in both directions, and labels (none
/// when empty) by the nearest pixel; labels beyond the picture are [`IGNORE`].
pub(super) fn sample(map: &PixelMap, planes: &[f32], labels: &[u8]) -> Sampled {
    let ((width, height), (columns, rows)) = (map.from, map.to);
    let (area, new_area) = (width * height, columns * rows);
    if area == 0 {
        return Sampled { planes: Vec::new(), labels: Vec::new(), outside: Vec::new() };
    }
    let mut out = vec![0.0; planes.len() / area * new_area];
    let mut new_labels = Vec::with_capacity(if labels.is_empty() { 0 } else { new_area });
    let mut outside = Vec::with_capacity(new_area);
    // Steps to the next column and row; a picture of one column or row has none.
    let (next, below) = (usize::from(width > 1), if height > 1 { width } else { 0 });
    let bases = map.columns();
    let (mut places, mut taps) = (Vec::with_capacity(columns), Vec::with_capacity(columns));
    for y in 0..rows {
        map.row(y, &bases, &mut places);
        taps.clear();
        for &[x, y] in &places {
            let inside = x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32;
            outside.push(!inside);
            let ((column, across), (row, down)) = (split(x, width), split(y, height));
            taps.push(Tap { first: row * width + column, across, down });
            if !labels.is_empty() {
                new_labels.push(if inside { labels[y as usize * width + x as usize] } else { IGNORE });
            }
        }
        for (plane, target) in planes.chunks_exact(area).zip(out.chunks_exact_mut(new_area)) {
            for (value, tap) in target[y * columns..].iter_mut().zip(&taps) {
                let [a, b] = [plane[tap.first], plane[tap.first + next]];
                let [c, d] = [plane[tap.first + below], plane[tap.first + below + next]];
                let (upper, lower) = (a + (b - a) * tap.across, c + (d - c) * tap.across);
                *value = upper + (lower - upper) * tap.down;
            }
        }
    }
    Sampled { planes: out, labels: new_labels, outside }
}

/// A place along a side as the pixel before it and how far it is from that one's centre. Half a pixel from
/// the edge, and beyond, the outermost pixel counts alone.
#[inline]
fn split(place: f32, length: usize) -> (usize, f32) {
    let place = (place - 0.5).clamp(0.0, (length - 1) as f32);
    let first = (place as usize).min(length.saturating_sub(2));
    (first, place - first as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::augment::Orientation;
    use crate::dataset::augment::warp::Warp;

    fn shifted(shift: [f32; 2]) -> Warp {
        Warp { orientation: Orientation::default(), rotation: 0.0, scale: 1.0, shift, bending: None }
    }

    #[test]
    fn half_a_pixel_is_the_mean_of_two() {
        let map = shifted([0.5, 0.0]).map(3, 2);
        let found = sample(&map, &[0.0, 0.4, 1.0, 0.2, 0.2, 0.6], &[]);
        let expected = [0.2, 0.7, 1.0, 0.2, 0.4, 0.6];
        assert!(found.planes.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        // The last place is on the right edge of the picture, which does not belong to it.
        assert_eq!(found.outside, [false, false, true, false, false, true]);
        assert!(found.labels.is_empty());
    }

    #[test]
    fn labels_are_never_mixed_and_unknown_beyond_the_picture() {
        let map = shifted([1.0, -1.0]).map(3, 2);
        let found = sample(&map, &[], &[1, 2, 3, 4, 5, 6]);
        assert_eq!(found.labels, [IGNORE, IGNORE, IGNORE, 2, 3, IGNORE]);
        assert_eq!(found.outside, [true, true, true, false, false, true]);
    }

    #[test]
    fn a_single_row_column_or_pixel_can_be_read() {
        for (width, height) in [(1, 1), (5, 1), (1, 5), (0, 3)] {
            let planes = vec![0.5; width * height];
            let found = sample(&shifted([0.2, 0.2]).map(width, height), &planes, &vec![7; width * height]);
            assert_eq!((found.planes, found.labels.len()), (planes, width * height));
        }
    }
}
