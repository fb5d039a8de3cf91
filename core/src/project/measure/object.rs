//! What is measured of objects and images.

use serde::{Deserialize, Serialize};

use super::extent::longest;
use crate::dataset::objects::{Connectivity, components};
use crate::dataset::{Detection, IGNORE, Mask};
use crate::imaging::Image;

/// How long a pixel is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Width and height of a pixel in the unit.
    pub pixel: [f64; 2],
    /// Whether that is mm; otherwise it is pixels.
    pub is_mm: bool,
}

impl Scale {
    /// Of an image with this spacing of columns, rows and slices in mm; pixels where it is not known.
    pub fn of(spacing: Option<[f64; 3]>) -> Self {
        match spacing {
            Some([x, y, _]) if x.is_finite() && y.is_finite() && x > 0.0 && y > 0.0 => {
                Self { pixel: [x, y], is_mm: true }
            }
            _ => Self { pixel: [1.0; 2], is_mm: false },
        }
    }

    /// `mm` or `px`.
    pub fn unit(self) -> &'static str {
        if self.is_mm { "mm" } else { "px" }
    }
}

/// One object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectMeasure {
    /// The class's id.
    pub class: u8,
    /// Its pixels; of a box those that it covers.
    pub pixels: u64,
    /// Area in the square of the unit.
    pub area: f64,
    /// The longest extent in the unit; of a box its diagonal.
    pub length: f64,
    /// Mean value of the image in it, all channels together; `None` without an image.
    pub mean: Option<f64>,
    /// How sure the model is: of a mask the mean over its pixels.
    pub score: Option<f32>,
    /// The middle of its pixels, in pixels: (0, 0) is the outer corner of the first one.
    pub centre: [f64; 2],
    /// Left, top, right, bottom in pixels, right and bottom exclusive.
    pub bounds: [f64; 4],
}

/// One class in one image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageMeasure {
    /// The class's id.
    pub class: u8,
    /// Its objects.
    pub objects: usize,
    /// The area they cover in the square of the unit; overlapping boxes count twice.
    pub area: f64,
    /// The same as a share of the image, in 0 to 1.
    pub share: f64,
}

/// The objects of a mask of labels, in the order of their first pixels: what hangs together by edges or corners. `image`
/// is the slice, `scores` how sure the model is of each pixel; both have the size of the mask, or are left out.
pub fn measure_mask(
    mask: &Mask,
    image: Option<&Image>,
    scores: Option<&[f32]>,
    scale: Scale,
) -> Vec<ObjectMeasure> {
    let (instances, classes) = components(mask, Connectivity::Eight);
    let mut sums: Vec<Sums> = classes.into_iter().map(Sums::new).collect();
    let intensities = image.and_then(|image| brightness(image, mask));
    let scores = scores.filter(|scores| scores.len() == mask.labels.len());
    for (y, row) in instances.ids.chunks(mask.width.max(1)).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            let id = run.first().copied().unwrap_or_default() as usize;
            let range = y * mask.width + x..y * mask.width + x + run.len();
            if let Some(object) = id.checked_sub(1).and_then(|index| sums.get_mut(index)) {
                object.add_run(x, y, run.len(), scale);
                let sum = |values: &[f32]| values[range.clone()].iter().map(|v| f64::from(*v)).sum::<f64>();
                object.intensity += intensities.as_deref().map_or(0.0, sum);
                object.score += scores.map_or(0.0, sum);
            }
            x += run.len();
        }
    }
    let finish = |sums: Sums| sums.finish(scale, intensities.is_some(), scores.is_some());
    sums.into_iter().map(finish).collect()
}

