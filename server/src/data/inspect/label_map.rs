//! Masks of pictures and volumes, with whatever values they have.

use std::fs;
use std::path::Path;

use medley_core::dataset::IGNORE;
use medley_core::dataset::formats::mask_png;
use medley_core::imaging::{AxisCodes, AxisMap, DEFAULT_MAX_PIXELS, decode};

/// A class index per pixel or voxel, values not yet compared with the classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelMap {
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Class indices, slice by slice, row by row; 255 is unlabelled.
    pub labels: Vec<u8>,
    /// Where columns, rows and slices lead, where known.
    pub axes: Option<AxisCodes>,
}

/// Reads a mask: PNG as it is stored, anything else (`NIfTI`, TIFF) by its whole values from 0 to 255.
///
/// # Errors
/// The reason, where it cannot be read.
pub fn read(path: &Path) -> Result<LabelMap, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    if bytes.starts_with(b"\x89PNG") {
        let any = usize::from(IGNORE);
        let mask = mask_png::parse(&bytes, any, DEFAULT_MAX_PIXELS).map_err(|error| error.to_string())?;
        return Ok(LabelMap { size: [mask.width, mask.height, 1], labels: mask.labels, axes: None });
    }
    let volume = decode(&bytes, DEFAULT_MAX_PIXELS).map_err(|error| error.to_string())?;
    if volume.channels() != 1 {
        return Err("it is in colour; the value of a pixel must be its class index".to_owned());
    }
    let label = |value: f32| {
        let whole = (0.0..=255.0).contains(&value) && value.fract() == 0.0;
        if whole {
            Ok(value as u8)
        } else {
            Err(format!("it has the value {value}, which is no class index"))
        }
    };
    let labels = volume.pixels().values().into_iter().map(label).collect::<Result<_, _>>()?;
    Ok(LabelMap { size: volume.size(), labels, axes: volume.geometry().axis_codes() })
}

impl LabelMap {
    /// The same labels along the axes of their image, where both say how theirs lie.
    pub fn turned(self, image: Option<AxisCodes>) -> Self {
        match (self.axes, image) {
            (Some(from), Some(to)) if from != to => {
                let map = AxisMap::between(from, to);
                let labels = map.values(&self.labels, self.size, 1);
                Self { size: map.size(self.size), labels, axes: image }
            }
            _ => self,
        }
    }

    /// Pixels of each value.
    pub fn counts(&self) -> [u64; 256] {
        let mut counts = [0; 256];
        self.labels.iter().for_each(|label| counts[usize::from(*label)] += 1);
        counts
    }

    /// Connected areas of one class other than background and unlabelled: class and number of pixels each, in
    /// the order of their first pixel. Neighbours touch at least by a corner, across slices too.
    pub fn objects(&self) -> Vec<(u8, u64)> {
        let [width, height, slices] = self.size;
        let mut open: Vec<bool> = self.labels.iter().map(|label| *label != 0 && *label != IGNORE).collect();
        let mut objects = Vec::new();
        let mut queue = Vec::new();
        for start in 0..self.labels.len() {
            if !std::mem::take(&mut open[start]) {
                continue;
            }
            let class = self.labels[start];
            let mut area = 0;
            queue.push(start);
            while let Some(at) = queue.pop() {
                area += 1;
                let (x, y, z) = (at % width, at / width % height, at / (width * height));
                for z in z.saturating_sub(1)..(z + 2).min(slices) {
                    for y in y.saturating_sub(1)..(y + 2).min(height) {
                        for x in x.saturating_sub(1)..(x + 2).min(width) {
                            let near = (z * height + y) * width + x;
                            if open[near] && self.labels[near] == class {
                                open[near] = false;
                                queue.push(near);
                            }
                        }
                    }
                }
            }
            objects.push((class, area));
        }
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_touch_by_corners_and_across_slices() {
        #[rustfmt::skip]
        let labels = vec![
            1, 0, 0, 2,
            0, 1, 0, 2,
            255, 0, 0, 1,

            0, 0, 0, 0,
            0, 0, 0, 2,
            1, 0, 0, 0,
        ];
        let map = LabelMap { size: [4, 3, 2], labels, axes: None };
        // The lower left 1 of the second slice touches the middle 1 of the first by a corner in space.
        assert_eq!(map.objects(), [(1, 3), (2, 3), (1, 1)]);
        let counts = map.counts();
        assert_eq!((counts[0], counts[1], counts[2], counts[255]), (16, 4, 3, 1));
    }
}
