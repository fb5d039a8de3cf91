//! The protocol with a runner that computes nothing: what it is given, what is kept, what is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use image::GrayImage;
use medley_core::dataset::{Split, sample_seed};
use tempfile::TempDir;

use super::*;
use crate::data::tests::data_root;
use crate::data::{DataFolder, Item, Label};

/// A classification whose images belong to patients: (patient, class, split) of each.
fn folder(images: &[(u32, usize, Split)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at("images")).unwrap();
    let mut table = String::from("file,label,split,patient\n");
    for (index, (patient, class, split)) in images.iter().enumerate() {
        GrayImage::new(4, 4).save(at(&format!("images/{index}.png"))).unwrap();
        table += &format!("{index}.png,{},{split},p{patient}\n", ["a", "b", "c"][*class]);
    }
    fs::write(at("labels.csv"), table).unwrap();
    let manifest = r#"{"id": "set", "modality": "none", "task": "classification",
        "classes": ["a", "b", "c"], "license": "CC0-1.0"}"#;
    fs::write(at("dataset.json"), manifest).unwrap();
    root
}

/// 120 images for training of 60 patients, 40 for watching, 20 for the test.
fn common() -> TempDir {
    let split = |index: u32| match index % 9 {
        0 => Split::Test,
        1 | 2 => Split::Val,
        _ => Split::Train,
    };
    // Class c is rare.
    let class = |index: u32| if index % 29 == 3 { 2 } else { (index / 9 % 2) as usize };
    let images: Vec<_> =
        (0..180).map(|index| (index % 9 * 100 + index / 18, class(index), split(index))).collect();
    folder(&images)
}

fn open(root: &Path) -> TransferData {
    TransferData::new(Arc::new(DataFolder::open(root).unwrap()), None).unwrap()
}

fn percents(text: &str) -> Vec<Percent> {
    text.split(',').map(|percent| percent.parse().unwrap()).collect()
}

fn plan(fractions: &str, seeds: &[u64], inits: &[Init]) -> Plan {
    Plan::new(&percents(fractions), &[Mode::Frozen, Mode::Finetuned], seeds, inits).unwrap()
}

/// Keeps what it is shown, and answers with a function of the cell.
#[derive(Default)]
struct Recorder {
    rate: f64,
    learnt: usize,
    /// Is set from outside to stop, after so many models.
    stop_after: Option<usize>,
    fail: bool,
    seen: HashSet<String>,
    tested: HashSet<String>,
}

impl Runner for Recorder {
    type Model = f64;

    fn settings(&self) -> toml::Table {
        toml::Table::from_iter([("rate".to_owned(), self.rate.into())])
    }

    fn random(&self) -> String {
        "a number".to_owned()
    }

    fn learn(&mut self, cell: &Cell, data: &LearningData) -> Result<Option<Learnt<f64>>, RunnerError> {
        if self.fail {
            return Err("the loss is not a number".into());
        }
        if self.stop_after == Some(self.learnt) {
            return Ok(None);
        }
        self.learnt += 1;
        self.seen.extend(data.train.iter().chain(&data.watch).map(|item| item.name.clone()));
        let noise = (sample_seed(cell.seed, 1, data.train.len()) >> 44) as f64 / f64::from(1 << 20);
        let good = if cell.init == Init::Random { 0.5 } else { 0.8 };
        let few = 1.0 / (1.0 + data.train.len() as f64 / 8.0);
        let mode = if cell.mode == Mode::Frozen { 0.02 } else { 0.0 };
        let model = good - mode - 0.4 * few + 0.1 * noise;
        Ok(Some(Learnt { model, updates: data.train.len() as u64 }))
    }

    fn score(&mut self, _: &Cell, model: &f64, test: &[Item]) -> Result<Scores, RunnerError> {
        self.tested.extend(test.iter().map(|item| item.name.clone()));
        Ok(Scores::from([("macro F1".to_owned(), Some(*model)), ("AUROC".to_owned(), None)]))
    }
}

fn go(plan: &Plan, data: &TransferData, runner: &mut Recorder, out: &Path) -> Result<Outcome, TransferError> {
    run(plan, data, runner, out, &AtomicBool::new(false), |_| {})
}

