//! Instance masks as COCO's objects, in linear time.

use std::collections::BTreeMap;

use super::{CocoImage, CocoObject, Outline, Rle};
use crate::dataset::objects::{Instances, outlines};

/// How outlines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineForm {
    /// Run-length codes.
    Rle,
    /// Polygons along the edges of pixels, which pycocotools fills with the same pixels; run-length codes for objects
    /// with holes, which COCO's polygons cannot have.
    Polygons,
}

impl CocoImage {
    /// The image `file` with the objects of `instances` in the order of their ids. An object whose class is `None` is
    /// left out.
    pub fn from_instances(
        file: String,
        instances: &Instances,
        class_of: impl Fn(u32) -> Option<usize>,
        form: OutlineForm,
    ) -> Self {
        let mut codes = codes(instances);
        let mut polygons = BTreeMap::new();
        if form == OutlineForm::Polygons {
            for (id, parts) in outlines(instances) {
                let rings = parts.into_iter().map(|part| <[_; 1]>::try_from(part.rings).ok());
                let rings: Option<Vec<_>> = rings.map(|ring| ring.map(|[ring]| ring)).collect();
                polygons.extend(rings.map(|rings| (id, Outline::Polygons(rings))));
            }
        }
        let object = |(id, bbox)| {
            let outline = polygons.remove(&id).or_else(|| codes.remove(&id).map(Outline::Rle));
            CocoObject { bbox, crowd: false, outline, score: None }
        };
        let objects = instances.boxes(class_of).into_iter().map(object).collect();
        Self { file, width: instances.width, height: instances.height, objects }
    }
}

/// The run-length code of each id.
fn codes(instances: &Instances) -> BTreeMap<u32, Rle> {
    let Instances { width, height, ids } = instances;
    let pixels = (width * height) as u32;
    // Of each id the runs so far and where the last one ended.
    let mut runs: BTreeMap<u32, (Vec<u32>, u32)> = BTreeMap::new();
    let columns = (0..*width).flat_map(|x| ids.iter().skip(x).step_by(*width));
    let mut columns = (0_u32..).zip(columns).peekable();
    while let Some((start, id)) = columns.next() {
        let mut end = start + 1;
        while columns.next_if(|(_, next)| *next == id).is_some() {
            end += 1;
        }
        if *id != 0 {
            let (counts, last) = runs.entry(*id).or_default();
            counts.extend([start - *last, end - start]);
            *last = end;
        }
    }
    let code = |(id, (mut counts, last)): (u32, (Vec<u32>, u32))| {
        if last < pixels {
            counts.push(pixels - last);
        }
        Some((id, Rle::new(*width, *height, counts).ok()?))
    };
    runs.into_iter().filter_map(code).collect()
}
