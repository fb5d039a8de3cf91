//! Run-length codes of COCO: columns from left to right, each from top to bottom; runs outside and inside the
//! object take turns, the first is outside and may be empty.
//!
//! In a file the runs are a list of numbers, or a string in which each run (from the fourth on its difference to
//! the last but one) is written in base 32, five bits a character, lowest first, with bit 5 as the sign that
//! more follow and 48 added. Both as in pycocotools.

use thiserror::Error;

/// One object's pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rle {
    width: usize,
    height: usize,
    counts: Vec<u32>,
}

/// Why a run-length code cannot be used.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RleError {
    /// The runs do not fill the image.
    #[error("its runs cover {covered} pixels, but the image has {width} x {height}; write it again")]
    Length {
        /// Sum of the runs.
        covered: u64,
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// A character or number that no run-length code has.
    #[error("its counts are damaged at character {0}; write it again")]
    Damaged(usize),
}

impl Rle {
    /// The code with these runs, which must fill the image exactly.
    ///
    /// # Errors
    /// [`RleError::Length`] when they do not.
    pub fn new(width: usize, height: usize, counts: Vec<u32>) -> Result<Self, RleError> {
        let covered = counts.iter().map(|count| u64::from(*count)).sum();
        if covered == (width as u64).saturating_mul(height as u64) {
            Ok(Self { width, height, counts })
        } else {
            Err(RleError::Length { covered, width, height })
        }
    }

    /// Reads the string form.
    ///
    /// # Errors
    /// [`RleError`] when it is damaged or does not fill the image.
    pub fn from_compressed(width: usize, height: usize, text: &str) -> Result<Self, RleError> {
        let mut counts: Vec<u32> = Vec::new();
        let mut bytes = text.bytes().enumerate();
        while let Some((position, byte)) = bytes.next() {
            let damaged = RleError::Damaged(position);
            let (mut byte, mut value, mut shift) = (byte, 0_i64, 0);
            loop {
                // Seven groups of five bits hold every number of 32 bits.
                let bits = byte.checked_sub(48).filter(|bits| *bits < 64 && shift < 35).ok_or(damaged)?;
                value |= i64::from(bits & 0x1F) << shift;
                shift += 5;
                if bits & 0x20 == 0 {
                    if bits & 0x10 != 0 {
                        value |= -1 << shift;
                    }
                    break;
                }
                byte = bytes.next().ok_or(damaged)?.1;
            }
            if counts.len() > 2 {
                value += i64::from(counts[counts.len() - 2]);
            }
            counts.push(u32::try_from(value).map_err(|_| damaged)?);
        }
        Self::new(width, height, counts)
    }

    /// The string form.
    pub fn to_compressed(&self) -> String {
        let mut text = String::new();
        for (index, count) in self.counts.iter().enumerate() {
            let before = if index > 2 { self.counts[index - 2] } else { 0 };
            let mut value = i64::from(*count) - i64::from(before);
            loop {
                let bits = (value & 0x1F) as u8;
                value >>= 5;
                let last = if bits & 0x10 == 0 { value == 0 } else { value == -1 };
                text.push(char::from(48 + if last { bits } else { bits | 0x20 }));
                if last {
                    break;
                }
            }
        }
        text
    }

    /// The code of the pixels of `0..width * height` (row by row) for which `inside` is true.
    pub fn encode(width: usize, height: usize, inside: impl Fn(usize) -> bool) -> Self {
        let (mut counts, mut run, mut within) = (Vec::new(), 0, false);
        for x in 0..width {
            for y in 0..height {
                if inside(y * width + x) != within {
                    counts.push(run);
                    (run, within) = (0, !within);
                }
                run += 1;
            }
        }
        counts.push(run);
        Self { width, height, counts }
    }

    /// Calls `paint` with the column and the rows of each run inside the object.
    pub fn for_each_run(&self, mut paint: impl FnMut(usize, std::ops::Range<usize>)) {
        let mut start = 0;
        for (index, count) in self.counts.iter().enumerate() {
            let end = start + *count as usize;
            while index % 2 == 1 && start < end {
                let (x, y) = (start / self.height, start % self.height);
                let rows = y..self.height.min(y + end - start);
                start += rows.len();
                paint(x, rows);
            }
            start = end;
        }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The runs.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Number of pixels.
    pub fn area(&self) -> u64 {
        self.counts.iter().skip(1).step_by(2).map(|count| u64::from(*count)).sum()
    }

    /// The box around the pixels: left, top, right, bottom; right and bottom exclusive. `None` of no pixels.
    pub fn bounds(&self) -> Option<[usize; 4]> {
        let mut bounds: Option<[usize; 4]> = None;
        self.for_each_run(|x, rows| {
            let [x0, y0, _, y1] = bounds.unwrap_or([x, rows.start, x + 1, rows.end]);
            bounds = Some([x0, y0.min(rows.start), x + 1, y1.max(rows.end)]);
        });
        bounds
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lying_codes_are_refused() {
        assert_eq!(Rle::new(2, 2, vec![1, 2]), Err(RleError::Length { covered: 3, width: 2, height: 2 }));
        assert!(Rle::new(2, 2, vec![u32::MAX; 9]).is_err());
        for text in ["14", "1", "~", "P", "PPPPPPPPPPPPPPPPPPPPPPPP1", "N", "1\u{e4}"] {
            assert!(Rle::from_compressed(2, 2, text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn pixels_survive_both_forms(width in 1_usize..40, pixels in prop::collection::vec(any::<bool>(), 1..400)) {
            let height = pixels.len() / width;
            let rle = Rle::encode(width, height, |index| pixels[index]);
            let text = rle.to_compressed();
            prop_assert_eq!(&Rle::from_compressed(width, height, &text).unwrap(), &rle);
            prop_assert_eq!(&Rle::new(width, height, rle.counts.clone()).unwrap(), &rle);
            let mut decoded = vec![false; width * height];
            rle.for_each_run(|x, rows| rows.for_each(|y| decoded[y * width + x] = true));
            prop_assert_eq!(&decoded[..], &pixels[..width * height]);
            prop_assert_eq!(rle.area(), decoded.iter().filter(|inside| **inside).count() as u64);
        }

        #[test]
        fn any_text_is_an_answer_not_a_panic(text in "[ -~]{0,60}", side in 0_usize..5) {
            if let Ok(rle) = Rle::from_compressed(side, side, &text) {
                rle.for_each_run(|x, rows| assert!(x < side && rows.end <= side));
            }
        }
    }
}
