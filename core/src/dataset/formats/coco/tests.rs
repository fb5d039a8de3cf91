#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::dataset::objects::Instances;

fn classes() -> Vec<String> {
    vec!["RBC".to_owned(), "WBC".to_owned()]
}

fn document(annotations: &str) -> String {
    format!(
        r#"{{"images": [{{"id": 7, "file_name": "a.jpg", "width": 64, "height": 48}},
                        {{"id": 9, "file_name": "b.jpg", "width": 64, "height": 48}}],
            "annotations": [{annotations}],
            "categories": [{{"id": 2, "name": "WBC"}}, {{"id": 1, "name": "RBC"}}]}}"#
    )
}

#[test]
fn boxes_go_to_their_images_with_class_indices() {
    let text = document(
        r#"{"image_id": 9, "category_id": 2, "bbox": [10, 20, 5, 6.5], "iscrowd": 0},
           {"image_id": 9, "category_id": 1, "bbox": [-3, 40, 13, 20]},
           {"image_id": 9, "category_id": 1, "bbox": [0, 0, 13, 20], "iscrowd": 1}"#,
    );
    let images = parse(text.as_bytes(), &classes()).unwrap();
    assert_eq!(images.len(), 2);
    assert!(images[0].objects.is_empty());
    assert_eq!(
        images[1].boxes(),
        [
            BoxLabel { x0: 10.0, y0: 20.0, x1: 15.0, y1: 26.5, class: 1 },
            BoxLabel { x0: 0.0, y0: 40.0, x1: 10.0, y1: 48.0, class: 0 },
        ]
    );
}

