#![allow(clippy::unwrap_used, clippy::panic)]
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::dataset::Mask;
use crate::imaging::{Image, Pixels};
use crate::project::{CurvePoint, Edit, EntryId, NewEntry, NewTask, RunScore, TaskId, TaskResult, TuningRun};

fn project(name: &str) -> Project {
    let mut project = Project::new("x");
    let entry = NewEntry {
        file: format!("{name}.png"),
        size: [64, 48, 1],
        channels: 1,
        spacing: Some([0.325, 0.325, 1.0]),
        window: None,
    };
    let task = NewTask {
        name: format!("{name} task"),
        kind: TaskKind::Segmentation,
        classes: vec!["nucleus".to_owned()],
    };
    for edit in [
        Edit::Rename(format!("p {name}")),
        Edit::AddEntries(vec![entry]),
        Edit::AddTask(task),
        Edit::HoldOut { entries: vec![EntryId(1)], on: true },
    ] {
        project.apply(edit).unwrap();
    }
    let score = |value, interval| RunScore { name: "Dice".to_owned(), value, interval, images: 2 };
    let curve = (0..9).map(|i| CurvePoint {
        step: i * 10,
        loss: 1.0 / (i + 1) as f32,
        score: (i % 4 == 0).then_some(0.4),
    });
    project.add_run(TuningRun {
        id: 0,
        base: "medley-nano".to_owned(),
        mode: "quick".to_owned(),
        settings: vec![(name.to_owned(), "1e-3".to_owned())],
        started: 1_700_000_000,
        seconds: 83.4567,
        steps: 120,
        trained_on: Vec::new(),
        held_out: vec![EntryId(1)],
        curve: curve.collect(),
        results: vec![TaskResult {
            task: TaskId(2),
            classes: Some(vec![1]),
            before: Some(score(0.41, None)),
            after: Some(score(0.8412, Some((0.712, 0.92)))),
        }],
    });
    project
}

fn facts(language: Language, caption: &str) -> ReportFacts {
    let image = Image::new(4, 2, 1, Pixels::U8(vec![100; 8])).unwrap();
    let mask = Mask { width: 4, height: 2, labels: vec![0, 1, 1, 255, 0, 0, 0, 0] };
    ReportFacts {
        language,
        made: 1_700_086_400,
        software: "Medley 0.1.0".to_owned(),
        licenses: vec![("medley-nano".to_owned(), "CC BY 4.0".to_owned()), ("set".to_owned(), String::new())],
        pictures: vec![ReportPicture {
            caption: caption.to_owned(),
            png: overlay_png(&image, Some(&mask), 512).unwrap(),
        }],
    }
}

/// The text of all elements; panics if a tag is not closed.
fn texts(html: &str) -> Vec<String> {
    let mut reader = Reader::from_str(html.strip_prefix("<!DOCTYPE html>\n").unwrap());
    let (mut texts, mut open) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                assert_ne!(tag.name().as_ref(), "script");
                open += 1;
            }
            Event::End(_) => open -= 1,
            Event::Text(text) => texts.push(text.as_ref().to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    texts
}

#[test]
fn scores_come_with_intervals_and_numbers_with_units() {
    let html = report(&project("cells"), &facts(Language::English, "before and after"));
    let texts = texts(&html);
    for expected in [
        "p cells",
        "Not a medical device.",
        "Report · 2023-11-15 · Medley 0.1.0",
        "Dice 0.41, 2 images",
        "Dice 0.84, 95 % 0.71–0.92, 2 images",
        "0.325 × 0.325 mm",
        "83.5 s",
        "CC BY 4.0",
        "before and after",
        "1: cells.png",
    ] {
        assert!(texts.iter().any(|text| text == expected), "{expected}: {texts:?}");
    }
    assert!(html.contains("src=\"data:image/png;base64,iVBORw0KGgo"));
    assert!(!html.contains("http://") && !html.contains("https://"));
}

#[test]
fn the_japanese_report_is_japanese() {
    let html = report(&project("細胞"), &facts(Language::Japanese, "例"));
    let texts = texts(&html);
    for expected in [
        "医療機器ではありません。診断には使用できません。",
        "追加学習",
        "Dice 0.84, 95 % 0.71–0.92、画像 2 枚",
    ] {
        assert!(texts.iter().any(|text| text == expected), "{expected}");
    }
    assert!(html.contains("<html lang=\"ja\">") && !html.contains("Fine-tuning"));
}

#[test]
fn an_empty_project_has_a_report() {
    let facts = ReportFacts { pictures: Vec::new(), ..facts(Language::English, "") };
    let html = report(&Project::new("nothing"), &facts);
    assert!(texts(&html).iter().any(|text| text.starts_with("No model has been fine-tuned")));
}

#[test]
fn classes_are_laid_over_the_image() {
    let picture = &facts(Language::English, "").pictures[0];
    let decoded = image::load_from_memory(&picture.png).unwrap().to_rgb8();
    assert_eq!((decoded.width(), decoded.height()), (4, 2));
    assert_eq!(decoded.get_pixel(0, 0).0, [100; 3]);
    // 0.55 of the grey and 0.45 of (230, 159, 0).
    assert_eq!(decoded.get_pixel(1, 0).0, [159, 127, 55]);
    assert_eq!(decoded.get_pixel(3, 0).0, [100; 3]);
}

proptest! {
    #[test]
    fn names_are_text_whatever_they_hold(name in any::<String>()) {
        let marked = format!("{name}<script>\"&");
        let html = report(&project(&marked), &facts(Language::English, &marked));
        prop_assert!(!texts(&html).is_empty());
        prop_assert!(!html.contains("<script"));
    }
}
