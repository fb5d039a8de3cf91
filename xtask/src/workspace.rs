//! Where things are, and how programs are started there.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// The target that pages are compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The folders of this clone and of this user.
pub struct Workspace {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target folder, shared by all clones of this user unless `CARGO_TARGET_DIR` says otherwise.
    pub target: PathBuf,
    /// Where tools are installed: a `cargo install --root`, so programs are in its `bin`.
    pub tools: PathBuf,
    /// What `PATH` is for the programs started here: the tools first.
    path: OsString,
}

impl Workspace {
    pub fn find() -> Result<Self, Error> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf();
        let cache = user_cache().ok_or(Error::NoCache)?.join("medley");
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), |dir| root.join(dir));
        let tools = cache.join("tools");
        let mut path = OsString::from(tools.join("bin"));
        if let Some(rest) = env::var_os("PATH") {
            path.push(if cfg!(windows) { ";" } else { ":" });
            path.push(rest);
        }
        Ok(Self { root, target, tools, path })
    }

    /// The built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The model files.
    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// The command line, once it is built.
    pub fn binary(&self) -> PathBuf {
        self.target.join("debug").join(format!("medley{}", env::consts::EXE_SUFFIX))
    }

    /// A program of the tool folder or the `PATH`, started in the repository with the shared target folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", &self.path).env("CARGO_TARGET_DIR", &self.target);
        // `cargo run` describes xtask itself in these. Build scripts that watch them would run again, and a
        // build from here would redo what a build from the shell has done.
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_"))
            {
                command.env_remove(name);
            }
        }
        command
    }

    /// `cargo` with these arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        command
    }

    /// The version of `package` in Cargo.lock.
    pub fn locked_version(&self, package: &'static str) -> Result<String, Error> {
        let path = self.root.join("Cargo.lock");
        let lock: toml::Table = fs::read_to_string(&path).map_err(Error::file("read", &path))?.parse()?;
        let packages = lock.get("package").and_then(toml::Value::as_array);
        packages
            .into_iter()
            .flatten()
            .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
            .and_then(|entry| entry.get("version")?.as_str())
            .map(str::to_owned)
            .ok_or(Error::NotLocked(package))
    }
}

/// Runs a program to its end, its output shown as it comes.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(|source| Error::Start { program: program(command), source })?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed { command: line(command), status: status.to_string() })
    }
}

/// Runs a program to its end and reads the JSON that its last line is; its complaints are shown.
pub fn figures<T: serde::de::DeserializeOwned>(command: &mut Command) -> Result<T, Error> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start { program: program(command), source })?;
    if !output.status.success() {
        return Err(Error::Failed { command: line(command), status: output.status.to_string() });
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.trim_end().lines().next_back().unwrap_or_default();
    serde_json::from_str(last).map_err(|source| Error::Figures {
        command: line(command),
        output: last.to_owned(),
        source,
    })
}

/// What a program prints, or nothing where it is absent or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// The folder for this user's caches.
fn user_cache() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(cache) = folder("XDG_CACHE_HOME") {
        return Some(cache);
    }
    if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(folder("HOME")?.join("Library/Caches"))
    } else {
        Some(folder("HOME")?.join(".cache"))
    }
}
