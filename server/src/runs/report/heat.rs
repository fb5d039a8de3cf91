//! Which tasks help or hinder each other: a heat map of the mean cosine similarity of their gradients, and
//! a bar for each task's share in the update.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::plots::shortened;
use crate::report::chart::{Area, COLOURS, ChartError, GREY, UNIT, px, svg, text_style, write};
use crate::runs::MeanInterference;

/// Room for names of tasks, in pixels.
const NAMES: u32 = 170;
/// Length of the longest bar.
const BAR: u32 = 140;
/// Height of what stands above the map.
const HEAD: u32 = 46;
const GAP: u32 = 28;
const TEXT: u32 = 11;

/// Colours of opposed, unrelated and aligned gradients: told apart with any colour vision.
const OPPOSED: RGBColor = RGBColor(202, 90, 20);
const UNRELATED: RGBColor = RGBColor(240, 240, 240);
const ALIGNED: RGBColor = RGBColor(5, 100, 170);

pub fn interference(mean: &MeanInterference) -> Result<String, ChartError> {
    let count = mean.tasks.len() as u32;
    let cell: u32 = match count {
        0..=12 => 40,
        13..=24 => 24,
        _ => 14,
    };
    let map = cell * count;
    let size = (NAMES + map + GAP + BAR + 60, HEAD + map + 66);
    let scale = scale(&mean.cosine);
    svg(size, |area| {
        let quiet = text_style(12, GREY);
        let names = text_style(TEXT, GREY);
        let heads =
            [(NAMES, "mean cosine similarity of gradients"), (NAMES + map + GAP, "share in the update")];
        for (left, text) in heads.into_iter().skip(usize::from(count < 6)) {
            write(area, text, (px(left), px(10)), &quiet, (HPos::Left, VPos::Top))?;
        }
        for (row, task) in mean.tasks.iter().enumerate() {
            let top = HEAD + cell * row as u32;
            let middle = px(top + cell / 2);
            let name = format!("{}\u{2002}{}", shortened(task, 22), row + 1);
            write(area, &name, (px(NAMES - 8), middle), &names, (HPos::Right, VPos::Center))?;
            for (column, value) in mean.cosine[row].iter().enumerate().filter(|(column, _)| *column != row) {
                draw_cell(area, (NAMES + cell * column as u32, top), cell, *value, scale)?;
            }
            // The diagonal is 1 by definition and stays empty.
            let at = (px(NAMES + cell * row as u32 + cell / 2), px(HEAD - 4));
            let number = text_style(TEXT.min(cell - 5), GREY);
            write(area, &(row + 1).to_string(), at, &number, (HPos::Center, VPos::Bottom))?;
            draw_share(area, (NAMES + map + GAP, top), cell, mean.share[row], largest(&mean.share))?;
        }
        legend(area, (NAMES, HEAD + map + 20), scale)
    })
}

/// The cosine that gets the full colour: similarities of real tasks are small.
fn scale(cosine: &[Vec<f64>]) -> f64 {
    let others = cosine.iter().enumerate().flat_map(|(row, values)| {
        values.iter().enumerate().filter(move |(column, _)| *column != row).map(|(_, value)| value.abs())
    });
    let most = others.filter(|value| value.is_finite()).fold(0.0, f64::max);
    [0.1, 0.2, 0.5].into_iter().find(|scale| most <= *scale).unwrap_or(1.0)
}

fn largest(shares: &[f64]) -> f64 {
    shares.iter().copied().filter(|share| share.is_finite()).fold(1e-9, f64::max)
}

fn colour(value: f64, scale: f64) -> RGBColor {
    let end = if value < 0.0 { OPPOSED } else { ALIGNED };
    let part = (value.abs() / scale).min(1.0);
    let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8;
    RGBColor(mix(UNRELATED.0, end.0), mix(UNRELATED.1, end.1), mix(UNRELATED.2, end.2))
}

fn draw_cell(
    area: &Area<'_>,
    (left, top): (u32, u32),
    cell: u32,
    value: f64,
    scale: f64,
) -> Result<(), ChartError> {
    let corners = [(px(left), px(top)), (px(left + cell - 1), px(top + cell - 1))];
    if !value.is_finite() {
        return Ok(area.draw(&Rectangle::new(corners, GREY.mix(0.3).stroke_width(UNIT)))?);
    }
    area.draw(&Rectangle::new(corners, colour(value, scale).filled()))?;
    if cell < 40 {
        return Ok(());
    }
    let ink = if value.abs() > 0.6 * scale { WHITE } else { RGBColor(60, 60, 60) };
    let at = (px(left + cell / 2), px(top + cell / 2));
    let text = format!("{value:.2}").replace("0.", ".").replace('-', "−");
    write(area, &text, at, &text_style(TEXT, ink), (HPos::Center, VPos::Center))
}

fn draw_share(
    area: &Area<'_>,
    (left, top): (u32, u32),
    cell: u32,
    share: f64,
    most: f64,
) -> Result<(), ChartError> {
    if !share.is_finite() {
        return Ok(());
    }
    // A negative share, of a task that the others overrule, is as long as its size and of the colour of what is opposed.
    let end = px(left) + (share.abs().min(most) / most * f64::from(px(BAR))) as i32;
    let corners = [(px(left), px(top + cell / 4)), (end, px(top + cell - cell / 4))];
    let colour = if share < 0.0 { OPPOSED } else { COLOURS[0] };
    area.draw(&Rectangle::new(corners, colour.filled()))?;
    let at = (end + px(5), px(top + cell / 2));
    let text = format!("{:.0} %", share * 100.0).replace('-', "−");
    write(area, &text, at, &text_style(TEXT, GREY), (HPos::Left, VPos::Center))
}

fn legend(area: &Area<'_>, (left, top): (u32, u32), scale: f64) -> Result<(), ChartError> {
    const STEPS: u32 = 40;
    const STEP: u32 = 4;
    for step in 0..STEPS {
        let value = (f64::from(step) + 0.5) / f64::from(STEPS) * 2.0 - 1.0;
        let corners = [(px(left + step * STEP), px(top)), (px(left + (step + 1) * STEP), px(top + 10))];
        area.draw(&Rectangle::new(corners, colour(value * scale, scale).filled()))?;
    }
    let style = text_style(TEXT, GREY);
    let width = STEPS * STEP;
    let labels = [(0, format!("−{scale}")), (width / 2, "0".to_owned()), (width, scale.to_string())];
    for (at, label) in labels {
        write(area, &label, (px(left + at), px(top + 14)), &style, (HPos::Center, VPos::Top))?;
    }
    let words = (px(left + width + 16), px(top + 5));
    write(area, "opposed – aligned", words, &style, (HPos::Left, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_follows_the_largest_similarity_beside_the_diagonal() {
        let matrix = |value: f64| vec![vec![1.0, value], vec![f64::NAN, 1.0]];
        assert_eq!(scale(&matrix(0.03)), 0.1);
        assert_eq!(scale(&matrix(-0.4)), 0.5);
        assert_eq!(scale(&matrix(-0.9)), 1.0);
        assert_eq!(scale(&[vec![1.0]]), 0.1);
    }

    #[test]
    fn colours_tell_sign_and_strength() {
        assert_eq!(colour(0.0, 0.5), UNRELATED);
        assert_eq!(colour(-0.5, 0.5), OPPOSED);
        assert_eq!(colour(2.0, 0.5), ALIGNED);
    }
}
