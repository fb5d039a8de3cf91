//! `cargo xtask test`: everything that has to hold, in the order of what fails fastest.

use std::process::Command;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::error::Error;
use crate::page;
use crate::tools::{self, CargoTool, Readers};
use crate::workspace::{WASM, Workspace, run as run_program};

/// Run every check and every test
#[derive(clap::Args)]
pub struct Args {
    /// Leave out the page and the end-to-end tests in the browser.
    #[arg(long, conflicts_with = "only")]
    fast: bool,
    /// Run this step alone; may be repeated.
    #[arg(long, value_enum, value_name = "STEP")]
    only: Vec<Step>,
}

/// One check. Declared in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting
    Fmt,
    /// Lints of the native crates
    Clippy,
    /// Lints of the page, for wasm
    ClippyPage,
    /// Licences, sources and advisories of the dependencies
    Deny,
    /// Unit, property and parity tests
    Unit,
    /// Build of the page
    Page,
    /// End-to-end tests in a browser
    E2e,
}

/// The crates that are compiled for this machine. The same selection in every command, so that cargo resolves
/// the same features and builds each dependency once.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "medley-app"];

/// Tests that need the built page and a browser are in binaries of this name.
const IN_BROWSER: &str = "binary(/^e2e/)";

pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    let steps: Vec<Step> = Step::value_variants().iter().copied().filter(|step| step.chosen(args)).collect();
    if steps.iter().any(|step| matches!(step, Step::Unit | Step::E2e)) {
        tools::ensure_system_packages()?;
    }
    let mut times = Vec::new();
    for step in steps {
        println!("\n=== {} ===", step.title());
        let start = Instant::now();
        let outcome = step.run(workspace);
        let time = start.elapsed();
        println!(
            "=== {}: {}, {} ===",
            step.title(),
            if outcome.is_ok() { "passed" } else { "FAILED" },
            clock(time)
        );
        outcome?;
        times.push((step, time));
    }
    println!("\nAll steps passed:");
    for (step, time) in &times {
        println!("  {:<45} {:>9}", step.title(), clock(*time));
    }
    println!("  {:<45} {:>9}", "total", clock(times.iter().map(|(_, time)| *time).sum()));
    Ok(())
}

impl Step {
    fn chosen(self, args: &Args) -> bool {
        let slow = matches!(self, Self::Page | Self::E2e);
        if args.only.is_empty() { !(args.fast && slow) } else { args.only.contains(&self) }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Fmt => "formatting",
            Self::Clippy => "lints",
            Self::ClippyPage => "lints of the page",
            Self::Deny => "licences and sources",
            Self::Unit => "unit, property and parity tests",
            Self::Page => "build of the page",
            Self::E2e => "end-to-end tests",
        }
    }

    fn run(self, workspace: &Workspace) -> Result<(), Error> {
        match self {
            Self::Fmt => run_program(&mut workspace.cargo(&["fmt", "--all", "--check"])),
            Self::Clippy => clippy(workspace, &[&NATIVE[..], &["--all-targets"]].concat()),
            Self::ClippyPage => {
                tools::ensure_wasm_target(workspace)?;
                clippy(workspace, &["--package", "medley-app", "--target", WASM])
            }
            Self::Deny => deny(workspace),
            Self::Unit => {
                run_program(nextest(workspace)?.args(["--filterset", &format!("not {IN_BROWSER}")]))
            }
            Self::Page => page::build(workspace),
            Self::E2e => {
                let readers = Readers::ensure(workspace)?;
                let mut tests = nextest(workspace)?;
                // Without this variable they let themselves be skipped where there is no page or no browser.
                tests.env("MEDLEY_DIST", workspace.dist()).env("MEDLEY_E2E", "1");
                tests.env("MEDLEY_READERS", readers.python).env("MEDLEY_AXE", readers.axe);
                run_program(tests.args(["--filterset", IN_BROWSER, "--test-threads", "1"]))
            }
        }
    }
}

fn clippy(workspace: &Workspace, selection: &[&str]) -> Result<(), Error> {
    run_program(workspace.cargo(&["clippy"]).args(selection).args(["--", "--deny", "warnings"]))
}

fn deny(workspace: &Workspace) -> Result<(), Error> {
    CargoTool::deny().ensure(workspace)?;
    let check = |what: &[&str]| run_program(workspace.cargo(&["deny", "check"]).args(what));
    check(&["licenses", "bans", "sources"])?;
    if run_program(&mut workspace.cargo(&["deny", "fetch", "db"])).is_ok() {
        check(&["advisories"])
    } else {
        println!("Security advisories were NOT checked: their database cannot be fetched from here.");
        Ok(())
    }
}

/// `cargo nextest run` on the native crates, still without a filter.
fn nextest(workspace: &Workspace) -> Result<Command, Error> {
    CargoTool::nextest().ensure(workspace)?;
    let mut nextest = workspace.cargo(&["nextest", "run"]);
    nextest.args(NATIVE);
    Ok(nextest)
}

/// A duration as minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f32())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
