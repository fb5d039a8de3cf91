//! Draws the picture and the model's answer on the canvas.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

use super::layers::Layer;
use crate::state::{Hatch, Ink, View, surface};

/// From this many screen pixels per image pixel on, pixels are shown as squares.
const SQUARES_FROM: f64 = 6.0;
/// A box narrower than this on the screen has no words on it, in CSS pixels.
const WORDS_FROM: f64 = 44.0;

/// A box as it is drawn.
pub struct DrawnBox {
    /// Left, top, right, bottom in image pixels.
    pub corners: [f32; 4],
    /// Its class's colour and dashes.
    pub ink: Ink,
    /// Its words.
    pub words: String,
    /// Drawn weaker than others.
    pub faint: bool,
}

/// Everything that one drawing needs.
pub struct Scene<'a> {
    /// The picture.
    pub picture: &'a HtmlCanvasElement,
    /// Where it lies.
    pub view: View,
    /// The mask's classes.
    pub layers: &'a [Layer],
    /// The boxes to draw; later ones lie on top.
    pub boxes: &'a [DrawnBox],
    /// Strength of the overlay, 0 for none.
    pub opacity: f64,
    /// Screen pixels per CSS pixel.
    pub ratio: f64,
}

/// Draws `scene`. The canvas already has the screen's size.
///
/// # Errors
/// Passes on what the browser refuses.
pub fn draw(canvas: &HtmlCanvasElement, scene: &Scene) -> Result<(), JsValue> {
    let Some(context) = surface::context(canvas) else { return Ok(()) };
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
    context.clear_rect(0.0, 0.0, width, height);

    to_image(&context, scene)?;
    smooth(&context, scene);
    context.draw_image_with_html_canvas_element(scene.picture, 0.0, 0.0)?;
    if scene.opacity > 0.0 {
        draw_layers(&context, scene, (canvas.width(), canvas.height()))?;
        draw_boxes(&context, scene)?;
    }
    Ok(())
}

/// Nothing is seen any more.
///
/// # Errors
/// Passes on what the browser refuses.
pub fn clear(canvas: &HtmlCanvasElement) -> Result<(), JsValue> {
    let Some(context) = surface::context(canvas) else { return Ok(()) };
    context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
    context.clear_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
    Ok(())
}

/// From here on, lengths are image pixels.
fn to_image(context: &CanvasRenderingContext2d, scene: &Scene) -> Result<(), JsValue> {
    let (view, ratio) = (scene.view, scene.ratio);
    let scale = view.scale * ratio;
    context.set_transform(scale, 0.0, 0.0, scale, (view.x * ratio).round(), (view.y * ratio).round())
}

fn smooth(context: &CanvasRenderingContext2d, scene: &Scene) {
    context.set_image_smoothing_enabled(scene.view.scale * scene.ratio < SQUARES_FROM);
}

fn draw_layers(context: &CanvasRenderingContext2d, scene: &Scene, size: (u32, u32)) -> Result<(), JsValue> {
    for layer in scene.layers {
        context.set_global_alpha(scene.opacity * 0.5);
        match layer.ink.hatch {
            Hatch::Plain => context.draw_image_with_html_canvas_element(&layer.canvas, 0.0, 0.0)?,
            hatch => {
                if let Some(filled) = hatched(layer, hatch, scene, size)? {
                    context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
                    context.draw_image_with_html_canvas_element(&filled, 0.0, 0.0)?;
                    to_image(context, scene)?;
                }
            }
        }
        if let Some(outline) = &layer.outline {
            context.set_global_alpha((scene.opacity * 1.6).min(1.0));
            context.set_stroke_style_str(&layer.ink.css());
            context.set_line_width(2.0 / scene.view.scale);
            context.set_line_cap("round");
            context.stroke_with_path(outline);
        }
    }
    context.set_global_alpha(1.0);
    Ok(())
}

/// The class's area filled with its pattern, on a canvas of the screen's size.
fn hatched(
    layer: &Layer,
    hatch: Hatch,
    scene: &Scene,
    size: (u32, u32),
) -> Result<Option<HtmlCanvasElement>, JsValue> {
    let Some(canvas) = surface::new(size.0, size.1) else { return Ok(None) };
    let (Some(context), Some(pattern)) = (surface::context(&canvas), pattern(layer.ink, hatch, scene.ratio)?)
    else {
        return Ok(None);
    };
    to_image(&context, scene)?;
    smooth(&context, scene);
    context.draw_image_with_html_canvas_element(&layer.canvas, 0.0, 0.0)?;
    // The pattern moves with the image, but its lines keep their width.
    let (x, y) = ((scene.view.x * scene.ratio).round(), (scene.view.y * scene.ratio).round());
    context.set_transform(1.0, 0.0, 0.0, 1.0, x, y)?;
    context.set_global_composite_operation("source-in")?;
    context.set_fill_style_canvas_pattern(&pattern);
    context.fill_rect(-x, -y, f64::from(size.0), f64::from(size.1));
    Ok(Some(canvas))
}

