//! Quiet charts as SVG: grey axes on no background, so that they stand on light and dark pages alike.

use std::error::Error;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Why a chart cannot be drawn.
pub type ChartError = Box<dyn Error>;

/// Units of a drawing per pixel: the library rounds coordinates to whole units.
pub const UNIT: u32 = 4;

/// Axes, labels.
pub const GREY: RGBColor = RGBColor(128, 128, 128);

/// Colours that people with any colour vision tell apart, on light and dark ground (Okabe and Ito, 2008,
/// without black and yellow).
pub const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(204, 121, 167),
];

/// A part of a drawing, in units.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What series are drawn on.
pub type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Draws an SVG file of `size` = (width, height) pixels.
///
/// # Errors
/// When `draw` fails.
pub fn svg(
    size: (u32, u32),
    draw: impl FnOnce(&Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let units = (size.0 * UNIT, size.1 * UNIT);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, units).into_drawing_area();
        draw(&area)?;
        area.present()?;
    }
    Ok(svg.replacen(&dimensions(units), &dimensions(size), 1))
}

/// The same for a place within HTML, which gives the size and needs no namespace.
///
/// # Errors
/// When `draw` fails.
pub fn inline_svg(
    size: (u32, u32),
    draw: impl FnOnce(&Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let svg = svg(size, draw)?;
    Ok(svg
        .replacen(&dimensions(size), r#"role="img""#, 1)
        .replace(r#" xmlns="http://www.w3.org/2000/svg""#, ""))
}

fn dimensions((width, height): (u32, u32)) -> String {
    format!(r#"width="{width}" height="{height}""#)
}

/// Pixels as units.
pub const fn px(pixels: u32) -> i32 {
    (pixels * UNIT) as i32
}

/// Text of `size` pixels in a colour.
pub fn text_style(size: u32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", px(size)).into_font().color(&colour)
}

/// Text at a place; `left` and so on say which of its points is there.
///
/// # Errors
/// When drawing fails.
pub fn write(
    area: &Area<'_>,
    text: &str,
    at: (i32, i32),
    style: &TextStyle<'_>,
    (left, top): (HPos, VPos),
) -> Result<(), ChartError> {
    Ok(area.draw(&Text::new(text.to_owned(), at, style.clone().pos(Pos::new(left, top))))?)
}

/// An axis with few round labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    from: f64,
    to: f64,
    log: bool,
}

impl Axis {
    /// From one value to another, linear. Equal ones are moved apart.
    pub fn linear(from: f64, to: f64) -> Self {
        if from < to {
            return Self { from, to, log: false };
        }
        let margin = if from == 0.0 { 1.0 } else { from.abs() / 2.0 };
        Self { from: from - margin, to: from + margin, log: false }
    }

    /// From one positive value to another, logarithmic. Values closer than a factor of two are moved apart.
    pub fn log(from: f64, to: f64) -> Self {
        let (from, to) = if to < 2.0 * from { (from / 1.5, to * 1.5) } else { (from, to) };
        Self { from, to, log: true }
    }

    /// The value in 0..1 along the axis.
    fn along(&self, value: f64) -> f64 {
        let value = value.clamp(self.from, self.to);
        if self.log {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        }
    }

    /// At most about `count` round values.
    fn ticks(&self, count: usize) -> Vec<f64> {
        if self.log && self.to / self.from > 4.0 {
            return self.log_ticks(count);
        }
        let rough = (self.to - self.from) / count.max(1) as f64;
        let decade = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|n| n * decade).into_iter().find(|s| *s >= rough * 0.999);
        let step = step.unwrap_or(10.0 * decade);
        let (first, last) = ((self.from / step - 1e-9).ceil() as i64, (self.to / step + 1e-9).floor() as i64);
        (first..=last).map(|n| n as f64 * step).collect()
    }

    fn log_ticks(&self, count: usize) -> Vec<f64> {
        let decades = (self.from.log10().floor() as i32)..=(self.to.log10().ceil() as i32);
        let at = |steps: &[f64]| -> Vec<f64> {
            let all = decades.clone().flat_map(|d| steps.iter().map(move |n| n * 10_f64.powi(d)));
            all.filter(|tick| (self.from * 0.999..=self.to * 1.001).contains(tick)).collect()
        };
        let (fine, coarse) = ([at(&[1.0, 2.0, 5.0]), at(&[1.0, 3.0])], at(&[1.0]));
        if let Some(few) = fine.into_iter().find(|ticks| ticks.len() <= count + 1) {
            return few;
        }
        let every = coarse.len().div_ceil(count.max(1));
        coarse.into_iter().step_by(every).collect()
    }
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (low, high): (i32, i32)) -> i32 {
        low + (self.along(*value) * f64::from(high - low)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.bold_points().min(hint.max_num_points()))
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

/// What stands around a chart.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What the horizontal axis shows.
    pub x_name: &'a str,
    /// What the vertical axis shows, or what the chart is about.
    pub y_name: &'a str,
    /// At most about this many labels on (x, y).
    pub labels: (usize, usize),
    /// Room to the right of the axes, in pixels.
    pub right: u32,
    /// How labels of the vertical axis are written.
    pub y_label: fn(f64) -> String,
}

impl<'a> Frame<'a> {
    /// Axes and their names; the rest as suits a chart of 500 x 280 pixels.
    pub const fn new(x: Axis, y: Axis, x_name: &'a str, y_name: &'a str) -> Self {
        Self { x, y, x_name, y_name, labels: (6, 5), right: 14, y_label: plain }
    }

    /// Draws two quiet axes, and what `fill` draws between them.
    ///
    /// # Errors
    /// When drawing fails.
    pub fn draw<'b>(
        &self,
        area: &Area<'b>,
        fill: impl FnOnce(&mut Chart<'_, 'b>) -> Result<(), ChartError>,
    ) -> Result<(), ChartError> {
        let text = text_style(12, GREY);
        let mut chart = ChartBuilder::on(area)
            .margin_right(px(self.right))
            .margin_top(px(24))
            .x_label_area_size(px(if self.x_name.is_empty() { 22 } else { 38 }))
            .y_label_area_size(px(52))
            .build_cartesian_2d(self.x, self.y)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GREY.mix(0.18).stroke_width(UNIT))
            .axis_style(GREY.mix(0.5).stroke_width(UNIT))
            .set_all_tick_mark_size(px(4))
            .x_labels(self.labels.0)
            .y_labels(self.labels.1)
            .label_style(text.clone())
            .x_label_formatter(&|value| plain(*value))
            .y_label_formatter(&|value| (self.y_label)(*value))
            .draw()?;
        fill(&mut chart)?;
        write(area, self.y_name, (px(6), px(4)), &text, (HPos::Left, VPos::Top))?;
        let (width, height) = area.dim_in_pixel();
        let corner = (width as i32 - px(self.right), height as i32 - px(4));
        write(area, self.x_name, corner, &text, (HPos::Right, VPos::Bottom))
    }
}

/// A number without digits that say nothing.
pub fn plain(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size if size >= 10.0 => 0,
        size if size >= 1.0 => 1,
        size if size >= 0.01 => 2,
        _ => return format!("{value:.0e}"),
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        let labels = |axis: Axis, count| axis.ticks(count).into_iter().map(plain).collect::<Vec<_>>();
        assert_eq!(labels(Axis::linear(0.0, 1.0), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(Axis::linear(-3.0, 1490.0), 3), ["0", "500", "1000"]);
        assert_eq!(labels(Axis::log(0.09, 2.5), 5), ["0.1", "0.2", "0.5", "1", "2"]);
        assert_eq!(labels(Axis::log(1e-9, 2.0), 3), ["1e-9", "1e-5", "0.1"]);
        assert_eq!(labels(Axis::log(0.04, 2.5), 4), ["0.1", "0.3", "1"]);
        // A narrow logarithmic axis has no decade to show.
        assert_eq!(labels(Axis::log(0.5, 0.6), 3), ["0.4", "0.6", "0.8"]);
    }

    #[test]
    fn axes_of_one_value_have_a_width() {
        for axis in
            [Axis::linear(0.0, 0.0), Axis::linear(5.0, 5.0), Axis::linear(-5.0, -5.0), Axis::log(3.0, 3.0)]
        {
            let middle = f64::midpoint(axis.from, axis.to);
            assert!((0.2..0.8).contains(&axis.along(middle)), "{axis:?}");
        }
    }

    #[test]
    fn drawings_have_the_size_asked_for_and_finer_coordinates() {
        let dot = |area: &Area<'_>| Ok(area.draw(&Pixel::new((px(99), px(9)), GREY))?);
        let file = svg((100, 10), dot).unwrap();
        assert!(file.starts_with(r#"<svg width="100" height="10" viewBox="0 0 400 40""#), "{file}");
        let inline = inline_svg((100, 10), dot).unwrap();
        assert!(inline.starts_with(r#"<svg role="img" viewBox="0 0 400 40">"#), "{inline}");
    }
}
