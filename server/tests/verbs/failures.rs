//! Whatever stops a run, its last good state stays and the message says what to do.

use std::fs;
use std::path::Path;
use std::process::Command;

use medley_core::weights::read;
use medley_server::runs::{Event, RunFolder, read_events};

use crate::program::{DATA, checkpoints, newest, prepare, run, said, start, wait_until};

#[test]
fn a_data_set_that_vanishes_is_named_and_the_run_goes_on_once_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // So many pictures that the run has not read all of them when they go.
    prepare(folder, 300, 0, "updates = 100\ninner_steps = 1");
    let mut child = start(folder, &[]);
    wait_until(folder, &mut child, || newest(folder) > 0);
    let (there, away) = (folder.join("data").join(DATA[0]), folder.join("away"));
    fs::rename(&there, &away).unwrap();
    assert!(!child.wait().unwrap().success());
    let message = said(folder);
    let last = message.lines().find(|line| line.starts_with("medley: ")).unwrap();
    assert!(last.contains(DATA[0]) && last.contains(".png"), "{message}");
    for advice in ["put them back", "go on with --resume", "the last whole update is kept"] {
        assert!(last.contains(advice), "{message}");
    }

    let kept = checkpoints(folder).latest().unwrap().update;
    assert!((1..100).contains(&kept));
    fs::rename(&away, &there).unwrap();
    run(folder, &format!("pretrain config.toml --out run --resume --updates {}", kept + 2), true);
    assert_eq!(checkpoints(folder).latest().unwrap().update, kept + 2);
}

/// A file that may not grow fails as on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_the_last_good_state_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 0, "updates = 2");
    run(folder, "pretrain config.toml --out run", true);
    // About a megabyte, less than a training state; without the signal that would end the process.
    let script =
        "trap '' XFSZ; ulimit -f 2000; exec \"$0\" pretrain config.toml --out run --resume --updates 4";
    let mut shell = Command::new("sh");
    shell.current_dir(folder).args(["-c", script, env!("CARGO_BIN_EXE_medley")]);
    let output = shell.output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{message}");
    let last = message.lines().find(|line| line.starts_with("medley: ")).unwrap();
    assert!(last.contains(".state") && last.contains("the disk is full; make room"), "{message}");
    assert!(last.contains("the last checkpoint, which is kept"), "{message}");
    assert_eq!(checkpoints(folder).latest().unwrap().update, 2);

    run(folder, "pretrain config.toml --out run --resume --updates 4", true);
    assert_eq!(checkpoints(folder).latest().unwrap().update, 4);
}

#[test]
fn losses_that_stay_no_numbers_end_the_run_with_advice_and_a_readable_state() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 0, "updates = 100\nwarmup = 0\nlearning_rate = 1e30");
    let message = run(folder, "pretrain config.toml --out run", false);
    assert!(message.contains("losses were no numbers again after going back 5 times"), "{message}");
    assert!(message.contains("smaller `train.learning_rate`"), "{message}");
    assert!(message.contains("with half the learning rate"), "{message}");

    let events = read_events(&RunFolder::view(&folder.join("run")).events()).unwrap();
    let factors: Vec<f64> = events
        .iter()
        .filter_map(|timed| match timed.event {
            Event::Rollback { factor, .. } => Some(factor),
            _ => None,
        })
        .collect();
    assert_eq!(factors, [0.5, 0.25, 0.125, 0.0625, 0.03125]);
    let state = checkpoints(folder).latest().unwrap();
    assert!(state.update > 0 && read(&state.payload).is_ok());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_named_before_anything_is_computed() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let sealed = folder.path().join("sealed");
    fs::create_dir(&sealed).unwrap();
    fs::set_permissions(&sealed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(sealed.join("probe"), b"").is_ok() {
        println!("SKIPPED: this user may write everywhere (root)");
        return;
    }
    let message = run(folder.path(), "pretrain --out sealed/run", false);
    let expected = Path::new("sealed/run").display().to_string();
    assert!(message.contains(&expected) && message.contains("you may not write there"), "{message}");
}
