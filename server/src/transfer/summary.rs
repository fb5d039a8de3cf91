//! Measurements that differ in nothing but their seed, as one number with an interval.

use medley_core::metrics::MeanInterval;

use super::{Mode, Percent, Results};

/// One metric of all measurements.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// What it measures.
    pub metric: String,
    /// The parts of the training data, ascending, with the mean number of images in each.
    pub fractions: Vec<(Percent, f64)>,
    /// A line per mode and initial weights, by mode.
    pub lines: Vec<Line>,
}

/// The course of a metric over the parts of the training data.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// How much of the model learnt.
    pub mode: Mode,
    /// Name of the weights it started from.
    pub init: String,
    /// For each part the mean over the seeds; none where nothing was measured.
    pub points: Vec<Option<MeanInterval>>,
}

impl Summary {
    /// Summarises metric number `index`.
    pub fn new(results: &Results, index: usize) -> Self {
        let rows = results.rows();
        let mut fractions: Vec<Percent> = rows.iter().map(|row| row.fraction).collect();
        fractions.sort_by(|a, b| a.fraction().total_cmp(&b.fraction()));
        fractions.dedup();
        let images = |fraction: Percent| {
            let counts = rows.iter().filter(|row| row.fraction == fraction).map(|row| row.train as f64);
            let counts: Vec<f64> = counts.collect();
            (fraction, counts.iter().sum::<f64>() / counts.len() as f64)
        };
        let mut lines: Vec<Line> = Vec::new();
        for mode in Mode::ALL {
            for init in inits(results) {
                let of_line = || rows.iter().filter(|row| row.mode == mode && row.init == init);
                if of_line().next().is_none() {
                    continue;
                }
                let point = |fraction: &Percent| {
                    let here = of_line().filter(|row| row.fraction == *fraction);
                    let values: Vec<f64> = here.filter_map(|row| *row.scores.get(index)?).collect();
                    MeanInterval::of(&values)
                };
                let points = fractions.iter().map(point).collect();
                lines.push(Line { mode, init, points });
            }
        }
        let metric = results.metrics().get(index).cloned().unwrap_or_default();
        Self { metric, fractions: fractions.into_iter().map(images).collect(), lines }
    }
}

/// The names of the initial weights in the order in which they came; random ones last.
pub fn inits(results: &Results) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in results.rows() {
        if !names.contains(&row.init) {
            names.push(row.init.clone());
        }
    }
    names.sort_by_key(|name| name == "random");
    names
}
