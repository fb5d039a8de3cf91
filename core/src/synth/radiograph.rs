//! A chest-like phantom as an X-ray shows it: what absorbs is bright, and everything in the way adds up.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::plane::{Plane, bell, mask_from_fn, smoothstep};
use super::texture::Texture;

/// Classes of the whole image.
pub(super) const CLASSES: [&str; 2] = ["clear", "opacity"];
/// Classes of the mask.
pub(super) const MASK_CLASSES: [&str; 3] = ["background", "lung", "heart"];

/// Proportions in units of half the picture's width: `u` goes from -1 (left) to 1, `v` from 0 (top) to 2.
struct Chest {
    /// Shift of the whole body.
    shift: [f32; 2],
    /// Size of the whole body.
    scale: f32,
    /// Half width of the trunk.
    trunk: f32,
    /// Height of the two domes of the diaphragm, left and right in the picture.
    domes: [f32; 2],
    heart: [f32; 2],
    heart_radii: [f32; 2],
    opacities: Vec<Opacity>,
}

/// A cloud in a lung.
struct Opacity {
    centre: [f32; 2],
    radius: f32,
    density: f32,
}

/// A square picture of `size` pixels with a class and a mask of lungs and heart.
pub(super) fn render(size: usize, rng: &mut ChaCha8Rng) -> Picture {
    let chest = Chest::new(rng);
    let half = size as f32 / 2.0;
    let at = |x: f32, y: f32| {
        let [u, v] = [x / half - 1.0 - chest.shift[0], y / half - chest.shift[1]];
        [u / chest.scale, v / chest.scale]
    };
    let tissue = Texture::new(rng);
    let cloud = Texture::new(rng);
    let vessels = vessels(rng);
    let exposure = rng.random_range(0.9..1.08);
    let gamma = rng.random_range(0.85..1.15);

    let mut shadows = Plane::from_fn(size, size, |_, _| 0.0);
    for &([u, v], width, density) in &vessels {
        let centre =
            [(u * chest.scale + 1.0 + chest.shift[0]) * half, (v * chest.scale + chest.shift[1]) * half];
        let radius = width * half;
        shadows.paint_around(centre, 2.5 * radius, |x, y, old| {
            old.max(density * bell((x - centre[0]).hypot(y - centre[1]) / radius))
        });
    }
    let mut plane = Plane::from_fn(size, size, |x, y| {
        let [u, v] = at(x, y);
        let vessel = shadows.values[y as usize * size + x as usize];
        let absorbed = chest.absorption(u, v, tissue, cloud, vessel);
        exposure * absorbed.max(0.0).powf(gamma)
    });
    plane.blur(0.0028 * size as f32);
    plane.add_noise(rng, 0.007, 0.008);

    let mask = mask_from_fn(size, size, |x, y| {
        let [u, v] = at(x, y);
        if chest.heart(u, v) > 0.5 { 2 } else { u8::from(chest.lung(u, v) > 0.5) }
    });
    let class = usize::from(!chest.opacities.is_empty());
    Picture { image: plane.to_image(), class: Some(class), mask: Some(mask), boxes: None }
}

/// Points along the vessels that leave the roots of the lungs: place, width, density.
fn vessels(rng: &mut ChaCha8Rng) -> Vec<([f32; 2], f32, f32)> {
    let mut points = Vec::new();
    for side in [-1.0, 1.0] {
        for _ in 0..26 {
            let mut place = [side * rng.random_range(0.16..0.24), rng.random_range(0.78..1.0)];
            let mut heading: f32 = rng.random_range(-1.35..1.35);
            let mut width: f32 = rng.random_range(0.008..0.017);
            for _ in 0..rng.random_range(40..90) {
                heading += rng.random_range(-0.09..0.09);
                place = [place[0] + 0.008 * side * heading.cos(), place[1] + 0.008 * heading.sin()];
                width *= 0.985;
                points.push((place, width, 5.0 * width));
            }
        }
    }
    points
}

