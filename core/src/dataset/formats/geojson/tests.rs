#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::dataset::BoxLabel;
use crate::dataset::objects::{Area, Instances, areas_to_boxes, areas_to_instances, areas_to_mask, outlines};

fn classes() -> Vec<String> {
    vec!["Tumor".to_owned(), "Immune cells: Positive".to_owned()]
}

/// The form that `QuPath` 0.5 exports.
const QUPATH: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "id": "6d2a9c3e-7b1f-4a55-9d3c-0e5b2f8f1a01",
     "geometry": {"type": "Polygon", "coordinates":
        [[[0, 0], [6, 0], [6, 4], [0, 4], [0, 0]], [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]],
        "plane": {"c": -1, "z": 0, "t": 0}},
     "properties": {"objectType": "annotation", "isLocked": true,
        "classification": {"name": "Tumor", "color": [200, 0, 0]}}},
    {"type": "Feature", "id": "PathDetectionObject",
     "geometry": {"type": "MultiPolygon", "isEllipse": false, "coordinates":
        [[[[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]], [[[7, 2.6], [8, 2.6], [8, 4], [7, 4], [7, 2.6]]]]},
     "properties": {"objectType": "detection", "measurements": {"Area": 2.5},
        "classification": {"names": ["Immune cells", "Positive"], "colorRGB": -16711936}}},
    {"type": "Feature",
     "geometry": {"type": "Polygon", "coordinates": [[[6, 0], [8, 0], [8, 1], [6, 1], [6, 0]]]},
     "properties": {"classification": {"name": "Ignore*"}}}
]}"#;

#[test]
fn objects_of_qupath_become_masks_and_boxes() {
    let areas = parse(QUPATH.as_bytes(), &classes()).unwrap();
    let mask = areas_to_mask(&areas, 8, 4).unwrap();
    #[rustfmt::skip]
    assert_eq!(mask.labels, [
        1, 1, 1, 1, 1, 1, 255, 255,
        1, 2, 0, 1, 1, 1, 0, 0,
        1, 0, 0, 1, 1, 1, 0, 0,
        1, 1, 1, 1, 1, 1, 0, 2,
    ]);
    let boxes = areas_to_boxes(&areas, 8, 4);
    assert_eq!(boxes.len(), 2);
    assert_eq!(boxes[1], BoxLabel { x0: 1.0, y0: 1.0, x1: 8.0, y1: 4.0, class: 1 });
    let list =
        QUPATH.trim_start_matches(r#"{"type": "FeatureCollection", "features":"#).trim_end_matches('}');
    assert_eq!(parse(list.as_bytes(), &classes()).unwrap(), areas);
}

#[test]
fn one_class_needs_no_name() {
    let text = r#"[{"type": "Feature", "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [6, 0], [6, 4], [0, 0]]]}}]"#;
    assert_eq!(parse(text.as_bytes(), &classes()[..1]).unwrap()[0].class, Some(0));
    let message = parse(text.as_bytes(), &classes()).unwrap_err().to_string();
    assert!(message.starts_with("feature 0 has no class; set one of Tumor, Immune cells"), "{message}");
}

#[test]
fn errors_name_the_feature() {
    let feature = |geometry: &str, class: &str| {
        let classification = format!(r#"{{"classification": {{"name": "{class}"}}}}"#);
        format!(r#"[{{"type": "Feature", "geometry": {geometry}, "properties": {classification}}}]"#)
    };
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (text, expected) in [
        (feature(r#"{"type": "Point", "coordinates": [1, 2]}"#, "Tumor"), "feature 0 is a Point"),
        (
            feature(r#"{"type": "Polygon", "coordinates": [[[1, 2], [2, 2]]]}"#, "Tumor"),
            "feature 0: each ring",
        ),
        (
            feature(r#"{"type": "Polygon", "coordinates": [[[1], [2], [3]]]}"#, "Tumor"),
            "feature 0: each ring",
        ),
        (feature(r#"{"type": "MultiPolygon", "coordinates": []}"#, "Tumor"), "feature 0: each ring"),
        (feature("null", "Tumor"), "feature 0 is a feature without a geometry"),
        (feature("null", "Stroma"), "feature 0: \"Stroma\" is none of the classes"),
        (r#"{"type": "Point", "coordinates": [1, 2]}"#.to_owned(), "this is a bare geometry"),
        (
            feature(&format!(r#"{{"type": "Polygon", "coordinates": {nested}}}"#), "Tumor"),
            "not valid GeoJSON",
        ),
        (nested, "not valid GeoJSON"),
        ("{".to_owned(), "not valid GeoJSON"),
    ] {
        let message = parse(text.as_bytes(), &classes()).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn a_million_points_are_read() {
    let points: Vec<String> = (0..1_000_000).map(|i| format!("[{},{}]", i % 2 * 8, i % 5)).collect();
    let text = format!(
        r#"[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}]"#,
        points.join(",")
    );
    let areas = parse(text.as_bytes(), &classes()[..1]).unwrap();
    let refused = areas_to_mask(&areas, 8, 4).unwrap_err().to_string();
    assert!(refused.starts_with("object 0: the outline has 1000000 points"), "{refused}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_drawn_alike(
        width in 1_usize..12,
        ids in prop::collection::vec(0_u32..5, 12..120),
        ignored in 0_u32..5,
    ) {
        let height = ids.len() / width;
        let instances = Instances { width, height, ids: ids[..width * height].to_vec() };
        let class_of = |id: u32| (id != ignored).then_some(id as usize % 2);
        let areas: Vec<Area> = outlines(&instances)
            .into_iter()
            .map(|(id, polygons)| Area { class: class_of(id), polygons })
            .collect();
        let read = parse(&write(&areas, &classes()).unwrap(), &classes()).unwrap();
        prop_assert_eq!(&read, &areas);

        let mask = areas_to_mask(&read, width, height).unwrap();
        let expected = instances.semantic(|id| class_of(id).map_or(255, |class| class as u8 + 1));
        prop_assert_eq!(mask, expected);
        let present = instances.present();
        let drawn = areas_to_instances(&read, width, height).unwrap();
        let number = |id: &u32| present.iter().position(|other| other == id).map_or(0, |at| at as u32 + 1);
        let numbered: Vec<u32> =
            instances.ids.iter().map(|id| if *id == ignored { 0 } else { number(id) }).collect();
        prop_assert_eq!(drawn.ids, numbered);
        let boxes: Vec<BoxLabel> = instances.boxes(class_of).into_iter().map(|(_, bbox)| bbox).collect();
        prop_assert_eq!(areas_to_boxes(&read, width, height), boxes);
    }

    #[test]
    fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &classes());
    }

    #[test]
    fn a_changed_or_cut_file_never_panics(at in 0_usize..1600, value: u8, cut in 0_usize..1600) {
        let mut bytes = QUPATH.as_bytes().to_vec();
        if let Some(place) = bytes.get_mut(at) {
            *place = value;
        }
        if let Ok(areas) = parse(&bytes, &classes()) {
            let _ = (areas_to_mask(&areas, 8, 4), areas_to_boxes(&areas, 8, 4));
        }
        bytes.truncate(cut);
        let _ = parse(&bytes, &classes());
    }
}
