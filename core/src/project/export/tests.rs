#![allow(clippy::unwrap_used, clippy::panic)]
use std::io::Read;

use super::*;
use crate::dataset::formats::{instance_png, mask_png};
use crate::dataset::{BoxLabel, TaskKind};
use crate::imaging::{Geometry, nifti};
use crate::project::training::{labelled, target};
use crate::project::{Edit, EntryId, NewEntry, NewTask, Patch, Place, Project, Rect, TaskId};

/// Two pictures of the same name and a volume of 6 x 4; the tasks 4 to 6.
fn project() -> Project {
    let mut project = Project::new("test");
    let picture = |file: &str, slices| NewEntry {
        file: file.to_owned(),
        size: [6, 4, slices],
        channels: 1,
        spacing: None,
        window: None,
    };
    let entries = vec![picture("cells.png", 1), picture("cells.tif", 1), picture("head.nii.gz", 3)];
    project.apply(Edit::AddEntries(entries)).unwrap();
    for (name, kind) in [
        ("cells", TaskKind::Segmentation),
        ("boxes", TaskKind::Detection),
        ("kinds", TaskKind::Classification),
    ] {
        let classes = ["gone", "a", "b"].map(str::to_owned).to_vec();
        project.apply(Edit::AddTask(NewTask { name: name.to_owned(), kind, classes })).unwrap();
    }
    // Ids and indices differ from here on.
    for task in 4..=6 {
        project.apply(Edit::RemoveClass { task: TaskId(task), class: 1 }).unwrap();
    }
    project
}

fn at(entry: u32, task: u32, slice: u32) -> Place {
    Place { entry: EntryId(entry), task: TaskId(task), slice }
}

/// A ring of class 2 (id) around a hole, and a pixel of class 3.
fn painted() -> Project {
    let mut project = project();
    let pixels = vec![
        2, 2, 2, 0, 0, 0, //
        2, 0, 2, 0, 0, 3, //
        2, 2, 2, 0, 0, 0, //
        0, 0, 0, 0, 255, 255,
    ];
    for place in [at(1, 4, 0), at(2, 4, 0), at(3, 4, 1)] {
        let patch = Patch { rect: Rect::whole(6, 4), pixels: pixels.clone() };
        project.apply(Edit::Paint { at: place, patch }).unwrap();
    }
    let label = BoxLabel { x0: 0.5, y0: 1.0, x1: 5.5, y1: 3.25, class: 3 };
    for (place, boxes) in
        [(at(1, 5, 0), vec![label]), (at(3, 5, 2), vec![label, BoxLabel { class: 2, ..label }])]
    {
        project.apply(Edit::Boxes { at: place, boxes: Some(boxes) }).unwrap();
    }
    for (entry, class) in [(1, 2), (2, 3)] {
        project.apply(Edit::Class { entry: EntryId(entry), task: TaskId(6), class: Some(class) }).unwrap();
    }
    project
}

fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let read = |index| {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

/// The project without labels after the file was read.
fn imported(task: u32, entry: Option<u32>, name: &str, bytes: &[u8]) -> Project {
    let mut project = project();
    let read = import_labels(&project, TaskId(task), entry.map(EntryId), name, bytes).unwrap();
    project.apply(read.edit).unwrap();
    project
}

#[test]
fn masks_as_png_have_indices_and_come_back() {
    let project = painted();
    let places = labelled(&project, TaskId(4));
    let files = unzip(&masks_png(&project, TaskId(4), &places, |at| target(&project, at)).unwrap());
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["classes.csv", "masks/cells.png", "masks/cells_2.png", "masks/head_s0001.png"]);
    assert_eq!(files[0].1, b"value,class\n0,background\n1,a\n2,b\n255,unlabelled\n");
    let mask = mask_png::parse(&files[1].1, 3, 100).unwrap();
    assert_eq!(mask.labels[..12], [1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 2]);
    let read = imported(4, None, "masks/cells.png", &files[1].1);
    assert_eq!(read.mask(at(1, 4, 0)), project.mask(at(1, 4, 0)));

    let files = unzip(&instances_png(&project, TaskId(4), &places, |at| target(&project, at)).unwrap());
    assert_eq!(instance_png::parse(&files[1].1, 100).unwrap().present(), [1, 2]);
    assert!(matches!(masks_png(&project, TaskId(5), &places, |_| None), Err(ExportError::Kind)));
}

