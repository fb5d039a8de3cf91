//! What fine-tuning is for: tissue that nobody trained on, a few labelled tiles, minutes. On real electron micrographs
//! of a fly's nerve cord; skipped where the data or the model is not there.

use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::adapt::{Measured, Mode, Session, SessionConfig, SessionTask, Work};
use medley_core::dataset::formats::mask_png;
use medley_core::dataset::{AugmentConfig, Mask, Prepared, Sample, Target, Task, TaskKind};
use medley_core::imaging::decode;

/// The class of mitochondria in the data.
const MITOCHONDRION: u8 = 3;
/// All classes of the data.
const CLASSES: usize = 5;
const MAX_PIXELS: usize = 1 << 22;

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("MEDLEY_DATA").map_or(beside, PathBuf::from).join("vnc-em");
    if !folder.is_dir() {
        println!("skipped: no data at {}; set MEDLEY_DATA", folder.display());
        return None;
    }
    Some(folder)
}

/// A tile, scaled to `side`.
fn tile(folder: &Path, name: &str, side: usize) -> Prepared {
    let read = |part: &str| std::fs::read(folder.join(part).join(format!("{name}.png"))).unwrap();
    let image = decode(&read("images"), MAX_PIXELS).unwrap();
    let Mask { width, height, labels } = mask_png::parse(&read("masks"), CLASSES, MAX_PIXELS).unwrap();
    let labels = labels.into_iter().map(|class| u8::from(class == MITOCHONDRION)).collect();
    Prepared::new(&Sample { image, target: Target::Mask(Mask { width, height, labels }) }, side)
}

fn session(folder: &Path, mode: Mode, side: usize, steps: u64) -> Session {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/medley-nano.safetensors");
    let medley = Medley::from_bytes(&std::fs::read(model).unwrap(), &Device::flex()).unwrap();
    let task = Task {
        id: "mitochondria".to_owned(),
        kind: TaskKind::Segmentation,
        classes: vec!["background".to_owned(), "mitochondrion".to_owned()],
        modality: "studio".to_owned(),
        input_size: side,
        instances: None,
        scaling: Vec::new(),
    };
    let tiles = |names: &[&str]| names.iter().map(|name| tile(folder, name, side)).collect();
    let task = SessionTask {
        task,
        training: tiles(&["z00_q0", "z03_q1", "z06_q2", "z09_q3"]),
        held_out: tiles(&["z17_q0", "z18_q2"]),
    };
    let config = SessionConfig {
        mode,
        steps,
        batch: 2,
        evaluate_every: 10,
        patience: 10,
        views: 8,
        augment: AugmentConfig::MICROSCOPY,
        seed: 1,
    };
    Session::new(medley.network(), vec![task], config, &Device::flex())
}

/// Scores before and at best.
fn learn(mut session: Session) -> (f64, f64) {
    let start = Instant::now();
    let score = |measured: &Measured| measured.scores[0].unwrap().value;
    loop {
        match pollster::block_on(session.work(&Device::flex())).unwrap() {
            Work::Over => break,
            Work::Measured(Some(measured)) => {
                let (step, seconds) = (session.steps(), start.elapsed().as_secs_f32());
                let loss = session.losses().last().copied().unwrap_or(f32::NAN);
                println!("{step:4} steps, {seconds:5.1} s: loss {loss:.3}, Dice {:.3}", measured.value);
            }
            _ => {}
        }
    }
    (score(session.base().unwrap()), score(session.best().unwrap()))
}

#[test]
fn quick_tuning_finds_mitochondria() {
    let Some(folder) = data() else { return };
    let (base, best) = learn(session(&folder, Mode::Decoder, 256, 80));
    assert!(best >= base + 0.25, "{base} to {best}");
}

#[test]
fn tuning_at_low_rank_finds_mitochondria() {
    let Some(folder) = data() else { return };
    let (base, best) = learn(session(&folder, Mode::Lora, 256, 120));
    assert!(best >= base + 0.25, "{base} to {best}");
}
