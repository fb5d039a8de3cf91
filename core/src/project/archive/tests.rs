#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::dataset::{BoxLabel, TaskKind};
use crate::project::{
    CurvePoint, Edit, EntryId, NewEntry, NewTask, Patch, Place, Project, Rect, RunScore, TaskId, TaskResult,
    TuningRun,
};

fn project() -> Project {
    let mut project = Project::new("Zellen & more");
    let picture = |file: &str, slices| NewEntry {
        file: file.to_owned(),
        size: [40, 30, slices],
        channels: 1,
        spacing: Some([0.1, 0.2, 3.3]),
        window: Some([40.0, 400.0]),
    };
    let entries = vec![picture("a/画像 1.png", 1), picture("volume.nii.gz", 3), picture("..", 1)];
    let task = |name: &str, kind| {
        let classes = vec!["cell".to_owned(), "other".to_owned()];
        Edit::AddTask(NewTask { name: name.to_owned(), kind, classes })
    };
    let at = |entry, task, slice| Place { entry: EntryId(entry), task: TaskId(task), slice };
    let rect = Rect { x: 3, y: 4, width: 20, height: 9 };
    let patch = Patch { rect, pixels: (0..180).map(|index| [0, 1, 2, 255][index / 20 % 4]).collect() };
    let label = BoxLabel { x0: 1.5, y0: 2.25, x1: 9.0, y1: 11.1, class: 2 };
    for edit in [
        Edit::AddEntries(entries),
        task("cells", TaskKind::Segmentation),
        task("boxes", TaskKind::Detection),
        task("kinds", TaskKind::Classification),
        Edit::Paint { at: at(1, 4, 0), patch: patch.clone() },
        Edit::Paint { at: at(2, 4, 2), patch },
        Edit::Boxes { at: at(2, 5, 1), boxes: Some(vec![label]) },
        Edit::Class { entry: EntryId(3), task: TaskId(6), class: Some(1) },
        Edit::Complete { at: at(1, 4, 0), on: true },
        Edit::HoldOut { entries: vec![EntryId(2)], on: true },
        Edit::RemoveClass { task: TaskId(4), class: 1 },
    ] {
        project.apply(edit).unwrap();
    }
    let score = RunScore { name: "Dice".to_owned(), value: 0.8, interval: Some((0.7, 0.9)), images: 2 };
    project.add_run(TuningRun {
        id: 0,
        base: "medley-nano".to_owned(),
        mode: "quick".to_owned(),
        settings: vec![("seed".to_owned(), "7".to_owned())],
        started: 1_700_000_000,
        seconds: 12.5,
        steps: 120,
        trained_on: vec![EntryId(1)],
        held_out: vec![EntryId(2)],
        curve: vec![CurvePoint { step: 1, loss: 1.25, score: None }],
        results: vec![TaskResult {
            task: TaskId(4),
            classes: Some(vec![2]),
            before: None,
            after: Some(score),
        }],
    });
    project
}

fn bytes_of(entry: EntryId) -> Option<Vec<u8>> {
    project().entry(entry).map(|entry| vec![entry.id.0 as u8; 50])
}

fn written() -> Vec<u8> {
    write_project(&project(), bytes_of, [("1".to_owned(), vec![9; 70])]).unwrap()
}

#[test]
fn what_is_written_opens_as_an_equal_project() {
    let bytes = written();
    let mut archive = ProjectArchive::open(&bytes).unwrap();
    assert!(archive.project().unwrap() == project());
    for id in 1..=3 {
        assert_eq!(archive.image(EntryId(id)).unwrap(), bytes_of(EntryId(id)));
    }
    assert_eq!(archive.image(EntryId(4)).unwrap(), bytes_of(EntryId(4)));
    assert_eq!(archive.model("1").unwrap(), Some(vec![9; 70]));
    assert_eq!(archive.model("base").unwrap(), None);
    assert_eq!(written(), bytes);
    let missing = write_project(&project(), |_| None, []).unwrap_err().to_string();
    assert!(missing.starts_with("the bytes of the image \"a/画像 1.png\""), "{missing}");
}

