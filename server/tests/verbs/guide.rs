//! The guide to pretraining works as it is written.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use medley_core::Medley;

/// Marks the blocks that are run.
const RUN: &str = "```sh\n";

#[test]
fn the_commands_of_the_guide_run_in_their_order() {
    let guide =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pretraining.md")).unwrap();
    let blocks: Vec<&str> =
        guide.split(RUN).skip(1).map(|rest| rest.split_once("```").expect("a block has an end").0).collect();
    assert!(blocks.len() > 5, "{} blocks", blocks.len());

    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_medley")).parent().unwrap().to_path_buf();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&path))).unwrap();
    for block in blocks {
        let mut shell = Command::new("sh");
        let output =
            shell.args(["-e", "-c", block]).current_dir(folder.path()).env("PATH", &path).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{block}\n{}", String::from_utf8_lossy(&said));
    }

    let bytes = fs::read(folder.path().join("runs/first/model.safetensors")).unwrap();
    let device = medley_server::device::DeviceChoice::Cpu.open();
    let medley = Medley::from_bytes(&bytes, &device);
    assert!(medley.is_ok(), "{:?}", medley.err());
    for file in ["runs/first/report.md", "transfer/report.md", "transfer/results.csv"] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
}