impl Chest {
    fn new(rng: &mut ChaCha8Rng) -> Self {
        let heart_width = rng.random_range(0.27..0.35);
        let mut chest = Self {
            shift: [rng.random_range(-0.05..0.05), rng.random_range(-0.06..0.06)],
            scale: rng.random_range(0.95..1.08),
            trunk: rng.random_range(0.8..0.88),
            domes: [rng.random_range(1.3..1.4), rng.random_range(1.36..1.46)],
            heart: [rng.random_range(0.1..0.15), rng.random_range(1.18..1.26)],
            heart_radii: [heart_width, rng.random_range(0.3..0.36)],
            opacities: Vec::new(),
        };
        if rng.random_bool(0.5) {
            for _ in 0..rng.random_range(1..4) {
                let side = if rng.random_bool(0.5) { -1.0 } else { 1.0 };
                chest.opacities.push(Opacity {
                    centre: [side * rng.random_range(0.36..0.58), rng.random_range(0.65..1.25)],
                    radius: rng.random_range(0.14..0.27),
                    density: rng.random_range(0.2..0.36),
                });
            }
        }
        chest
    }

    /// Height of the diaphragm at `u`.
    fn diaphragm(&self, u: f32) -> f32 {
        let dome = if u < 0.0 { self.domes[0] } else { self.domes[1] };
        dome + 0.9 * ((u.abs() - 0.36).abs() / 0.5).powf(2.4) * if u.abs() > 0.36 { 0.6 } else { 0.2 }
    }

    /// 1 in the lungs, 0 outside, smooth at the border. The heart's shadow is not subtracted.
    fn lung(&self, u: f32, v: f32) -> f32 {
        let rise = ((1.15 - v) / 0.85).max(0.0);
        let sink = ((v - 1.15) / 1.6).max(0.0);
        // Towards the apex the lungs lean inwards.
        let middle = 0.46 * self.trunk / 0.84 - 0.15 * rise.min(1.0).powi(2);
        let across = (u.abs() - middle).max(0.0) / (0.31 * self.trunk / 0.84);
        let up = (rise.powf(1.3) + sink) * 0.95;
        let field = across.powf(2.2) + up.powf(2.4);
        let medial = 0.15 + 0.02 * (v * 5.0).sin() + 0.04 * smoothstep(0.7, 1.2, v);
        smoothstep(1.04, 0.94, field)
            * smoothstep(medial - 0.03, medial + 0.03, u.abs())
            * smoothstep(0.012, -0.012, v - self.diaphragm(u))
    }

    /// 1 in the heart above the diaphragm.
    fn heart(&self, u: f32, v: f32) -> f32 {
        let (du, dv) = (u - self.heart[0], v - self.heart[1]);
        // Its axis points down and to the patient's left, which is right in the picture.
        let (along, across) = (0.8 * du + 0.6 * dv, 0.8 * dv - 0.6 * du);
        let ratio = (along / (1.25 * self.heart_radii[0])).hypot(across / (0.88 * self.heart_radii[1]));
        smoothstep(1.08, 0.92, ratio) * smoothstep(0.03, -0.03, v - self.diaphragm(u).min(1.55))
    }

    /// 1 in the body, 0 in the air around it.
    fn body(&self, u: f32, v: f32) -> f32 {
        let neck = 0.25 + 0.05 * smoothstep(0.12, 0.0, v);
        let shoulders = neck + 0.9 * smoothstep(0.06, 0.52, v);
        let trunk = self.trunk + 0.13 + 0.3 * smoothstep(1.0, 0.45, v) + 0.06 * smoothstep(1.3, 1.9, v);
        smoothstep(0.04, -0.04, u.abs() - shoulders.min(trunk))
    }

