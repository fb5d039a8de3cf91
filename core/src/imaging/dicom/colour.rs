//! From colour differences to RGB.

/// Turns interleaved luminance and colour differences of `bits` bits into RGB (PS3.3, C.7.6.3.1.2).
pub(super) fn rgb_from_ybr(samples: &mut [i64], bits: u32) {
    // The inverse of the matrix of ITU-R BT.601 for the full range.
    const RED: f64 = 1.402;
    const BLUE: f64 = 1.772;
    const GREEN_BY_BLUE: f64 = 0.114 * BLUE / 0.587;
    const GREEN_BY_RED: f64 = 0.299 * RED / 0.587;
    let (middle, white) = ((1_i64 << (bits - 1)) as f64, ((1_i64 << bits) - 1) as f64);
    for [first, second, third] in samples.as_chunks_mut::<3>().0 {
        let (y, blue, red) = (*first as f64, *second as f64 - middle, *third as f64 - middle);
        let to_sample = |value: f64| (value + 0.5).floor().clamp(0.0, white) as i64;
        *first = to_sample(y + RED * red);
        *second = to_sample(y - GREEN_BY_BLUE * blue - GREEN_BY_RED * red);
        *third = to_sample(y + BLUE * blue);
    }
}
