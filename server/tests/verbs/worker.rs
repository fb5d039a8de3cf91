//! A run over a device of another process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use medley_server::runs::{Event, RunFolder, read_events};

use crate::program::{checkpoints, medley, newest, prepare, run, said, start, wait_until};

/// Starts a worker and gives its address.
fn worker(folder: &Path) -> (Child, String) {
    let mut command = medley(folder);
    command.args(["worker", "--listen", "127.0.0.1:0", "--token-file", "token"]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split_whitespace().find(|word| word.starts_with("ws://")).unwrap().to_owned();
    (child, address)
}

#[test]
fn a_worker_takes_part_and_when_it_is_lost_the_run_can_go_on_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, 6, 0, "updates = 100000");
    fs::write(folder.join("token"), "a line that both know\n").unwrap();
    fs::write(folder.join("wrong"), "another\n").unwrap();
    let (mut lent, address) = worker(folder);

    let words = format!("pretrain config.toml --out refused --token-file wrong --devices cpu {address}");
    let message = run(folder, &words, false);
    assert!(message.contains("refuses the token") && message.contains(&address), "{message}");

    let mut child = start(folder, &["--token-file", "token", "--devices", "cpu", &address]);
    wait_until(folder, &mut child, || newest(folder) >= 2);
    lent.kill().unwrap();
    lent.wait().unwrap();
    assert!(!child.wait().unwrap().success());
    let message = said(folder);
    assert!(message.contains(&address) && message.contains("--resume"), "{message}");

    let kept = checkpoints(folder).latest().unwrap().update;
    run(
        folder,
        &format!("pretrain config.toml --out run --resume --device cpu --updates {}", kept + 2),
        true,
    );
    assert_eq!(checkpoints(folder).latest().unwrap().update, kept + 2);
    let events = read_events(&RunFolder::view(&folder.join("run")).events()).unwrap();
    let devices: Vec<String> = events
        .iter()
        .filter_map(|timed| match &timed.event {
            Event::Start { device, .. } => Some(device.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(devices, [format!("cpu, {address} (device 0)"), "CPU".to_owned()]);
}

#[test]
fn a_worker_that_others_can_reach_needs_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let message = run(folder.path(), "worker --listen 0.0.0.0:0", false);
    assert!(message.contains("--token-file"), "{message}");
}
