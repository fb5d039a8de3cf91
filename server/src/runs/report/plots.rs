//! The course of a run as charts: a small one per task, all of one size, so that sixty tasks are as legible
//! as six.

use std::collections::BTreeMap;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::series::{bounds, smooth, thin};
use crate::report::chart::{
    Area, Axis, COLOURS, Chart, ChartError, Frame, GREY, UNIT, px, svg, text_style, write,
};
use crate::runs::{Course, Series};

/// (width, height) of a chart in pixels.
const PANEL: (u32, u32) = (320, 190);
/// Room for the names of metrics beside their lines, in pixels.
const NAMES: u32 = 86;

type Points = Vec<(f64, f64)>;

fn points<T: Copy + Into<f64>>(series: &Series<T>) -> Points {
    let points = series.iter().map(|(update, value)| (*update as f64, (*value).into()));
    points.filter(|point| point.1.is_finite()).collect()
}

/// Draws `count` panels in rows of up to three or four.
fn panels(
    count: usize,
    mut draw: impl FnMut(usize, &Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let count = count.max(1) as u32;
    let columns = count.min(if count <= 12 { 3 } else { 4 });
    let rows = count.div_ceil(columns);
    svg((PANEL.0 * columns, PANEL.1 * rows), |area| {
        let areas = area.split_evenly((rows as usize, columns as usize));
        areas.iter().enumerate().take(count as usize).try_for_each(|(index, area)| draw(index, area))
    })
}

/// Training loss per task: thin as reported, thick smoothed, the last value beside the name.
pub fn losses(course: &Course) -> Result<String, ChartError> {
    let tasks: Vec<(&String, Points)> = course.losses.iter().map(|(task, s)| (task, points(s))).collect();
    let x = updates(course);
    let all = || tasks.iter().flat_map(|(_, series)| series.iter().map(|point| point.1));
    // A few outliers would press the rest flat.
    let (low, high) = bounds(all(), 0.002).unwrap_or((0.1, 1.0));
    let y = if low > 0.0 { Axis::log(low, high) } else { Axis::linear(low, high) };
    panels(tasks.len(), |index, area| {
        let Some((task, series)) = tasks.get(index) else { return Ok(()) };
        let smoothed = smooth(series);
        title(area, task, smoothed.last().map(|point| format!("{:.3}", point.1)))?;
        small(x, y).draw(area, |chart| rough_and_smooth(chart, series, &smoothed))
    })
}

/// Held-out metrics per task, each with its name and last value at its line's end.
pub fn metrics(course: &Course) -> Result<String, ChartError> {
    let tasks: Vec<_> = course.metrics.iter().collect();
    let x = updates(course);
    panels(tasks.len(), |index, area| {
        let Some((task, metrics)) = tasks.get(index) else { return Ok(()) };
        title(area, task, None)?;
        let lines: Vec<(&String, Points)> = metrics.iter().map(|(name, s)| (name, points(s))).collect();
        let all = lines.iter().flat_map(|(_, line)| line.iter().map(|point| point.1));
        let (low, high) = bounds(all, 0.0).unwrap_or((0.0, 1.0));
        let shares = (0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high);
        let y = if shares { Axis::linear(0.0, 1.0) } else { Axis::linear(low.min(0.0), high.max(0.0)) };
        let frame = Frame { right: NAMES, ..small(x, y) };
        let mut ends = Vec::new();
        frame.draw(area, |chart| {
            for ((name, line), colour) in lines.iter().zip(COLOURS.iter().cycle()) {
                let style = colour.stroke_width(2 * UNIT);
                chart.draw_series(LineSeries::new(line.iter().copied(), style))?;
                // A line of one point would not be seen.
                let dots = line.iter().filter(|_| line.len() < 20);
                chart.draw_series(dots.map(|at| Circle::new(*at, px(2), colour.filled())))?;
                if let Some(end) = line.last() {
                    ends.push((chart.backend_coord(end), format!("{name} {:.2}", end.1), *colour));
                }
            }
            Ok(())
        })?;
        name_ends(area, ends)
    })
}

/// Learning rate, and the norm of the shared gradient where it was reported.
pub fn rate(course: &Course) -> Result<String, ChartError> {
    let mut charts = vec![("learning rate", points(&course.rate), false)];
    if !course.gradient_norm.is_empty() {
        charts.push(("gradient norm", points(&course.gradient_norm), true));
    }
    singles(course, &charts)
}

/// Images per second, and memory where it was reported.
pub fn throughput(course: &Course) -> Result<String, ChartError> {
    let mut charts = vec![("images per second", points(&course.images_per_second), true)];
    if !course.memory.is_empty() {
        let memory = course.memory.iter().map(|(update, bytes)| (*update as f64, *bytes as f64 / 1e9));
        charts.push(("memory in GB", memory.collect(), false));
    }
    singles(course, &charts)
}

/// Charts of one line each from zero upwards; `noisy` ones are smoothed.
fn singles(course: &Course, charts: &[(&str, Points, bool)]) -> Result<String, ChartError> {
    let x = updates(course);
    panels(charts.len(), |index, area| {
        let Some((name, series, noisy)) = charts.get(index) else { return Ok(()) };
        let rare = if *noisy { 0.002 } else { 0.0 };
        let (_, high) = bounds(series.iter().map(|point| point.1), rare).unwrap_or((0.0, 1.0));
        title(area, name, None)?;
        small(x, Axis::linear(0.0, high * 1.05)).draw(area, |chart| {
            if *noisy {
                return rough_and_smooth(chart, series, &smooth(series));
            }
            chart.draw_series(LineSeries::new(thin(series), COLOURS[0].stroke_width(2 * UNIT)))?;
            Ok(())
        })
    })
}

fn rough_and_smooth(
    chart: &mut Chart<'_, '_>,
    series: &[(f64, f64)],
    smoothed: &[(f64, f64)],
) -> Result<(), ChartError> {
    chart.draw_series(LineSeries::new(thin(series), COLOURS[0].mix(0.3).stroke_width(UNIT)))?;
    // A line of one point would not be seen.
    let dots = smoothed.iter().filter(|_| smoothed.len() == 1);
    chart.draw_series(dots.map(|at| Circle::new(*at, px(2), COLOURS[0].filled())))?;
    chart.draw_series(LineSeries::new(smoothed.iter().copied(), COLOURS[0].stroke_width(2 * UNIT)))?;
    Ok(())
}

fn updates(course: &Course) -> Axis {
    Axis::linear(0.0, course.update().max(1) as f64)
}

fn small(x: Axis, y: Axis) -> Frame<'static> {
    Frame { labels: (4, 4), ..Frame::new(x, y, "", "") }
}