    /// All bones: spine, ribs, collar bones, heads of the arms.
    fn bones(&self, u: f32, v: f32) -> f32 {
        let a = u.abs();
        let vertebra = 0.75 + 0.25 * (v * 38.0).cos();
        let spine = 0.05 * smoothstep(0.1, 0.075, a) * vertebra;
        let wall = self.trunk * (0.93 - 0.42 * smoothstep(0.75, 0.12, v));
        let cage = smoothstep(wall + 0.02, wall - 0.02, a);
        let rib = |distance: f32, width: f32| {
            // A tube: its two walls absorb more than its middle.
            let d = distance / width;
            smoothstep(1.0, 0.75, d.abs()) * (0.55 + 0.45 * d * d)
        };
        let mut ribs = 0.0;
        for i in 0..10 {
            let start = 0.2 + 0.135 * i as f32;
            // From the spine outwards, first up a little, then down.
            let back = start - 0.1 * (a / 0.3).min(1.0) * (1.6 - a / 0.3).clamp(0.0, 1.0)
                + 0.34 * (a / 0.8).powf(2.2);
            ribs += 0.075 * rib(v - back, 0.026) * smoothstep(0.05, 0.12, a);
            let front = start + 0.62 - 0.5 * (a / 0.8) + 0.3 * (a / 0.8 - 0.5).powi(2);
            ribs += 0.035 * rib(v - front, 0.032) * smoothstep(0.3, 0.42, a);
        }
        let clavicle = 0.3 - 0.16 * (a / 0.7) + 0.035 * (a * 9.0).sin();
        let collar = 0.11 * rib(v - clavicle, 0.034) * smoothstep(0.06, 0.12, a) * smoothstep(0.84, 0.76, a);
        let arm = 0.12 * smoothstep(0.15, 0.09, (a - 1.0).hypot(v - 0.4));
        spine + ribs * cage + collar + arm
    }

    fn absorption(&self, u: f32, v: f32, tissue: Texture, cloud: Texture, vessel: f32) -> f32 {
        let a = u.abs();
        let body = self.body(u, v);
        let lung = self.lung(u, v);
        // The trunk is thickest in the middle and towards the belly.
        let mut value = 0.36 + 0.2 * (1.0 - (a / 1.1).min(1.0).powi(2)) + 0.17 * smoothstep(0.8, 1.7, v);
        value += 0.03 * tissue.fractal(3.0 * u, 3.0 * v);
        value -= 0.34 * lung * (1.0 + 0.12 * tissue.at(2.0 * u, 2.0 * v));
        let covered = self.heart(u, v);
        let vessel = vessel * (1.0 - 0.8 * covered);
        value += lung * (0.035 * tissue.fractal(9.0 * u, 9.0 * v) + 0.09 * bell((a - 0.17) / 0.12) + vessel);

        // Great vessels and heart: where they replace air they show, in front of the spine hardly.
        let column = 0.1 * smoothstep(0.26, 0.08, a) * smoothstep(0.1, 0.7, v);
        let knob = smoothstep(0.13, 0.09, (u - 0.11).hypot(v - 0.64)) * (0.2 * lung + 0.02);
        let windpipe = -0.09 * smoothstep(0.06, 0.03, (u - 0.01).abs()) * smoothstep(0.78, 0.55, v);
        let heart = covered * (0.03 * smoothstep(1.4, 1.1, v) + 0.26 * lung);
        value += column + knob + windpipe + heart;
        value += 0.05 * smoothstep(-0.02, 0.04, v - self.diaphragm(u));
        // Where the trunk is thick, bones hardly show.
        value += self.bones(u, v) * (1.0 - 0.4 * covered) * (1.0 - 0.75 * smoothstep(1.25, 1.6, v));

        for opacity in &self.opacities {
            let ratio = (u - opacity.centre[0]).hypot(v - opacity.centre[1]) / opacity.radius;
            let wisps = (0.75 + 0.6 * cloud.fractal(6.0 * u, 6.0 * v)).max(0.0);
            value += lung * opacity.density * wisps * bell(0.95 * ratio);
        }
        0.03 + body * value
    }
}
