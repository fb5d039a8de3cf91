//! Whether memory grows with the number of tasks.

use std::fs;

use serde::Deserialize;

use super::pytorch::medley;
use super::{Device, document, plot};
use crate::error::Error;
use crate::medley::build;
use crate::workspace::{Workspace, figures};

/// Peak memory of the same training run with more and more tasks
///
/// Every run is a process of its own. Writes docs/benchmarks.md and a plot beside it.
#[derive(clap::Args)]
pub struct Args {
    /// Numbers of tasks; growth is counted from the first.
    #[arg(long, value_delimiter = ',', default_value = "1,4,16,64")]
    tasks: Vec<u32>,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    device: Device,
}

/// What one run needed.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Run {
    /// Number of tasks.
    pub tasks: u32,
    /// Of the process, or of the allocator on a GPU.
    pub peak_bytes: u64,
    /// Heads and their optimisers' state: what each task owns.
    pub head_bytes: u64,
}

impl Run {
    /// What all tasks share.
    pub fn shared_bytes(&self) -> u64 {
        self.peak_bytes.saturating_sub(self.head_bytes)
    }
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    build(workspace)?;
    let mut runs: Vec<Run> = Vec::new();
    for tasks in &args.tasks {
        println!("{tasks} tasks");
        let mut command = medley(workspace, "memory", args.device, args.threads);
        // What glibc keeps of freed blocks differs from run to run and is no need of the training.
        command.env("MALLOC_MMAP_THRESHOLD_", "262144");
        runs.push(figures(command.args(["--tasks", &tasks.to_string()]))?);
    }
    let table = table(&runs);
    println!("\n{table}");
    let picture = match args.device {
        Device::Cpu => "memory.svg",
        Device::Gpu => "memory-gpu.svg",
    };
    let path = workspace.root.join("docs").join(picture);
    fs::write(&path, plot::memory(&runs)).map_err(Error::file("write", &path))?;
    let device = args.device;
    let body = format!(
        "## Memory and the number of tasks, {}\n\n\
         Peak memory of the same run with more and more tasks. What is left without the heads and their \
         optimisers' state is what all tasks share; its growth is counted from the first row. glibc's allocator is told to give freed blocks back at once \
         (`MALLOC_MMAP_THRESHOLD_=262144`); else what it keeps of them, by chance some percent, would be counted.\n\n\
         {table}\n![Peak memory against the number of tasks]({picture})",
        device.title()
    );
    document::write(workspace, &format!("memory-{}", device.name()), &body)
}

fn table(runs: &[Run]) -> String {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let first = runs.first().map_or(0, Run::shared_bytes) as f64;
    let row = |run: &Run| {
        let growth = 100.0 * (run.shared_bytes() as f64 / first - 1.0);
        vec![
            run.tasks.to_string(),
            megabytes(run.peak_bytes),
            megabytes(run.head_bytes),
            megabytes(run.shared_bytes()),
            format!("{growth:+.2} %"),
        ]
    };
    let rows: Vec<_> = runs.iter().map(row).collect();
    document::table(&["tasks", "peak", "heads and their optimisers", "without them", "growth"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_leaves_out_what_each_task_owns() {
        let run = |tasks, peak_bytes, head_bytes| Run { tasks, peak_bytes, head_bytes };
        let text = table(&[run(1, 501_000_000, 1_000_000), run(64, 569_000_000, 64_000_000)]);
        let rows: Vec<&str> = text.lines().skip(2).collect();
        let expected = [
            "| 1 | 501.0 MB | 1.0 MB | 500.0 MB | +0.00 % |",
            "| 64 | 569.0 MB | 64.0 MB | 505.0 MB | +1.00 % |",
        ];
        assert_eq!(rows, expected);
    }
}
