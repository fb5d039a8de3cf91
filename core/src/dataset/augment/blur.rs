//! Gaussian blur: the picture out of focus.

/// Blurs each plane of `width` columns and `height` rows with a standard deviation of `sigma` pixels; the
/// border is repeated outwards. Time grows with the pixels times `sigma`.
pub(super) fn blur(planes: &mut [f32], width: usize, height: usize, sigma: f32) {
    if sigma <= 0.0 || width * height == 0 {
        return;
    }
    let kernel = kernel(sigma);
    let reach = kernel.len() / 2;
    let mut across = vec![0.0; width * height];
    let mut padded = vec![0.0; width + 2 * reach];
    for plane in planes.chunks_exact_mut(width * height) {
        for (row, out) in plane.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
            padded[..reach].fill(row[0]);
            padded[reach..reach + width].copy_from_slice(row);
            padded[reach + width..].fill(row[width - 1]);
            out.fill(0.0);
            for (weight, shifted) in kernel.iter().zip(padded.windows(width)) {
                add_scaled(out, shifted, *weight);
            }
        }
        for (y, out) in plane.chunks_exact_mut(width).enumerate() {
            out.fill(0.0);
            for (step, weight) in kernel.iter().enumerate() {
                let row = (y + step).saturating_sub(reach).min(height - 1);
                add_scaled(out, &across[row * width..(row + 1) * width], *weight);
            }
        }
    }
}

fn add_scaled(out: &mut [f32], values: &[f32], weight: f32) {
    for (out, value) in out.iter_mut().zip(values) {
        *out += weight * value;
    }
}

/// An odd number of weights, together 1, out to where less than 1 % is missing.
fn kernel(sigma: f32) -> Vec<f32> {
    let reach = (2.5 * sigma).ceil() as i32;
    let weights: Vec<f32> = (-reach..=reach).map(|d| (-0.5 * (d as f32 / sigma).powi(2)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_becomes_a_gaussian_of_that_width() {
        for sigma in [0.5_f32, 1.0, 1.7] {
            let mut plane = vec![0.0; 21 * 21];
            plane[10 * 21 + 10] = 1.0;
            blur(&mut plane, 21, 21, sigma);
            let moment = |axis: fn(usize) -> usize| -> f32 {
                plane.iter().enumerate().map(|(at, value)| (axis(at) as f32 - 10.0).powi(2) * value).sum()
            };
            let [x, y] = [moment(|at| at % 21), moment(|at| at / 21)];
            assert!((x - y).abs() < 1e-4 && (x.sqrt() - sigma).abs() < 0.08, "{sigma}: {x} {y}");
            assert!((plane.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn even_pictures_of_any_size_stay_even() {
        for (width, height) in [(1, 1), (1, 9), (2, 3), (0, 0)] {
            let mut planes = vec![0.3; 3 * width * height];
            blur(&mut planes, width, height, 1.0);
            assert!(planes.iter().all(|value| (value - 0.3).abs() < 1e-6));
        }
    }
}
