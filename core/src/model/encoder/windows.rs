//! Cutting a map of tokens into attention windows, and back.

use burn::tensor::{Device, FloatDType, Tensor};

/// How a map of `height` x `width` tokens is cut into shifted windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    size: usize,
    height: usize,
    width: usize,
    padded: [usize; 2],
    shift: [usize; 2],
}

impl Windows {
    /// Windows of `size` x `size` tokens, shifted by `shift`. The map is padded to a multiple of the window
    /// at its bottom and right; along a side that one window covers there is nothing to shift.
    pub fn new(height: usize, width: usize, size: usize, shift: usize) -> Self {
        let padded = [height, width].map(|side| side.div_ceil(size) * size);
        let shift = padded.map(|side| if size >= side { 0 } else { shift });
        Self { size, height, width, padded, shift }
    }

    /// The same for the kernels.
    pub fn cut(&self) -> medley_kernels::Windows {
        medley_kernels::Windows { size: [self.height, self.width], side: self.size, shift: self.shift }
    }

    fn counts(&self) -> [usize; 2] {
        self.padded.map(|side| side / self.size)
    }

    /// Windows per image.
    pub fn count(&self) -> usize {
        self.counts()[0] * self.counts()[1]
    }

    fn is_shifted(&self) -> bool {
        self.shift != [0, 0]
    }

    /// `[B, H, W, C]` to `[B * count, size * size, C]`.
    pub fn partition(&self, tokens: Tensor<4>) -> Tensor<3> {
        let [batch, height, width, channels] = tokens.dims();
        let [padded_height, padded_width] = self.padded;
        let mut tokens = tokens;
        let options = (&tokens.device(), tokens.dtype());
        if padded_height > height {
            let zeros = Tensor::zeros([batch, padded_height - height, width, channels], options);
            tokens = Tensor::cat(vec![tokens, zeros], 1);
        }
        if padded_width > width {
            let zeros = Tensor::zeros([batch, padded_height, padded_width - width, channels], options);
            tokens = Tensor::cat(vec![tokens, zeros], 2);
        }
        tokens = roll(roll(tokens, 1, self.shift[0]), 2, self.shift[1]);
        let [rows, columns] = self.counts();
        tokens.reshape([batch, rows, self.size, columns, self.size * channels]).swap_dims(2, 3).reshape([
            batch * rows * columns,
            self.size * self.size,
            channels,
        ])
    }

    /// The inverse of [`Self::partition`].
    pub fn merge(&self, windows: Tensor<3>) -> Tensor<4> {
        let [total, _, channels] = windows.dims();
        let [rows, columns] = self.counts();
        let batch = total / (rows * columns);
        let [padded_height, padded_width] = self.padded;
        let tokens = windows
            .reshape([batch, rows, columns, self.size, self.size * channels])
            .swap_dims(2, 3)
            .reshape([batch, padded_height, padded_width, channels]);
        let back = [0, 1].map(|axis| (self.padded[axis] - self.shift[axis]) % self.padded[axis]);
        let tokens = roll(roll(tokens, 1, back[0]), 2, back[1]);
        if self.padded == [self.height, self.width] {
            tokens
        } else {
            tokens.slice([0..batch, 0..self.height, 0..self.width])
        }
    }

    /// `[count, size * size, size * size]`: -100 between tokens that the cyclic shift brought together from
    /// different sides of the map, 0 elsewhere; `None` where nothing was shifted.
    pub fn mask(&self, device: &Device, numbers: FloatDType) -> Option<Tensor<3>> {
        if !self.is_shifted() {
            return None;
        }
        let region = |position: usize, axis: usize| {
            let (side, shift) = (self.padded[axis], self.shift[axis]);
            usize::from(position >= side - self.size) + usize::from(shift > 0 && position >= side - shift)
        };
        let area = self.size * self.size;
        let [rows, columns] = self.counts();
        let mut mask = Vec::with_capacity(self.count() * area * area);
        for window in 0..rows * columns {
            let regions: Vec<[usize; 2]> = (0..area)
                .map(|token| {
                    let y = window / columns * self.size + token / self.size;
                    let x = window % columns * self.size + token % self.size;
                    [region(y, 0), region(x, 1)]
                })
                .collect();
            for query in &regions {
                mask.extend(regions.iter().map(|key| if key == query { 0.0 } else { -100.0_f32 }));
            }
        }
        let mask = Tensor::<1>::from_floats(mask.as_slice(), device).cast(numbers);
        Some(mask.reshape([rows * columns, area, area]))
    }
}

/// Moves `tokens` cyclically towards the start of `axis` by `by` places.
pub fn roll(tokens: Tensor<4>, axis: usize, by: usize) -> Tensor<4> {
    if by == 0 {
        return tokens;
    }
    let length = tokens.dims()[axis];
    let tail = tokens.clone().narrow(axis, 0, by);
    Tensor::cat(vec![tokens.narrow(axis, by, length - by), tail], axis)
}
