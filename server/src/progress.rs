//! A bar that says how far a pass over images is; on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for a pass called `name` over `len` images.
pub fn bar(len: usize, name: &str) -> ProgressBar {
    let bar = ProgressBar::new(len as u64).with_prefix(name.to_owned());
    let style = ProgressStyle::with_template("{prefix}  {bar:40}  {pos} of {len} images  {eta}");
    // The template is a constant that is right; the plain bar does as well.
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