/// A tile of faint colour with full lines.
fn pattern(ink: Ink, hatch: Hatch, ratio: f64) -> Result<Option<CanvasPattern>, JsValue> {
    let side = (8.0 * ratio).round();
    let Some(tile) = surface::new(side as u32, side as u32) else { return Ok(None) };
    let Some(context) = surface::context(&tile) else { return Ok(None) };
    context.set_fill_style_str(&ink.css());
    context.set_stroke_style_str(&ink.css());
    context.set_global_alpha(0.25);
    context.fill_rect(0.0, 0.0, side, side);
    context.set_global_alpha(1.0);
    context.set_line_width(1.8 * ratio);
    context.begin_path();
    // Lines go beyond the tile, so that neighbouring tiles join.
    let lines: &[[f64; 4]] = match hatch {
        Hatch::Plain => &[],
        Hatch::Rising => &[[-0.5, 0.5, 0.5, -0.5], [-0.5, 1.5, 1.5, -0.5], [0.5, 1.5, 1.5, 0.5]],
        Hatch::Falling => &[[-0.5, 0.5, 0.5, 1.5], [-0.5, -0.5, 1.5, 1.5], [0.5, -0.5, 1.5, 0.5]],
        Hatch::Crossed => &[[-0.5, -0.5, 1.5, 1.5], [-0.5, 1.5, 1.5, -0.5]],
        Hatch::Level => &[[-0.5, 0.5, 1.5, 0.5]],
    };
    for [x0, y0, x1, y1] in lines {
        context.move_to(x0 * side, y0 * side);
        context.line_to(x1 * side, y1 * side);
    }
    context.stroke();
    context.create_pattern_with_html_canvas_element(&tile, "repeat")
}

/// Boxes in screen pixels, so that lines and words keep their size.
fn draw_boxes(context: &CanvasRenderingContext2d, scene: &Scene) -> Result<(), JsValue> {
    let ratio = scene.ratio;
    context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0)?;
    let strength = (scene.opacity * 1.6).min(1.0);
    context.set_font("600 11px system-ui, \"Hiragino Sans\", \"Noto Sans JP\", \"Yu Gothic UI\", sans-serif");
    context.set_text_baseline("middle");
    let on_screen = |x: f32, y: f32| {
        (f64::from(x) * scene.view.scale + scene.view.x, f64::from(y) * scene.view.scale + scene.view.y)
    };
    for DrawnBox { corners: [x0, y0, x1, y1], ink, words, faint } in scene.boxes {
        let ((x0, y0), (x1, y1)) = (on_screen(*x0, *y0), on_screen(*x1, *y1));
        context.set_global_alpha(if *faint { strength * 0.6 } else { strength });
        context.set_line_dash(&dashes(ink.hatch))?;
        context.set_line_width(4.0);
        context.set_stroke_style_str("rgb(0 0 0 / 0.45)");
        context.stroke_rect(x0, y0, x1 - x0, y1 - y0);
        context.set_line_width(2.0);
        context.set_stroke_style_str(&ink.css());
        context.stroke_rect(x0, y0, x1 - x0, y1 - y0);
        if x1 - x0 >= WORDS_FROM {
            draw_words(context, words, (x0, y0), *ink)?;
        }
    }
    context.set_line_dash(&Array::new())?;
    context.set_global_alpha(1.0);
    Ok(())
}

/// The second cue of a box's class.
fn dashes(hatch: Hatch) -> Array {
    let lengths: &[f64] = match hatch {
        Hatch::Plain => &[],
        Hatch::Rising => &[6.0, 4.0],
        Hatch::Falling => &[2.0, 3.0],
        Hatch::Crossed => &[10.0, 3.0, 2.0, 3.0],
        Hatch::Level => &[14.0, 6.0],
    };
    lengths.iter().map(|length| JsValue::from_f64(*length)).collect()
}

/// Class and score above a box's corner.
fn draw_words(
    context: &CanvasRenderingContext2d,
    words: &str,
    at: (f64, f64),
    ink: Ink,
) -> Result<(), JsValue> {
    let width = context.measure_text(words)?.width() + 8.0;
    let (x, y) = (at.0 - 1.0, at.1 - 17.0);
    context.set_fill_style_str(&ink.css());
    context.begin_path();
    context.round_rect_with_f64(x, y, width, 16.0, 3.0)?;
    context.fill();
    // Black on the light colours, white on the dark ones.
    let [r, g, b] = ink.rgb.map(f64::from);
    let light = 0.299 * r + 0.587 * g + 0.114 * b > 110.0;
    context.set_fill_style_str(if light { "black" } else { "white" });
    context.fill_text(words, x + 4.0, y + 8.5)
}
