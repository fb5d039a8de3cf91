//! Against files that `TensorBoard`'s own classes wrote.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::runs::read_events;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/runs");

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn events_are_written_byte_for_byte_as_tensorboard_does() {
    let fixtures = Path::new(FIXTURES);
    let root = tempfile::tempdir().unwrap();
    let pictures = root.path().join("pictures/000000200");
    fs::create_dir_all(&pictures).unwrap();
    fs::copy(fixtures.join("picture.png"), pictures.join("cells-0.png")).unwrap();
    let mut board = TensorBoard::new(&RunFolder::view(root.path()));
    for event in read_events(&fixtures.join("tensorboard.jsonl")).unwrap() {
        board.write(&event).unwrap();
    }
    let files = files(root.path());
    assert_eq!(files.len(), 1);
    assert!(files[0].ends_with("events.out.tfevents.1790000000.medley"));
    assert_eq!(fs::read(&files[0]).unwrap(), fs::read(fixtures.join("tensorboard.bin")).unwrap());
}

#[test]
fn each_start_has_a_file_after_those_before_it() {
    let root = tempfile::tempdir().unwrap();
    let events = read_events(&Path::new(FIXTURES).join("tensorboard.jsonl")).unwrap();
    for count in 1..4 {
        TensorBoard::new(&RunFolder::view(root.path())).write(&events[0]).unwrap();
        let files = files(root.path());
        assert_eq!(files.len(), count);
        let newest = format!("events.out.tfevents.{}.medley", 1_790_000_000 + count - 1);
        assert!(files[count - 1].ends_with(newest), "{files:?}");
    }
}

#[test]
fn pictures_of_one_thing_share_a_tag() {
    let name = RunFolder::picture_name(200, "cells-0");
    assert_eq!(picture_tag(&name, 200), "pictures/cells-0");
    assert_eq!(picture_tag(&RunFolder::picture_name(400, "cells-0"), 400), "pictures/cells-0");
}
