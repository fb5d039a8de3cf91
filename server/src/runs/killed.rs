//! A run whose process is killed at any moment goes on from its last checkpoint.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

/// The folder of the run; set for the process that is to be killed.
const FOLDER: &str = "MEDLEY_RUN_TO_KILL";

/// A state that can be told from all others, large enough to be killed within.
fn state(update: u64) -> Vec<u8> {
    (0..1 << 18)
        .flat_map(|word: u64| (word ^ update.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_le_bytes())
        .collect()
}

fn latest(states: &Checkpoints) -> u64 {
    match states.latest() {
        Ok(checkpoint) => {
            assert!(checkpoint.payload == state(checkpoint.update), "state {}", checkpoint.update);
            checkpoint.update
        }
        Err(RunError::NoCheckpoint(_)) => 0,
        Err(error) => unreachable!("{error}"),
    }
}

#[test]
#[ignore = "the process that `a_killed_run_goes_on_from_its_last_checkpoint` kills"]
fn a_run_without_end() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let states = Checkpoints::new(&folder.join("checkpoints"), 2);
    let run = RunFolder::open(&folder, true).unwrap();
    let mut log = EventLog::open(&run.events()).unwrap();
    let first = latest(&states);
    let tasks = std::collections::BTreeMap::new();
    log.write(&Event::Start { update: first, device: String::new(), tasks, updates: 0 }).unwrap();
    for update in first + 1.. {
        states.write(update, &state(update)).unwrap();
        log.write(&Event::Checkpoint { update, seconds: 0.0, bytes: 1 << 21 }).unwrap();
        // One byte per checkpoint that is safe now, past the test harness's capture.
        std::io::stderr().write_all(b"+").unwrap();
    }
}

/// Starts the run, kills it some while after `count` checkpoints, and gives how many it reported.
fn kill_after(folder: &Path, count: usize, work: u32) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "runs::killed::a_run_without_end"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stderr.take().unwrap();
    let mut reported = vec![0; count];
    output.read_exact(&mut reported).unwrap();
    // Work of random length rather than a pause: somewhere within the next checkpoint.
    std::hint::black_box((0..work).fold(0, |sum: u32, n| std::hint::black_box(sum.wrapping_mul(31) ^ n)));
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_end(&mut reported).unwrap();
    assert!(reported.iter().all(|byte| *byte == b'+'), "{}", String::from_utf8_lossy(&reported));
    reported.len()
}

#[test]
fn a_killed_run_goes_on_from_its_last_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = 0_u32;
    let mut last = 0;
    for _ in 0..20 {
        // A linear congruential generator (Numerical Recipes); its high bits are the random ones.
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let reported = kill_after(folder.path(), 1 + (random >> 30) as usize, random >> 9);
        last += reported as u64;
        let run = RunFolder::open(folder.path(), true).unwrap();
        let found = latest(&Checkpoints::new(&run.checkpoints(), 2));
        // The one being written when the process was killed may have been finished.
        assert!(found == last || found == last + 1, "{found} found, {last} reported");
        last = found;
        let left = std::fs::read_dir(run.checkpoints()).unwrap();
        let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        // The oldest may not have been removed yet.
        assert!(
            names.len() <= 3
                && names.iter().all(|name| Path::new(name).extension() == Some("state".as_ref())),
            "{names:?}"
        );
    }
    let events = read_events(&RunFolder::view(folder.path()).events()).unwrap();
    let checkpoints: Vec<u64> =
        Course::new(&events).checkpoints.iter().map(|checkpoint| checkpoint.0).collect();
    assert!(checkpoints.is_sorted_by(|a, b| a < b) && checkpoints.len() as u64 >= last - 20);
    assert_eq!(Course::new(&events).starts, 20);
}