#[test]
fn errors_name_the_annotation() {
    for (annotation, expected) in [
        (r#"{"image_id": 8, "category_id": 1, "bbox": [0, 0, 1, 1]}"#, "annotation 0 refers to image 8"),
        (r#"{"image_id": 7, "category_id": 3, "bbox": [0, 0, 1, 1]}"#, "annotation 0 refers to category"),
        (r#"{"image_id": 7, "category_id": 1, "bbox": [0, 0, 0, 1]}"#, "annotation 0: the box"),
        (r#"{"image_id": 7, "category_id": 1, "bbox": [70, 0, 5, 1]}"#, "annotation 0: the box"),
    ] {
        let message = parse(document(annotation).as_bytes(), &classes()).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
    let message = parse(document("").as_bytes(), &classes()[..1]).unwrap_err().to_string();
    assert!(message.starts_with("category 2 (\"WBC\") is none of the classes"), "{message}");
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &classes());
    }

    #[test]
    fn a_cut_document_is_refused(cut in 0usize..300) {
        let text = document(r#"{"image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1]}"#);
        let cut = cut.min(text.len() - 1);
        prop_assert!(parse(&text.as_bytes()[..cut], &classes()).is_err());
    }

    #[test]
    fn boxes_always_lie_inside(edges in prop::array::uniform4(any::<f64>())) {
        if let Some(label) = BoxLabel::clipped(edges, 64, 48, 0) {
            prop_assert!(label.x0 >= 0.0 && label.x0 < label.x1 && label.x1 <= 64.0);
            prop_assert!(label.y0 >= 0.0 && label.y0 < label.y1 && label.y1 <= 48.0);
        }
    }
}

#[derive(serde::Deserialize)]
struct Reference {
    size: [usize; 2],
    polygon: Option<Vec<f64>>,
    counts: Vec<u32>,
    string: String,
    area: u64,
    bbox: [f64; 4],
}

#[test]
fn masks_are_those_of_pycocotools() {
    let bytes = include_bytes!("../../../../../tests/fixtures/coco/masks.json");
    let cases: Vec<Reference> = serde_json::from_slice(bytes).unwrap();
    assert!(cases.len() > 150);
    for (index, case) in cases.into_iter().enumerate() {
        let [height, width] = case.size;
        let rle = Rle::from_compressed(width, height, &case.string).unwrap();
        assert_eq!(rle.counts(), case.counts, "case {index}");
        assert_eq!(rle.to_compressed(), case.string, "case {index}");
        assert_eq!(rle.area(), case.area, "case {index}");
        let [x0, y0, x1, y1] = rle.bounds().unwrap_or_default().map(|edge| edge as f64);
        assert_eq!([x0, y0, x1 - x0, y1 - y0], case.bbox, "case {index}");

        let mut pixels = vec![false; width * height];
        let code = match &case.polygon {
            Some(numbers) => polygon::rasterize(numbers.as_chunks::<2>().0, width, height).unwrap(),
            None => rle.clone(),
        };
        code.for_each_run(|x, rows| rows.for_each(|y| pixels[y * width + x] = true));
        assert_eq!(Rle::encode(width, height, |index| pixels[index]), rle, "case {index}");
    }
}

#[derive(serde::Deserialize)]
struct Drawn {
    instances: Vec<u32>,
    mask: Vec<u8>,
}

#[test]
fn images_are_drawn_as_by_pycocotools() {
    let bytes = include_bytes!("../../../../../tests/fixtures/coco/instances.json");
    let images = parse(bytes, &["cell".to_owned(), "vessel".to_owned()]).unwrap();
    let bytes = include_bytes!("../../../../../tests/fixtures/coco/instances_expected.json");
    let expected: Vec<Drawn> = serde_json::from_slice(bytes).unwrap();
    assert_eq!(images.len(), expected.len());
    for (image, expected) in images.iter().zip(expected) {
        assert_eq!(image.mask(1000).unwrap().labels, expected.mask, "{}", image.file);
        assert_eq!(image.instances(1000).unwrap().ids, expected.instances, "{}", image.file);
        assert!(matches!(image.mask(719), Err(DrawError::TooLarge { .. })));
    }
    assert_eq!(images[0].boxes().len(), 2);
    assert_eq!(images[1].objects.iter().filter(|object| object.crowd).count(), 1);
    assert!(images[2].objects.is_empty());
}

#[test]
fn a_missing_box_comes_from_the_outline() {
    for segmentation in ["[[3, 4, 9, 4, 9, 8]]", r#"{"size": [48, 64], "counts": [148, 4, 2920]}"#] {
        let annotation = format!(r#"{{"image_id": 7, "category_id": 1, "segmentation": {segmentation}}}"#);
        let images = parse(document(&annotation).as_bytes(), &classes()).unwrap();
        let bbox = images[0].objects[0].bbox;
        assert_eq!((bbox.x0, bbox.y0, bbox.y1), (3.0, 4.0, 8.0), "{segmentation}");
    }
}

#[test]
fn bad_segmentations_are_refused_with_the_annotation() {
    for (segmentation, expected) in [
        ("[[1, 2, 3]]", "annotation 0: the segmentation cannot be used: a polygon has 3 numbers"),
        ("[[1, 2, 3, 4, 5, 6, 7]]", "annotation 0: the segmentation cannot be used: a polygon has 7 numbers"),
        (
            r#"{"size": [64, 48], "counts": [3072]}"#,
            "annotation 0: the segmentation cannot be used: it is for 48 columns and 64 rows",
        ),
        (
            r#"{"size": [48, 64], "counts": [4294967295, 4294967295]}"#,
            "annotation 0: the segmentation cannot be used: its runs cover 8589934590 pixels",
        ),
        (
            r#"{"size": [48, 64], "counts": "\u00ff"}"#,
            "annotation 0: the segmentation cannot be used: its counts are damaged",
        ),
        ("7", "not valid COCO JSON: segmentation must be a list of polygons"),
    ] {
        let annotation = format!(
            r#"{{"image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1], "segmentation": {segmentation}}}"#
        );
        let message = parse(document(&annotation).as_bytes(), &classes()).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let annotation =
        format!(r#"{{"image_id": 7, "category_id": 1, "segmentation": {deep}, "more": {deep}}}"#);
    assert!(matches!(parse(document(&annotation).as_bytes(), &classes()), Err(CocoError::Json(_))));
}

#[test]
fn hostile_outlines_are_refused_when_they_are_drawn() {
    let bbox = BoxLabel { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0, class: 0 };
    let image = |objects| CocoImage { file: "a.png".to_owned(), width: 30, height: 20, objects };
    let object = |outline| CocoObject { bbox, crowd: false, outline, score: None };
    let polygon = |points: Vec<[f64; 2]>| Some(Outline::Polygons(vec![points]));
    let long = (0..1_000_000).map(|i| [f64::from(i % 2) * 29.0, f64::from(i % 19)]).collect();
    for points in [vec![[0.0, f64::NAN]; 3], vec![[0.0, 0.0], [1e300, 0.0], [0.0, 5.0]], long] {
        let refused = image(vec![object(polygon(points))]).mask(600).unwrap_err();
        assert!(matches!(refused, DrawError::Outline { source: OutlineError::Polygon, .. }), "{refused}");
    }
    let full = Rle::new(30, 20, vec![0, 600]).unwrap();
    let refused = image(vec![object(Some(Outline::Rle(full))); 400]).instances(600).unwrap_err();
    assert_eq!(refused, DrawError::Cover("a.png".to_owned()));
    let refused = image(vec![object(None)]).mask(600).unwrap_err();
    assert!(matches!(refused, DrawError::NoOutline { index: 0, .. }));
}

fn any_object(width: usize, height: usize) -> impl Strategy<Value = CocoObject> {
    // Eighths of pixels: any more digits may lose their last bit on the way through JSON.
    let point = || prop::array::uniform2((-40..320).prop_map(|eighths| f64::from(eighths) / 8.0));
    let polygons = prop::collection::vec(prop::collection::vec(point(), 3..6), 1..3);
    let pixels = prop::collection::vec(any::<bool>(), width * height);
    let outline = prop_oneof![
        Just(None),
        polygons.prop_map(|polygons| Some(Outline::Polygons(polygons))),
        pixels.prop_map(move |pixels| Some(Outline::Rle(Rle::encode(width, height, |i| pixels[i])))),
    ];
    let edges = (0.0..15.0_f32, 0.0..8.0_f32, 15.5..20.0_f32, 8.5..10.0_f32);
    (outline, edges, 0_usize..2, any::<bool>()).prop_map(|(outline, (x0, y0, x1, y1), class, crowd)| {
        CocoObject { bbox: BoxLabel { x0, y0, x1, y1, class }, crowd, outline, score: None }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(objects in prop::collection::vec(any_object(20, 10), 0..6)) {
        let empty = CocoImage { file: "none.png".to_owned(), width: 3, height: 3, objects: Vec::new() };
        let images = [CocoImage { file: "a/b.png".to_owned(), width: 20, height: 10, objects }, empty];
        let bytes = write(&images, &classes()).unwrap();
        prop_assert_eq!(parse(&bytes, &classes()).unwrap(), images);
    }

    #[test]
    fn instances_come_back_from_both_forms(
        width in 1_usize..12,
        ids in prop::collection::vec(0_u32..5, 12..120),
        polygons: bool,
    ) {
        let height = ids.len() / width;
        let instances = Instances { width, height, ids: ids[..width * height].to_vec() };
        let form = if polygons { OutlineForm::Polygons } else { OutlineForm::Rle };
        let image =
            CocoImage::from_instances("a.png".to_owned(), &instances, |id| Some(id as usize % 2), form);
        for (object, id) in image.objects.iter().zip(instances.present()) {
            prop_assert_eq!(object.bbox.class, id as usize % 2);
            if let Some(Outline::Rle(rle)) = &object.outline {
                let expected = Rle::encode(width, height, |index| instances.ids[index] == id);
                prop_assert_eq!(rle, &expected);
            } else {
                prop_assert!(polygons);
            }
        }
        let read = parse(&write(&[image], &classes()).unwrap(), &classes()).unwrap();
        let present = instances.present();
        let number = |id: &u32| present.iter().position(|other| other == id).map_or(0, |at| at as u32 + 1);
        let expected: Vec<u32> = instances.ids.iter().map(number).collect();
        prop_assert_eq!(read[0].instances(1000).unwrap().ids, expected);
    }

    #[test]
    fn a_damaged_file_is_an_answer_not_a_panic(at in 0_usize..3000, byte in any::<u8>(), cut in 0_usize..3000) {
        let mut bytes = include_bytes!("../../../../../tests/fixtures/coco/instances.json").to_vec();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(if cut % 2 == 0 { 0 } else { cut }));
        if let Ok(images) = parse(&bytes, &["cell".to_owned(), "vessel".to_owned()]) {
            for image in images {
                let _ = (image.mask(5000), image.instances(5000));
            }
        }
    }
}
