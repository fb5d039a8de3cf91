//! A stained blood smear: pale red cells with lighter centres, a few large white cells with purple nuclei,
//! tiny platelets.

use std::f32::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::blob::Blob;
use super::plane::{Plane, bell, smoothstep};
use super::texture::Texture;

/// Classes of the boxes.
pub(super) const CLASSES: [&str; 3] = ["red cell", "white cell", "platelet"];
const RED: usize = 0;
const WHITE: usize = 1;
const PLATELET: usize = 2;

/// How strongly each dye takes up red, green and blue light.
const EOSIN: [f32; 3] = [0.16, 0.47, 0.44];
const AZURE: [f32; 3] = [0.62, 0.95, 0.16];

/// A 4:3 picture of `width` pixels across, with the boxes of all cells.
pub(super) fn render(width: usize, rng: &mut ChaCha8Rng) -> Picture {
    let height = (width * 3).div_ceil(4);
    let (w, h) = (width as f32, height as f32);
    let cells = scatter(w, h, rng);

    let light: [f32; 3] = [0.85, 0.87, 0.85].map(|level: f32| level + rng.random_range(-0.03..0.03));
    let smear = Texture::new(rng);
    let falloff = rng.random_range(0.02..0.09);
    let mut planes = light.map(|level| {
        Plane::from_fn(width, height, |x, y| {
            let (u, v) = (2.0 * x / w - 1.0, 2.0 * y / h - 1.0);
            level * (1.0 - falloff * (u * u + v * v) + 0.02 * smear.fractal(4.0 * x / w, 4.0 * y / w))
        })
    });
    for (class, cell) in &cells {
        match *class {
            RED => paint_red(&mut planes, cell, w, rng),
            WHITE => paint_white(&mut planes, cell, w, rng),
            _ => paint_platelet(&mut planes, cell, w, rng),
        }
    }
    for plane in &mut planes {
        plane.blur(0.0022 * w);
        plane.add_noise(rng, 0.006, 0.006);
    }
    let boxes = cells.iter().filter_map(|(class, cell)| cell.label(width, height, *class)).collect();
    Picture { image: Plane::to_rgb_image(&planes), class: None, mask: None, boxes: Some(boxes) }
}

/// Cells in the order in which they are painted. Red cells may overlap each other, as in a thick smear.
fn scatter(w: f32, h: f32, rng: &mut ChaCha8Rng) -> Vec<(usize, Blob)> {
    let mut cells: Vec<(usize, Blob)> = Vec::new();
    let radius = w * rng.random_range(0.062..0.08);
    let wanted = [
        (WHITE, rng.random_range(1..3), 1.85, 1.0),
        (RED, rng.random_range(14..30), 1.0, rng.random_range(0.7..0.95)),
        (PLATELET, rng.random_range(1..5), 0.3, 1.0),
    ];
    for (class, count, scale, spacing) in wanted {
        let mut placed = 0;
        for _ in 0..400 {
            if placed == count {
                break;
            }
            // White cells stay away from the border, so that they can be recognised.
            let margin = if class == WHITE { 0.12 * w } else { -0.03 * w };
            let centre = [rng.random_range(margin..w - margin), rng.random_range(margin..h - margin)];
            let own = radius * scale * rng.random_range(0.88..1.12);
            let (elongation, roughness) = match class {
                RED => (1.0 + 0.5 * rng.random_range(0.0..1.0_f32).powi(2), 0.05),
                WHITE => (rng.random_range(1.0..1.15), 0.035),
                _ => (rng.random_range(1.0..1.6), 0.15),
            };
            let cell = Blob::new(rng, centre, own, elongation, roughness);
            let free = cells.iter().all(|(kind, other)| {
                let gap = (other.centre[0] - centre[0]).hypot(other.centre[1] - centre[1]);
                let spacing = if *kind == class { spacing } else { 0.93 };
                gap > spacing * (other.radii[0] + own)
            });
            if free {
                cells.push((class, cell));
                placed += 1;
            }
        }
    }
    cells
}

