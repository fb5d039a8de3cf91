//! Labels, predictions and uncertainty as the screen shows them.
//!
//! Painted pixel by pixel of the screen, not of the image: hatches and outlines keep their width at every zoom,
//! and a stroke costs what it covers on the screen, however large the image is.

use super::rect::Rect;
use crate::state::{Hatch, Ink};

/// Distance of a hatch's lines, and their width, in screen pixels.
const PERIOD: i64 = 8;
const LINE: i64 = 2;
/// Label value without a label.
const NOTHING: u8 = super::mask::UNLABELLED;

/// Where the image lies on the screen: its corner and screen pixels per image pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Scale.
    pub scale: f64,
}

impl Place {
    /// The screen pixels that a rectangle of the image covers, with the outline around it.
    pub fn on_screen(self, rect: Rect, screen: (u32, u32)) -> Rect {
        if rect.is_empty() {
            return Rect::default();
        }
        let x = |column: u32| self.x + f64::from(column) * self.scale;
        let y = |row: u32| self.y + f64::from(row) * self.scale;
        let (right, bottom) = (x(rect.x + rect.width) + 2.0, y(rect.y + rect.height) + 2.0);
        Rect::within(x(rect.x) - 2.0, y(rect.y) - 2.0, right, bottom, screen.0, screen.1)
    }
}

/// What lies over an image, each a byte per pixel of the image.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sheet<'a> {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What people labelled.
    pub labels: Option<&'a [u8]>,
    /// What the model says, seen where there is no label.
    pub prediction: Option<&'a [u8]>,
    /// What the model before says, seen left of `divider` instead.
    pub before: Option<&'a [u8]>,
    /// Screen column of the divider between `before` and `prediction`.
    pub divider: f64,
    /// How unsure the model is.
    pub heat: Option<&'a [u8]>,
    /// How each class is drawn, by its number.
    pub inks: &'a [Ink],
    /// Strength, in 0..1.
    pub opacity: f64,
}

/// What a screen pixel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Cell {
    #[default]
    Nothing,
    Background,
    Label(u8),
    Guess(u8),
}

impl Sheet<'_> {
    fn cell(&self, index: usize, left_of_divider: bool) -> Cell {
        match self.labels.and_then(|labels| labels.get(index)).copied().unwrap_or(NOTHING) {
            NOTHING => {}
            0 => return Cell::Background,
            class => return Cell::Label(class),
        }
        let guess = if left_of_divider { self.before } else { self.prediction };
        match guess.and_then(|guess| guess.get(index)).copied() {
            None | Some(0 | NOTHING) => Cell::Nothing,
            Some(class) => Cell::Guess(class),
        }
    }

    /// The cells of one screen row, from one column before `area` to one after it.
    fn row(&self, place: Place, area: Rect, y: i64, columns: &[Option<u32>], cells: &mut [Cell]) {
        let row = image_at(y, place.y, place.scale, self.height);
        let compared = self.before.is_some();
        for ((cell, column), x) in cells.iter_mut().zip(columns).zip(i64::from(area.x) - 1..) {
            *cell = match (row, column) {
                (Some(row), Some(column)) => {
                    let index = row as usize * self.width as usize + *column as usize;
                    self.cell(index, compared && (x as f64) < self.divider)
                }
                _ => Cell::Nothing,
            };
        }
    }

    fn colour(&self, cell: Cell, edge: bool, (u, v): (i64, i64), heat: Option<u8>) -> [u8; 4] {
        let opacity = self.opacity;
        let shade = |[r, g, b]: [u8; 3], alpha: f64| [r, g, b, (alpha.clamp(0.0, 1.0) * 255.0) as u8];
        let outline = (opacity * 1.6).min(1.0);
        match cell {
            Cell::Label(class) if edge => return shade(self.ink(class).rgb, outline),
            // Dashes tell a guess from a label.
            Cell::Guess(class) if edge && (u + v).rem_euclid(8) < 5 => {
                return shade(self.ink(class).rgb, outline);
            }
            _ => {}
        }
        if let Some(heat) = heat {
            let share = f64::from(heat) / 255.0;
            return shade([255, (60.0 + 180.0 * share) as u8, 30], share * (0.35 + 0.5 * opacity));
        }
        match cell {
            Cell::Nothing => [0; 4],
            // Dots: labelled, and known to be nothing.
            Cell::Background if u.rem_euclid(6) < 1 && v.rem_euclid(6) < 1 => shade([255; 3], opacity),
            Cell::Background => shade([128; 3], opacity * 0.12),
            Cell::Label(class) => shade(self.ink(class).rgb, opacity * strength(self.ink(class).hatch, u, v)),
            Cell::Guess(class) => {
                shade(self.ink(class).rgb, opacity * 0.6 * strength(self.ink(class).hatch, u, v))
            }
        }
    }

    fn ink(&self, class: u8) -> Ink {
        let own = self.inks.get(usize::from(class)).copied();
        own.unwrap_or_else(|| Ink::of(usize::from(class).saturating_sub(1)))
    }
}

/// The image's column (or row) under the middle of a screen pixel.
fn image_at(screen: i64, origin: f64, scale: f64, limit: u32) -> Option<u32> {
    let at = (screen as f64 + 0.5 - origin) / scale;
    (at >= 0.0 && at < f64::from(limit)).then_some(at as u32)
}