#[test]
fn hostile_zips_are_refused() {
    let zip = |files: &[(&str, &[u8])]| {
        let mut bundle = Bundle::new();
        files.iter().for_each(|(name, bytes)| bundle.add_text(name, bytes).unwrap());
        bundle.finish().unwrap()
    };
    let refused = |bytes: &[u8]| {
        let opened = ProjectArchive::open(bytes).and_then(|mut archive| archive.project());
        opened.unwrap_err().to_string()
    };
    let json = project().document().to_json().unwrap();
    for name in ["../project.json", "/etc/passwd", "images/../../x", "c:\\x"] {
        let message = refused(&zip(&[("project.json", &json), (name, b"x")]));
        assert!(message.contains("leads elsewhere"), "{name}: {message}");
    }
    assert!(refused(&zip(&[("a.txt", b"x")])).contains("no project.json"));
    assert!(refused(b"PK not a zip").contains("not a readable zip"));
    // A bomb: 65 MB of spaces in few bytes.
    let message = refused(&zip(&[("project.json", &vec![b' '; (1 << 26) + 1])]));
    assert!(message.contains("larger than the 67108864 bytes"), "{message}");
    let message = refused(&zip(&[("project.json", &json), ("labels/1-4-0.png", b"none")]));
    assert!(message.contains("labels/1-4-0.png") && message.contains("not a readable PNG"), "{message}");
    // A mask of another size than its image.
    let small = crate::dataset::Mask { width: 2, height: 1, labels: vec![0, 1] };
    let png = crate::dataset::formats::mask_png::write(&small).unwrap();
    let message = refused(&zip(&[("project.json", &json), ("labels/1-4-0.png", &png)]));
    assert!(message.contains("for 2 x 1 pixels"), "{message}");
    let bytes = written();
    for length in (0..bytes.len()).step_by(17) {
        assert!(ProjectArchive::open(&bytes[..length]).is_err(), "{length}");
    }
}

proptest! {
    /// Whatever happens to the bytes, reading ends with a project or an error.
    #[test]
    fn damage_is_an_answer_not_a_panic(
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of((any::<prop::sample::Index>(), 0_usize..40)),
    ) {
        let mut bytes = written();
        for (place, value) in hits {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some((from, length)) = cut {
            let from = from.index(bytes.len());
            bytes.drain(from..(from + length).min(bytes.len()));
        }
        if let Ok(mut archive) = ProjectArchive::open(&bytes) {
            let _ = archive.project();
            let _ = archive.image(EntryId(1));
            let _ = archive.model("1");
        }
    }

    /// Damage behind the checksums: the document itself is another one.
    #[test]
    fn a_wrong_document_is_an_answer_not_a_panic(
        hits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"0123456789.,:-[]{}\"e".to_vec())), 1..6),
    ) {
        let mut json = project().document().to_json().unwrap();
        for (place, value) in hits {
            let place = place.index(json.len());
            json[place] = value;
        }
        let mut bundle = Bundle::new();
        bundle.add_text("project.json", &json).unwrap();
        for (place, mask) in project().masks() {
            let name = format!("labels/{}-{}-{}.png", place.entry.0, place.task.0, place.slice);
            bundle.add(&name, &crate::dataset::formats::mask_png::write(&mask.to_mask()).unwrap()).unwrap();
        }
        let bytes = bundle.finish().unwrap();
        if let Ok(mut read) = ProjectArchive::open(&bytes).unwrap().project() {
            // What is accepted can be worked with.
            let places: Vec<Place> = read.masks().map(|(place, _)| place).collect();
            places.into_iter().for_each(|place| assert!(read.mask(place).is_some()));
            let tasks: Vec<TaskId> = read.document().tasks.iter().map(|task| task.id).collect();
            for task in tasks {
                let split = crate::project::training::split(&read, task);
                let _ = crate::project::training::warnings(&read, task, &split);
            }
            let _ = read.apply(Edit::RemoveEntries(vec![EntryId(1)]));
            prop_assert!(read.undo().len() <= 1);
        }
    }
}
