//! In which order a task's images are shown, and the seed of each: functions of numbers, not of history, so
//! that a resumed training goes on exactly as if it had never stopped.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The order of `len` images in an epoch: a permutation of `0..len`.
pub fn epoch_order(len: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(mix(seed, epoch));
    let mut order: Vec<usize> = (0..len).collect();
    for last in (1..len).rev() {
        order.swap(last, rng.random_range(0..=last));
    }
    order
}

/// The seed of what is random about one image in one epoch.
pub fn sample_seed(seed: u64, epoch: u64, index: usize) -> u64 {
    mix(mix(seed, epoch), index as u64)
}

/// Two numbers as one, spread evenly: the finaliser of `SplitMix64` (Steele et al., OOPSLA 2014).
fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_epoch_is_another_permutation() {
        let first = epoch_order(50, 3, 0);
        let second = epoch_order(50, 3, 1);
        for order in [&first, &second] {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..50).collect::<Vec<_>>());
        }
        assert_ne!(first, second);
        assert_eq!(first, epoch_order(50, 3, 0));
        assert!(epoch_order(0, 3, 0).is_empty());
    }

    #[test]
    fn seeds_differ_between_images_and_epochs() {
        let seeds: HashSet<u64> =
            (0..20).flat_map(|epoch| (0..500).map(move |index| sample_seed(1, epoch, index))).collect();
        assert_eq!(seeds.len(), 10_000);
    }
}
