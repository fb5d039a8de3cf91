//! Polygons of COCO as pixels, exactly those of pycocotools (`rleFrPoly` in its `maskApi.c`).
//!
//! The outline is walked in steps of a fifth of a pixel; where it passes the middle of a column, inside and
//! outside change places from the row below on. (Other annotation tools mean pixel centres: see
//! [`Polygon`](crate::dataset::objects::Polygon).)

use super::Rle;

/// Steps to a pixel.
const SCALE: f64 = 5.0;

/// Coordinates beyond this are no pixels of any image.
const MAX_COORDINATE: f64 = 1e8;

/// The pixels of a `width` x `height` image inside a polygon; `None` if one of the points is no position in an
/// image or the outline is absurdly long for it.
pub(super) fn rasterize(points: &[[f64; 2]], width: usize, height: usize) -> Option<Rle> {
    if points.iter().flatten().any(|value| !value.is_finite() || value.abs() > MAX_COORDINATE) {
        return None;
    }
    let pixels = width.checked_mul(height)?;
    let mut steps_left = pixels.saturating_mul(64).saturating_add(1 << 20);
    let fine = |[x, y]: [f64; 2]| [(SCALE * x + 0.5) as i64, (SCALE * y + 0.5) as i64];

    // Where, column by column, inside and outside change places.
    let mut changes = Vec::new();
    let mut before: Option<[i64; 2]> = None;
    for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
        let (a, b) = (fine(*a), fine(*b));
        let steps = (a[0].abs_diff(b[0])).max(a[1].abs_diff(b[1])) as usize;
        steps_left = steps_left.checked_sub(steps + 1)?;
        for point in line(a, b) {
            if let Some(change) = before.and_then(|before| change(before, point, width, height)) {
                changes.push(change);
            }
            before = Some(point);
        }
        if changes.len() > pixels.saturating_add(1 << 16) {
            return None;
        }
    }
    changes.sort_unstable();
    changes.push(pixels);

    // Two changes at one place are none.
    let mut counts: Vec<u32> = Vec::new();
    let (mut position, mut join) = (0, false);
    for (index, next) in changes.iter().enumerate() {
        let run = (next - position) as u32;
        position = *next;
        match counts.last_mut() {
            Some(last) if join => {
                *last += run;
                join = false;
            }
            _ if run == 0 && index > 0 => join = true,
            _ => counts.push(run),
        }
    }
    Rle::new(width, height, counts).ok()
}

/// The points from `a` to `b`, both included, a step apart along the longer axis.
fn line(a: [i64; 2], b: [i64; 2]) -> impl Iterator<Item = [i64; 2]> {
    let (dx, dy) = ((b[0] - a[0]).abs(), (b[1] - a[1]).abs());
    let long = usize::from(dx < dy);
    let short = 1 - long;
    // Always computed upwards, so that both directions round alike.
    let backwards = a[long] > b[long];
    let (from, to) = if backwards { (b, a) } else { (a, b) };
    let length = dx.max(dy);
    let slope = if length == 0 { 0.0 } else { (to[short] - from[short]) as f64 / length as f64 };
    (0..=length).map(move |step| {
        let t = if backwards { length - step } else { step };
        let mut point = [0; 2];
        point[long] = from[long] + t;
        point[short] = (from[short] as f64 + slope * t as f64 + 0.5) as i64;
        point
    })
}

/// The place of the change between two neighbouring points of the outline, if they lie on both sides of the
/// middle of a column of the image.
fn change(before: [i64; 2], point: [i64; 2], width: usize, height: usize) -> Option<usize> {
    if before[0] == point[0] {
        return None;
    }
    let x = if point[0] < before[0] { point[0] } else { point[0] - 1 };
    let x = (x as f64 + 0.5) / SCALE - 0.5;
    if x.floor() != x || x < 0.0 || x > width as f64 - 1.0 {
        return None;
    }
    let y = (point[1].min(before[1]) as f64 + 0.5) / SCALE - 0.5;
    let y = y.clamp(0.0, height as f64).ceil();
    Some(x as usize * height + y as usize)
}
