//! Where the pixels of a changed picture come from: mirroring, turns, magnification, shift and bending
//! composed into one map, so that a picture is sampled once.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::smooth::{Basis, SmoothField};
use super::{AugmentConfig, Orientation, signed};

/// A smooth shift of up to a twentieth of the shorter side. The numbers of the field lie a quarter of a side
/// apart, so no shift changes by more than 4/5 of the way that it is changed over, and nothing folds.
type Bending = [SmoothField<7>; 2];

/// A drawn change of place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Warp {
    /// First.
    pub orientation: Orientation,
    /// Then a clockwise turn about the centre, in radians.
    pub rotation: f32,
    /// Magnification about the centre.
    pub scale: f32,
    /// The place in the source, in pixels from its centre, that comes to the centre.
    pub shift: [f32; 2],
    /// What is added to (column, row) of the result, in pixels, before all else is undone.
    pub bending: Option<Bending>,
}

impl Warp {
    /// Draws a change for a picture of `width` x `height`; always takes as many numbers from `rng`.
    pub fn draw(config: &AugmentConfig, rng: &mut ChaCha8Rng, width: usize, height: usize) -> Self {
        let [flip_x, flip_y, bend] = [(); 3].map(|()| rng.random::<bool>());
        let turns = rng.random_range(0..4_u8);
        let [rotation, scale, left, top, right, down] = [(); 6].map(|()| rng.random::<f32>());
        let strongest = config.elastic * width.min(height) as f32;
        let bending = [(); 2].map(|()| SmoothField::draw(rng, strongest));

        let flip_x = flip_x && config.horizontal_flip;
        let flip_y = flip_y && config.vertical_flip;
        let turns = if config.quarter_turns { turns } else { 0 };
        let (least, greatest) = config.scale;
        let scale = (least + (greatest - least) * scale).clamp(0.1, 10.0);
        // What is cut off, or left free, is so at random on either side.
        let room = 0.5 * (1.0 - 1.0 / scale);
        let shift = |length: usize, a, b| length as f32 * (room * signed(a) + config.translation * signed(b));
        Self {
            // Top and bottom are swapped by swapping left and right and a half turn.
            orientation: Orientation {
                mirrored: flip_x != flip_y,
                quarter_turns: (turns + if flip_y { 2 } else { 0 }) % 4,
            },
            rotation: config.rotation.to_radians() * signed(rotation),
            scale,
            shift: [shift(width, left, right), shift(height, top, down)],
            bending: (bend && config.elastic > 0.0).then_some(bending),
        }
    }

    /// Whether pixels are only rearranged.
    pub fn is_exact(&self) -> bool {
        self.rotation == 0.0 && self.scale == 1.0 && self.shift == [0.0; 2] && self.bending.is_none()
    }

    /// The map for a picture of `width` x `height`.
    pub fn map(&self, width: usize, height: usize) -> PixelMap {
        let to = self.orientation.size(width, height);
        let half = |(width, height): (usize, usize)| [width as f32 / 2.0, height as f32 / 2.0];
        let [x, y] = half((width, height));
        let (sine, cosine) = self.rotation.sin_cos();
        // Columns of the inverse: where a step to the right and a step down in the result lead.
        let right = self.orientation.undo([cosine / self.scale, -sine / self.scale]);
        let down = self.orientation.undo([sine / self.scale, cosine / self.scale]);
        PixelMap {
            from: (width, height),
            to,
            right,
            down,
            source_centre: [x + self.shift[0], y + self.shift[1]],
            target_centre: half(to),
            bending: self.bending,
        }
    }
}

/// A map between the places of a picture, the source, and of the result; in pixels from the top left corner,
/// where pixel (0, 0) has its centre at (0.5, 0.5).
#[derive(Clone, Debug)]
pub(super) struct PixelMap {
    /// (width, height) of the source.
    pub from: (usize, usize),
    /// (width, height) of the result.
    pub to: (usize, usize),
    right: [f32; 2],
    down: [f32; 2],
    source_centre: [f32; 2],
    target_centre: [f32; 2],
    bending: Option<Bending>,
}

impl PixelMap {
    /// Whether straight lines stay straight.
    pub fn is_straight(&self) -> bool {
        self.bending.is_none()
    }

    /// The places in the source of a row of the result, written to `places`.
    pub fn row(&self, y: usize, columns: &[Basis], places: &mut Vec<[f32; 2]>) {
        let y = y as f32 + 0.5;
        places.clear();
        if let Some(bending) = &self.bending {
            let row = SmoothField::<7>::basis(y / self.to.1 as f32);
            let [across, along] = bending.each_ref().map(|field| field.row(&row));
            places.extend(columns.iter().enumerate().map(|(x, column)| {
                self.straight([x as f32 + 0.5 + across.at(column), y + along.at(column)])
            }));
        } else {
            places.extend((0..self.to.0).map(|x| self.straight([x as f32 + 0.5, y])));
        }
    }