#[test]
fn files_of_a_slice_come_back_at_their_slice() {
    let project = painted();
    let masks = labelled(&project, TaskId(4));
    let files = unzip(&masks_png(&project, TaskId(4), &masks, |at| target(&project, at)).unwrap());
    let outlines = unzip(&geojson(&project, TaskId(4), &masks, |at| target(&project, at)).unwrap());
    // The files of the archive in the order of the places, after that of the classes.
    for (place, (name, bytes)) in masks.iter().zip(&files[1..]) {
        let read = imported(4, None, name, bytes);
        assert_eq!(read.mask(*place), project.mask(*place), "{name}");
        assert_eq!(labelled(&read, TaskId(4)), [*place], "{name} is for one slice");
    }
    for (place, (name, bytes)) in masks.iter().zip(&outlines) {
        assert_eq!(labelled(&imported(4, None, name, bytes), TaskId(4)), [*place], "{name}");
    }
    let boxes = labelled(&project, TaskId(5));
    let outlines = unzip(&geojson(&project, TaskId(5), &boxes, |at| target(&project, at)).unwrap());
    for (place, (name, bytes)) in boxes.iter().zip(&outlines) {
        assert_eq!(labelled(&imported(5, None, name, bytes), TaskId(5)), [*place], "{name}");
    }

    let (name, bytes) = &files[3];
    let shown = imported(4, Some(3), name, bytes);
    assert_eq!(labelled(&shown, TaskId(4)), [at(3, 4, 1)], "the name tells the slice of the image shown");
    let elsewhere = imported(4, Some(1), name, bytes);
    assert_eq!(labelled(&elsewhere, TaskId(4)), [at(1, 4, 0)], "the image shown goes before the name");
}

#[test]
fn volumes_keep_their_place_and_come_back() {
    let project = painted();
    let affine = [[-2.0, 0.0, 0.0, 10.0], [0.0, 0.5, 0.0, 20.0], [0.0, 0.0, 3.0, 30.0]];
    let geometry = Geometry::from_affine(affine);
    let places = [at(3, 4, 1)];
    let bytes = masks_nifti(&project, TaskId(4), &places, |_| geometry, |at| target(&project, at)).unwrap();
    let files = unzip(&bytes);
    assert_eq!(files[1].0, "labels/head.nii.gz");
    let image = nifti::read(&files[1].1, 1000).unwrap();
    assert_eq!((image.size(), image.geometry().affine), ([6, 4, 3], Some(affine)));
    let read = imported(4, None, "head.nii.gz", &files[1].1);
    assert_eq!(read.mask(at(3, 4, 1)), project.mask(at(3, 4, 1)));
    assert_eq!(read.masks().count(), 1);
}

