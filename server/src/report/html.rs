//! HTML pages that need nothing but themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageError, RgbImage};

/// A whole page in the common style. `title` is plain text, `body` is HTML.
pub fn document(title: &str, body: &str) -> String {
    let title = escape(title);
    let style = include_str!("page.css");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n{body}</html>\n"
    )
}

/// Text that cannot be taken for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A picture within the page itself.
///
/// # Errors
/// When it cannot be encoded as JPEG.
pub fn picture(picture: &RgbImage) -> Result<String, ImageError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture)?;
    Ok(format!("<img alt=\"\" src=\"data:image/jpeg;base64,{}\">", STANDARD.encode(&bytes)))
}
