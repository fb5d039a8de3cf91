//! Starting `medley`, and data and configurations small enough for it to be quick.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use medley_server::runs::{Checkpoints, RunFolder};

/// One task of each kind of label.
pub const DATA: [&str; 3] =
    ["synth-fluorescence-segmentation", "synth-radiograph-classification", "synth-slide-detection"];

/// Longer than any of these runs takes on a busy machine.
const TOO_LONG: Duration = Duration::from_mins(5);

/// `medley`, in a folder.
pub fn medley(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medley"));
    command.current_dir(folder).env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs `medley` with these words and gives what it printed; it must succeed if `succeeds`, else fail.
pub fn run(folder: &Path, words: &str, succeeds: bool) -> String {
    let output = medley(folder).args(words.split_whitespace()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.success(), succeeds, "medley {words}\n{said}");
    said
}

/// Writes `images` small pictures of each built-in task to `data`, and `config.toml`, which trains on three of them
/// with a checkpoint after every update. `train` are lines of its section.
pub fn prepare(folder: &Path, images: u32, validation: u32, train: &str) {
    run(folder, &format!("data synth --out data --images {images} --size 32"), true);
    let mut config = format!(
        "pixel_budget = 1024\ncheckpoint_seconds = 0\nmax_skipped = 2\n\
         [validation]\nevery = {validation}\ncases = 1\n[train]\n{train}\n"
    );
    for data in DATA {
        write!(config, "[[data]]\npath = \"data/{data}\"\ninput_size = 32\n").unwrap();
    }
    fs::write(folder.join("config.toml"), config).unwrap();
}

/// The checkpoints of the run in `folder/run`.
pub fn checkpoints(folder: &Path) -> Checkpoints {
    Checkpoints::new(&RunFolder::view(&folder.join("run")).checkpoints(), 2)
}

/// The number of the newest checkpoint; 0 where there is none.
pub fn newest(folder: &Path) -> u64 {
    // The folder may not be there yet.
    let states = checkpoints(folder).list().unwrap_or_default();
    let number = |path: &PathBuf| path.file_stem()?.to_str()?.parse().ok();
    states.first().and_then(number).unwrap_or(0)
}

/// Starts `medley pretrain config.toml --out run`, with more words; what it says goes to `said.txt`.
pub fn start(folder: &Path, words: &[&str]) -> Child {
    let mut command = medley(folder);
    command.args(["pretrain", "config.toml", "--out", "run"]).args(words);
    command.stdout(Stdio::null()).stderr(File::create(folder.join("said.txt")).unwrap()).spawn().unwrap()
}

/// What the process that was started last said.
pub fn said(folder: &Path) -> String {
    fs::read_to_string(folder.join("said.txt")).unwrap()
}

/// Looks every millisecond until there is what `look` finds. The process must not end before.
pub fn wait_until(folder: &Path, child: &mut Child, look: impl Fn() -> bool) {
    let begin = Instant::now();
    while !look() {
        assert!(child.try_wait().unwrap().is_none(), "the run ended\n{}", said(folder));
        assert!(begin.elapsed() < TOO_LONG, "the run takes too long\n{}", said(folder));
        std::thread::park_timeout(Duration::from_millis(1));
    }
}
