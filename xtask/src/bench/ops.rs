//! Where the time of a step goes: its operations one by one, beside PyTorch's.

use serde::Deserialize;

use super::pytorch::{PyTorch, medley};
use super::{Device, document};
use crate::error::Error;
use crate::medley::build;
use crate::workspace::{Workspace, figures};

/// The operations of a step of nano one by one, and the same in PyTorch
///
/// The list with all shapes is xtask/src/bench/ops.json.
#[derive(clap::Args)]
pub struct Args {
    /// Threads of both.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    device: Device,
}

/// One operation as one of both measured it.
#[derive(Clone, Debug, Deserialize)]
struct Op {
    name: String,
    /// How often a step has it; 0 where it is a part of another one.
    count: u32,
    forward_ms: f64,
    backward_ms: f64,
}

impl Op {
    /// What all of a step take, in milliseconds.
    fn share(&self) -> f64 {
        f64::from(self.count) * (self.forward_ms + self.backward_ms)
    }
}

/// Prints them, those that cost Medley most first.
pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    build(workspace)?;
    let list = workspace.root.join("xtask/src/bench/ops.json");
    let ours: Vec<Op> =
        figures(medley(workspace, "ops", args.device, args.threads).arg("--list").arg(&list))?;
    let theirs: Vec<Op> = match PyTorch::find(args.device) {
        Some(pytorch) => {
            figures(pytorch.script(workspace, args.device, args.threads).arg("--ops").arg(&list))?
        }
        None => Vec::new(),
    };
    print!("{}", table(ours, &theirs));
    Ok(())
}

fn table(mut ours: Vec<Op>, theirs: &[Op]) -> String {
    ours.sort_by(|a, b| b.share().total_cmp(&a.share()));
    let row = |op: &Op| {
        let other = theirs.iter().find(|other| other.name == op.name);
        let times = |op: &Op| format!("{:.2} / {:.2}", op.forward_ms, op.backward_ms);
        let excess = other.map(|other| format!("{:.1}", op.share() - other.share()));
        vec![
            op.name.clone(),
            op.count.to_string(),
            times(op),
            other.map_or_else(|| "–".to_owned(), times),
            format!("{:.1}", op.share()),
            excess.unwrap_or_else(|| "–".to_owned()),
        ]
    };
    let rows: Vec<_> = ours.iter().map(row).collect();
    let header = [
        "operation, forward / backward in ms",
        "per step",
        "Medley",
        "PyTorch",
        "Medley, ms per step",
        "more than PyTorch, ms per step",
    ];
    document::table(&header, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_costliest_comes_first_and_stands_beside_its_counterpart() {
        let op = |name: &str, count, ms| Op {
            name: name.to_owned(),
            count,
            forward_ms: ms,
            backward_ms: 2.0 * ms,
        };
        let text = table(vec![op("cheap", 1, 1.0), op("dear", 4, 2.0)], &[op("dear", 4, 0.5)]);
        let rows: Vec<&str> = text.lines().skip(2).collect();
        let expected = [
            "| dear | 4 | 2.00 / 4.00 | 0.50 / 1.00 | 24.0 | 18.0 |",
            "| cheap | 1 | 1.00 / 2.00 | – | 3.0 | – |",
        ];
        assert_eq!(rows, expected);
    }
}
