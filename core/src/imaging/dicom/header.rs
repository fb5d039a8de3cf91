//! Reading attributes.

use std::io::Read;

use dicom_object::{DefaultDicomObject, InMemDicomObject, OpenFileOptions, Tag};

use super::minimal::Minimal;
use super::outline::Outline;
use super::source::Source;
use super::tags::{PER_FRAME_GROUPS, SHARED_GROUPS};
use super::{ImageError, damaged};

/// The attributes before the pixels.
pub(super) struct Header(DefaultDicomObject);

impl Header {
    /// Reads the attributes of `source`, whose structure `outline` has checked.
    ///
    /// # Errors
    /// [`ImageError::Damaged`].
    pub fn read(source: &Source<'_>, outline: &Outline) -> Result<Self, ImageError> {
        let data = source.data.get(..outline.header).unwrap_or_default();
        // The library sees the encoding alone: pixels are not its business, and deflate is undone.
        let meta = Minimal::new(source.syntax.encoding.uid()).into_bytes();
        OpenFileOptions::new()
            .from_reader(meta.as_slice().chain(data))
            .map(Self)
            .map_err(|error| damaged(chain(&error)))
    }

    pub fn attributes(&self) -> Attributes<'_> {
        Attributes(&self.0)
    }

    /// The attributes of frame `index`.
    pub fn frame(&self, index: usize) -> FrameAttributes<'_> {
        let root = self.attributes();
        let own = root.item(PER_FRAME_GROUPS, index);
        FrameAttributes { own, shared: root.item(SHARED_GROUPS, 0), root }
    }
}

/// An error and its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// A data set or an item of a sequence.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(&'a InMemDicomObject);

impl<'a> Attributes<'a> {
    pub fn has(self, tag: Tag) -> bool {
        self.0.get(tag).is_some()
    }

    /// A text without its padding; `None` where it is empty.
    pub fn text(self, tag: Tag) -> Option<String> {
        let text = self.0.get(tag)?.to_str().ok()?;
        let text = text.trim_matches(['\0', ' ']);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The first value as a whole number.
    pub fn integer(self, tag: Tag) -> Option<i64> {
        self.0.get(tag)?.to_int().ok()
    }

    /// All values as whole numbers.
    pub fn integers(self, tag: Tag) -> Vec<i64> {
        self.0.get(tag).and_then(|element| element.to_multi_int().ok()).unwrap_or_default()
    }

    /// The first value as a finite number.
    pub fn number(self, tag: Tag) -> Option<f64> {
        self.numbers(tag).first().copied()
    }

    /// All values, where all are finite numbers.
    pub fn numbers(self, tag: Tag) -> Vec<f64> {
        let values = self.0.get(tag).and_then(|element| element.to_multi_float64().ok()).unwrap_or_default();
        if values.iter().all(|value| value.is_finite()) { values } else { Vec::new() }
    }

    /// Exactly `N` finite numbers.
    pub fn vector<const N: usize>(self, tag: Tag) -> Option<[f64; N]> {
        self.numbers(tag).try_into().ok()
    }

    pub fn item(self, sequence: Tag, index: usize) -> Option<Self> {
        self.0.get(sequence)?.items()?.get(index).map(Self)
    }

    pub fn bytes(self, tag: Tag) -> Option<std::borrow::Cow<'a, [u8]>> {
        self.0.get(tag)?.to_bytes().ok()
    }
}

/// The attributes of one frame: its own functional groups, those that all frames share, and for files
/// without functional groups the data set itself (PS3.3, C.7.6.16).
#[derive(Clone, Copy)]
pub(super) struct FrameAttributes<'a> {
    own: Option<Attributes<'a>>,
    shared: Option<Attributes<'a>>,
    root: Attributes<'a>,
}

impl<'a> FrameAttributes<'a> {
    /// The attributes of functional group `group`, or the data set.
    pub fn group(self, group: Tag) -> Attributes<'a> {
        let find = |groups: Option<Attributes<'a>>| groups.and_then(|groups| groups.item(group, 0));
        find(self.own).or_else(|| find(self.shared)).unwrap_or(self.root)
    }
}
