//! Work done ahead by threads, handed over in order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

/// An endless iterator over `make(first)`, `make(first + 1)`, ... whose values are made ahead by threads.
/// Thread `t` of `n` makes every `n`-th value, so the order never depends on which one is faster.
///
/// It ends only when a thread panicked. Dropping it stops the threads and waits for them.
pub struct Prefetch<T> {
    queues: Vec<Receiver<T>>,
    next: usize,
    threads: Vec<JoinHandle<()>>,
}

impl<T: Send + 'static> Prefetch<T> {
    /// Starts `threads` threads (at least one), each of which is at most `ahead` values ahead, beside the
    /// one it is making.
    pub fn new(
        first: u64,
        threads: usize,
        ahead: usize,
        make: impl Fn(u64) -> T + Send + Sync + 'static,
    ) -> Self {
        let make = Arc::new(make);
        let threads = threads.max(1);
        let (queues, threads) = (0..threads as u64)
            .map(|thread| {
                let (sender, queue) = sync_channel(ahead);
                let make = Arc::clone(&make);
                let numbers = (first + thread..).step_by(threads);
                let work = move || {
                    for number in numbers {
                        // The other end is gone: nobody wants more.
                        if sender.send(make(number)).is_err() {
                            break;
                        }
                    }
                };
                (queue, thread::spawn(work))
            })
            .unzip();
        Self { queues, next: 0, threads }
    }
}

impl<T> Iterator for Prefetch<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let value = self.queues.get(self.next)?.recv().ok()?;
        self.next = (self.next + 1) % self.queues.len();
        Some(value)
    }
}

impl<T> Drop for Prefetch<T> {
    fn drop(&mut self) {
        self.queues.clear();
        for thread in self.threads.drain(..) {
            // A panic was reported where it happened and ended the iterator.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn values_come_in_order_with_any_number_of_threads() {
        for threads in [0, 1, 3, 4] {
            let values: Vec<u64> = Prefetch::new(5, threads, 2, |number| number * number).take(50).collect();
            assert_eq!(values, (5..55).map(|number| number * number).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn no_more_is_made_than_fits_the_queues() {
        let made = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&made);
        let mut values = Prefetch::new(0, 2, 3, move |number| {
            counter.fetch_add(1, Ordering::SeqCst);
            number
        });
        assert_eq!(values.by_ref().take(10).count(), 10);
        drop(values);
        // Ten were taken; each thread had at most three waiting and one in the hand.
        assert!(made.load(Ordering::SeqCst) <= 10 + 2 * 4);
    }

    #[test]
    fn a_panic_ends_the_iterator() {
        let values = Prefetch::new(0, 2, 1, |number| {
            assert!(number < 5, "a panic that this test wants");
            number
        });
        assert_eq!(values.count(), 5);
    }
}
