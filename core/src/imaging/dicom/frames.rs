//! Which fragments make which frame (PS3.5, A.4).

use std::borrow::Cow;
use std::ops::Range;

use super::syntax::Codec;
use super::{ImageError, damaged};

/// What an item has in front of its bytes.
const ITEM_HEADER: usize = 8;

/// The compressed bytes of a file and how they are divided.
pub(super) struct Compressed<'a> {
    pub data: &'a [u8],
    /// The Basic Offset Table: 32-bit offsets, or empty.
    pub table: Range<usize>,
    pub fragments: &'a [Range<usize>],
    /// The Extended Offset Table: 64-bit offsets, or empty.
    pub extended: Cow<'a, [u8]>,
    pub codec: Codec,
}

impl<'a> Compressed<'a> {
    /// The bytes of each of `frames` frames.
    ///
    /// # Errors
    /// [`ImageError::Damaged`] when they cannot be told apart.
    pub fn frames(&self, frames: usize) -> Result<Vec<Cow<'a, [u8]>>, ImageError> {
        if frames == 1 {
            return Ok(vec![self.join(self.fragments)]);
        }
        if self.fragments.len() < frames {
            let found = self.fragments.len();
            return Err(damaged(format!("it has {frames} frames but only {found} fragments of pixels")));
        }
        if self.fragments.len() == frames {
            return Ok(self
                .fragments
                .iter()
                .map(|fragment| self.join(std::slice::from_ref(fragment)))
                .collect());
        }
        let starts = self.starts_by_table().filter(|starts| starts.len() == frames);
        let starts =
            starts.or_else(|| Some(self.starts_by_signature()).filter(|starts| starts.len() == frames));
        let starts = starts.ok_or_else(|| damaged("it does not say which fragments make which frame"))?;
        let ends = starts.iter().skip(1).copied().chain([self.fragments.len()]);
        Ok(starts
            .iter()
            .zip(ends)
            .map(|(start, end)| self.join(self.fragments.get(*start..end).unwrap_or_default()))
            .collect())
    }

    /// The first fragment of each frame by the file's tables of offsets, which count from behind the table.
    fn starts_by_table(&self) -> Option<Vec<usize>> {
        let origin = self.table.end;
        let basic = self.data.get(self.table.clone()).unwrap_or_default();
        let basic = basic.as_chunks().0.iter().map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
        let extended = self.extended.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let find = |offset: u64| {
            let at = (origin + ITEM_HEADER) as u64;
            let at = usize::try_from(at.checked_add(offset)?).ok()?;
            self.fragments.binary_search_by_key(&at, |fragment| fragment.start).ok()
        };
        let starts: Option<Vec<usize>> =
            if basic.len() > 0 { basic.map(find).collect() } else { extended.map(find).collect() };
        starts.filter(|starts| starts.first() == Some(&0) && starts.is_sorted_by(|a, b| a < b))
    }

    /// The fragments that start with what a compressed picture starts with.
    fn starts_by_signature(&self) -> Vec<usize> {
        let signature: &[u8] = match self.codec {
            Codec::Jpeg => b"\xff\xd8\xff",
            Codec::Jpeg2000 => b"\xff\x4f\xff\x51",
            Codec::Native | Codec::Rle => return Vec::new(),
        };
        let starts = |fragment: &Range<usize>| {
            self.data.get(fragment.clone()).is_some_and(|b| b.starts_with(signature))
        };
        (0..self.fragments.len()).filter(|index| self.fragments.get(*index).is_some_and(starts)).collect()
    }

    fn join(&self, fragments: &[Range<usize>]) -> Cow<'a, [u8]> {
        let mut parts = fragments.iter().map(|fragment| self.data.get(fragment.clone()).unwrap_or_default());
        match (parts.next(), fragments.len()) {
            (Some(only), 1) => Cow::Borrowed(only),
            (first, _) => Cow::Owned(first.into_iter().chain(parts).collect::<Vec<_>>().concat()),
        }
    }
}