#[test]
fn coco_and_geojson_come_back() {
    let project = painted();
    for task in [4, 5] {
        let places = labelled(&project, TaskId(task));
        let json = coco(&project, TaskId(task), &places, |at| target(&project, at)).unwrap();
        let read = imported(task, None, "labels.json", &json);
        for place in &places {
            let entry = |project: &Project| project.entry(place.entry).unwrap().clone();
            assert_eq!(
                entry(&read).boxes_at(place.task, place.slice),
                entry(&project).boxes_at(place.task, place.slice)
            );
            // COCO and GeoJSON know no unlabelled pixels: they become background.
            let background = |label: u8| if label == 255 { 0 } else { label };
            if let (4, Some(mine), Some(theirs)) = (task, project.mask(*place), read.mask(*place)) {
                let expected: Vec<u8> = mine.labels.iter().map(|label| background(*label)).collect();
                assert_eq!(theirs.labels, expected);
            }
        }
        let files = unzip(&geojson(&project, TaskId(task), &places, |at| target(&project, at)).unwrap());
        assert_eq!(files[0].0, "cells.geojson");
        let read = imported(task, None, &files[0].0, &files[0].1);
        match task {
            4 => assert_eq!(
                read.mask(at(1, 4, 0)).unwrap().labels[..18],
                project.mask(at(1, 4, 0)).unwrap().labels[..18]
            ),
            _ => assert_eq!(read.entry(EntryId(1)).unwrap().boxes, project.entry(EntryId(1)).unwrap().boxes),
        }
    }
    assert!(matches!(
        coco(&project, TaskId(6), &[at(1, 6, 0)], |at| target(&project, at)),
        Err(ExportError::Kind)
    ));
}

#[test]
fn what_is_exported_as_a_zip_comes_back_as_a_zip() {
    let project_with = painted();
    let read = |task: u32, bytes: &[u8]| {
        let mut project = project();
        let read = import_archive(&project, TaskId(task), bytes).unwrap();
        project.apply(read.edit).unwrap();
        (project, read.images, read.unknown)
    };
    let masks = labelled(&project_with, TaskId(4));
    let png = masks_png(&project_with, TaskId(4), &masks, |at| target(&project_with, at)).unwrap();
    let nifti = masks_nifti(
        &project_with,
        TaskId(4),
        &masks,
        |_| Geometry::default(),
        |at| target(&project_with, at),
    )
    .unwrap();
    for bytes in [png, nifti] {
        let (project, images, unknown) = read(4, &bytes);
        assert_eq!((images, unknown), (3, Vec::new()));
        assert!(project.masks().eq(project_with.masks()));
    }
    let boxes = labelled(&project_with, TaskId(5));
    let outlines = geojson(&project_with, TaskId(5), &boxes, |at| target(&project_with, at)).unwrap();
    let (project, images, _) = read(5, &outlines);
    assert_eq!(images, 2);
    for (mine, theirs) in project_with.document().entries.iter().zip(&project.document().entries) {
        assert_eq!(mine.boxes, theirs.boxes);
    }
}

#[test]
fn a_zip_of_labels_brings_its_classes_and_is_refused_where_they_are_others() {
    let project_with = painted();
    let masks = labelled(&project_with, TaskId(4));
    let bytes = masks_png(&project_with, TaskId(4), &masks, |at| target(&project_with, at)).unwrap();

    let mut fresh = project();
    fresh.apply(Edit::RemoveClass { task: TaskId(4), class: 3 }).unwrap();
    fresh.apply(Edit::RenameClass { task: TaskId(4), class: 2, name: "first".to_owned() }).unwrap();
    let before = fresh.clone();
    let read = import_archive(&fresh, TaskId(4), &bytes).unwrap();
    fresh.apply(read.edit).unwrap();
    assert_eq!(fresh.task(TaskId(4)).unwrap().class_names(), ["a", "b"]);
    fresh.undo();
    assert_eq!(fresh, before, "one step back takes classes and labels");

    let mut other = painted();
    other.apply(Edit::RenameClass { task: TaskId(4), class: 2, name: "c".to_owned() }).unwrap();
    let message = import_archive(&other, TaskId(4), &bytes).unwrap_err().to_string();
    assert!(message.starts_with("the masks are of the classes a, b, but the task has c, b"), "{message}");

    let mut bundle = crate::project::archive::Bundle::new();
    bundle.add_text("notes.txt", b"nothing").unwrap();
    bundle.add_text("__MACOSX/masks/cells.png", b"nothing").unwrap();
    let message = import_archive(&other, TaskId(4), &bundle.finish().unwrap()).unwrap_err().to_string();
    assert!(message.starts_with("the zip has neither a project nor labels"), "{message}");
    let message = import_archive(&other, TaskId(4), b"text").unwrap_err().to_string();
    assert!(message.starts_with("the file is not a readable zip"), "{message}");
}