    /// What [`PixelMap::row`] needs to know about columns, the same for all rows.
    pub fn columns(&self) -> Vec<Basis> {
        if self.is_straight() { Vec::new() } else { SmoothField::<7>::bases(self.to.0) }
    }

    /// Where a place of the source is in the result.
    pub fn target(&self, place: [f32; 2]) -> [f32; 2] {
        let [x, y] = [place[0] - self.source_centre[0], place[1] - self.source_centre[1]];
        let determinant = self.right[0] * self.down[1] - self.right[1] * self.down[0];
        let straight = [
            (x * self.down[1] - y * self.down[0]) / determinant + self.target_centre[0],
            (y * self.right[0] - x * self.right[1]) / determinant + self.target_centre[1],
        ];
        let Some(bending) = &self.bending else { return straight };
        // The place p with p + shift(p) = straight; the shifts change slower than p, so this converges.
        let mut place = straight;
        for _ in 0..32 {
            let shift = self.shift(bending, place);
            let next = [straight[0] - shift[0], straight[1] - shift[1]];
            let change = (next[0] - place[0]).abs() + (next[1] - place[1]).abs();
            place = next;
            if change < 1e-2 {
                break;
            }
        }
        place
    }

    fn straight(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = [x - self.target_centre[0], y - self.target_centre[1]];
        [
            self.source_centre[0] + x * self.right[0] + y * self.down[0],
            self.source_centre[1] + x * self.right[1] + y * self.down[1],
        ]
    }

    fn shift(&self, bending: &Bending, [x, y]: [f32; 2]) -> [f32; 2] {
        let column = SmoothField::<7>::basis(x / self.to.0 as f32);
        let row = SmoothField::<7>::basis(y / self.to.1 as f32);
        bending.each_ref().map(|field| field.row(&row).at(&column))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    fn still() -> Warp {
        Warp {
            orientation: Orientation::default(),
            rotation: 0.0,
            scale: 1.0,
            shift: [0.0; 2],
            bending: None,
        }
    }

    fn near(found: [f32; 2], expected: [f32; 2], tolerance: f32) {
        for (a, b) in found.into_iter().zip(expected) {
            assert!((a - b).abs() <= tolerance, "{found:?} is not {expected:?}");
        }
    }

    #[test]
    fn places_go_where_the_matrix_says() {
        // About the centre (20, 10), with the row axis pointing down.
        let place = [26.0, 10.0];
        near(still().map(40, 20).target(place), [26.0, 10.0], 1e-5);
        let quarter = Warp { rotation: 90_f32.to_radians(), ..still() };
        near(quarter.map(40, 20).target(place), [20.0, 16.0], 1e-5);
        let larger = Warp { scale: 1.5, rotation: 30_f32.to_radians(), ..still() };
        near(larger.map(40, 20).target(place), [20.0 + 9.0 * 0.75_f32.sqrt(), 14.5], 1e-5);
        let moved = Warp { shift: [6.0, -2.0], scale: 2.0, ..still() };
        near(moved.map(40, 20).target(place), [20.0, 14.0], 1e-5);
        let orientation = Orientation { mirrored: true, quarter_turns: 1 };
        // Mirrored to (14, 10), then a quarter clockwise in a picture that is now 20 x 40.
        near(Warp { orientation, ..still() }.map(40, 20).target(place), [10.0, 14.0], 1e-5);
    }

    proptest! {
        #[test]
        fn the_two_directions_undo_each_other(
            seed: u64, width in 16_usize..300, height in 16_usize..300, x in 0_f32..1.0, y in 0_f32..1.0
        ) {
            let config = AugmentConfig { elastic: 0.05, rotation: 45.0, translation: 0.2, ..AugmentConfig::MICROSCOPY };
            let map = Warp::draw(&config, &mut ChaCha8Rng::seed_from_u64(seed), width, height).map(width, height);
            let (column, row) = ((x * map.to.0 as f32) as usize, (y * map.to.1 as f32) as usize);
            let mut places = Vec::new();
            map.row(row, &map.columns(), &mut places);
            prop_assert_eq!(places.len(), map.to.0);
            let back = map.target(places[column]);
            prop_assert!((back[0] - column as f32 - 0.5).abs() < 0.1, "{:?} {}", back, column);
            prop_assert!((back[1] - row as f32 - 0.5).abs() < 0.1, "{:?} {}", back, row);
        }

        #[test]
        fn bending_never_folds(seed: u64, width in 16_usize..200, height in 16_usize..200) {
            let config = AugmentConfig { elastic: 0.05, ..AugmentConfig::default() };
            let map = Warp::draw(&config, &mut ChaCha8Rng::seed_from_u64(seed), width, height).map(width, height);
            let mut above: Vec<[f32; 2]> = Vec::new();
            let mut places = Vec::new();
            for y in 0..height {
                map.row(y, &map.columns(), &mut places);
                prop_assert!(places.windows(2).all(|pair| pair[0][0] < pair[1][0]));
                prop_assert!(above.iter().zip(&places).all(|(upper, lower)| upper[1] < lower[1]));
                above.clone_from(&places);
            }
        }
    }
}
