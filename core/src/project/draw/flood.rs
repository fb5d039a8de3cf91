//! The bucket.

use super::{painted, pixel};
use crate::dataset::Mask;
use crate::project::Patch;

/// `label` for the pixel at a position and all of the same label that it is connected with by edges.
pub fn flood(mask: &Mask, at: [f32; 2], label: u8) -> Option<Patch> {
    let [x, y] = pixel(mask, at)?;
    let old = *mask.labels.get(y * mask.width + x)?;
    let inside = connected(mask.width, mask.height, [x, y], |index| mask.labels.get(index) == Some(&old));
    painted(mask, &inside, |_| label)
}

/// The pixels for which `test` holds and that are connected with `start` by edges through such pixels; `start` itself
/// belongs to them.
pub(super) fn connected(
    width: usize,
    height: usize,
    [x, y]: [usize; 2],
    test: impl Fn(usize) -> bool,
) -> Vec<bool> {
    let mut inside = vec![false; width * height];
    let mut waiting = vec![y * width + x];
    while let Some(seed) = waiting.pop() {
        if inside[seed] {
            continue;
        }
        // The whole run of the row at once, then what lies above and below its pixels.
        let row = seed / width * width;
        let passes = |index: &usize| !inside[*index] && test(*index);
        let first = (row..seed).rev().take_while(passes).last().unwrap_or(seed);
        let last = (seed + 1..row + width).take_while(passes).last().unwrap_or(seed);
        for index in first..=last {
            inside[index] = true;
            let above = index.checked_sub(width);
            let below = Some(index + width).filter(|below| *below < inside.len());
            waiting.extend(above.into_iter().chain(below).filter(|next| !inside[*next] && test(*next)));
        }
    }
    inside
}
