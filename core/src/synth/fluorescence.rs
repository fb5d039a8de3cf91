//! Nuclei in a fluorescence microscope: dim round shapes of unequal brightness on black.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::blob::Blob;
use super::plane::{Plane, mask_from_fn, smoothstep};
use super::texture::Texture;

/// Classes of the mask.
pub(super) const MASK_CLASSES: [&str; 2] = ["background", "nucleus"];
/// Classes of the boxes.
pub(super) const BOX_CLASSES: [&str; 1] = ["nucleus"];

/// A square picture of `size` pixels with a mask and boxes of the nuclei.
pub(super) fn render(size: usize, rng: &mut ChaCha8Rng) -> Picture {
    let side = size as f32;
    let nuclei = scatter(side, rng);

    let haze = Texture::new(rng);
    let ground = rng.random_range(0.03..0.06);
    let mut plane = Plane::from_fn(size, size, |x, y| {
        ground * (1.0 + 0.25 * haze.fractal(2.0 * x / side, 2.0 * y / side))
    });
    let exposure = rng.random_range(0.3..0.6);
    for nucleus in &nuclei {
        let chromatin = Texture::new(rng);
        let brightness = exposure * rng.random_range(0.55..1.3);
        let grain = 2.5 / nucleus.radii[1];
        let soft = rng.random_range(0.8..1.6) * side / 256.0;
        plane.paint_around(nucleus.centre, 1.6 * nucleus.reach(), |x, y, old| {
            let inside = smoothstep(-soft, soft, nucleus.depth(x, y));
            // Thinner towards the rim, with clumps of chromatin.
            let thickness = 0.72 + 0.28 * (1.0 - nucleus.ratio(x, y).min(1.0).powi(2)).sqrt();
            let clumps = 1.0 + 0.35 * chromatin.fractal(x * grain, y * grain);
            // Light scattered around the nucleus.
            let glow = 0.05 * brightness * (-2.0 * (nucleus.ratio(x, y) - 1.0).max(0.0)).exp();
            let fade =
                smoothstep(1.6, 1.2, (x - nucleus.centre[0]).hypot(y - nucleus.centre[1]) / nucleus.reach());
            old.max(inside * brightness * thickness * clumps) + glow * fade
        });
    }
    plane.blur(0.6 * side / 256.0);
    plane.add_noise(rng, 0.004, 0.02);

    let mask = mask_from_fn(size, size, |x, y| u8::from(nuclei.iter().any(|n| n.contains(x, y))));
    let boxes = nuclei.iter().filter_map(|n| n.label(size, size, 0)).collect();
    Picture { image: plane.to_image(), class: None, mask: Some(mask), boxes: Some(boxes) }
}

/// Nuclei that gather in a few places, and touch but do not cover each other.
fn scatter(side: f32, rng: &mut ChaCha8Rng) -> Vec<Blob> {
    let radius = side * rng.random_range(0.034..0.052);
    let density = Texture::new(rng);
    let wanted = rng.random_range(18..42);
    let mut nuclei: Vec<Blob> = Vec::new();
    for _ in 0..600 {
        if nuclei.len() == wanted {
            break;
        }
        let centre: [f32; 2] = [(); 2].map(|()| rng.random_range(0.0..side));
        let crowd = density.at(3.0 * centre[0] / side, 3.0 * centre[1] / side);
        if crowd < rng.random_range(-1.0..0.6) {
            continue;
        }
        let own = radius * rng.random_range(0.75..1.25);
        let elongation = rng.random_range(1.0..1.7);
        let nucleus = Blob::new(rng, centre, own, elongation, 0.06);
        let apart = |other: &Blob| {
            let gap = (other.centre[0] - centre[0]).hypot(other.centre[1] - centre[1]);
            gap > 0.92 * (other.radii[0] + nucleus.radii[0])
        };
        if nuclei.iter().all(apart) {
            nuclei.push(nucleus);
        }
    }
    nuclei
}