#[test]
fn the_test_part_is_for_finished_models() {
    let root = common();
    let (data, out) = (open(root.path()), tempfile::tempdir().unwrap());
    let mut runner = Recorder::default();
    let outcome = go(&plan("1,50,100", &[0, 1], &[Init::Random]), &data, &mut runner, out.path()).unwrap();
    assert_eq!((outcome.done, outcome.total), (12, 12));
    let names = |split| -> HashSet<String> {
        data.folder().tasks[0].items(split).iter().map(|item| item.name.clone()).collect()
    };
    assert_eq!(runner.tested, names(Split::Test));
    assert_eq!(runner.seen, names(Split::Train).union(&names(Split::Val)).cloned().collect());
}

#[test]
fn each_measurement_has_its_part_of_the_data() {
    let root = common();
    let data = open(root.path());
    let plan = plan("1,10,100", &[4], &[Init::Random]);
    let drawn: Vec<[usize; 2]> = plan
        .cells()
        .filter(|cell| cell.mode == Mode::Frozen)
        .map(|cell| data.learning(&cell))
        .map(|learning| [learning.train.len(), learning.watch.len()])
        .collect();
    // Patients have two images each. A percent of 60 is 1, but three classes need more.
    assert_eq!(data.sizes(), [120, 40, 20]);
    assert!((4..=6).contains(&drawn[0][0]) && (2..=6).contains(&drawn[0][1]), "{drawn:?}");
    assert_eq!(drawn[1][0], 12);
    assert_eq!(drawn[2], [120, 40]);
}

#[test]
fn a_call_that_was_interrupted_goes_on_and_gives_the_same() {
    let root = common();
    let data = open(root.path());
    let model = root.path().join("nano.safetensors");
    fs::write(&model, b"weights").unwrap();
    let plan = plan("1,5,10,50,100", &[0, 1, 2], &[Init::Model(model), Init::Random]);
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    go(&plan, &data, &mut Recorder::default(), whole.path()).unwrap();

    let mut learnt = 0;
    for stop_after in [0, 1, 7, 20, 100] {
        let mut runner = Recorder { stop_after: Some(stop_after), ..Recorder::default() };
        let outcome = go(&plan, &data, &mut runner, parts.path()).unwrap();
        learnt += runner.learnt;
        assert_eq!((outcome.done, outcome.total), (learnt, 60));
    }
    assert_eq!(learnt, 60);
    // Also when it is asked to stop between two measurements.
    let stop = AtomicBool::new(true);
    let third = tempfile::tempdir().unwrap();
    let outcome = run(&plan, &data, &mut Recorder::default(), third.path(), &stop, |_| {}).unwrap();
    assert_eq!(outcome.done, 0);
    stop.store(false, Ordering::Relaxed);
    let seen_last = |progress: &Progress<'_>| assert!(progress.metric == "macro F1" && progress.total == 60);
    run(&plan, &data, &mut Recorder::default(), third.path(), &stop, seen_last).unwrap();

    for other in [parts.path(), third.path()] {
        for file in ["report.md", "macro-f1.svg", "settings.toml"] {
            let read = |folder: &Path| fs::read_to_string(folder.join(file)).unwrap();
            assert_eq!(read(whole.path()), read(other), "{file}");
        }
        let results = |folder: &Path| {
            let table = Results::open(&folder.join("results.csv"), metrics(data.task())).unwrap();
            // Times differ.
            table.rows().iter().map(|row| Row { seconds: 0.0, ..row.clone() }).collect::<Vec<_>>()
        };
        assert_eq!(results(whole.path()), results(other));
    }
}

#[test]
fn a_failed_measurement_keeps_the_others() {
    let root = common();
    let (data, out) = (open(root.path()), tempfile::tempdir().unwrap());
    let plan = plan("10", &[0, 1], &[Init::Random]);
    let mut first = Recorder { stop_after: Some(2), ..Recorder::default() };
    go(&plan, &data, &mut first, out.path()).unwrap();
    let error =
        go(&plan, &data, &mut Recorder { fail: true, ..Recorder::default() }, out.path()).unwrap_err();
    assert!(error.to_string().contains("10 %, finetuned, random, seed 0"), "{error}");
    let mut second = Recorder::default();
    assert_eq!(go(&plan, &data, &mut second, out.path()).unwrap().done, 4);
    assert_eq!(second.learnt, 2);
}