#[test]
fn boxes_that_were_found_have_scores_and_come_back_as_labels() {
    let project = painted();
    let label = BoxLabel { x0: 0.5, y0: 1.0, x1: 5.5, y1: 3.25, class: 1 };
    let found = |at: Place| match at.slice {
        0 => Some(vec![(label, None)]),
        2 => Some(vec![(label, Some(0.75)), (BoxLabel { class: 0, ..label }, Some(0.5))]),
        _ => None,
    };
    let places = [at(1, 5, 0), at(3, 5, 1), at(3, 5, 2)];
    let table = found_table(&project, TaskId(5), &places, found).unwrap();
    let text = String::from_utf8(table.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "file,label,x0,y0,x1,y1,score",
            "cells.png,b,0.5,1,5.5,3.25,",
            "head_s0002.png,b,0.5,1,5.5,3.25,0.75",
            "head_s0002.png,a,0.5,1,5.5,3.25,0.5",
        ]
    );
    let json = found_coco(&project, TaskId(5), &places, found).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let scores: Vec<Option<f64>> =
        document["annotations"].as_array().unwrap().iter().map(|object| object["score"].as_f64()).collect();
    assert_eq!(scores, [None, Some(0.75), Some(0.5)]);
    for (name, bytes) in [("found.csv", &table), ("found.json", &json)] {
        let read = imported(5, None, name, bytes);
        for (mine, theirs) in project.document().entries.iter().zip(&read.document().entries) {
            assert_eq!(mine.boxes, theirs.boxes, "{name}");
        }
    }
    assert!(matches!(found_coco(&project, TaskId(4), &places, found), Err(ExportError::Kind)));
    assert!(matches!(found_table(&project, TaskId(6), &places, found), Err(ExportError::Kind)));
}

#[test]
fn tables_come_back() {
    let project = painted();
    for task in [5, 6] {
        let places = labelled(&project, TaskId(task));
        let bytes = table(&project, TaskId(task), &places, |at| target(&project, at)).unwrap();
        let read = imported(task, None, "labels.csv", &bytes);
        for (mine, theirs) in project.document().entries.iter().zip(&read.document().entries) {
            let class = |entry: &crate::project::Entry| entry.classes.get(&TaskId(task)).copied();
            assert_eq!(class(mine), class(theirs));
            if task == 5 {
                assert_eq!(mine.boxes, theirs.boxes);
            }
        }
    }
    assert!(matches!(table(&project, TaskId(4), &[], |_| None), Err(ExportError::Kind)));
}

#[test]
fn black_and_white_masks_are_read_where_there_is_one_class() {
    let mut project = project();
    project.apply(Edit::RemoveClass { task: TaskId(4), class: 3 }).unwrap();
    let labels = (0..24).map(|index| if index < 5 { 255 } else { 0 }).collect();
    let png = mask_png::write(&crate::dataset::Mask { width: 6, height: 4, labels }).unwrap();
    let read = import_labels(&project, TaskId(4), Some(EntryId(2)), "any.png", &png).unwrap();
    project.apply(read.edit).unwrap();
    assert_eq!(project.mask(at(2, 4, 0)).unwrap().labels[..6], [2, 2, 2, 2, 2, 0]);
}

