//! How fast the multi-task step is, beside the same step in PyTorch.

use serde::Deserialize;

use super::pytorch::{PyTorch, medley};
use super::{Device, document, median};
use crate::error::Error;
use crate::medley::build;
use crate::workspace::{Workspace, figures};

/// The multi-task training step, and the same network and step in PyTorch
///
/// Both take turns, so that a machine that slows down slows both. Writes docs/benchmarks.md where PyTorch is found.
#[derive(clap::Args)]
pub struct Args {
    /// Sizes of the network.
    #[arg(long, value_delimiter = ',', default_value = "nano,tiny")]
    presets: Vec<String>,
    /// Side of the images.
    #[arg(long, default_value_t = 224)]
    size: usize,
    /// Images of each of the three tasks.
    #[arg(long, default_value_t = 4)]
    batch: usize,
    /// Threads of both.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    device: Device,
    /// Compute with 16-bit numbers, PyTorch by its autocast.
    #[arg(long)]
    half: bool,
    /// Turns that Medley's whole step makes at the same time; the passes are timed one after the other.
    #[arg(long, default_value_t = 2)]
    parallel_turns: usize,
    /// Measurements of each program; the medians are stated.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// What one process measured.
#[derive(Clone, Debug, Deserialize)]
struct Figures {
    forward_ms: f64,
    backward_ms: f64,
    step_ms: f64,
    images_per_second: f64,
    peak_memory_bytes: f64,
}

impl Figures {
    /// The medians of several.
    fn median(all: &[Self]) -> Self {
        let of = |field: fn(&Self) -> f64| median(all.iter().map(field).collect());
        Self {
            forward_ms: of(|f| f.forward_ms),
            backward_ms: of(|f| f.backward_ms),
            step_ms: of(|f| f.step_ms),
            images_per_second: of(|f| f.images_per_second),
            peak_memory_bytes: of(|f| f.peak_memory_bytes),
        }
    }
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    build(workspace)?;
    let pytorch = PyTorch::find(args.device);
    let mut rows = Vec::new();
    for preset in &args.presets {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 1..=args.rounds {
            println!("{preset}: round {round} of {}", args.rounds);
            let sizes = [
                ("--preset", preset.clone()),
                ("--size", args.size.to_string()),
                ("--batch", args.batch.to_string()),
            ];
            let sizes = || sizes.iter().flat_map(|(name, value)| [*name, value.as_str()]);
            let mut command = medley(workspace, "train", args.device, args.threads);
            command.args(sizes()).args(["--parallel-turns", &args.parallel_turns.to_string()]);
            ours.push(figures(command.args(args.half.then_some("--half")))?);
            if let Some(pytorch) = &pytorch {
                let mut command = pytorch.script(workspace, args.device, args.threads);
                let precision = args.half.then_some(["--precision", "float16"]).into_iter().flatten();
                theirs.push(figures(command.args(sizes()).args(precision))?);
            }
        }
        let theirs = pytorch.as_ref().map(|_| Figures::median(&theirs));
        rows.extend(lines(preset, &Figures::median(&ours), theirs.as_ref()));
    }
    let table = document::table(&["", "Medley", "PyTorch", "speed, Medley / PyTorch"], &rows);
    println!("\n{table}");
    let Some(pytorch) = pytorch else { return Ok(()) };
    let Args { size, batch, threads, device, half, rounds, parallel_turns, .. } = args;
    let title = device.title();
    let (precision, in_half, part) =
        if *half { ("half", ", in half precision", "-half") } else { ("single", "", "") };
    let threads = match device {
        Device::Cpu => format!("threads: {threads}; "),
        Device::Gpu => String::new(),
    };
    let body = format!(
        "## The training step on the {title}{in_half}\n\n\
         Images of {size} x {size} in {precision} precision. Batch of each task: {batch}; {threads}measurements of \
         each program: {rounds}; turns that Medley's whole step makes at the same time: {parallel_turns}; PyTorch {}.\n\n{table}",
        pytorch.version
    );
    document::write(workspace, &format!("train-{}{part}", device.name()), &body)
}

/// The rows of one preset.
fn lines(preset: &str, ours: &Figures, theirs: Option<&Figures>) -> Vec<Vec<String>> {
    let row = |what: &str, text: fn(&Figures) -> String, speed: Option<fn(&Figures) -> f64>| {
        let ratio = theirs.zip(speed).map(|(theirs, speed)| format!("{:.2}", speed(ours) / speed(theirs)));
        let absent = || "–".to_owned();
        vec![
            format!("{preset}, {what}"),
            text(ours),
            theirs.map_or_else(absent, text),
            ratio.unwrap_or_else(absent),
        ]
    };
    vec![
        row("forward", |f| format!("{:.0} ms", f.forward_ms), Some(|f| 1.0 / f.forward_ms)),
        row("backward", |f| format!("{:.0} ms", f.backward_ms), Some(|f| 1.0 / f.backward_ms)),
        row("whole step", |f| format!("{:.0} ms", f.step_ms), Some(|f| 1.0 / f.step_ms)),
        row("images per second", |f| format!("{:.1}", f.images_per_second), Some(|f| f.images_per_second)),
        row("peak memory", |f| format!("{:.0} MB", f.peak_memory_bytes / 1e6), None),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn figures(step_ms: f64) -> Figures {
        Figures {
            forward_ms: 0.4 * step_ms,
            backward_ms: 0.6 * step_ms,
            step_ms,
            images_per_second: 12e3 / step_ms,
            peak_memory_bytes: 1e9,
        }
    }

    #[test]
    fn what_takes_twice_as_long_has_half_the_speed() {
        let rows = lines("nano", &figures(800.0), Some(&figures(400.0)));
        assert_eq!(rows[2], ["nano, whole step", "800 ms", "400 ms", "0.50"]);
        assert_eq!(rows[3], ["nano, images per second", "15.0", "30.0", "0.50"]);
        assert_eq!(rows[4], ["nano, peak memory", "1000 MB", "1000 MB", "–"]);
        assert_eq!(lines("nano", &figures(800.0), None)[0], ["nano, forward", "320 ms", "–", "–"]);
    }

    #[test]
    fn further_fields_do_not_matter() {
        let line = r#"{"preset":"nano","device":"cpu","threads":2,"forward_ms":1.5,"backward_ms":2,"step_ms":4.0,
            "images_per_second":3000,"peak_memory_bytes":123}"#;
        let read: Figures = serde_json::from_str(line).unwrap();
        assert_eq!(Figures::median(&[read.clone(), read]).forward_ms, 1.5);
    }
}