#[test]
fn results_of_other_settings_are_not_mixed() {
    let root = common();
    let (data, out) = (open(root.path()), tempfile::tempdir().unwrap());
    let model = root.path().join("nano.safetensors");
    fs::write(&model, b"weights").unwrap();
    let of_model = [Init::Model(model.clone())];
    go(&plan("10", &[0], &of_model), &data, &mut Recorder::default(), out.path()).unwrap();
    // More seeds, fractions and weights are welcome.
    let outcome = go(&plan("5,10", &[0, 1], &[Init::Random]), &data, &mut Recorder::default(), out.path());
    assert_eq!(outcome.unwrap().done, 8);

    let refused = |result: Result<Outcome, TransferError>, part: &str| match result {
        Err(error @ TransferError::OtherSettings { .. }) => {
            assert!(error.to_string().contains(part), "{error}");
        }
        other => panic!("{part}: {other:?}"),
    };
    let mut faster = Recorder { rate: 0.5, ..Recorder::default() };
    refused(
        go(&plan("10", &[0], &of_model), &data, &mut faster, out.path()),
        "learning.rate: 0.0 then, 0.5 now",
    );
    fs::write(&model, b"others").unwrap();
    let mut runner = Recorder::default();
    refused(go(&plan("10", &[0], &of_model), &data, &mut runner, out.path()), "models.nano");
    let smaller = folder(&[(1, 0, Split::Train), (2, 1, Split::Val), (3, 0, Split::Test)]);
    let of_random = plan("10", &[0], &[Init::Random]);
    refused(
        go(&of_random, &open(smaller.path()), &mut runner, out.path()),
        "images in train: 120 then, 1 now",
    );

    let held = crate::runs::lock(out.path()).unwrap();
    let busy = go(&of_random, &data, &mut runner, out.path()).unwrap_err().to_string();
    assert!(busy.contains("another process"), "{busy}");
    drop(held);

    let table = out.path().join("results.csv");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replacen("macro F1", "F1", 1)).unwrap();
    refused(go(&of_random, &data, &mut runner, out.path()), "columns percent,mode");
    fs::write(&table, text.replacen("frozen", "freezing", 1)).unwrap();
    let error = go(&of_random, &data, &mut runner, out.path()).unwrap_err().to_string();
    assert!(error.contains("results.csv, line 2"), "{error}");
    assert_eq!(runner.learnt, 0);
}

#[test]
fn the_report_says_what_was_measured() {
    let root = common();
    let (data, out) = (open(root.path()), tempfile::tempdir().unwrap());
    let model = root.path().join("nano | 2.safetensors");
    fs::write(&model, b"weights").unwrap();
    let inits = [Init::Random, Init::Model(model)];
    go(&plan("5,50", &[0, 1, 2], &inits), &data, &mut Recorder::default(), out.path()).unwrap();
    go(&plan("5", &[3], &[Init::Random]), &data, &mut Recorder::default(), out.path()).unwrap();
    let report = fs::read_to_string(out.path().join("report.md")).unwrap();
    let lines: Vec<&str> = report.lines().collect();
    let first = lines.iter().position(|line| line.starts_with("| mode")).unwrap();
    assert_eq!(lines[first], "| mode | weights | 5 % (6) | 50 % (60) |");
    // Random weights come last, with a seed more.
    assert!(lines[first + 2].starts_with("| frozen | nano \\| 2 | 0."), "{report}");
    assert!(lines[first + 2].contains(" ± 0.") && lines[first + 2].contains("(n = 3)"), "{report}");
    assert!(lines[first + 3].starts_with("| frozen | random | 0."), "{report}");
    assert!(report.contains("![macro F1 over the part of the training data](macro-f1.svg)"));
    let svg = fs::read_to_string(out.path().join("macro-f1.svg")).unwrap();
    // A point per fraction, mode and weights, and two in the legend.
    assert_eq!(svg.matches("<circle").count(), 2 * 2 * 2 + 2);
    assert!(svg.contains("% of training data") && svg.contains("frozen") && svg.contains("nano | 2"));
    // A metric that no measurement defines.
    assert!(report.contains("## AUROC") && !report.contains("auroc.svg"));
    assert_eq!(*lines.last().unwrap(), "| finetuned | random | – | – |");
}

