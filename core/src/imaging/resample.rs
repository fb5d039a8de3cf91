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