fn title(area: &Area<'_>, name: &str, value: Option<String>) -> Result<(), ChartError> {
    let style = ("sans-serif", px(12), FontStyle::Bold).into_font().color(&GREY);
    write(area, &shortened(name, 34), (px(10), px(6)), &style, (HPos::Left, VPos::Top))?;
    let right = (px(PANEL.0 - 14), px(6));
    write(area, &value.unwrap_or_default(), right, &text_style(12, COLOURS[0]), (HPos::Right, VPos::Top))
}

/// Text with its middle left out where it is too long.
pub fn shortened(text: &str, longest: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= longest {
        return text.to_owned();
    }
    let (head, tail) = (longest / 2, longest - 1 - longest / 2);
    let tail = &letters[letters.len() - tail..];
    letters[..head].iter().chain(['…'].iter()).chain(tail).collect()
}

/// Writes names to the right of lines' ends, moved apart where lines end close together.
fn name_ends(area: &Area<'_>, mut ends: Vec<((i32, i32), String, RGBColor)>) -> Result<(), ChartError> {
    ends.sort_by_key(|(at, ..)| at.1);
    let (_, top) = area.get_base_pixel();
    let mut heights: Vec<i32> = ends.iter().map(|(at, ..)| at.1 - top).collect();
    spread(&mut heights, px(12), px(PANEL.1 - 24));
    let left = px(PANEL.0 - NAMES + 6);
    for ((_, text, colour), height) in ends.iter().zip(heights) {
        write(area, text, (left, height), &text_style(10, *colour), (HPos::Left, VPos::Center))?;
    }
    Ok(())
}

/// Moves rising `places` at least `gap` apart, none below `last`.
fn spread(places: &mut [i32], gap: i32, last: i32) {
    let mut lowest = i32::MIN;
    for place in places.iter_mut() {
        *place = (*place).max(lowest);
        lowest = *place + gap;
    }
    let mut highest = last;
    for place in places.iter_mut().rev() {
        *place = (*place).min(highest);
        highest = *place - gap;
    }
}

/// All plots of a run by file name; those for which nothing was reported are left out.
pub fn all(course: &Course) -> Result<BTreeMap<&'static str, String>, ChartError> {
    let mut plots = BTreeMap::new();
    if !course.losses.is_empty() {
        plots.insert("loss.svg", losses(course)?);
        plots.insert("rate.svg", rate(course)?);
        plots.insert("throughput.svg", throughput(course)?);
    }
    if !course.metrics.is_empty() {
        plots.insert("metrics.svg", metrics(course)?);
    }
    if !course.interference.tasks.is_empty() {
        plots.insert("interference.svg", super::heat::interference(&course.interference)?);
    }
    Ok(plots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_overlap_are_moved_apart_within_the_panel() {
        let mut places = [10, 12, 13, 95, 99];
        spread(&mut places, 10, 100);
        assert_eq!(places, [10, 20, 30, 90, 100]);
    }

    #[test]
    fn long_names_keep_their_beginning_and_end() {
        assert_eq!(shortened("dsb2018", 7), "dsb2018");
        assert_eq!(shortened("dsb2018-fluo-segmentation", 11), "dsb20…ation");
    }
}
