#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::dataset::{BoxLabel, IGNORE, Target, TaskKind};
use crate::imaging::{Image, Pixels};
use crate::project::{Edit, EntryId, NewEntry, NewTask, Patch, Place, Project, Rect, TaskId};

/// `count` images of 4 x 2 pixels, and the task after them with the classes a and b.
fn project(count: u32, slices: u32, kind: TaskKind) -> (Project, TaskId) {
    let mut project = Project::new("test");
    let picture = |index: u32| NewEntry {
        file: format!("{index}.png"),
        size: [4, 2, slices],
        channels: 1,
        spacing: None,
        window: None,
    };
    project.apply(Edit::AddEntries((1..=count).map(picture).collect())).unwrap();
    let classes = vec!["a".to_owned(), "b".to_owned()];
    project.apply(Edit::AddTask(NewTask { name: "Cells".to_owned(), kind, classes })).unwrap();
    (project, TaskId(count + 1))
}

fn at(entry: u32, task: TaskId, slice: u32) -> Place {
    Place { entry: EntryId(entry), task, slice }
}

fn paint(project: &mut Project, at: Place, pixels: [u8; 8]) {
    let patch = Patch { rect: Rect::whole(4, 2), pixels: pixels.to_vec() };
    project.apply(Edit::Paint { at, patch }).unwrap();
}

#[test]
fn unlabelled_pixels_are_background_where_all_is_labelled() {
    let (mut project, task) = project(1, 1, TaskKind::Segmentation);
    let place = at(1, task, 0);
    assert_eq!(target(&project, place), None);
    paint(&mut project, place, [1, 2, 0, 255, 255, 2, 2, 2]);
    project.apply(Edit::RemoveClass { task, class: 1 }).unwrap();
    let labels = |project: &Project| match target(project, place) {
        Some(Target::Mask(mask)) => mask.labels,
        other => panic!("{other:?}"),
    };
    // Class 2 is the only one left: index 1.
    assert_eq!(labels(&project), [IGNORE, 1, 0, IGNORE, IGNORE, 1, 1, 1]);
    project.apply(Edit::Complete { at: place, on: true }).unwrap();
    assert_eq!(labels(&project), [0, 1, 0, 0, 0, 1, 1, 1]);
    let model = project.task(task).unwrap().model_task("microscopy", 192);
    assert_eq!(
        (model.id.as_str(), model.classes),
        ("cells-studio-2", vec!["background".to_owned(), "b".to_owned()])
    );
}

#[test]
fn a_sample_is_the_slice_in_the_window_of_the_whole() {
    let (mut project, task) = project(1, 2, TaskKind::Segmentation);
    let pixels = Pixels::U16((0..16).map(|value| value * 100).collect());
    let image = Image::volume([4, 2, 2], 1, pixels).unwrap();
    paint(&mut project, at(1, task, 1), [1; 8]);
    let sample_1 = sample(&project, at(1, task, 1), &image).unwrap();
    assert_eq!(sample_1.image.pixels().values()[0], 800.0);
    assert_eq!(sample_1.image.window(), Some(image.display_window()));
    assert_eq!(sample(&project, at(1, task, 0), &image), None);
    project.apply(Edit::Window { entry: EntryId(1), window: Some([40.0, 8.0]) }).unwrap();
    let window = sample(&project, at(1, task, 1), &image).unwrap().image.window().unwrap();
    assert_eq!((window.centre, window.width), (40.0, 8.0));
}

#[test]
fn a_quarter_is_held_out_evenly_over_classes_unless_marked() {
    let (mut project, task) = project(8, 1, TaskKind::Classification);
    for entry in 1..=8 {
        let class = Some(if entry <= 4 { 2 } else { 1 });
        project.apply(Edit::Class { entry: EntryId(entry), task, class }).unwrap();
    }
    let chosen = split(&project, task);
    let held: Vec<u32> = chosen.held_out.iter().map(|place| place.entry.0).collect();
    assert_eq!((held, chosen.training.len(), chosen.automatic), (vec![4, 8], 6, true));
    assert_eq!(split(&project, task), chosen);

    project.apply(Edit::HoldOut { entries: vec![EntryId(2)], on: true }).unwrap();
    let marked = split(&project, task);
    assert_eq!((marked.held_out, marked.automatic), (vec![at(2, task, 0)], false));
}

#[test]
fn slices_of_a_single_volume_are_divided() {
    let (mut project, task) = project(1, 4, TaskKind::Segmentation);
    (0..4).for_each(|slice| paint(&mut project, at(1, task, slice), [1, 0, 0, 0, 0, 0, 0, 0]));
    let split = split(&project, task);
    assert_eq!((split.training.len(), split.held_out), (3, vec![at(1, task, 3)]));
}

