//! Reports of whole runs.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use super::*;
use crate::runs::RunFolder;

fn fixture() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/runs/events.jsonl")).unwrap()
}

fn report(folder: &Path, events: &str) -> String {
    let run = RunFolder::view(folder);
    fs::write(run.events(), events).unwrap();
    write_report(&run).unwrap();
    fs::read_to_string(run.report()).unwrap()
}

#[test]
fn a_report_says_what_happened_and_links_files_that_exist() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), "preset = \"nano\"\n").unwrap();
    let text = report(folder.path(), &fixture());
    for fact in [
        "| state | complete |",
        "| updates | 400 of 400 |",
        "| tasks | 10, with 5500 training images |",
        "| gone on with | once |",
        "| went back | from update 260 to 240: loss of task-3 not finite |",
        "preset = \"nano\"",
    ] {
        assert!(text.contains(fact), "{fact} is not in\n{text}");
    }
    let links: Vec<&str> = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert_eq!(links.len(), 5);
    for link in links {
        let svg = fs::read_to_string(folder.path().join(link)).unwrap();
        assert!(
            svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && svg.len() < 400_000,
            "{link}"
        );
    }
}

#[test]
fn every_task_has_a_chart_of_its_losses() {
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), &fixture());
    let svg = fs::read_to_string(folder.path().join("plots/loss.svg")).unwrap();
    for task in 0..10 {
        assert!(svg.contains(&format!("task-{task}\n")), "task-{task}");
    }
}

#[test]
fn a_run_of_which_little_is_known_has_a_report_too() {
    let lines: Vec<String> = fixture().lines().map(str::to_owned).collect();
    let folder = tempfile::tempdir().unwrap();
    for (count, plots) in [(0, 0), (1, 0), (2, 3)] {
        let text = report(folder.path(), &(lines[..count].join("\n") + "\n"));
        assert_eq!(text.matches("](plots/").count(), plots, "{text}");
        assert!(!text.contains("NaN"), "{text}");
    }
}
