//! Work done ahead by a pool of threads, handed over in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use super::LoaderPool;

/// An iterator over `make(key)` for every key of a row; values are made ahead by the threads of a pool. Each
/// value has a place in a bounded queue, so the order never depends on which thread is faster, and no more than
/// `ahead` values wait or are being made.
///
/// It ends with the keys, or when `make` panicked. Dropping it gives up what was not begun; a value that is being
/// made is finished and thrown away.
pub struct Prefetch<K, T> {
    pool: LoaderPool,
    keys: Box<dyn Iterator<Item = K> + Send>,
    make: Arc<dyn Fn(K) -> T + Send + Sync>,
    ahead: usize,
    waiting: VecDeque<Receiver<T>>,
    is_over: Arc<AtomicBool>,
}

impl<K: Send + 'static, T: Send + 'static> Prefetch<K, T> {
    /// Begins `ahead` values (at least one).
    pub fn new(
        pool: &LoaderPool,
        keys: impl Iterator<Item = K> + Send + 'static,
        ahead: usize,
        make: impl Fn(K) -> T + Send + Sync + 'static,
    ) -> Self {
        let mut prefetch = Self {
            pool: pool.clone(),
            keys: Box::new(keys),
            make: Arc::new(make),
            ahead: ahead.max(1),
            waiting: VecDeque::new(),
            is_over: Arc::default(),
        };
        prefetch.fill();
        prefetch
    }

    fn fill(&mut self) {
        while self.waiting.len() < self.ahead {
            let Some(key) = self.keys.next() else { break };
            let (sender, receiver) = sync_channel(1);
            let (make, is_over) = (Arc::clone(&self.make), Arc::clone(&self.is_over));
            self.pool.spawn(move || {
                if !is_over.load(Ordering::Relaxed) {
                    // An error says that nobody waits any more.
                    let _ = sender.send(make(key));
                }
            });
            self.waiting.push_back(receiver);
        }
    }
}

impl<K: Send + 'static, T: Send + 'static> Iterator for Prefetch<K, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let value = self.waiting.pop_front()?.recv();
        if value.is_err() {
            // Its maker panicked. What comes after it would be out of order.
            self.waiting.clear();
            self.is_over.store(true, Ordering::Relaxed);
            return None;
        }
        self.fill();
        value.ok()
    }
}

impl<K, T> Drop for Prefetch<K, T> {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[test]
    fn values_come_in_order_with_any_number_of_threads() {
        for threads in [1, 3, 4] {
            let pool = LoaderPool::new(threads).unwrap();
            assert_eq!(pool.threads(), threads);
            let values: Vec<u64> = Prefetch::new(&pool, 5..55, 6, |number| number * number).collect();
            assert_eq!(values, (5..55).map(|number| number * number).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn no_more_is_made_than_fits_the_queue() {
        let made = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&made);
        let pool = LoaderPool::new(2).unwrap();
        let mut values = Prefetch::new(&pool, 0.., 3, move |number: u64| {
            counter.fetch_add(1, Ordering::SeqCst);
            number
        });
        assert_eq!(values.by_ref().take(10).count(), 10);
        drop(values);
        assert!((10..=13).contains(&made.load(Ordering::SeqCst)));
    }

    #[test]
    fn a_panic_ends_the_iterator_and_spares_the_pool() {
        let pool = LoaderPool::new(2).unwrap();
        let mut values = Prefetch::new(&pool, 0.., 4, |number: u64| {
            assert!(number != 5, "a panic that this test wants");
            number
        });
        assert_eq!(values.by_ref().count(), 5);
        assert_eq!(values.next(), None);
        assert_eq!(Prefetch::new(&pool, 7.., 2, |number| number).next(), Some(7));
    }
}
