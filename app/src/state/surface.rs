//! Canvases that are not on the screen.

use js_sys::{Array, Uint8Array, Uint8ClampedArray};
use leptos::prelude::document;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, FilePropertyBag, HtmlCanvasElement, ImageData};

/// An empty canvas.
pub fn new(width: u32, height: u32) -> Option<HtmlCanvasElement> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    Some(canvas)
}

/// Its drawing context.
pub fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// A canvas that shows `rgba`, four bytes per pixel.
pub fn from_rgba(rgba: &Uint8Array, width: u32, height: u32) -> Option<HtmlCanvasElement> {
    let canvas = new(width, height)?;
    let clamped = Uint8ClampedArray::new(&rgba.buffer());
    let data = ImageData::new_with_js_u8_clamped_array_and_sh(&clamped, width, height).ok()?;
    context(&canvas)?.put_image_data(&data, 0.0, 0.0).ok()?;
    Some(canvas)
}

/// The canvas as PNG.
pub async fn to_png(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        let _ = canvas.to_blob_with_type(done.unchecked_ref(), "image/png");
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// The canvas as a PNG file with this name.
pub async fn to_file(canvas: &HtmlCanvasElement, name: &str) -> Option<File> {
    let blob = to_png(canvas).await?;
    let options = FilePropertyBag::new();
    options.set_type("image/png");
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), name, &options).ok()
}
