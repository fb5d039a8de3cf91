//! Vector instructions and threads, where there are any.

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