#[test]
fn masks_of_numbers_bring_their_classes_and_numbered_objects_are_of_one_class() {
    let mut project = project();
    let task = project.task(TaskId(4)).unwrap().clone();
    project.apply(Edit::RemoveClass { task: TaskId(4), class: 3 }).unwrap();
    let read = |project: &mut Project, png: &[u8]| {
        let read = import_labels(project, TaskId(4), Some(EntryId(2)), "any.png", png).unwrap();
        project.apply(read.edit).unwrap();
        project.mask(at(2, 4, 0)).unwrap().labels
    };
    let mask = |labels| mask_png::write(&crate::dataset::Mask { width: 6, height: 4, labels }).unwrap();

    let objects = (0..24).map(|index| if index < 12 { index } else { 0 }).collect();
    let one = read(&mut project, &mask(objects));
    let objects = one.iter().map(|label| usize::from(*label == 2)).sum::<usize>();
    assert_eq!(objects, 11, "eleven objects of a pixel each");
    assert_eq!(project.task(TaskId(4)).unwrap().classes.len(), 1);

    let classes = (0..24).map(|index| index % 4).collect();
    let three = read(&mut project, &mask(classes));
    let names = project.task(TaskId(4)).unwrap().class_names();
    assert_eq!(names, [task.class_names()[0].as_str(), "2", "3"]);
    assert_eq!(three[..4], [0, 2, 4, 5]);
    project.undo();
    assert_eq!(project.task(TaskId(4)).unwrap().classes.len(), 1, "one step back takes classes and labels");
}

#[test]
fn a_task_without_labels_takes_the_classes_of_the_file() {
    let table = b"file,label\ncells.png,red\ncells.tif,b\nhead.nii.gz,red\n".to_vec();
    let read = imported(6, None, "labels.csv", &table);
    assert_eq!(read.task(TaskId(6)).unwrap().class_names(), ["a", "b", "red"]);
    let classes: Vec<_> = read.document().entries.iter().map(|entry| entry.classes[&TaskId(6)]).collect();
    assert_eq!(classes, [4, 3, 4]);

    let mut project = project();
    project.apply(Edit::RemoveClass { task: TaskId(5), class: 3 }).unwrap();
    let coco = br#"{"images": [{"id": 1, "file_name": "cells.png", "width": 6, "height": 4}],
        "annotations": [{"image_id": 1, "category_id": 2, "bbox": [1, 1, 2, 2]}],
        "categories": [{"id": 1, "name": "living"}, {"id": 2, "name": "dead"}]}"#;
    let before = project.clone();
    let read = import_labels(&project, TaskId(5), None, "boxes.json", coco).unwrap();
    project.apply(read.edit).unwrap();
    assert_eq!(
        project.task(TaskId(5)).unwrap().class_names(),
        ["living", "dead"],
        "the only class gives way"
    );
    assert_eq!(project.entry(EntryId(1)).unwrap().boxes_at(TaskId(5), 0).unwrap()[0].class, 4);
    project.undo();
    assert_eq!(project.task(TaskId(5)), before.task(TaskId(5)), "one step back takes classes and labels");
    assert!(labelled(&project, TaskId(5)).is_empty());
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let project = painted();
    let png = |width, height| {
        mask_png::write(&crate::dataset::Mask { width, height, labels: vec![1; width * height] }).unwrap()
    };
    let table = b"file,label\ncells.png,blue\n".to_vec();
    let elsewhere = b"file,label\nother.png,a\n".to_vec();
    for (task, name, bytes, expected) in [
        (4, "cells.png", png(3, 4), "the labels have [3, 4, 1] pixels"),
        (4, "other.png", png(6, 4), "no image of the project goes with \"other.png\""),
        (4, "cells.png", b"text".to_vec(), "\"cells.png\" is no label file"),
        (5, "a.csv", b"file,label\n".to_vec(), "the first line must name the column"),
        (6, "a.csv", table, "\"blue\" is none of the task's classes (a, b)"),
        (6, "a.csv", elsewhere, "no image of the project goes with \"other.png\""),
        (6, "a.csv", b"a,b\n".to_vec(), "the table needs the columns"),
        (6, "a.csv", Vec::new(), "\"a.csv\" is no label file"),
        (9, "a.csv", Vec::new(), "the task is not there"),
    ] {
        let message = import_labels(&project, TaskId(task), None, name, &bytes).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
}