#[test]
fn a_task_must_be_named_where_there_are_several() {
    let root = common();
    let open = |id| TransferData::new(Arc::new(DataFolder::open(root.path()).unwrap()), id);
    assert_eq!(open(Some("set")).unwrap().task().id, "set");
    let error = open(Some("other")).unwrap_err();
    assert!(matches!(error, TransferError::ChooseTask(ids) if ids == "set"));
}

#[test]
fn masks_and_boxes_are_drawn_by_the_classes_on_them() {
    let Some(root) = data_root() else { return };
    let cell = |percent: &str| plan(percent, &[1], &[Init::Random]).cells().next().unwrap();
    let blood = open(&root.join("bccd"));
    let learning = blood.learning(&cell("1"));
    let classes: BTreeSet<usize> = learning
        .train
        .iter()
        .flat_map(|item| match &item.label {
            Label::Boxes { boxes, .. } => boxes.iter().map(|label| label.class).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
        .collect();
    assert_eq!((classes.len(), blood.task().classes.len()), (3, 3));
    assert!((2..=3).contains(&learning.train.len()), "{} images", learning.train.len());

    let lungs = open(&root.join("cxr-lungs"));
    assert_eq!(lungs.sizes(), [25, 5, 12]);
    assert_eq!(metrics(lungs.task())[..3], ["Dice", "IoU", "Dice right_lung"].map(str::to_owned));
    // One picture has all three organs.
    let learning = lungs.learning(&cell("5"));
    assert_eq!((learning.train.len(), learning.watch.len()), (1, 1));
}

/// Patients may be in several parts of a careless data set.
#[test]
fn nothing_that_is_learnt_from_is_tested() {
    let mut with_val = 0;
    for seed in 0..40_u64 {
        let random = |index: usize, below: u64| sample_seed(seed, 2, index) % below;
        let split = |index: usize| match random(index + 1000, if seed % 2 == 0 { 4 } else { 3 }) {
            0 | 1 => Split::Train,
            2 => Split::Test,
            _ => Split::Val,
        };
        let images: Vec<_> = (0..4 + random(5000, 36) as usize)
            .map(|index| (random(index, 25) as u32, random(index + 2000, 3) as usize, split(index)))
            .collect();
        let root = folder(&images);
        let folder = Arc::new(DataFolder::open(root.path()).unwrap());
        // Too few may leave nothing to learn from.
        let Ok(data) = TransferData::new(folder, None) else { continue };
        let patients = |items: &[Item]| -> BTreeSet<String> {
            items.iter().filter_map(|item| item.patient.clone()).collect()
        };
        let parts = &data.folder().tasks[0];
        let tested = patients(&parts.test);
        for cell in plan("1,30,100", &[seed], &[Init::Random]).cells() {
            let learning = data.learning(&cell);
            assert!(!learning.train.is_empty() && !tested.is_empty());
            assert!(learning.train.iter().all(|item| parts.train.contains(item)));
            assert!(learning.watch.iter().all(|item| parts.val.contains(item) || data.sizes()[1] == 0));
            assert!(patients(&learning.train).is_disjoint(&tested));
            assert!(patients(&learning.watch).is_disjoint(&tested));
            if data.sizes()[1] > 0 {
                with_val += 1;
                continue;
            }
            // Put aside from the training part, by patient, and no class is lost by it.
            assert!(patients(&learning.train).is_disjoint(&patients(&learning.watch)));
            let classes = |items: &[Item]| -> BTreeSet<usize> {
                let class = |item: &Item| match item.label {
                    Label::Class(class) => Some(class),
                    _ => None,
                };
                items.iter().filter_map(class).collect()
            };
            assert!(classes(&learning.watch).is_subset(&classes(&learning.train)));
        }
    }
    assert!((30..200).contains(&with_val), "both forms of data sets are tried: {with_val}");
}
