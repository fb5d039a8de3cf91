//! A mask made ready for drawing: per class a canvas of the image's size in the class's colour, and its
//! outlines.

use wasm_bindgen::Clamped;
use web_sys::{HtmlCanvasElement, ImageData, Path2d};

use super::outline::outline;
use crate::state::{Ink, Shown, surface};

/// One class of a mask.
pub struct Layer {
    /// Its colour and pattern.
    pub ink: Ink,
    /// Opaque where the class is.
    pub canvas: HtmlCanvasElement,
    /// Around it, in image pixels.
    pub outline: Option<Path2d>,
}

/// The layers of the classes that occur, without the background.
pub fn layers(shown: &Shown) -> Vec<Layer> {
    let (width, height) = (shown.outcome.width, shown.outcome.height);
    let classes = 1..shown.task.classes.len().min(usize::from(u8::MAX)) as u8;
    classes
        .filter(|class| shown.labels.contains(class))
        .filter_map(|class| {
            let ink = Ink::of(usize::from(class) - 1);
            let canvas = painted(shown, |label| (label == class).then_some(ink))?;
            let path = outline(&shown.labels, width as usize, height as usize, class);
            Some(Layer { ink, canvas, outline: Path2d::new_with_path_string(&path).ok() })
        })
        .collect()
}

/// The whole mask on one canvas: classes in their colours, the background clear.
pub fn flat(shown: &Shown) -> Option<HtmlCanvasElement> {
    painted(shown, |label| {
        let drawn = label > 0 && usize::from(label) < shown.task.classes.len();
        drawn.then(|| Ink::of(usize::from(label) - 1))
    })
}

fn painted(shown: &Shown, ink: impl Fn(u8) -> Option<Ink>) -> Option<HtmlCanvasElement> {
    let (width, height) = (shown.outcome.width, shown.outcome.height);
    let mut rgba = vec![0; shown.labels.len() * 4];
    for (pixel, label) in rgba.chunks_exact_mut(4).zip(&shown.labels) {
        if let Some(ink) = ink(*label) {
            pixel[..3].copy_from_slice(&ink.rgb);
            pixel[3] = 255;
        }
    }
    let canvas = surface::new(width, height)?;
    let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height).ok()?;
    surface::context(&canvas)?.put_image_data(&data, 0.0, 0.0).ok()?;
    Some(canvas)
}
