//! When a run ends, which weights become the model, and what it can be resumed from.

use std::fs;
use std::path::Path;

use medley_core::Medley;
use medley_server::device::DeviceChoice;
use medley_server::runs::{Event, RunFolder, read_events};

use crate::program::{DATA, checkpoints, prepare, run};

/// Weights that do not move: no look is better than the first.
const STILL: &str = "updates = 50\nwarmup = 0\nlearning_rate = 1e-12";

/// Adds lines above the sections of the configuration.
fn with(folder: &Path, lines: &str) {
    let path = folder.join("config.toml");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{lines}\n{config}")).unwrap();
}

fn events(folder: &Path) -> Vec<Event> {
    let events = read_events(&RunFolder::view(&folder.join("run")).events()).unwrap();
    events.into_iter().map(|timed| timed.event).collect()
}

/// Updates that the weights of the exported model have seen.
fn updates_of_model(folder: &Path) -> u64 {
    let bytes = fs::read(folder.join("run/model.safetensors")).unwrap();
    Medley::from_bytes(&bytes, &DeviceChoice::Cpu.open()).unwrap().metadata().provenance.updates
}

#[test]
fn a_run_whose_scores_no_longer_rise_ends_and_exports_its_best_weights() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 1, STILL);
    let config = fs::read_to_string(folder.join("config.toml")).unwrap();
    fs::write(folder.join("config.toml"), config.replace("cases = 1", "cases = 1\npatience = 2")).unwrap();
    run(folder, "pretrain config.toml --out run", true);
    let ended = events(folder).into_iter().find_map(|event| match event {
        Event::End { update, complete, reason } => Some((update, complete, reason.unwrap_or_default())),
        _ => None,
    });
    let (update, complete, reason) = ended.unwrap();
    assert!((update, complete) == (3, true) && reason.contains("no longer rose"), "{update} {reason}");
    assert_eq!(checkpoints(folder).best().unwrap().unwrap().update, 1);
    assert_eq!(updates_of_model(folder), 1);

    // A best state that the disk has spoilt costs the best weights, not the model.
    let best = RunFolder::view(&folder.join("run")).checkpoints().join("best.state");
    fs::write(&best, b"spoilt").unwrap();
    fs::remove_file(folder.join("run/model.safetensors")).unwrap();
    let said = run(folder, "pretrain config.toml --out run --resume --updates 3", true);
    assert!(said.contains("the last weights instead of the best ones"), "{said}");
    assert_eq!(updates_of_model(folder), 3);
}

#[test]
fn epochs_end_with_the_task_that_has_most_batches() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 0, "updates = 1000");
    run(folder, "data synth --out more --images 9 --size 32", true);
    let config = fs::read_to_string(folder.join("config.toml")).unwrap();
    fs::write(folder.join("config.toml"), config.replacen("data/synth", "more/synth", 1)).unwrap();
    with(folder, "epochs = 2");
    run(folder, "pretrain config.toml --out run", true);
    let started = events(folder).into_iter().find_map(|event| match event {
        Event::Start { tasks, updates, .. } => Some((tasks, updates)),
        _ => None,
    });
    let (tasks, updates) = started.unwrap();
    // A batch is one image of this size, an update one batch of each task.
    let [least, most] = [tasks.values().min(), tasks.values().max()].map(|images| *images.unwrap() as u64);
    assert!(least < most, "{tasks:?}");
    assert_eq!(updates, 2 * most);
    assert_eq!(checkpoints(folder).latest().unwrap().update, 2 * most);
}

#[test]
fn a_run_goes_on_from_the_configuration_in_its_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 0, "updates = 1");
    run(folder, "pretrain config.toml --out run", true);
    run(folder, "pretrain run/config.toml --out run --resume --updates 2", true);
    assert_eq!(checkpoints(folder).latest().unwrap().update, 2);
}

#[test]
fn a_weight_for_a_task_that_there_is_not_is_an_error_that_names_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 0, "updates = 1");
    let config = fs::read_to_string(folder.join("config.toml")).unwrap();
    let wrong = DATA[0].replace("segmentation", "segmentatoin");
    fs::write(
        folder.join("config.toml"),
        config.replacen("[[data]]", &format!("[train.weights]\n{wrong} = 0.5\n[[data]]"), 1),
    )
    .unwrap();
    let said = run(folder, "pretrain config.toml --out run", false);
    assert!(said.contains(&wrong) && said.contains(&format!("did you mean `{}`?", DATA[0])), "{said}");
}