/// Lets `dye` of a thickness given at each pixel near `cell` absorb light.
fn stain(planes: &mut [Plane; 3], cell: &Blob, dye: [f32; 3], thickness: impl Fn(f32, f32) -> f32) {
    for (plane, dye) in planes.iter_mut().zip(dye) {
        plane
            .paint_around(cell.centre, 1.25 * cell.reach(), |x, y, old| old * (-dye * thickness(x, y)).exp());
    }
}

/// A disc that is thinner in the middle, with a bright line of refracted light around it.
fn paint_red(planes: &mut [Plane; 3], cell: &Blob, w: f32, rng: &mut ChaCha8Rng) {
    let pallor = rng.random_range(0.05..0.75);
    let hollow = rng.random_range(0.35..0.6);
    let density = rng.random_range(0.5..0.85);
    let texture = Texture::new(rng);
    let edge = 0.0035 * w;
    stain(planes, cell, EOSIN, |x, y| {
        let (depth, ratio) = (cell.depth(x, y), cell.ratio(x, y));
        let body = 1.0 - pallor * (1.0 - smoothstep(0.25 * hollow, 1.6 * hollow, ratio));
        let rim = 0.16 * bell((ratio - 0.93) / 0.06);
        let mottle = 1.0 + 0.06 * texture.fractal(16.0 * x / w, 16.0 * y / w);
        let halo = -0.09 * bell((depth + 2.0 * edge) / (1.3 * edge));
        smoothstep(-edge, edge, depth) * density * (body * mottle + rim) + halo
    });
}

/// Grainy pale cytoplasm around a nucleus of a few dark lobes, or one large one.
fn paint_white(planes: &mut [Plane; 3], cell: &Blob, w: f32, rng: &mut ChaCha8Rng) {
    let grains = Texture::new(rng);
    let chromatin = Texture::new(rng);
    let edge = 0.004 * w;
    let cytoplasm = rng.random_range(0.2..0.34);
    stain(planes, cell, AZURE, |x, y| {
        let grain = 1.0 + 0.55 * grains.fractal(60.0 * x / w, 60.0 * y / w);
        let rim = 1.0 + 0.5 * bell((cell.ratio(x, y) - 0.95) / 0.07);
        smoothstep(-edge, edge, cell.depth(x, y)) * cytoplasm * grain * rim
    });
    stain(planes, cell, EOSIN, |x, y| 0.16 * smoothstep(-edge, edge, cell.depth(x, y)));

    let radius = cell.radii[1];
    let count = rng.random_range(1..5);
    let start = rng.random_range(0.0..TAU);
    let lobes: Vec<Blob> = (0..count)
        .map(|i| {
            let angle = start + 4.2 * i as f32 / count as f32;
            let away = if count == 1 { 0.12 } else { 0.45 } * radius;
            let centre = [cell.centre[0] + away * angle.cos(), cell.centre[1] + away * angle.sin()];
            let own = radius * if count == 1 { 0.74 } else { rng.random_range(0.34..0.43) };
            let elongation = rng.random_range(1.0..1.5);
            Blob::new(rng, centre, own, elongation, 0.09)
        })
        .collect();
    let density = rng.random_range(0.75..1.0);
    stain(planes, cell, AZURE, |x, y| {
        let depth = lobes.iter().map(|lobe| lobe.depth(x, y)).fold(f32::MIN, f32::max);
        let clumps = 1.0 + 0.28 * chromatin.fractal(28.0 * x / w, 28.0 * y / w);
        smoothstep(-1.5 * edge, 1.5 * edge, depth)
            * smoothstep(0.0, edge, cell.depth(x, y))
            * density
            * clumps
    });
}

/// A small purple speck with a dense middle.
fn paint_platelet(planes: &mut [Plane; 3], cell: &Blob, w: f32, rng: &mut ChaCha8Rng) {
    let grains = Texture::new(rng);
    let density = rng.random_range(0.4..0.75);
    let edge = 0.005 * w;
    stain(planes, cell, AZURE, |x, y| {
        let grain = 1.0 + 0.4 * grains.fractal(70.0 * x / w, 70.0 * y / w);
        let middle = 0.6 + 0.4 * (1.0 - cell.ratio(x, y).min(1.0));
        smoothstep(-edge, edge, cell.depth(x, y)) * density * grain * middle
    });
}
