#![allow(clippy::unwrap_used, clippy::panic)]
use proptest::prelude::*;

use super::*;
use crate::dataset::{BoxLabel, IGNORE, TaskKind};
use crate::project::{DocumentError, NewEntry};

const SIZE: [u32; 3] = [150, 9, 2];

fn picture(name: &str) -> NewEntry {
    NewEntry { file: name.to_owned(), size: SIZE, channels: 1, spacing: None, window: None }
}

fn task(name: &str, kind: TaskKind) -> Edit {
    let classes = vec!["a".to_owned(), "b".to_owned()];
    Edit::AddTask(NewTask { name: name.to_owned(), kind, classes })
}

/// Two images; the tasks 3, 4 and 5 are a segmentation, a detection and a classification.
fn project() -> Project {
    let mut project = Project::new("test");
    project.apply(Edit::AddEntries(vec![picture("one"), picture("two")])).unwrap();
    for (name, kind) in [
        ("cells", TaskKind::Segmentation),
        ("objects", TaskKind::Detection),
        ("kind", TaskKind::Classification),
    ] {
        project.apply(task(name, kind)).unwrap();
    }
    project
}

fn at(entry: u32, task: u32, slice: u32) -> Place {
    Place { entry: EntryId(entry), task: TaskId(task), slice }
}

fn paint(at: Place, rect: [u32; 4], label: u8) -> Edit {
    let [x, y, width, height] = rect;
    let rect = Rect { x, y, width, height };
    Edit::Paint { at, patch: Patch { rect, pixels: vec![label; rect.area()] } }
}

#[test]
fn only_what_differs_is_a_change() {
    let (mut project, place) = (project(), at(1, 3, 1));
    project.apply(paint(place, [120, 2, 20, 3], 1)).unwrap();
    let changes = project.apply(paint(place, [118, 2, 20, 4], 1)).unwrap();
    // The new columns to the left and the new row below.
    let rect = Rect { x: 118, y: 2, width: 20, height: 4 };
    assert_eq!(changes, [Change::Mask { at: place, rect }]);
    assert!(project.apply(paint(place, [118, 2, 20, 4], 1)).unwrap().is_empty());
    let changes = project.apply(paint(place, [118, 2, 22, 4], 1)).unwrap();
    assert_eq!(changes, [Change::Mask { at: place, rect: Rect { x: 138, y: 5, width: 2, height: 1 } }]);
    assert_eq!(project.undo(), changes);
    assert_eq!(project.patch(place, Rect { x: 138, y: 5, width: 2, height: 1 }).unwrap().pixels, [IGNORE; 2]);
}

#[test]
fn a_removed_class_is_unlabelled_until_it_comes_back() {
    let (mut project, place) = (project(), at(2, 3, 0));
    project.apply(paint(place, [0, 0, 2, 1], 1)).unwrap();
    project.apply(Edit::RemoveClass { task: TaskId(3), class: 1 }).unwrap();
    assert_eq!(project.mask(place).unwrap().labels[..2], [IGNORE; 2]);
    project.apply(Edit::AddClass { task: TaskId(3), name: "c".to_owned() }).unwrap();
    let ids: Vec<u8> = project.task(TaskId(3)).unwrap().classes.iter().map(|class| class.id).collect();
    assert_eq!(ids, [2, 3]);
    assert_eq!(project.task(TaskId(3)).unwrap().index_of(3), Some(2));
    project.undo();
    project.undo();
    assert_eq!(project.mask(place).unwrap().labels[..2], [1; 2]);
}

#[test]
fn several_edits_are_all_made_or_none() {
    let mut project = project();
    let before = project.clone();
    let wrong = Edit::Several(vec![
        paint(at(1, 3, 0), [0, 0, 1, 1], 1),
        Edit::RemoveEntries(vec![EntryId(1)]),
        paint(at(1, 3, 0), [0, 0, 1, 1], 2),
    ]);
    assert_eq!(project.apply(wrong).unwrap_err(), EditError::NoEntry(EntryId(1)));
    assert_eq!(project, before);
    assert_eq!(project.history, before.history);
}

