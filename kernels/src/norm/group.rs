//! Normalisation of each image over all its channels and pixels.

use crate::vector::{for_each, map, sum, vectorised};

const EPSILON: f64 = 1e-5;

/// Sizes of the maps `[B, C, H, W]`.
#[derive(Clone, Copy, Debug)]
pub struct Maps {
    /// Maps of an image.
    pub channels: usize,
    /// Pixels of a map.
    pub area: usize,
}

/// Group normalisation with one group (Wu and He, ECCV 2018): each image of `x` moved to mean 0 and scaled to variance
/// 1, then each channel scaled by `gamma` and shifted by `beta`, `[C]` each. With `rectify`, negative results are zero.
pub fn one_group_norm(x: &[f32], maps: Maps, gamma: &[f32], beta: &[f32], rectify: bool) -> Vec<f32> {
    let mut result = vec![0.0; x.len()];
    if result.is_empty() {
        return result;
    }
    let moments = moments(x, maps);
    let lowest = if rectify { 0.0 } else { f32::NEG_INFINITY };
    // Unlike `max`, this keeps what is no number.
    let cut = |value: f32| if value < lowest { lowest } else { value };
    let planes = result.chunks_exact_mut(maps.area).zip(x.chunks_exact(maps.area)).enumerate();
    for_each(planes.collect(), |(plane, (result, x))| {
        let (scale, shift) = line(moments[plane / maps.channels], gamma, beta, plane % maps.channels);
        vectorised(
            #[inline(always)]
            || result.iter_mut().zip(x).for_each(|(result, x)| *result = cut(x * scale + shift)),
        );
    });
    result
}

/// Gradients of [`one_group_norm`].
pub struct GroupNormGradients {
    /// `[B, C, H, W]`.
    pub x: Vec<f32>,
    /// `[C]`.
    pub gamma: Vec<f32>,
    /// `[C]`.
    pub beta: Vec<f32>,
}

/// The gradients of [`one_group_norm`] from that of its result.
pub fn one_group_norm_backward(
    x: &[f32],
    maps: Maps,
    gamma: &[f32],
    beta: &[f32],
    rectify: bool,
    gradient: &[f32],
) -> GroupNormGradients {
    let Maps { channels, area } = maps;
    let mut of_x = vec![0.0; x.len()];
    let (mut of_gamma, mut of_beta) = (vec![0.0; channels], vec![0.0; channels]);
    if x.is_empty() {
        return GroupNormGradients { x: of_x, gamma: of_gamma, beta: of_beta };
    }
    let moments = moments(x, maps);
    // Only where the result is not cut off does it depend on x.
    let line_of = |plane: usize| line(moments[plane / channels], gamma, beta, plane % channels);
    let passes = |value: f32| !rectify || value > 0.0;

    // Of every map: the sum of its gradient, and of that times x.
    let planes = x.chunks_exact(area).zip(gradient.chunks_exact(area)).enumerate();
    let sums = map(planes.collect(), |(plane, (x, gradient))| {
        let (scale, shift) = line_of(plane);
        let kept = |x: f32, gradient: f32| if passes(x * scale + shift) { gradient } else { 0.0 };
        vectorised(
            #[inline(always)]
            || [sum(x, gradient, kept), sum(x, gradient, |x, gradient| kept(x, gradient) * x)].map(f64::from),
        )
    });
    let count = (channels * area) as f64;
    let images = sums.chunks_exact(channels).zip(&moments).map(|(sums, &Moments { mean, inverse })| {
        let (mut shift, mut slope) = (0.0, 0.0);
        for (channel, [plain, by_x]) in sums.iter().enumerate() {
            let normal = inverse * (by_x - mean * plain);
            of_gamma[channel] += normal as f32;
            of_beta[channel] += *plain as f32;
            shift += f64::from(gamma[channel]) * plain / count;
            slope += f64::from(gamma[channel]) * normal / count;
        }
        // The part of the gradient that changes mean and deviation, as a line over x.
        let by_x = inverse * inverse * slope;
        (by_x as f32, (by_x * mean - inverse * shift) as f32)
    });
    let images: Vec<(f32, f32)> = images.collect();

    let planes = of_x.chunks_exact_mut(area).zip(x.chunks_exact(area)).zip(gradient.chunks_exact(area));
    for_each(planes.enumerate().collect(), |(plane, ((of_x, x), gradient))| {
        let (scale, shift) = line_of(plane);
        let (by_x, constant) = images[plane / channels];
        vectorised(
            #[inline(always)]
            || {
                for ((of_x, x), gradient) in of_x.iter_mut().zip(x).zip(gradient) {
                    let kept = if passes(x * scale + shift) { *gradient } else { 0.0 };
                    *of_x = kept * scale - x * by_x + constant;
                }
            },
        );
    });
    GroupNormGradients { x: of_x, gamma: of_gamma, beta: of_beta }
}

/// Mean, and inverse of the deviation, of an image.
#[derive(Clone, Copy)]
struct Moments {
    mean: f64,
    inverse: f64,
}

fn moments(x: &[f32], Maps { channels, area }: Maps) -> Vec<Moments> {
    let sums = map(x.chunks_exact(area).collect(), |x: &[f32]| {
        vectorised(
            #[inline(always)]
            || [sum(x, x, |x, _| x), sum(x, x, |x, _| x * x)].map(f64::from),
        )
    });
    let count = (channels * area) as f64;
    let image = |sums: &[[f64; 2]]| {
        let [sum, squares] = [0, 1].map(|which| sums.iter().map(|sums| sums[which]).sum::<f64>() / count);
        Moments { mean: sum, inverse: ((squares - sum * sum).max(0.0) + EPSILON).sqrt().recip() }
    };
    sums.chunks_exact(channels).map(image).collect()
}

/// What a channel of an image is multiplied by and what is added.
fn line(Moments { mean, inverse }: Moments, gamma: &[f32], beta: &[f32], channel: usize) -> (f32, f32) {
    let scale = f64::from(gamma[channel]) * inverse;
    (scale as f32, (f64::from(beta[channel]) - scale * mean) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Numbers;

    #[test]
    fn images_are_normalised_and_channels_scaled_shifted_and_cut_off() {
        let mut numbers = Numbers(2);
        let maps = Maps { channels: 3, area: 35 };
        let x: Vec<f32> = numbers.take(2 * 3 * 35).into_iter().map(|x| 3.0 * x + 1.0).collect();
        let (gamma, beta) = (numbers.take(3), numbers.take(3));
        let plain = one_group_norm(&x, maps, &gamma, &beta, false);
        for (image, found) in plain.chunks_exact(105).enumerate() {
            let x = &x[image * 105..][..105];
            let mean = x.iter().sum::<f32>() / 105.0;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 105.0;
            for (place, found) in found.iter().enumerate() {
                let normal = (x[place] - mean) / (variance + 1e-5).sqrt();
                let expected = normal * gamma[place / 35] + beta[place / 35];
                assert!((found - expected).abs() < 1e-5, "{found} and {expected}");
            }
        }
        let rectified = one_group_norm(&x, maps, &gamma, &beta, true);
        assert!(plain.iter().any(|value| *value < 0.0));
        assert!(plain.iter().zip(&rectified).all(|(plain, rectified)| plain.max(0.0) == *rectified));
    }
}