#[test]
fn warnings_say_what_is_missing() {
    let (mut project, task) = project(4, 1, TaskKind::Segmentation);
    let said = |project: &Project| warnings(project, task, &split(project, task));
    assert_eq!(said(&project), [Warning::NothingLabelled]);

    paint(&mut project, at(1, task, 0), [1, 1, 255, 255, 255, 255, 255, 255]);
    let one = said(&project);
    assert!(
        one.contains(&Warning::OneClass { class: Some("a".to_owned()) }) && one.iter().any(Warning::blocks)
    );
    assert!(one.contains(&Warning::NothingHeldOut), "{one:?}");

    project.apply(Edit::Complete { at: at(1, task, 0), on: true }).unwrap();
    assert_eq!(
        said(&project),
        [
            Warning::FewLabels { images: 1 },
            Warning::ClassWithoutLabels { class: "b".to_owned() },
            Warning::NothingHeldOut
        ]
    );

    project.apply(Edit::HoldOut { entries: vec![EntryId(1)], on: true }).unwrap();
    assert_eq!(said(&project), [Warning::AllHeldOut]);
    project.apply(Edit::HoldOut { entries: vec![EntryId(1)], on: false }).unwrap();

    paint(&mut project, at(2, task, 0), [1, 1, 1, 1, 1, 1, 1, 2]);
    paint(&mut project, at(3, task, 0), [1, 1, 1, 1, 1, 1, 1, 0]);
    paint(&mut project, at(4, task, 0), [1, 1, 1, 1, 1, 1, 1, 2]);
    let imbalance = Warning::Imbalance { rare: "b".to_owned(), common: "a".to_owned(), factor: 16.0 };
    assert_eq!(said(&project), [imbalance, Warning::AutomaticSplit { entries: vec![EntryId(4)] }]);
}

#[test]
fn boxes_need_no_second_class_but_an_object() {
    let (mut project, task) = project(5, 1, TaskKind::Detection);
    let label = BoxLabel { x0: 0.0, y0: 0.0, x1: 2.0, y1: 1.0, class: 2 };
    for entry in 1..=5 {
        let boxes = Some(Vec::new());
        project.apply(Edit::Boxes { at: at(entry, task, 0), boxes }).unwrap();
    }
    assert_eq!(warnings(&project, task, &split(&project, task)), [Warning::NothingLabelled]);
    project.apply(Edit::Boxes { at: at(1, task, 0), boxes: Some(vec![label]) }).unwrap();
    let said = warnings(&project, task, &split(&project, task));
    assert!(said.iter().all(|warning| !warning.blocks()), "{said:?}");
    assert_eq!(target(&project, at(1, task, 0)), Some(Target::Boxes(vec![BoxLabel { class: 1, ..label }])));
    project.apply(Edit::RemoveClass { task, class: 2 }).unwrap();
    assert_eq!(target(&project, at(1, task, 0)), Some(Target::Boxes(Vec::new())));
}

#[test]
fn a_volume_is_complete_where_something_is_labelled() {
    let (mut project, task) = project(1, 4, TaskKind::Segmentation);
    let marks = |project: &Project| -> Vec<u32> {
        project.entry(EntryId(1)).unwrap().complete.iter().map(|(_, slice)| *slice).collect()
    };
    let mark = |project: &mut Project, on| {
        let edit = complete(project, &[EntryId(1)], task, on);
        project.apply(edit).unwrap();
    };
    mark(&mut project, true);
    assert_eq!(marks(&project), [0_u32; 0]);
    paint(&mut project, at(1, task, 2), [1, 0, 255, 255, 255, 255, 255, 255]);
    mark(&mut project, true);
    assert_eq!(marks(&project), [2]);
    // A slice that was cleared since can still be unmarked.
    paint(&mut project, at(1, task, 2), [255; 8]);
    mark(&mut project, false);
    assert_eq!(marks(&project), [0_u32; 0]);
}

#[test]
fn boxes_make_a_slice_complete_and_a_picture_needs_no_label() {
    let (mut volume, task) = project(1, 3, TaskKind::Detection);
    volume.apply(Edit::Boxes { at: at(1, task, 1), boxes: Some(Vec::new()) }).unwrap();
    let expected = |at| Edit::Several(vec![Edit::Complete { at, on: true }]);
    assert_eq!(complete(&volume, &[EntryId(1)], task, true), expected(at(1, task, 1)));
    let (pictures, task) = project(2, 1, TaskKind::Segmentation);
    assert_eq!(complete(&pictures, &[EntryId(2)], task, true), expected(at(2, task, 0)));
}
