//! A slice through a head, as magnetic resonance after contrast medium shows it: bright scalp, black skull,
//! folded cortex, dark ventricles, sometimes a lesion that takes up the medium.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::blob::Blob;
use super::plane::{Plane, bell, mask_from_fn, smoothstep};
use super::texture::Texture;

/// Classes of the mask.
pub(super) const MASK_CLASSES: [&str; 3] = ["background", "brain", "lesion"];
const BRAIN: u8 = 1;
const LESION: u8 = 2;

struct Head {
    /// The scalp's outline.
    skin: Blob,
    /// The brain's outline.
    brain: Blob,
    ventricles: Vec<Blob>,
    lesion: Option<Blob>,
}

/// A square picture of `size` pixels with a mask of brain and lesion.
pub(super) fn render(size: usize, rng: &mut ChaCha8Rng) -> Picture {
    let side = size as f32;
    let head = anatomy(side, rng);
    let tissue = Tissue {
        folds: Texture::new(rng),
        mottle: Texture::new(rng),
        necrosis: rng.random_range(0.0..0.75),
        uptake: rng.random_range(0.55..0.85),
    };
    let bias = Texture::new(rng);
    let gain = rng.random_range(0.85..1.15);
    let mut plane = Plane::from_fn(size, size, |x, y| {
        let shading = 1.0 + 0.12 * bias.at(1.5 * x / side, 1.5 * y / side);
        gain * shading * tissue.brightness(&head, x, y, side)
    });
    plane.blur(0.0042 * side);
    plane.add_noise(rng, 0.012, 0.008);
    // Magnitude images have no negative values: noise in air is a faint positive haze.
    for value in &mut plane.values {
        *value = value.abs();
    }

    let mask = mask_from_fn(size, size, |x, y| match &head.lesion {
        Some(lesion) if lesion.contains(x, y) => LESION,
        _ if head.brain.contains(x, y) => BRAIN,
        _ => 0,
    });
    let image = plane.to_image();
    Picture { image, class: None, mask: Some(mask), boxes: None }
}

fn anatomy(side: f32, rng: &mut ChaCha8Rng) -> Head {
    let centre = [0.5, 0.5].map(|c: f32| side * (c + rng.random_range(-0.03..0.03)));
    let radius = side * rng.random_range(0.35..0.4);
    // Longer from front to back, which is up and down in the picture.
    let tilt = std::f32::consts::FRAC_PI_2 + rng.random_range(-0.15..0.15);
    let elongation = rng.random_range(1.14..1.3);
    let mut skin = Blob::new(rng, centre, radius, elongation, 0.015);
    skin.angle = tilt;
    let mut brain = skin;
    brain.radii = skin.radii.map(|r| r - 0.085 * radius - 0.025 * side);

    let (sin, cos) = tilt.sin_cos();
    // Along the midline (towards the back of the head) and across it, in units of the brain's radii.
    let place = |along: f32, across: f32| {
        let (a, b) = (along * brain.radii[0], across * brain.radii[1]);
        [centre[0] + a * cos - b * sin, centre[1] + a * sin + b * cos]
    };
    let width = rng.random_range(0.07..0.13) * brain.radii[1];
    let mut ventricles = Vec::new();
    for (along, across, turn, length) in [
        (-0.2, 0.13, 0.32, 0.24),
        (-0.2, -0.13, -0.32, 0.24),
        (0.24, 0.24, -0.42, 0.26),
        (0.24, -0.24, 0.42, 0.26),
    ] {
        let mut horn = Blob::new(rng, place(along, across), 1.0, 1.0, 0.08);
        horn.radii = [length * brain.radii[0], width];
        horn.angle = tilt + turn;
        ventricles.push(horn);
    }
    let lesion = rng.random_bool(0.75).then(|| {
        let (along, across) = (rng.random_range(-0.55..0.55), rng.random_range(0.3..0.6));
        let across = if rng.random_bool(0.5) { across } else { -across };
        let own = brain.radii[1] * rng.random_range(0.13..0.26);
        let elongation = rng.random_range(1.0..1.4);
        Blob::new(rng, place(along, across), own, elongation, 0.1)
    });
    Head { skin, brain, ventricles, lesion }
}

struct Tissue {
    folds: Texture,
    mottle: Texture,
    /// How much darker the middle of a lesion is.
    necrosis: f32,
    /// How bright its rim is.
    uptake: f32,
}

impl Tissue {
    fn brightness(&self, head: &Head, x: f32, y: f32, side: f32) -> f32 {
        let outside = head.skin.depth(x, y);
        let depth = head.brain.depth(x, y) / side;
        let edge = 0.004 * side;
        // Scalp: fat, bright, with a thin dark muscle layer towards the skull.
        let thickness = 0.042 * side;
        let streaks = 1.0 + 0.3 * self.mottle.fractal(22.0 * x / side, 22.0 * y / side);
        let scalp = 0.62
            * streaks
            * smoothstep(-edge, edge, outside)
            * smoothstep(thickness, 0.6 * thickness, outside);
        // Marrow between the two tables of the skull.
        let marrow = 0.12 * streaks * bell((depth + 0.018) / 0.006);
        let membrane = 0.3 * bell((depth + 0.004) / 0.004);
        let brain = smoothstep(-0.002, 0.004, depth) * self.parenchyma(head, x, y, depth, side);
        0.02 + scalp + marrow + membrane + brain
    }

    fn parenchyma(&self, head: &Head, x: f32, y: f32, depth: f32, side: f32) -> f32 {
        let (u, v) = (x / side, y / side);
        let bend = 0.05 * self.mottle.at(9.0 * u, 9.0 * v);
        // Furrows are where a texture crosses zero; they end some way below the surface.
        let furrow = bell(self.folds.at(17.0 * u + bend * 8.0, 17.0 * v - bend * 8.0) / 0.16);
        let near_surface = smoothstep(0.1, 0.02, depth);
        let white = smoothstep(0.03, 0.07, depth + 0.03 * self.folds.at(13.0 * u, 13.0 * v));
        let mut value = 0.33 + 0.07 * white + 0.02 * self.mottle.fractal(30.0 * u, 30.0 * v);
        value -= 0.2 * furrow * near_surface;

        // The cleft between the halves, and the bright sinus at its ends.
        let (sin, cos) = head.brain.angle.sin_cos();
        let (dx, dy) = (x - head.brain.centre[0], y - head.brain.centre[1]);
        let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let cleft = bell(across / side / 0.006) * smoothstep(0.35, 0.55, (along / head.brain.radii[0]).abs());
        value -= 0.18 * cleft;
        value += 0.4 * cleft * smoothstep(0.03, 0.005, depth);

        for ventricle in &head.ventricles {
            let inside = smoothstep(-0.006, 0.006, ventricle.depth(x, y) / side);
            value += (0.09 - value) * inside;
        }
        if let Some(lesion) = &head.lesion {
            let margin = lesion.depth(x, y) / side;
            // Swollen tissue around it is darker.
            value -= 0.1 * smoothstep(-0.07, -0.01, margin) * smoothstep(0.0, 0.02, depth);
            let ratio = lesion.ratio(x, y);
            let core =
                self.necrosis * smoothstep(0.85, 0.35, ratio + 0.25 * self.folds.fractal(12.0 * v, 12.0 * u));
            let mottle = 1.0 + 0.25 * self.mottle.fractal(26.0 * u, 26.0 * v);
            let inside = smoothstep(-0.004, 0.004, margin);
            value += (self.uptake * mottle * (1.0 - core) - value) * inside;
        }
        value
    }
}
