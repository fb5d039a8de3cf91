//! Instance masks: which object a pixel belongs to.

use std::collections::BTreeMap;

use crate::dataset::{BoxLabel, Mask};

/// One object id per pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instances {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` ids; 0 is the background.
    pub ids: Vec<u32>,
}

impl Instances {
    /// The box around each object with its id, in the order of the ids. An object whose class is `None` is
    /// left out. All pixels of an id make one object, connected or not.
    pub fn boxes(&self, class_of: impl Fn(u32) -> Option<usize>) -> Vec<(u32, BoxLabel)> {
        // Left, top, right, bottom; right and bottom exclusive.
        let mut extents: BTreeMap<u32, [usize; 4]> = BTreeMap::new();
        for (y, row) in self.ids.chunks(self.width.max(1)).enumerate() {
            let mut start = 0;
            for run in row.chunk_by(|a, b| a == b) {
                let end = start + run.len();
                let id = run.first().copied().unwrap_or_default();
                if id != 0 {
                    let [x0, _, x1, y1] = extents.entry(id).or_insert([start, y, end, y + 1]);
                    (*x0, *x1, *y1) = ((*x0).min(start), (*x1).max(end), y + 1);
                }
                start = end;
            }
        }
        let label = |(id, [x0, y0, x1, y1]): (u32, [usize; 4])| {
            let class = class_of(id)?;
            Some((id, BoxLabel { x0: x0 as f32, y0: y0 as f32, x1: x1 as f32, y1: y1 as f32, class }))
        };
        extents.into_iter().filter_map(label).collect()
    }

    /// The mask of classes: 0 where there is no object, else what `class_of` says of the object's id
    /// ([`IGNORE`](crate::dataset::IGNORE) for objects that shall not count).
    pub fn semantic(&self, class_of: impl Fn(u32) -> u8) -> Mask {
        let mut labels = Vec::with_capacity(self.ids.len());
        for run in self.ids.chunk_by(|a, b| a == b) {
            let id = run.first().copied().unwrap_or_default();
            let class = if id == 0 { 0 } else { class_of(id) };
            labels.resize(labels.len() + run.len(), class);
        }
        Mask { width: self.width, height: self.height, labels }
    }

    /// The ids there are, ascending, without the background.
    pub fn present(&self) -> Vec<u32> {
        let mut ids: Vec<u32> =
            self.ids.chunk_by(|a, b| a == b).filter_map(|run| run.first().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| *id != 0);
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_cells() -> Instances {
        Instances { width: 4, height: 3, ids: vec![0, 7, 7, 0, 3, 7, 0, 0, 3, 0, 0, 7] }
    }

    #[test]
    fn boxes_reach_around_all_pixels_of_an_id() {
        let boxes = two_cells().boxes(|id| Some(id as usize));
        assert_eq!(
            boxes,
            [
                (3, BoxLabel { x0: 0.0, y0: 1.0, x1: 1.0, y1: 3.0, class: 3 }),
                (7, BoxLabel { x0: 1.0, y0: 0.0, x1: 4.0, y1: 3.0, class: 7 }),
            ]
        );
        assert_eq!(two_cells().boxes(|id| (id == 3).then_some(0)).len(), 1);
    }

    #[test]
    fn classes_replace_ids() {
        let mask = two_cells().semantic(|id| if id == 7 { 2 } else { 1 });
        assert_eq!(mask.labels, [0, 2, 2, 0, 1, 2, 0, 0, 1, 0, 0, 2]);
        assert_eq!(two_cells().present(), [3, 7]);
    }
}
