//! What the tests need from the operating system: a browser, its driver, a software Vulkan driver, and Python.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::workspace::{output, run};

/// One thing to be present.
struct Need {
    what: &'static str,
    debian: &'static str,
    ubuntu: &'static str,
    present: fn() -> bool,
}

const NEEDS: [Need; 4] = [
    Need {
        what: "Chromium (end-to-end tests)",
        debian: "chromium",
        ubuntu: "chromium-browser",
        present: has_chromium,
    },
    Need {
        what: "its WebDriver, chromedriver (end-to-end tests)",
        debian: "chromium-driver",
        ubuntu: "chromium-chromedriver",
        present: has_chromedriver,
    },
    Need {
        what: "a Vulkan driver, for example Mesa's software one (GPU tests)",
        debian: "mesa-vulkan-drivers",
        ubuntu: "mesa-vulkan-drivers",
        present: has_gpu_driver,
    },
    Need {
        what: "Python with its module venv (readers of exported files)",
        debian: "python3-venv",
        ubuntu: "python3-venv",
        present: has_python,
    },
];

/// Installs what is missing on Debian and Ubuntu; elsewhere the error says what to install.
pub fn ensure_system_packages() -> Result<(), Error> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = missing.iter().map(|need| need.what).collect::<Vec<_>>().join("; ");
    if cfg!(target_os = "macos") {
        let advice =
            "Install them with `brew install python` and `brew install --cask chromium chromedriver`.".into();
        return Err(Error::Packages { packages: what, advice });
    }
    if find("apt-get").is_none() {
        let advice = "Install them with this system's package manager.".into();
        return Err(Error::Packages { packages: what, advice });
    }
    let ubuntu = fs::read_to_string("/etc/os-release").is_ok_and(|text| text.contains("ubuntu"));
    let packages: Vec<&str> =
        missing.iter().map(|need| if ubuntu { need.ubuntu } else { need.debian }).collect();
    let root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root && find("sudo").is_none() {
        let advice = format!("As root: apt-get install {}", packages.join(" "));
        return Err(Error::Packages { packages: what, advice });
    }
    println!("Installing with apt-get: {what} (once, some 400 MB, about 2 minutes)");
    apt_get(root, &["update"])?;
    apt_get(root, &[&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat())
}

fn apt_get(root: bool, arguments: &[&str]) -> Result<(), Error> {
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.arg("env");
    }
    run(command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments))
}

fn has_chromium() -> bool {
    ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| find(name).is_some())
        || Path::new("/Applications/Chromium.app").exists()
        || Path::new("/Applications/Google Chrome.app").exists()
}

fn has_chromedriver() -> bool {
    find("chromedriver").is_some()
}

/// Whether Vulkan has a driver, by the files that the Vulkan loader reads. Metal and DX12 are always there.
fn has_gpu_driver() -> bool {
    let listed = |folder: &str| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
    !cfg!(target_os = "linux")
        || env::var_os("VK_DRIVER_FILES").is_some()
        || env::var_os("VK_ICD_FILENAMES").is_some()
        || ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"]
            .into_iter()
            .any(listed)
}

fn has_python() -> bool {
    // Debian leaves the second one out of its package of Python.
    output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_some()
}

/// The program `name` on the `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
