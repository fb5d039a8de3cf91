//! `cargo xtask fuzz`: hostile files for every reader.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::tools::CargoTool;
use crate::workspace::{Workspace, run as run_program};

/// Feed every reader with changed and invented files, starting from the fixtures
#[derive(clap::Args)]
pub struct Args {
    /// Only these targets; all of `fuzz/fuzz_targets` otherwise.
    targets: Vec<String>,
    /// Executions of each target.
    #[arg(long, default_value_t = 1_000_000)]
    runs: u64,
    /// Stop a target after this time even if it has executions left.
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

/// Memory, in MiB, that no small file may make a reader use.
const MEMORY: u32 = 2048;
/// Seconds that no small file may take.
const SLOW: u32 = 20;

pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    CargoTool::fuzz().ensure(workspace)?;
    let folder = workspace.root.join("fuzz");
    let targets =
        if args.targets.is_empty() { all(&folder.join("fuzz_targets"))? } else { args.targets.clone() };
    let fixtures = workspace.root.join("tests").join("fixtures");
    for target in &targets {
        let corpus = folder.join("corpus").join(target);
        let seeds = seed(&fixtures, &corpus)?;
        println!("\n=== {target}: {} runs from {seeds} fixtures ===", args.runs);
        // Stable Rust has no sanitizers; there is no unsafe code of ours for them to watch.
        let mut fuzz = workspace.cargo(&["fuzz", "run", "--sanitizer", "none", target]);
        fuzz.arg("--target-dir").arg(folder.join("target")).arg("--");
        fuzz.args([
            format!("-runs={}", args.runs),
            format!("-rss_limit_mb={MEMORY}"),
            format!("-malloc_limit_mb={MEMORY}"),
            format!("-timeout={SLOW}"),
            "-max_len=65536".to_owned(),
            "-print_final_stats=1".to_owned(),
            "-verbosity=0".to_owned(),
        ]);
        fuzz.args(args.seconds.map(|seconds| format!("-max_total_time={seconds}")));
        run_program(&mut fuzz)?;
    }
    Ok(())
}

/// The names of all targets, sorted.
fn all(folder: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// Copies all fixtures into a corpus, whatever their kind: readers must survive each other's files too.
fn seed(fixtures: &Path, corpus: &Path) -> Result<usize, Error> {
    fs::create_dir_all(corpus).map_err(Error::file("create", corpus))?;
    let mut count = 0;
    let mut folders = vec![fixtures.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::file("read", &folder))? {
            let path = entry.map_err(Error::file("read", &folder))?.path();
            let small = path.metadata().is_ok_and(|facts| facts.is_file() && facts.len() <= 65536);
            if path.is_dir() {
                folders.push(path);
            } else if small {
                let name = path.strip_prefix(fixtures).unwrap_or(&path).to_string_lossy().replace('/', "-");
                fs::copy(&path, corpus.join(name)).map_err(Error::file("copy", &path))?;
                count += 1;
            }
        }
    }
    Ok(count)
}
