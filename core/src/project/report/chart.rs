//! Curves as SVG.

use super::html::Html;
use super::significant;
use super::words::Words;
use crate::project::CurvePoint;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
/// Left, top, right, bottom.
const MARGIN: [f64; 4] = [52.0, 24.0, 52.0, 32.0];

/// Loss (left, thin) and held-out score (right, thick, 0 to 1) over the steps.
pub(super) fn write(page: &mut Html, curve: &[CurvePoint], words: &Words) {
    let finite = || curve.iter().filter(|point| point.loss.is_finite());
    let last = curve.iter().map(|point| point.step).max().unwrap_or(0).max(1) as f64;
    let top = finite().map(|point| point.loss).fold(0.0_f32, f32::max).max(f32::MIN_POSITIVE);
    let [left, above, right, below] = MARGIN;
    let (width, height) = (WIDTH - left - right, HEIGHT - above - below);
    let x = |step: u64| left + step as f64 / last * width;
    let y = |part: f64| above + (1.0 - part.clamp(0.0, 1.0)) * height;

    let label = format!("{}, {}", words.loss, words.score);
    let size = format!("0 0 {WIDTH} {HEIGHT}");
    page.open("svg", &[("viewBox", &size), ("role", "img"), ("aria-label", &label)]);
    let (bottom, end) = (above + height, left + width);
    let frame = format!("M{left} {above}V{bottom}H{end}V{above}");
    page.open("path", &[("class", "axis"), ("d", &frame)]).close("path");

    let losses = finite().map(|point| (x(point.step), y(f64::from(point.loss / top))));
    page.open("path", &[("class", "loss"), ("d", &path(losses))]).close("path");
    let scores = || {
        let scored = curve.iter().filter_map(|point| Some((point.step, point.score?)));
        scored.filter(|(_, score)| score.is_finite()).map(|(step, score)| (x(step), y(f64::from(score))))
    };
    page.open("path", &[("class", "score"), ("d", &path(scores()))]).close("path");
    for (x, y) in scores() {
        let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
        page.open("circle", &[("class", "dot"), ("cx", &x), ("cy", &y), ("r", "3")]).close("circle");
    }

    let mut text = |x: f64, y: f64, anchor: &str, text: &str| {
        let (x, y) = (x.to_string(), y.to_string());
        page.element("text", &[("x", &x), ("y", &y), ("text-anchor", anchor)], text);
    };
    text(left - 8.0, above + 4.0, "end", &significant(f64::from(top)));
    text(left - 8.0, bottom, "end", "0");
    text(end + 8.0, above + 4.0, "start", "1");
    text(end + 8.0, bottom, "start", "0");
    text(left, above - 10.0, "middle", words.loss);
    text(end, above - 10.0, "middle", words.score);
    text(left, bottom + 20.0, "middle", "0");
    text(end, bottom + 20.0, "middle", &format!("{last}"));
    text(left + width / 2.0, bottom + 20.0, "middle", words.steps);
    page.close("svg");
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let command = |index: usize| if index == 0 { 'M' } else { 'L' };
    points.enumerate().map(|(index, (x, y))| format!("{}{x:.1} {y:.1}", command(index))).collect()
}