/// The objects of a list of boxes, whose classes are ids.
pub fn measure_boxes(boxes: &[(Detection, bool)], image: Option<&Image>, scale: Scale) -> Vec<ObjectMeasure> {
    let size = image.map(|image| Mask { width: image.width(), height: image.height(), labels: Vec::new() });
    let values = image.zip(size.as_ref()).and_then(|(image, size)| brightness(image, size));
    let width = size.as_ref().map_or(0, |size| size.width);
    let measure = |(label, has_score): &(Detection, bool)| {
        let [x0, y0, x1, y1] = [label.x0, label.y0, label.x1, label.y1].map(f64::from);
        let covered =
            |from: f64, to: f64| (from - 0.5).ceil().max(0.0) as usize..(to - 0.5).ceil().max(0.0) as usize;
        let (columns, rows) = (covered(x0, x1), covered(y0, y1));
        let mean = values.as_ref().and_then(|values| {
            let inside = rows.clone().filter_map(|y| values.get(y * width..(y + 1) * width));
            let inside = inside.flat_map(|row| row.iter().take(columns.end).skip(columns.start));
            let (sum, count) = inside.fold((0.0, 0_u32), |(s, n), value| (s + f64::from(*value), n + 1));
            (count > 0).then(|| sum / f64::from(count))
        });
        let sides = [(x1 - x0) * scale.pixel[0], (y1 - y0) * scale.pixel[1]];
        ObjectMeasure {
            class: u8::try_from(label.class).unwrap_or(IGNORE),
            pixels: columns.len() as u64 * rows.len() as u64,
            area: sides[0] * sides[1],
            length: sides[0].hypot(sides[1]),
            mean,
            score: has_score.then_some(label.score),
            centre: [f64::midpoint(x0, x1), f64::midpoint(y0, y1)],
            bounds: [x0, y0, x1, y1],
        }
    };
    boxes.iter().map(measure).collect()
}

/// The objects of an image of `size` (columns, rows) by class, those without objects among them.
pub fn measure_image(
    objects: &[ObjectMeasure],
    classes: &[u8],
    size: [usize; 2],
    scale: Scale,
) -> Vec<ImageMeasure> {
    let whole = (size[0] * size[1]) as f64 * scale.pixel[0] * scale.pixel[1];
    let measure = |class| {
        let own = || objects.iter().filter(move |object| object.class == class);
        let area: f64 = own().map(|object| object.area).sum();
        let share = if whole > 0.0 { area / whole } else { 0.0 };
        ImageMeasure { class, objects: own().count(), area, share }
    };
    classes.iter().copied().map(measure).collect()
}

/// The mean of the channels of each pixel of the first slice; `None` if the image has another size.
fn brightness(image: &Image, mask: &Mask) -> Option<Vec<f32>> {
    if (image.width(), image.height()) != (mask.width, mask.height) {
        return None;
    }
    let channels = image.channels();
    let mut values = image.pixels().values();
    values.truncate(mask.width * mask.height * channels);
    if channels > 1 {
        values =
            values.chunks_exact(channels).map(|pixel| pixel.iter().sum::<f32>() / channels as f32).collect();
    }
    Some(values)
}

/// An object while it is measured.
struct Sums {
    class: u8,
    pixels: u64,
    x: f64,
    y: f64,
    intensity: f64,
    score: f64,
    bounds: [usize; 4],
    /// The corners of the ends of its runs, in the unit.
    corners: Vec<[f64; 2]>,
}

impl Sums {
    fn new(class: u8) -> Self {
        let bounds = [usize::MAX, usize::MAX, 0, 0];
        Self { class, pixels: 0, x: 0.0, y: 0.0, intensity: 0.0, score: 0.0, bounds, corners: Vec::new() }
    }

    fn add_run(&mut self, x: usize, y: usize, length: usize, scale: Scale) {
        self.pixels += length as u64;
        self.x += length as f64 * (x as f64 + length as f64 / 2.0);
        self.y += length as f64 * (y as f64 + 0.5);
        let [left, top, right, bottom] = self.bounds;
        self.bounds = [left.min(x), top.min(y), right.max(x + length), bottom.max(y + 1)];
        for (column, row) in [(x, y), (x + length, y), (x, y + 1), (x + length, y + 1)] {
            self.corners.push([column as f64 * scale.pixel[0], row as f64 * scale.pixel[1]]);
        }
    }

    fn finish(self, scale: Scale, has_mean: bool, has_score: bool) -> ObjectMeasure {
        let count = self.pixels.max(1) as f64;
        ObjectMeasure {
            class: self.class,
            pixels: self.pixels,
            area: self.pixels as f64 * scale.pixel[0] * scale.pixel[1],
            length: longest(self.corners),
            mean: has_mean.then(|| self.intensity / count),
            score: has_score.then(|| (self.score / count) as f32),
            centre: [self.x / count, self.y / count],
            bounds: self.bounds.map(|edge| edge as f64),
        }
    }
}
