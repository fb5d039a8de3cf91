//! Decoded volumes, kept while there is room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{DataError, Volume};

/// Volumes by key, the least recently used forgotten first, so that all slices of a case come from one
/// decoding as long as they are asked for near each other.
#[derive(Debug)]
pub struct VolumeCache {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: HashMap<usize, Entry>,
    bytes: usize,
    clock: u64,
}

#[derive(Debug, Default)]
struct Entry {
    /// Locked while a thread decodes, so that a second one waits instead of decoding the same again.
    volume: Arc<Mutex<Option<Arc<Volume>>>>,
    bytes: usize,
    used: u64,
}

impl VolumeCache {
    /// A cache that keeps at most `limit` bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default() })
    }

    /// A key that no other volume of this process has.
    pub(super) fn new_key() -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    /// The volume `key`; `decode` makes it where it is not kept.
    ///
    /// # Errors
    /// Those of `decode`; nothing is kept then.
    pub fn get(
        &self,
        key: usize,
        decode: impl FnOnce() -> Result<Volume, DataError>,
    ) -> Result<Arc<Volume>, DataError> {
        let cell = self.state().touch(key);
        let mut kept = lock(&cell);
        if let Some(volume) = kept.as_ref() {
            return Ok(Arc::clone(volume));
        }
        let volume = match decode() {
            Ok(volume) => Arc::new(volume),
            Err(error) => {
                self.state().entries.remove(&key);
                return Err(error);
            }
        };
        *kept = Some(Arc::clone(&volume));
        drop(kept);
        self.state().admit(key, volume.bytes(), self.limit);
        Ok(volume)
    }

    /// Bytes of the volumes that are kept.
    pub fn bytes(&self) -> usize {
        self.state().bytes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn touch(&mut self, key: usize) -> Arc<Mutex<Option<Arc<Volume>>>> {
        self.clock += 1;
        let entry = self.entries.entry(key).or_default();
        entry.used = self.clock;
        Arc::clone(&entry.volume)
    }

    /// Counts a volume that was decoded, and forgets others until all fit; one that never fits itself.
    fn admit(&mut self, key: usize, bytes: usize, limit: usize) {
        if bytes > limit {
            self.entries.remove(&key);
        } else if let Some(entry) = self.entries.get_mut(&key) {
            self.bytes = self.bytes - entry.bytes + bytes;
            entry.bytes = bytes;
        }
        while self.bytes > limit {
            let counted = self.entries.iter().filter(|(_, entry)| entry.bytes > 0);
            let Some(oldest) = counted.min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key) else {
                return;
            };
            self.bytes -= self.entries.remove(&oldest).map_or(0, |entry| entry.bytes);
        }
    }
}

/// A thread that panicked while it held the lock left a whole value behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use medley_core::imaging::{Image, Pixels};

    use super::*;

    fn volume(slices: usize) -> Volume {
        let pixels = Pixels::U8(vec![slices as u8; 100 * slices]);
        Volume { image: Image::volume([10, 10, slices], 1, pixels).unwrap(), labels: None }
    }

    #[test]
    fn a_volume_is_decoded_once_even_by_many_threads() {
        let cache = VolumeCache::new(1000);
        let decoded = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let decode = || {
                        decoded.fetch_add(1, Ordering::SeqCst);
                        Ok(volume(3))
                    };
                    assert_eq!(cache.get(7, decode).unwrap().image.slices(), 3);
                });
            }
        });
        assert_eq!((decoded.load(Ordering::SeqCst), cache.bytes()), (1, 300));
    }

    #[test]
    fn the_least_recently_used_is_forgotten_first() {
        let cache = VolumeCache::new(500);
        for key in [1, 2, 1, 3] {
            cache.get(key, || Ok(volume(2))).unwrap();
        }
        assert_eq!(cache.bytes(), 400);
        let kept = |key| cache.get(key, || Err(DataError::layout(Path::new("x"), "not kept")));
        assert!(kept(1).is_ok() && kept(3).is_ok() && kept(2).is_err());
        // One that never fits is handed out, but does not push the others out.
        assert_eq!(cache.get(4, || Ok(volume(6))).unwrap().image.slices(), 6);
        assert_eq!(cache.bytes(), 400);
    }

    #[test]
    fn an_error_is_not_kept() {
        let cache = VolumeCache::new(500);
        assert!(cache.get(1, || Err(DataError::layout(Path::new("x"), "damaged"))).is_err());
        assert_eq!(cache.get(1, || Ok(volume(2))).unwrap().image.slices(), 2);
    }
}
