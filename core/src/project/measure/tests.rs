#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::dataset::{Detection, Mask};
use crate::imaging::{Image, Pixels};

#[test]
fn an_object_has_area_length_middle_and_brightness() {
    // A bar of three pixels and one that touches it by a corner, of class 2; unlabelled pixels are none.
    let labels = vec![2, 2, 2, 0, 0, 0, 0, 2, 255, 1, 0, 0];
    let mask = Mask { width: 4, height: 3, labels };
    let image = Image::new(4, 3, 1, Pixels::U16((0..12).map(|v| v * 10).collect())).unwrap();
    let scores: Vec<f32> = vec![0.5; 12];
    let scale = Scale::of(Some([0.5, 2.0, 9.0]));
    let objects = measure_mask(&mask, Some(&image), Some(&scores), scale);
    assert_eq!(objects.len(), 2);
    let bar = &objects[0];
    assert_eq!((bar.class, bar.pixels, bar.area, bar.score), (2, 4, 4.0, Some(0.5)));
    assert_eq!(bar.mean, Some((0.0 + 10.0 + 20.0 + 70.0) / 4.0));
    assert_eq!(bar.centre, [(0.5 + 1.5 + 2.5 + 3.5) / 4.0, 0.75]);
    assert_eq!(bar.bounds, [0.0, 0.0, 4.0, 2.0]);
    // From the corner (0, 0) to (4, 2) in pixels of 0.5 x 2 mm.
    assert!((bar.length - 2.0_f64.hypot(4.0)).abs() < 1e-12);

    let image = measure_image(&objects, &[1, 2, 3], [4, 3], scale);
    assert_eq!(image[0], ImageMeasure { class: 1, objects: 1, area: 1.0, share: 1.0 / 12.0 });
    assert_eq!((image[1].objects, image[1].area), (1, 4.0));
    assert_eq!(
        image[2],
        ImageMeasure { class: 3, objects: 0, area: 0.0, share: 0.0 },
        "none is a finding too"
    );
}

#[test]
fn boxes_are_measured_in_pixels_where_nothing_else_is_known() {
    let image = Image::new(4, 3, 3, Pixels::U8((0..36).collect())).unwrap();
    let found = Detection { x0: 1.0, y0: 0.0, x1: 4.0, y1: 2.0, class: 3, score: 0.9 };
    let measured = measure_boxes(&[(found, true), (found, false)], Some(&image), Scale::of(None));
    let object = &measured[0];
    assert_eq!((object.pixels, object.area, object.score), (6, 6.0, Some(0.9)));
    assert_eq!(object.mean, Some((4.0 + 7.0 + 10.0 + 16.0 + 19.0 + 22.0) / 6.0));
    assert!((object.length - 3.0_f64.hypot(2.0)).abs() < 1e-12);
    assert_eq!(measured[1].score, None);
}

#[test]
fn tables_name_their_units() {
    let mask = Mask { width: 2, height: 1, labels: vec![1, 1] };
    let scale = Scale::of(Some([1.0 / 3.0, 1.0, 1.0]));
    let objects = measure_mask(&mask, None, None, scale);
    let row = ObjectRow {
        file: "a, b.png",
        slice: 0,
        number: 1,
        class: "cell",
        predicted: true,
        scale,
        object: &objects[0],
    };
    let text = String::from_utf8(objects_csv(&[row]).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1], "\"a, b.png\",0,1,cell,prediction,2,0.666667,1.20185,mm,,,1,0.5,0,0,2,1");
    let measure = measure_image(&objects, &[1], [2, 2], scale)[0];
    let row = ImageRow { file: "a", slice: 3, class: "cell", predicted: false, scale, measure };
    let text = String::from_utf8(images_csv(&[row]).unwrap()).unwrap();
    assert_eq!(text, "file,slice,class,source,objects,area,unit,share\na,3,cell,label,1,0.666667,mm,0.5\n");
}

proptest! {
    /// The extent is that of all pairs of corners of all pixels.
    #[test]
    fn the_extent_is_the_largest_distance(labels in prop::collection::vec(0_u8..2, 48)) {
        let mask = Mask { width: 8, height: 6, labels };
        let (instances, _) = crate::dataset::objects::components(&mask, crate::dataset::objects::Connectivity::Eight);
        for (id, object) in (1_u32..).zip(measure_mask(&mask, None, None, Scale::of(None))) {
            let pixels = instances.ids.iter().enumerate().filter(|(_, own)| **own == id);
            let corners: Vec<[f64; 2]> = pixels
                .flat_map(|(index, _)| {
                    let (x, y) = ((index % 8) as f64, (index / 8) as f64);
                    [[x, y], [x + 1.0, y], [x, y + 1.0], [x + 1.0, y + 1.0]]
                })
                .collect();
            let all = corners.iter().flat_map(|a| corners.iter().map(move |b| (a[0] - b[0]).hypot(a[1] - b[1])));
            prop_assert_eq!(object.length, all.fold(0.0, f64::max));
            prop_assert_eq!(object.pixels as usize * 4, corners.len());
        }
    }
}
