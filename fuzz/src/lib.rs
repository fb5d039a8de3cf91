//! What the fuzz targets share.

/// Small, so that a file which is refused for its size is refused soon.
pub const MAX_PIXELS: usize = 1 << 18;

/// Class names that the committed annotations use.
pub fn classes() -> Vec<String> {
    ["cell", "nucleus", "RBC"].map(str::to_owned).into()
}