/// Paints the part `area` of the screen into `rgba`, four bytes per pixel, row by row.
pub fn paint(sheet: &Sheet, place: Place, area: Rect, rgba: &mut Vec<u8>) {
    rgba.clear();
    rgba.resize(area.area() * 4, 0);
    if area.is_empty() || place.scale <= 0.0 {
        return;
    }
    let columns: Vec<Option<u32>> = (i64::from(area.x) - 1..=i64::from(area.x + area.width))
        .map(|x| image_at(x, place.x, place.scale, sheet.width))
        .collect();
    let mut rows = [(); 3].map(|()| vec![Cell::Nothing; columns.len()]);
    let top = i64::from(area.y);
    sheet.row(place, area, top - 1, &columns, &mut rows[1]);
    sheet.row(place, area, top, &columns, &mut rows[2]);
    for (line, y) in rgba.chunks_exact_mut(area.width as usize * 4).zip(top..) {
        rows.rotate_left(1);
        sheet.row(place, area, y + 1, &columns, &mut rows[2]);
        let [above, own, below] = &rows;
        let heat_row = sheet.heat.and_then(|heat| {
            let row = image_at(y, place.y, place.scale, sheet.height)?;
            heat.get(row as usize * sheet.width as usize..)
        });
        let v = y - place.y.round() as i64;
        let middle = own.windows(3).zip(above.iter().zip(below).skip(1)).zip(columns.iter().skip(1));
        for ((pixel, x), ((near, (up, down)), column)) in
            line.chunks_exact_mut(4).zip(i64::from(area.x)..).zip(middle)
        {
            let &[left, cell, right] = near else { continue };
            let edge = [left, right, *up, *down].into_iter().any(|other| other != cell);
            let u = x - place.x.round() as i64;
            let heat = heat_row.zip(*column).and_then(|(row, column)| row.get(column as usize).copied());
            pixel.copy_from_slice(&sheet.colour(cell, edge, (u, v), heat));
        }
    }
}

/// How strong a hatch is at a place: lines over a faint ground, or the same everywhere.
fn strength(hatch: Hatch, u: i64, v: i64) -> f64 {
    let line = |at: i64| at.rem_euclid(PERIOD) < LINE;
    let on = match hatch {
        Hatch::Plain => return 0.5,
        Hatch::Rising => line(u + v),
        Hatch::Falling => line(u - v),
        Hatch::Crossed => line(u + v) || line(u - v),
        Hatch::Level => line(v),
    };
    if on { 0.7 } else { 0.2 }
}

#[cfg(test)]
mod tests {
    use super::{Place, Rect, Sheet, paint};

    const LABELS: [u8; 16] = [255, 255, 255, 255, 255, 1, 1, 255, 255, 1, 1, 255, 0, 0, 255, 255];
    const PLACE: Place = Place { x: 10.0, y: 6.0, scale: 20.0 };

    fn whole(sheet: &Sheet) -> Vec<u8> {
        let mut rgba = Vec::new();
        paint(sheet, PLACE, Rect::whole(120, 100), &mut rgba);
        rgba
    }

    fn alpha(rgba: &[u8], x: usize, y: usize) -> u8 {
        rgba[(y * 120 + x) * 4 + 3]
    }

    fn labelled() -> Sheet<'static> {
        Sheet { width: 4, height: 4, labels: Some(&LABELS), opacity: 0.6, ..Sheet::default() }
    }

    #[test]
    fn a_label_has_an_outline_stronger_than_its_inside() {
        let rgba = whole(&labelled());
        // Image pixels (1..3, 1..3) cover the screen's 30..70 x 26..66.
        let (inside, edge, outside) = (alpha(&rgba, 50, 46), alpha(&rgba, 30, 46), alpha(&rgba, 29, 46));
        assert!(edge > inside && inside > 0 && outside == 0, "{edge} {inside} {outside}");
        assert_eq!(alpha(&rgba, 5, 46), 0, "beside the image");
    }

    #[test]
    fn a_part_looks_like_the_whole() {
        let sheet = labelled();
        let rgba = whole(&sheet);
        let area = PLACE.on_screen(Rect { x: 1, y: 1, width: 2, height: 1 }, (120, 100));
        assert_eq!(area, Rect { x: 28, y: 24, width: 44, height: 24 });
        let mut part = Vec::new();
        paint(&sheet, PLACE, area, &mut part);
        for (line, y) in part.chunks_exact(44 * 4).zip(24..) {
            let start = (y * 120 + 28) * 4;
            assert_eq!(line, &rgba[start..start + 44 * 4], "row {y}");
        }
    }

    #[test]
    fn a_prediction_is_seen_where_there_is_no_label_and_is_fainter() {
        let sheet = Sheet { prediction: Some(&[1; 16]), ..labelled() };
        let rgba = whole(&sheet);
        let (guess, label) = (alpha(&rgba, 80, 46), alpha(&rgba, 50, 46));
        assert!(0 < guess && guess < label, "{guess} {label}");
    }

    #[test]
    fn left_of_the_divider_is_the_model_before() {
        let sheet = Sheet {
            labels: None,
            prediction: Some(&[1; 16]),
            before: Some(&[0; 16]),
            divider: 50.0,
            ..labelled()
        };
        let rgba = whole(&sheet);
        assert_eq!(alpha(&rgba, 40, 46), 0);
        assert!(alpha(&rgba, 60, 46) > 0);
    }

    #[test]
    fn uncertainty_is_stronger_where_there_is_more() {
        let mut heat = [0; 16];
        heat[3] = 255;
        heat[2] = 80;
        let sheet = Sheet { labels: None, heat: Some(&heat), ..labelled() };
        let rgba = whole(&sheet);
        let (most, some, none) = (alpha(&rgba, 80, 16), alpha(&rgba, 60, 16), alpha(&rgba, 40, 16));
        assert!(most > some && some > none && none == 0, "{most} {some} {none}");
    }
}
