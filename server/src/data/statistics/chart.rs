//! Sizes and intensities as SVG.

use std::error::Error;

use medley_core::dataset::Split;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::SPLIT_COLOURS;
use super::summary::TaskStatistics;

/// (width, height) of a chart in pixels.
const SIZE: (u32, u32) = (500, 280);
/// Bars of a histogram.
const BINS: usize = 64;
const GREY: RGBColor = RGBColor(128, 128, 128);

/// The shares of values, a line per split.
pub fn intensities(task: &TaskStatistics) -> Result<String, Box<dyn Error>> {
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
    draw((f64::from(from), f64::from(to)), (0.0, top * 100.0), "value", "% of pixels", |chart| {
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
            chart.draw_series(LineSeries::new(points, colour.stroke_width(1)))?;
        }
        Ok(())
    })
}

/// Width and height of the images, a dot each; none where all have one size.
pub fn sizes(task: &TaskStatistics) -> Result<Option<String>, Box<dyn Error>> {
    let all = || task.splits.iter().flat_map(|split| &split.sizes);
    let Some(first) = all().next() else { return Ok(None) };
    if all().all(|size| size == first) {
        return Ok(None);
    }
    let range = |side: fn(&(usize, usize)) -> usize| {
        let low = all().map(side).min().unwrap_or(0) as f64;
        let high = all().map(side).max().unwrap_or(0) as f64;
        let margin = ((high - low) * 0.06).max(2.0);
        ((low - margin).max(0.0), high + margin)
    };
    draw(range(|size| size.0), range(|size| size.1), "width", "height", |chart| {
        for split in &task.splits {
            let colour = colour(split.split);
            let mut sizes = split.sizes.clone();
            sizes.sort_unstable();
            sizes.dedup();
            let dots = sizes.iter().map(|(width, height)| {
                Circle::new((*width as f64, *height as f64), 3, colour.mix(0.55).filled())
            });
            chart.draw_series(dots)?;
        }
        Ok(())
    })
    .map(Some)
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Two quiet axes, and what `fill` draws between them.
fn draw(
    x: (f64, f64),
    y: (f64, f64),
    x_name: &str,
    y_name: &str,
    fill: impl FnOnce(&mut Chart<'_, '_>) -> Result<(), Box<dyn Error>>,
) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let text = ("sans-serif", 12).into_font().color(&GREY);
        let mut chart = ChartBuilder::on(&area)
            .margin_right(14)
            .margin_top(24)
            .x_label_area_size(38)
            .y_label_area_size(52)
            .build_cartesian_2d(x.0..x.1, y.0..y.1)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GREY.mix(0.18))
            .axis_style(GREY.mix(0.5))
            .x_labels(6)
            .y_labels(5)
            .label_style(text.clone())
            .x_label_formatter(&|value| plain(*value))
            .y_label_formatter(&|value| plain(*value))
            .draw()?;
        fill(&mut chart)?;
        let label = |anchor| text.clone().pos(anchor);
        area.draw(&Text::new(y_name.to_owned(), (6, 4), label(Pos::new(HPos::Left, VPos::Top))))?;
        let corner = (SIZE.0 as i32 - 14, SIZE.1 as i32 - 4);
        area.draw(&Text::new(x_name.to_owned(), corner, label(Pos::new(HPos::Right, VPos::Bottom))))?;
        area.present()?;
    }
    // The page gives the size; a label without a width scales with it.
    let fixed = format!(r#"width="{}" height="{}""#, SIZE.0, SIZE.1);
    // Within HTML an SVG needs no namespace; its address would be the only one on the page.
    Ok(svg.replacen(&fixed, r#"role="img""#, 1).replace(r#" xmlns="http://www.w3.org/2000/svg""#, ""))
}

/// A number without digits that say nothing.
fn plain(value: f64) -> String {
    let digits = if value.abs() >= 10.0 || value == 0.0 {
        0
    } else if value.abs() >= 1.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn colour(split: Split) -> RGBColor {
    let [r, g, b] = SPLIT_COLOURS[split as usize];
    RGBColor(r, g, b)
}
