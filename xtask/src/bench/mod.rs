//! `cargo xtask bench`: the figures that the README and docs/benchmarks.md state, one file each.

mod document;
mod estimate;
mod loader;
mod memory;
mod ops;
mod page;
mod plot;
mod pytorch;
mod size;
mod train;

use crate::error::Error;
use crate::workspace::Workspace;

/// Measure
#[derive(clap::Subcommand)]
pub enum Bench {
    /// What opening the page transfers, with and without the model
    Size,
    /// Images per second that are read, decoded and augmented for training
    Loader,
    Train(train::Args),
    Ops(ops::Args),
    Memory(memory::Args),
    /// The page in a browser: opening, inference, fine-tuning, painting, many images (about 6 minutes)
    Page,
}

pub fn run(workspace: &Workspace, bench: &Bench) -> Result<(), Error> {
    match bench {
        Bench::Size => size::run(workspace),
        Bench::Loader => loader::run(workspace),
        Bench::Train(args) => train::run(workspace, args),
        Bench::Ops(args) => ops::run(workspace, args),
        Bench::Memory(args) => memory::run(workspace, args),
        Bench::Page => page::run(workspace),
    }
}

/// Where to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Device {
    /// The processor
    Cpu,
    /// The graphics processor
    Gpu,
}

impl Device {
    /// What `medley --device` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }

    /// In a heading.
    fn title(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Gpu => "GPU",
        }
    }
}

/// The middle of some figures; of an even number the mean of the middle two.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle) {
        None => f64::NAN,
        Some(&upper) if values.len() % 2 == 1 => upper,
        Some(&upper) => f64::midpoint(values[middle - 1], upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 20.0]), 3.0);
        assert_eq!(median(vec![4.0, 1.0, 20.0, 2.0]), 3.0);
        assert!(median(Vec::new()).is_nan());
    }
}
