//! The threads that read, decode and change images.

use std::sync::Arc;
use std::thread::available_parallelism;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::DataError;

/// Threads for loading. What they make never depends on how many there are.
#[derive(Clone, Debug)]
pub struct LoaderPool(Arc<ThreadPool>);

impl LoaderPool {
    /// `threads` threads; 0 is one for every processor core.
    ///
    /// # Errors
    /// When the system refuses to start them.
    pub fn new(threads: usize) -> Result<Self, DataError> {
        let threads = match threads {
            0 => available_parallelism().map_or(1, usize::from),
            given => given,
        };
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("loader {index}"))
            // A panic was reported where it happened; who waits for the value finds out, see `Prefetch`.
            .panic_handler(|_| ())
            .build()
            .map(|pool| Self(Arc::new(pool)))
            .map_err(|source| DataError::Threads { threads, source })
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Lets a thread do `work` some time.
    pub(super) fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        self.0.spawn(work);
    }
}
