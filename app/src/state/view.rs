//! Where the picture lies on the canvas. All lengths are CSS pixels; the canvas multiplies by the
//! screen's own ratio when it draws.

/// Screen position of the image's top left corner, and screen pixels per image pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Scale.
    pub scale: f64,
    /// The view follows the window's size, until the visitor moves or zooms.
    pub fitted: bool,
}

impl Default for View {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, scale: 1.0, fitted: true }
    }
}

/// Free space around a fitted picture.
const MARGIN: f64 = 24.0;
/// Free space under it, for the line of tools.
const BOTTOM: f64 = 72.0;
/// At most this many screen pixels per image pixel.
const MAX_SCALE: f64 = 64.0;
/// At least this many screen pixels of the picture stay in sight.
const KEEP: f64 = 48.0;

impl View {
    /// The whole image in the middle of the canvas.
    pub fn fit(image: (f64, f64), canvas: (f64, f64)) -> Self {
        let (width, height) = ((canvas.0 - 2.0 * MARGIN).max(16.0), (canvas.1 - MARGIN - BOTTOM).max(16.0));
        let scale = (width / image.0).min(height / image.1).min(MAX_SCALE);
        let x = MARGIN + (width - image.0 * scale) / 2.0;
        let y = MARGIN + (height - image.1 * scale) / 2.0;
        Self { x, y, scale, fitted: true }
    }

    /// Multiplies the scale; the image point under `at` stays where it is.
    pub fn zoomed(self, factor: f64, at: (f64, f64), image: (f64, f64), canvas: (f64, f64)) -> Self {
        let smallest = Self::fit(image, canvas).scale.min(1.0) / 4.0;
        let scale = (self.scale * factor).clamp(smallest, MAX_SCALE);
        let ratio = scale / self.scale;
        let (x, y) = (at.0 - (at.0 - self.x) * ratio, at.1 - (at.1 - self.y) * ratio);
        Self { x, y, scale, fitted: false }.kept_in_sight(image, canvas)
    }

    /// Moves the image.
    pub fn moved(self, dx: f64, dy: f64, image: (f64, f64), canvas: (f64, f64)) -> Self {
        Self { x: self.x + dx, y: self.y + dy, fitted: false, ..self }.kept_in_sight(image, canvas)
    }

    fn kept_in_sight(self, image: (f64, f64), canvas: (f64, f64)) -> Self {
        let keep = |position: f64, length: f64, room: f64| {
            let visible = KEEP.min(length);
            position.clamp(visible - length, room.max(visible) - visible)
        };
        Self {
            x: keep(self.x, image.0 * self.scale, canvas.0),
            y: keep(self.y, image.1 * self.scale, canvas.1),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    const IMAGE: (f64, f64) = (256.0, 128.0);
    const CANVAS: (f64, f64) = (800.0, 600.0);

    #[test]
    fn a_fitted_image_is_whole_and_centred_above_the_tools() {
        let view = View::fit(IMAGE, CANVAS);
        assert!((view.x - (CANVAS.0 - IMAGE.0 * view.scale) / 2.0).abs() < 1e-9);
        assert!(view.x >= 0.0 && view.y >= 0.0);
        assert!(view.x + IMAGE.0 * view.scale <= CANVAS.0);
        assert!(view.y + IMAGE.1 * view.scale <= CANVAS.1 - super::BOTTOM + 1e-9);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_cursor() {
        let view = View::fit(IMAGE, CANVAS);
        let at = (300.0, 320.0);
        let before = ((at.0 - view.x) / view.scale, (at.1 - view.y) / view.scale);
        let closer = view.zoomed(2.0, at, IMAGE, CANVAS);
        let after = ((at.0 - closer.x) / closer.scale, (at.1 - closer.y) / closer.scale);
        assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9);
        assert!((closer.scale / view.scale - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_image_cannot_be_lost() {
        let view = View::fit(IMAGE, CANVAS).moved(1e6, -1e6, IMAGE, CANVAS);
        assert!(view.x < CANVAS.0);
        assert!(view.y + IMAGE.1 * view.scale > 0.0);
    }
}
