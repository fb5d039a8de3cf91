//! A metric over the part of the training data: a panel per mode, a line per initial weights.

use medley_core::metrics::MeanInterval;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::summary::{Line, Summary};
use super::{Mode, Percent};
use crate::report::chart::{
    Area, Axis, COLOURS, Chart, ChartError, Frame, GREY, UNIT, px, svg, text_style, write,
};

/// (width, height) of a panel in pixels.
const PANEL: (u32, u32) = (300, 260);
/// Height of the line that names the colours, in pixels.
const LEGEND: u32 = 34;
/// Width of a letter in it, about, in pixels.
const LETTER: usize = 7;
/// Factor between lines at one part of the data, so that their intervals do not lie on each other.
const APART: f64 = 1.12;

/// Draws a summary with at least one point.
pub fn plot(summary: &Summary) -> Result<String, ChartError> {
    let modes: Vec<Mode> =
        Mode::ALL.into_iter().filter(|mode| lines(summary, *mode).next().is_some()).collect();
    let names = names(summary);
    svg((PANEL.0 * modes.len() as u32, PANEL.1 + LEGEND), |area| {
        let (top, bottom) = area.split_vertically(px(LEGEND));
        legend(&top, &summary.metric, &names)?;
        let panels = bottom.split_evenly((1, modes.len()));
        panels.iter().zip(&modes).try_for_each(|(panel, mode)| draw_panel(panel, summary, *mode, &names))
    })
}

fn lines(summary: &Summary, mode: Mode) -> impl Iterator<Item = &Line> {
    summary.lines.iter().filter(move |line| line.mode == mode)
}

/// The initial weights of all lines.
fn names(summary: &Summary) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for line in &summary.lines {
        if !names.contains(&line.init.as_str()) {
            names.push(&line.init);
        }
    }
    names
}

/// Random weights are the ground to compare with: grey.
fn colour(place: usize, init: &str) -> RGBColor {
    if init == "random" { GREY } else { COLOURS[place % COLOURS.len()] }
}

fn legend(area: &Area<'_>, metric: &str, names: &[&str]) -> Result<(), ChartError> {
    let style = text_style(12, GREY);
    let left = (HPos::Left, VPos::Center);
    let middle = px(LEGEND / 2);
    let width = |text: &str| (text.chars().count() + 3) * LETTER;
    write(area, metric, (px(6), middle), &style, left)?;
    let mut x = 6 + width(metric) as u32;
    for (place, name) in names.iter().enumerate() {
        area.draw(&Circle::new((px(x + 4), middle), px(4), colour(place, name).filled()))?;
        write(area, name, (px(x + 14), middle), &style, left)?;
        x += 14 + width(name) as u32;
    }
    Ok(())
}

fn draw_panel(area: &Area<'_>, summary: &Summary, mode: Mode, names: &[&str]) -> Result<(), ChartError> {
    let percents = || summary.fractions.iter().map(|(fraction, _)| percent(*fraction));
    let (least, most) = (percents().fold(100.0, f64::min), percents().fold(0.0, f64::max));
    let beside = APART.powi(names.len() as i32);
    let x = Axis::log(least / beside, most * beside);
    let (low, high) = range(summary);
    let frame =
        Frame { labels: (7, 5), ..Frame::new(x, Axis::linear(low, high), "% of training data", mode.name()) };
    frame.draw(area, |chart| {
        for line in lines(summary, mode) {
            let place = names.iter().position(|name| *name == line.init).unwrap_or(0);
            let beside = APART.powf(place as f64 - (names.len() - 1) as f64 / 2.0);
            let places: Vec<f64> = percents().map(|percent| percent * beside).collect();
            draw_line(chart, line, &places, colour(place, &line.init))?;
        }
        Ok(())
    })
}

fn percent(fraction: Percent) -> f64 {
    fraction.fraction() * 100.0
}

/// Points with their intervals, joined where neighbours are known.
fn draw_line(
    chart: &mut Chart<'_, '_>,
    line: &Line,
    places: &[f64],
    colour: RGBColor,
) -> Result<(), ChartError> {
    let points: Vec<(f64, Option<&MeanInterval>)> =
        places.iter().copied().zip(line.points.iter().map(Option::as_ref)).collect();
    for (x, point) in &points {
        if let Some((below, above)) = point.and_then(ends) {
            chart.draw_series(LineSeries::new(
                [(*x, below), (*x, above)],
                colour.mix(0.4).stroke_width(3 * UNIT),
            ))?;
        }
    }
    for joined in points.split(|(_, point)| point.is_none()) {
        let joined: Vec<(f64, f64)> =
            joined.iter().filter_map(|(x, point)| Some((*x, point.as_ref()?.mean))).collect();
        chart.draw_series(LineSeries::new(joined.iter().copied(), colour.stroke_width(2 * UNIT)))?;
        chart.draw_series(joined.into_iter().map(|at| Circle::new(at, px(3), colour.filled())))?;
    }
    Ok(())
}

fn ends(point: &MeanInterval) -> Option<(f64, f64)> {
    point.half_width.map(|half_width| (point.mean - half_width, point.mean + half_width))
}

/// The values of all panels, with their intervals as far as a metric can go. The axis cuts what is beyond.
fn range(summary: &Summary) -> (f64, f64) {
    let points = || summary.lines.iter().flat_map(|line| line.points.iter().flatten());
    let values = || points().flat_map(|point| ends(point).map_or([point.mean; 2], |(low, high)| [low, high]));
    let low = values().fold(1.0_f64, f64::min).max(0.0);
    let high = values().fold(0.0_f64, f64::max).min(1.0);
    let margin = ((high - low) * 0.08).max(0.01);
    (low - margin, high + margin)
}
