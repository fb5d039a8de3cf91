//! A small Python of our own: the libraries with which others open what Medley writes, and axe-core.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::workspace::{Workspace, output, run};

/// Everything that is installed, what these libraries need in turn included, so that every machine has the same.
const PACKAGES: [&str; 9] = [
    "numpy==2.4.6",
    "pillow==13.0.0",
    "nibabel==5.4.2",
    "pycocotools==2.0.11",
    "safetensors==0.8.0",
    // What nibabel needs.
    "importlib_resources==7.1.0",
    "packaging==26.4",
    "typing_extensions==4.16.0",
    // Carries axe-core (4.12.1) as a file; nothing of its own is used.
    "axe-playwright-python==0.1.8",
];

/// Where axe-core lies among the installed packages.
const AXE: &str = "axe_playwright_python/axe.min.js";

/// The oldest Python for which there are builds of these versions.
const OLDEST: (u32, u32) = (3, 11);

/// An interpreter with the readers, and axe-core.
pub struct Readers {
    /// The interpreter.
    pub python: PathBuf,
    /// axe-core, a script.
    pub axe: PathBuf,
}

impl Readers {
    /// Makes the environment in the tool folder unless it is there with these versions.
    pub fn ensure(workspace: &Workspace) -> Result<Self, Error> {
        let folder = workspace.tools.join("readers");
        let stamp = folder.join("packages.txt");
        let wanted = PACKAGES.join("\n");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted)
            && let Some(readers) = Self::in_folder(&folder)
        {
            return Ok(readers);
        }
        check_version()?;
        println!(
            "Installing numpy, Pillow, nibabel, pycocotools and safetensors for Python, with which the tests open \
             what the page exports, and axe-core, which looks for barriers in the page (once, some 50 MB, about \
             half a minute)"
        );
        // Begun anew: an environment breaks when the Python that it was made from goes away.
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let python = interpreter(&folder);
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        // Nothing is compiled, and nothing comes that is not in the list.
        run(pip.args(["--no-deps", "--only-binary=:all:"]).args(PACKAGES))?;
        fs::write(&stamp, wanted).map_err(Error::file("write", &stamp))?;
        Self::in_folder(&folder).ok_or(Error::NoReaders(folder))
    }

    /// What is in an environment; nothing where it does not work.
    fn in_folder(folder: &Path) -> Option<Self> {
        let python = interpreter(folder);
        let ask = ["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"];
        let packages = output(Command::new(&python).args(ask))?;
        let axe = Path::new(packages.trim()).join(AXE);
        axe.is_file().then_some(Self { python, axe })
    }
}

fn interpreter(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn check_version() -> Result<(), Error> {
    let ask = ["-c", "import sys; print(*sys.version_info[:2])"];
    let printed = output(Command::new("python3").args(ask)).unwrap_or_default();
    if version(&printed).is_some_and(|found| found >= OLDEST) {
        return Ok(());
    }
    Err(Error::OldPython {
        found: printed.trim().replace(' ', "."),
        oldest: format!("{}.{}", OLDEST.0, OLDEST.1),
    })
}

/// `3 11` as a pair.
fn version(printed: &str) -> Option<(u32, u32)> {
    let (major, minor) = printed.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{OLDEST, PACKAGES, version};

    #[test]
    fn versions_compare_by_number() {
        assert!(version("3 9\n").is_some_and(|old| old < OLDEST));
        assert!(version("3 14\n").is_some_and(|new| new >= OLDEST));
        assert_eq!(version("Python 3"), None);
        assert_eq!(version(""), None);
    }

    #[test]
    fn every_package_has_one_version() {
        assert!(PACKAGES.iter().all(|package| package.matches("==").count() == 1));
    }
}
