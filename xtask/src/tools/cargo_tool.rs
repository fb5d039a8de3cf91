//! Programs that come from crates.io.

use crate::error::Error;
use crate::workspace::{Workspace, output, run};

/// Which versions of a program will do.
enum Accept {
    /// This one alone.
    Exactly,
    /// This one and later ones.
    AtLeast,
}

/// A program to be installed with `cargo install`.
pub struct CargoTool {
    package: &'static str,
    /// What prints `NAME VERSION`.
    probe: [&'static str; 2],
    version: String,
    accept: Accept,
    /// Whether to build with the versions that its author has locked.
    locked: bool,
    /// Whether it works hard enough to be worth an optimised build, which takes several times as long.
    optimised: bool,
    purpose: &'static str,
    /// On two cores.
    minutes: u8,
}

impl CargoTool {
    /// Builds the page.
    pub fn trunk() -> Self {
        Self {
            package: "trunk",
            probe: ["trunk", "--version"],
            version: "0.21.14".into(),
            accept: Accept::Exactly,
            locked: true,
            optimised: true,
            purpose: "builds the page",
            minutes: 7,
        }
    }

    /// Makes a wasm file callable from JavaScript. Refuses files of any other version of the library.
    pub fn wasm_bindgen(version: String) -> Self {
        Self {
            package: "wasm-bindgen-cli",
            probe: ["wasm-bindgen", "--version"],
            version,
            accept: Accept::Exactly,
            // One of the versions it locks is not available from every registry mirror.
            locked: false,
            optimised: true,
            purpose: "connects the page's wasm with the browser",
            minutes: 3,
        }
    }

    /// Runs tests, each in its own process.
    pub fn nextest() -> Self {
        Self {
            package: "cargo-nextest",
            probe: ["cargo-nextest", "--version"],
            version: "0.9.151".into(),
            accept: Accept::AtLeast,
            locked: true,
            optimised: false,
            purpose: "runs the tests",
            minutes: 3,
        }
    }

    /// Checks licences and sources of all dependencies.
    pub fn deny() -> Self {
        Self {
            package: "cargo-deny",
            probe: ["cargo-deny", "--version"],
            version: "0.20.2".into(),
            accept: Accept::AtLeast,
            locked: true,
            optimised: false,
            purpose: "checks licences and sources of the dependencies",
            minutes: 1,
        }
    }

    /// Feeds readers with hostile files.
    pub fn fuzz() -> Self {
        Self {
            package: "cargo-fuzz",
            probe: ["cargo-fuzz", "--version"],
            version: "0.13.0".into(),
            accept: Accept::AtLeast,
            locked: true,
            optimised: false,
            purpose: "feeds the readers with hostile files",
            minutes: 2,
        }
    }

    /// Installs the program into the tool folder unless a version that will do is there or on the `PATH`.
    pub fn ensure(&self, workspace: &Workspace) -> Result<(), Error> {
        let [program, argument] = self.probe;
        let found = output(workspace.command(program).arg(argument));
        if found.is_some_and(|printed| self.will_do(&printed)) {
            return Ok(());
        }
        let Self { package, version, purpose, minutes, .. } = self;
        println!(
            "Installing {package} {version}, which {purpose} (once, about {minutes} minutes on two cores)"
        );
        let mut install = workspace.cargo(&["install"]);
        install.arg(format!("{package}@{version}")).arg("--root").arg(&workspace.tools);
        if self.locked {
            install.arg("--locked");
        }
        if !self.optimised {
            install.args(["--profile", "dev"]).env("CARGO_PROFILE_DEV_DEBUG", "0");
        }
        // Its own temporary folder: the build needs no lock on ours and leaves nothing there.
        install.env_remove("CARGO_TARGET_DIR");
        run(&mut install)
    }

    /// Whether the program that printed this has an accepted version.
    fn will_do(&self, printed: &str) -> bool {
        let Some(found) = printed.split_whitespace().nth(1) else { return false };
        match self.accept {
            Accept::Exactly => found == self.version,
            Accept::AtLeast => numbers(found) >= numbers(&self.version),
        }
    }
}

/// `0.9.151` as `[0, 9, 151]`, which compares as versions do.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::CargoTool;

    #[test]
    fn exact_versions_are_exact() {
        let tool = CargoTool::wasm_bindgen("0.2.130".into());
        assert!(tool.will_do("wasm-bindgen 0.2.130\n"));
        assert!(!tool.will_do("wasm-bindgen 0.2.131"));
        assert!(!tool.will_do(""));
    }

    #[test]
    fn later_versions_compare_by_number() {
        let tool = CargoTool::nextest();
        assert!(tool.will_do("cargo-nextest 0.9.151 (abc 2026-01-01)\nrelease: 0.9.151"));
        assert!(tool.will_do("cargo-nextest 0.10.0"));
        assert!(!tool.will_do("cargo-nextest 0.9.99"));
    }
}
