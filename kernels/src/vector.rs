//! Vector instructions and threads, where there are any.

use pulp::{Simd, WithSimd};

/// Runs `work`, compiled for the vector instructions of this processor. What it calls must be inlined.
#[inline]
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    // With 256 bits rather than 512: the compiler spills the sums of these loops in the wider ones.
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return avx2.vectorize(work);
    }
    work()
}

/// Applies `run` to every item, on the engine's threads.
#[cfg(not(target_family = "wasm"))]
pub fn for_each<T: Send>(items: Vec<T>, run: impl Fn(T) + Send + Sync) {
    use rayon::prelude::*;
    items.into_par_iter().for_each(run);
}

/// Applies `run` to every item; a page has one thread.
#[cfg(target_family = "wasm")]
pub fn for_each<T>(items: Vec<T>, run: impl Fn(T)) {
    items.into_iter().for_each(run);
}

/// What `run` makes of every item, in the order of the items, on the engine's threads.
#[cfg(not(target_family = "wasm"))]
pub fn map<T: Send, R: Send>(items: Vec<T>, run: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    use rayon::prelude::*;
    items.into_par_iter().map(run).collect()
}

/// What `run` makes of every item; a page has one thread.
#[cfg(target_family = "wasm")]
pub fn map<T, R>(items: Vec<T>, run: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(run).collect()
}

/// Numbers in a vector of the instructions that [`pulp::Arch`] chooses.
pub fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;

        fn with_simd<S: Simd>(self, _simd: S) -> usize {
            S::F32_LANES
        }
    }
    pulp::Arch::new().dispatch(Lanes)
}

/// Sums that do not wait for each other: two vectors of AVX2.
const SUMS: usize = 16;

/// The sum of `term` over the pairs of two equally long slices. To be called within [`vectorised`].
#[inline(always)]
pub fn sum(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<SUMS>(), b.as_chunks::<SUMS>());
    let mut sums = [0.0; SUMS];
    for (a, b) in a.iter().zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += term(*a, *b);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| term(*a, *b)).sum();
    sums.iter().sum::<f32>() + rest
}

/// The largest of some numbers; what is no number is passed over. To be called within [`vectorised`].
#[inline(always)]
pub fn largest(values: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (chunks, rest) = values.as_chunks::<SUMS>();
    let mut found = [f32::NEG_INFINITY; SUMS];
    for chunk in chunks {
        found.iter_mut().zip(chunk).for_each(|(found, value)| *found = larger(*found, *value));
    }
    found.iter().chain(rest).copied().fold(f32::NEG_INFINITY, larger)
}

/// Adds `more` to `sums`, element by element.
#[inline(always)]
pub fn add(sums: &mut [f32], more: &[f32]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}
