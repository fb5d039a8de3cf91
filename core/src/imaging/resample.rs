//! Resizing by separable filters, in time linear in the number of pixels.
//!
//! Pictures use the triangle filter stretched to the scale, which removes what a smaller picture cannot
//! show (as `BILINEAR` of Pillow and `antialias=True` of torchvision do); masks take the nearest label.
//! Both read a [`Region`], so that a crop or a border costs no second pass.

/// The part of a picture that is read, in pixels; it may reach beyond the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge, exclusive.
    pub x1: f32,
    /// Bottom edge, exclusive.
    pub y1: f32,
}

impl Region {
    /// All of a picture of `width` x `height`.
    pub fn whole(width: usize, height: usize) -> Self {
        Self { x0: 0.0, y0: 0.0, x1: width as f32, y1: height as f32 }
    }
}

/// Resamples `region` of planar data `[channels, height, width]` to `[channels, to.1, to.0]`; sizes are
/// (width, height). Output pixels whose centre lies outside the picture are 0.
pub fn resize_planes(planes: &[f32], from: (usize, usize), region: Region, to: (usize, usize)) -> Vec<f32> {
    let (width, height) = from;
    let (new_width, new_height) = to;
    if width * height == 0 || new_width * new_height == 0 {
        return Vec::new();
    }
    if from == to && region == Region::whole(width, height) {
        return planes.to_vec();
    }
    let columns = triangle_taps(width, region.x0, region.x1, new_width);
    let rows = triangle_taps(height, region.y0, region.y1, new_height);

    let channels = planes.len() / (width * height);
    let mut out = vec![0.0; channels * new_width * new_height];
    let mut narrow = vec![0.0; new_width * height];
    for (source, target) in
        planes.chunks_exact(width * height).zip(out.chunks_exact_mut(new_width * new_height))
    {
        for (row, line) in source.chunks_exact(width).zip(narrow.chunks_exact_mut(new_width)) {
            for (value, taps) in line.iter_mut().zip(&columns) {
                *value =
                    taps.weights.iter().zip(&row[taps.first..]).map(|(weight, pixel)| weight * pixel).sum();
            }
        }
        for (line, taps) in target.chunks_exact_mut(new_width).zip(&rows) {
            for (weight, row) in
                taps.weights.iter().zip(narrow[taps.first * new_width..].chunks_exact(new_width))
            {
                for (value, pixel) in line.iter_mut().zip(row) {
                    *value += weight * pixel;
                }
            }
        }
    }
    out
}

/// Resamples `region` of a label map by the nearest label (centre to centre); sizes are (width, height).
/// Output pixels whose centre lies outside the map are `outside`.
pub fn resize_labels(
    labels: &[u8],
    from: (usize, usize),
    region: Region,
    to: (usize, usize),
    outside: u8,
) -> Vec<u8> {
    let (width, height) = from;
    let columns = nearest(width, region.x0, region.x1, to.0);
    let rows = nearest(height, region.y0, region.y1, to.1);
    let mut out = Vec::with_capacity(to.0 * to.1);
    for row in rows {
        if let Some(row) = row {
            let line = &labels[row * width..(row + 1) * width];
            out.extend(columns.iter().map(|column| column.map_or(outside, |x| line[x])));
        } else {
            out.extend(std::iter::repeat_n(outside, to.0));
        }
    }
    out
}

/// The neighbouring source pixels of one output pixel, and how much each counts (together 1).
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

fn triangle_taps(length: usize, start: f32, end: f32, outputs: usize) -> Vec<Taps> {
    let (start, length_f) = (f64::from(start), length as f64);
    let scale = (f64::from(end) - start) / outputs as f64;
    // Enlarging interpolates between neighbours; reducing averages over all pixels that fall together.
    let radius = scale.max(1.0);
    (0..outputs)
        .map(|index| {
            let centre = start + (index as f64 + 0.5) * scale;
            if !(0.0..length_f).contains(&centre) {
                return Taps { first: 0, weights: Vec::new() };
            }
            let first = (centre - radius + 0.5).floor().max(0.0) as usize;
            let last = ((centre + radius + 0.5).floor() as usize).min(length);
            let weight = |pixel: usize| (1.0 - ((pixel as f64 + 0.5 - centre) / radius).abs()).max(0.0);
            let total: f64 = (first..last).map(weight).sum();
            Taps { first, weights: (first..last).map(|pixel| (weight(pixel) / total) as f32).collect() }
        })
        .collect()
}

