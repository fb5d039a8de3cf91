//! A run that is killed twenty times ends in the same numbers as one that is not.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use medley_core::weights::{Arrays, read};
use medley_server::runs::{Event, RunFolder, read_events, valid_events};

use crate::program::{checkpoints, newest, prepare, run, start, wait_until};

/// Times that the run is killed.
const KILLS: u32 = 20;
/// Enough for as many lives of one or two updates, and some to spare.
const TRAIN: &str = "updates = 60\nwarmup = 3\nema = 0.9\nstochastic_depth = 0.1\ninterference_every = 3";

#[test]
fn a_run_killed_twenty_times_ends_in_the_numbers_of_an_uninterrupted_one() {
    let whole = tempfile::tempdir().unwrap();
    prepare(whole.path(), 6, 3, TRAIN);
    let begin = Instant::now();
    run(whole.path(), "pretrain config.toml --out run", true);
    let one_update = begin.elapsed() / 60;

    let killed = tempfile::tempdir().unwrap();
    prepare(killed.path(), 6, 3, TRAIN);
    let mut random = 0_u32;
    for life in 0..KILLS {
        // A linear congruential generator (Numerical Recipes); its high bits are the random ones.
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        kill(killed.path(), life, one_update.mul_f64(f64::from(random) / f64::from(u32::MAX)));
    }
    run(killed.path(), "pretrain config.toml --out run --resume", true);

    assert_eq!(newest(killed.path()), 60);
    for name in ["000000060.state", "best.state"] {
        same(&state(whole.path(), name), &state(killed.path(), name), name);
    }
    same(&model(whole.path()), &model(killed.path()), "the model");
    assert_eq!(log(whole.path()), log(killed.path()));
    let starts = read_events(&RunFolder::view(&killed.path().join("run")).events()).unwrap();
    let starts = starts.iter().filter(|timed| matches!(timed.event, Event::Start { .. })).count();
    assert_eq!(starts, KILLS as usize + 1);
}

/// Starts the run or goes on with it, and kills it after a new checkpoint: every third time while it writes the
/// next one, else after `pause`; at the latest when the next one is there, so that updates are left for all lives
/// however slow this process is.
fn kill(folder: &Path, life: u32, pause: Duration) {
    let before = newest(folder);
    let mut child = start(folder, if before == 0 { &[] } else { &["--resume"] });
    wait_until(folder, &mut child, || newest(folder) > before);
    let (begin, first) = (Instant::now(), newest(folder));
    wait_until(folder, &mut child, || {
        let is_time = if life.is_multiple_of(3) { is_writing(folder) } else { begin.elapsed() >= pause };
        is_time || newest(folder) > first
    });
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "the run ended before it was killed");
    assert!(newest(folder) > before && checkpoints(folder).latest().is_ok());
}

/// Whether a checkpoint is half written.
fn is_writing(folder: &Path) -> bool {
    let entries = fs::read_dir(folder.join("run/checkpoints")).unwrap();
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(".unfinished"))
}

fn state(folder: &Path, name: &str) -> Arrays {
    let states = checkpoints(folder);
    let found = if name == "best.state" { states.best().unwrap().unwrap() } else { states.latest().unwrap() };
    read(&found.payload).unwrap().0
}

fn model(folder: &Path) -> Arrays {
    read(&fs::read(folder.join("run/model.safetensors")).unwrap()).unwrap().0
}

/// Every bit of every number.
fn same(one: &Arrays, other: &Arrays, what: &str) {
    assert!(!one.is_empty() && one.keys().eq(other.keys()), "{what}");
    for (name, array) in one {
        let bits = |arrays: &Arrays| arrays[name].values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert!(array.shape == other[name].shape && bits(one) == bits(other), "{what}: {name} differs");
    }
}

/// Held-out scores and interference, without times. (Losses in the log are means over some seconds.)
fn log(folder: &Path) -> Vec<String> {
    let events = read_events(&RunFolder::view(&folder.join("run")).events()).unwrap();
    let kept = valid_events(&events).into_iter().filter_map(|timed| {
        matches!(timed.event, Event::Validation { .. } | Event::Interference { .. })
            .then(|| serde_json::to_string(&timed.event).unwrap())
    });
    kept.collect()
}
