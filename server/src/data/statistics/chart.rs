//! Sizes and intensities as SVG.

use medley_core::dataset::Split;
use plotters::prelude::*;

use super::SPLIT_COLOURS;
use super::summary::TaskStatistics;
use crate::report::chart::{Axis, ChartError, Frame, UNIT, inline_svg, px};

/// (width, height) of a chart in pixels.
const SIZE: (u32, u32) = (500, 280);
/// Bars of a histogram.
const BINS: usize = 64;

/// The shares of values, a line per split.
pub fn intensities(task: &TaskStatistics) -> Result<String, ChartError> {
    let values = || task.splits.iter().map(|split| &split.values);
    let (from, to) = (
        values().map(|values| values.percentile(0.4)).fold(f32::INFINITY, f32::min),
        values().map(|values| values.percentile(99.6)).fold(f32::NEG_INFINITY, f32::max),
    );
    let (from, to) = if from < to { (from, to) } else { (from - 0.5, from + 0.5) };
    let lines: Vec<(Split, Vec<f64>)> =
        task.splits.iter().map(|split| (split.split, split.values.histogram(from, to, BINS))).collect();
    // One bar with all of the background would press the rest flat.
    let mut shares: Vec<f64> = lines.iter().flat_map(|(_, line)| line.clone()).collect();
    shares.sort_by(f64::total_cmp);
    let high = shares.get(shares.len() * 97 / 100).copied().unwrap_or(1.0) * 1.3;
    let top = high.min(shares.last().copied().unwrap_or(1.0) * 1.05).max(1e-9);
    let step = f64::from(to - from) / BINS as f64;
    let (x, y) = (Axis::linear(f64::from(from), f64::from(to)), Axis::linear(0.0, top * 100.0));
    inline_svg(SIZE, |area| {
        Frame::new(x, y, "value", "% of pixels").draw(area, |chart| {
            for (split, line) in &lines {
                let colour = colour(*split);
                // Steps: a bar's left and right end.
                let points = line.iter().enumerate().flat_map(|(bin, share)| {
                    let left = f64::from(from) + bin as f64 * step;
                    let height = share.min(top) * 100.0;
                    [(left, height), (left + step, height)]
                });
                let points: Vec<(f64, f64)> = points.collect();
                let ground = [(f64::from(to), 0.0), (f64::from(from), 0.0)];
                let area: Vec<(f64, f64)> = points.iter().copied().chain(ground).collect();
                chart.draw_series([Polygon::new(area, colour.mix(0.08))])?;
                chart.draw_series(LineSeries::new(points, colour.stroke_width(UNIT)))?;
            }
            Ok(())
        })
    })
}

/// Width and height of the images, a dot each; none where all have one size.
pub fn sizes(task: &TaskStatistics) -> Result<Option<String>, ChartError> {
    let all = || task.splits.iter().flat_map(|split| &split.sizes);
    let Some(first) = all().next() else { return Ok(None) };
    if all().all(|size| size == first) {
        return Ok(None);
    }
    let range = |side: fn(&(usize, usize)) -> usize| {
        let low = all().map(side).min().unwrap_or(0) as f64;
        let high = all().map(side).max().unwrap_or(0) as f64;
        let margin = ((high - low) * 0.06).max(2.0);
        Axis::linear((low - margin).max(0.0), high + margin)
    };
    let frame = Frame::new(range(|size| size.0), range(|size| size.1), "width", "height");
    inline_svg(SIZE, |area| {
        frame.draw(area, |chart| {
            for split in &task.splits {
                let colour = colour(split.split);
                let mut sizes = split.sizes.clone();
                sizes.sort_unstable();
                sizes.dedup();
                let dots = sizes.iter().map(|(width, height)| {
                    Circle::new((*width as f64, *height as f64), px(3), colour.mix(0.55).filled())
                });
                chart.draw_series(dots)?;
            }
            Ok(())
        })
    })
    .map(Some)
}

fn colour(split: Split) -> RGBColor {
    let [r, g, b] = SPLIT_COLOURS[split as usize];
    RGBColor(r, g, b)
}