fn nearest(length: usize, start: f32, end: f32, outputs: usize) -> Vec<Option<usize>> {
    let start = f64::from(start);
    let scale = (f64::from(end) - start) / outputs as f64;
    (0..outputs)
        .map(|index| {
            let centre = start + (index as f64 + 0.5) * scale;
            (0.0..length as f64).contains(&centre).then_some(centre as usize)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes() -> impl Strategy<Value = (usize, usize)> {
        (1_usize..40, 1_usize..40)
    }

    #[test]
    fn values_are_those_of_pillow() {
        // Image.fromarray(float32 [0, 1, 2, 3, 4, 5] as one row).resize((3, 1) and (4, 1), BILINEAR)
        let row = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let close = |found: Vec<f32>, expected: &[f32]| {
            assert_eq!(found.len(), expected.len());
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?}");
        };
        let whole = Region::whole(6, 1);
        close(resize_planes(&row, (6, 1), whole, (3, 1)), &[0.714_285_7, 2.5, 4.285_714]);
        close(resize_planes(&[0.0, 1.0], (2, 1), Region::whole(2, 1), (4, 1)), &[0.0, 0.25, 0.75, 1.0]);
    }

    #[test]
    fn a_region_beyond_the_picture_gives_a_border() {
        let region = Region { x0: -1.0, y0: 0.0, x1: 3.0, y1: 1.0 };
        assert_eq!(resize_planes(&[0.5, 0.75], (2, 1), region, (4, 1)), [0.0, 0.5, 0.75, 0.0]);
        assert_eq!(resize_labels(&[1, 2], (2, 1), region, (4, 1), 255), [255, 1, 2, 255]);
        let left = Region { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0 };
        assert_eq!(resize_labels(&[1, 2], (2, 1), left, (2, 2), 255), [1, 1, 1, 1]);
    }

    proptest! {
        #[test]
        fn a_constant_picture_stays_constant(from in sizes(), to in sizes(), value in 0.0_f32..1.0) {
            let planes = vec![value; 3 * from.0 * from.1];
            let out = resize_planes(&planes, from, Region::whole(from.0, from.1), to);
            prop_assert_eq!(out.len(), 3 * to.0 * to.1);
            prop_assert!(out.iter().all(|v| (v - value).abs() < 1e-5));
        }

        #[test]
        fn values_stay_in_range(from in sizes(), to in sizes(), seed: u64) {
            let area = from.0 * from.1;
            let planes: Vec<f32> =
                (0..area as u64).map(|i| (i.wrapping_mul(seed | 1) >> 40) as f32 / 16_777_216.0).collect();
            let out = resize_planes(&planes, from, Region::whole(from.0, from.1), to);
            prop_assert!(out.iter().all(|v| (-1e-5..=1.0 + 1e-5).contains(v)));
        }

        #[test]
        fn no_label_is_invented(
            from in sizes(), to in sizes(), labels in prop::collection::vec(0_u8..5, 1600), shift in -20.0_f32..20.0
        ) {
            let labels = &labels[..from.0 * from.1];
            let whole = Region::whole(from.0, from.1);
            let out = resize_labels(labels, from, whole, to, 255);
            prop_assert_eq!(out.len(), to.0 * to.1);
            prop_assert!(out.iter().all(|label| labels.contains(label)));
            let moved = Region { x0: shift, x1: whole.x1 + shift, ..whole };
            let out = resize_labels(labels, from, moved, to, 255);
            prop_assert!(out.iter().all(|label| *label == 255 || labels.contains(label)));
        }
    }
}