#[test]
fn impossible_edits_are_refused_in_words() {
    let mut project = project();
    let before = project.clone();
    for (edit, expected) in [
        (paint(at(1, 3, 2), [0, 0, 1, 1], 1), "\"one\" has 150 x 9 pixels and 2 slice(s)"),
        (paint(at(1, 3, 0), [149, 0, 2, 1], 1), "\"one\" has 150 x 9 pixels"),
        (paint(at(1, 3, 0), [u32::MAX, 0, 1, 1], 1), "\"one\" has 150 x 9 pixels"),
        (paint(at(1, 3, 0), [0, 0, 1, 1], 3), "the task \"cells\" has no class number 3"),
        (paint(at(1, 4, 0), [0, 0, 1, 1], 1), "the task \"objects\" is of another kind"),
        (paint(at(9, 3, 0), [0, 0, 1, 1], 1), "the project has no image number 9"),
        (
            Edit::Class { entry: EntryId(1), task: TaskId(5), class: Some(7) },
            "the task \"kind\" has no class",
        ),
        (Edit::AddClass { task: TaskId(3), name: "a".to_owned() }, "the name \"a\" is empty or taken"),
        (Edit::Rename(" ".to_owned()), "the name \" \" is empty"),
    ] {
        let message = project.apply(edit).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
    assert_eq!(project, before);
}

fn boxes() -> impl Strategy<Value = Option<Vec<BoxLabel>>> {
    let label = (0.0_f32..70.0, 0.0_f32..4.0, 71.0_f32..150.0, 4.5_f32..9.0, 1_usize..3);
    let label = label.prop_map(|(x0, y0, x1, y1, class)| BoxLabel { x0, y0, x1, y1, class });
    prop::option::of(prop::collection::vec(label, 0..3))
}

/// Edits that are possible at the beginning, and perhaps not any more later.
fn edit() -> impl Strategy<Value = Edit> {
    let place = |task: u32| (1_u32..9, 0_u32..2).prop_map(move |(entry, slice)| at(entry, task, slice));
    let patch = (0_u32..150, 0_u32..9, 1_u32..140, 1_u32..9, prop::sample::select(vec![0, 1, 2, 3, 255_u8]));
    let patch = patch.prop_map(|(x, y, width, height, label)| {
        let rect = Rect { x, y, width: width.min(SIZE[0] - x), height: height.min(SIZE[1] - y) };
        let pixels = (0..rect.area()).map(|index| if index % 5 == 4 { 0 } else { label }).collect();
        Patch { rect, pixels }
    });
    let ids = prop::collection::vec((1_u32..9).prop_map(EntryId), 0..3);
    let one = prop_oneof![
        6 => (place(3), patch).prop_map(|(at, patch)| Edit::Paint { at, patch }),
        2 => (place(4), boxes()).prop_map(|(at, boxes)| Edit::Boxes { at, boxes }),
        2 => (1_u32..9, prop::option::of(1_u8..3)).prop_map(|(entry, class)| Edit::Class {
            entry: EntryId(entry),
            task: TaskId(5),
            class
        }),
        2 => (place(3), any::<bool>()).prop_map(|(at, on)| Edit::Complete { at, on }),
        1 => "[a-c]{1,2}".prop_map(Edit::Rename),
        2 => prop::collection::vec("[a-c]", 0..3)
            .prop_map(|names| Edit::AddEntries(names.iter().map(|name| picture(name)).collect())),
        1 => ids.clone().prop_map(Edit::RemoveEntries),
        1 => (ids, any::<bool>()).prop_map(|(entries, on)| Edit::HoldOut { entries, on }),
        1 => ((1_u32..9).prop_map(EntryId), prop::option::of(1.0_f32..9.0)).prop_map(|(entry, width)| {
            Edit::Window { entry, window: width.map(|width| [40.0, width]) }
        }),
        1 => Just(task("more", TaskKind::Detection)),
        1 => (3_u32..6).prop_map(|id| Edit::RemoveTask(TaskId(id))),
        2 => (3_u32..6, "[a-e]")
            .prop_map(|(id, name)| Edit::AddClass { task: TaskId(id), name }),
        1 => (3_u32..6, 1_u8..4).prop_map(|(id, class)| Edit::RemoveClass { task: TaskId(id), class }),
        1 => (3_u32..6, 1_u8..4, any::<u8>()).prop_map(|(id, class, colour)| Edit::RecolourClass {
            task: TaskId(id),
            class,
            colour
        }),
    ];
    prop_oneof![
        9 => one.clone(),
        1 => prop::collection::vec(one, 0..4).prop_map(Edit::Several),
    ]
}

/// The document but for the number that counts on, which is never taken back.
fn shown(project: &Project) -> Document {
    let mut document = project.document.clone();
    document.next = 0;
    document
}

proptest! {
    /// Whatever is done can be undone completely and done again, with the document as it was at every point.
    #[test]
    fn undo_and_redo_lead_back_and_forth(edits in prop::collection::vec(edit(), 1..30)) {
        let mut project = project();
        let mut states = vec![project.clone()];
        for edit in edits {
            let steps = project.history.undo.len();
            let result = project.apply(edit);
            if project.history.undo.len() > steps {
                prop_assert!(!result.unwrap().is_empty());
                states.push(project.clone());
            } else {
                prop_assert!(project == states[states.len() - 1]);
            }
        }
        for state in states.iter().rev().skip(1) {
            prop_assert!(!project.undo().is_empty());
            prop_assert_eq!(shown(&project), shown(state));
            prop_assert_eq!(&project.masks, &state.masks);
        }
        for state in states.iter().skip(1) {
            prop_assert!(!project.redo().is_empty());
            prop_assert_eq!(shown(&project), shown(state));
            prop_assert_eq!(&project.masks, &state.masks);
        }
        prop_assert!(!project.can_redo());
        // Reads again as it was written, but for what was left of tasks that were removed.
        let json = project.document.to_json().unwrap();
        let read = Document::parse(&json).unwrap();
        prop_assert_eq!(&read, &project.document);
        let (opened, misfits) = Project::open(read, project.masks.clone());
        project.document.settle();
        prop_assert!(opened == project);
        prop_assert!(misfits.is_empty());
    }

    /// The packed tiles behave like a plain array.
    #[test]
    fn tiles_are_a_mask(
        width in 1_u32..300,
        height in 1_u32..140,
        patches in prop::collection::vec((0_u32..300, 0_u32..140, 1_u32..200, 1_u32..140, any::<[u8; 2]>()), 0..6),
    ) {
        let mut tiles = TiledMask::unlabelled(width, height);
        let mut plain = vec![IGNORE; (width * height) as usize];
        for (x, y, columns, rows, labels) in patches {
            let (x, y) = (x % width, y % height);
            let rect = Rect { x, y, width: columns.min(width - x), height: rows.min(height - y) };
            let pixels: Vec<u8> = (0..rect.area()).map(|index| labels[index / 7 % 2]).collect();
            tiles.swap(rect, &pixels);
            prop_assert_eq!(&tiles.patch(rect).pixels, &pixels);
            for (index, label) in pixels.iter().enumerate() {
                let (dx, dy) = (index as u32 % rect.width, index as u32 / rect.width);
                plain[((y + dy) * width + x + dx) as usize] = *label;
            }
        }
        let mask = tiles.to_mask();
        let counts = tiles.counts();
        let mut expected = [0; 256];
        plain.iter().for_each(|label| expected[usize::from(*label)] += 1);
        prop_assert_eq!(counts.to_vec(), expected.to_vec());
        prop_assert_eq!(&mask.labels, &plain);
        prop_assert!(TiledMask::of(&mask) == tiles);
        prop_assert!(TiledMask::from_bytes(&tiles.to_bytes()).unwrap() == tiles);
    }

    #[test]
    fn damaged_tiles_are_an_answer_not_a_panic(
        side in 1_u32..300,
        label in any::<u8>(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut tiles = TiledMask::unlabelled(side, 40);
        tiles.swap(Rect { x: 0, y: 3, width: side, height: 5 }, &vec![label; side as usize * 5]);
        let mut bytes = tiles.to_bytes();
        for (place, value) in hits {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(mask) = TiledMask::from_bytes(&bytes) {
            let [width, height] = mask.size();
            prop_assert_eq!(mask.to_mask().labels.len(), width as usize * height as usize);
        }
        let length = cut.index(bytes.len());
        prop_assert!(TiledMask::from_bytes(&bytes[..length]).is_err());
    }

    #[test]
    fn any_json_is_an_answer_not_a_panic(
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut project = project();
        project.apply(Edit::Boxes { at: at(1, 4, 1), boxes: Some(Vec::new()) }).unwrap();
        let mut json = project.document.to_json().unwrap();
        for (place, value) in hits {
            let place = place.index(json.len());
            json[place] = value;
        }
        let _ = Document::parse(&json);
    }
}

#[test]
fn other_versions_are_refused() {
    let json = String::from_utf8(project().document.to_json().unwrap()).unwrap();
    let later = json.replacen("\"version\":1", "\"version\":7", 1);
    let message = Document::parse(later.as_bytes()).unwrap_err().to_string();
    assert!(message.starts_with("the project has the version 7"), "{message}");
    assert!(matches!(Document::parse(b"{\"name\":1}"), Err(DocumentError::Other)));
    assert!(matches!(Document::parse(b"{"), Err(DocumentError::Json(_))));
}

/// The project as the next visit has it.
fn reopened(project: &Project) -> Project {
    let json = project.document.to_json().unwrap();
    Project::open(Document::parse(&json).unwrap(), project.masks.clone()).0
}

#[test]
fn a_number_is_never_given_twice_not_even_after_a_reload() {
    let mut project = project();
    project.apply(Edit::RemoveTask(TaskId(5))).unwrap();
    let mut project = reopened(&project);
    project.apply(task("kind", TaskKind::Classification)).unwrap();
    assert!(project.task(TaskId(6)).is_some() && project.task(TaskId(5)).is_none());
    project.apply(Edit::AddEntries(vec![picture("three")])).unwrap();
    project.apply(Edit::RemoveEntries(vec![EntryId(7)])).unwrap();
    let mut project = reopened(&project);
    project.apply(Edit::AddEntries(vec![picture("four")])).unwrap();
    assert_eq!(project.document.entries.last().unwrap().id, EntryId(8));
}

#[test]
fn an_edit_that_fails_uses_no_number_up() {
    let mut project = project();
    let twice = vec!["a".to_owned(), "a".to_owned()];
    let wrong = NewTask { name: "more".to_owned(), kind: TaskKind::Detection, classes: twice };
    project.apply(Edit::AddTask(wrong)).unwrap_err();
    project.apply(task("more", TaskKind::Detection)).unwrap();
    assert!(project.task(TaskId(6)).is_some());
}

#[test]
fn nothing_of_a_removed_task_is_left_after_a_reload() {
    let mut project = project();
    let label = BoxLabel { x0: 1.0, y0: 1.0, x1: 9.0, y1: 5.0, class: 1 };
    for edit in [
        Edit::Boxes { at: at(1, 4, 1), boxes: Some(vec![label]) },
        Edit::Complete { at: at(1, 4, 1), on: true },
        Edit::Class { entry: EntryId(2), task: TaskId(5), class: Some(1) },
        Edit::RemoveTask(TaskId(4)),
        Edit::RemoveTask(TaskId(5)),
    ] {
        project.apply(edit).unwrap();
    }
    let opened = reopened(&project);
    let entries = &opened.document.entries;
    assert!(
        entries
            .iter()
            .all(|entry| { entry.boxes.is_empty() && entry.complete.is_empty() && entry.classes.is_empty() })
    );
    // In the same visit it comes back as it was.
    project.undo();
    project.undo();
    assert_eq!(project.entry(EntryId(1)).unwrap().boxes_at(TaskId(4), 1), Some(&[label][..]));
}

#[test]
fn a_document_that_does_not_say_the_next_number_counts_on_after_all_it_mentions() {
    let mut project = project();
    project.apply(Edit::Class { entry: EntryId(2), task: TaskId(5), class: Some(1) }).unwrap();
    project.apply(Edit::RemoveTask(TaskId(5))).unwrap();
    let json = String::from_utf8(project.document.to_json().unwrap()).unwrap();
    let old = json.replacen(",\"next\":6", "", 1);
    assert!(old.len() < json.len(), "{json}");
    let (mut opened, _) = Project::open(Document::parse(old.as_bytes()).unwrap(), []);
    opened.apply(task("more", TaskKind::Detection)).unwrap();
    assert!(opened.task(TaskId(6)).is_some());
    // A number that was given already is not the next one, whatever is said.
    let wrong = json.replacen("\"next\":6", "\"next\":2", 1);
    let (mut opened, _) = Project::open(Document::parse(wrong.as_bytes()).unwrap(), []);
    opened.apply(task("more", TaskKind::Detection)).unwrap();
    assert!(opened.task(TaskId(6)).is_some());
    let beyond = json.replacen("\"next\":6", "\"next\":4000000000", 1);
    let message = Document::parse(beyond.as_bytes()).unwrap_err().to_string();
    assert!(message.contains("too large"), "{message}");
}

#[test]
fn a_mask_that_does_not_fit_is_left_out_and_told() {
    let mut project = project();
    project.apply(paint(at(1, 3, 0), [0, 0, 5, 5], 1)).unwrap();
    let mut masks = project.masks.clone();
    let mut small = TiledMask::unlabelled(20, 9);
    small.swap(Rect { x: 0, y: 0, width: 1, height: 1 }, &[1]);
    masks.insert(at(2, 3, 0), small);
    // Of an image that is not there: nothing to tell.
    masks.insert(at(9, 3, 0), TiledMask::unlabelled(3, 3));
    let (opened, misfits) = Project::open(project.document.clone(), masks);
    assert_eq!(misfits, [(at(2, 3, 0), TilesError::Size(20, 9))]);
    assert!(opened == project);
}
