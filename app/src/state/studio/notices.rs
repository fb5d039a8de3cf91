//! Sentences for the visitor about what went wrong or is worth knowing.

use leptos::prelude::*;
use web_sys::File;

use super::Studio;
use crate::worker::messages::{Failure, Refusal};

/// More than these are not kept: thirty bad files are one list, not thirty bars.
const KEPT: usize = 30;
/// After the name of the first of several files.
const MORE: &str = ", …";

/// What there is to say.
#[derive(Clone, Debug, PartialEq)]
pub enum StudioNotice {
    /// A file did not become an image.
    NotAdded {
        /// Its name.
        name: String,
        /// Why.
        reason: Refusal,
        /// The file, where it was one.
        file: Option<File>,
    },
    /// The browser could not read a file.
    Unreadable {
        /// Its name.
        name: String,
    },
    /// A wish was not fulfilled.
    Failed(Failure),
    /// The project could not be opened; the Worker's sentence.
    ProjectFailed(String),
    /// Labels were read.
    LabelsImported {
        /// The file's name.
        name: String,
        /// For how many images.
        entries: u32,
    },
    /// The Worker was replaced; everything went on from the last state.
    Recovered,
    /// All images are labelled, or none is left to suggest.
    NothingToSuggest,
}

impl StudioNotice {
    /// Nothing went wrong.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::LabelsImported { .. } | Self::NothingToSuggest)
    }
}

impl Studio {
    /// Says something. The same sentence is not said twice.
    pub fn say(self, notice: StudioNotice) {
        self.notices.update(|notices| {
            // Files of labels that came together are one sentence.
            let read = notices.iter_mut().find_map(|known| match known {
                StudioNotice::LabelsImported { name, entries } => Some((name, entries)),
                _ => None,
            });
            if let (Some((name, sum)), StudioNotice::LabelsImported { entries, .. }) = (read, &notice) {
                *sum += entries;
                if !name.ends_with(MORE) {
                    name.push_str(MORE);
                }
                return;
            }
            if !notices.contains(&notice) && notices.len() < KEPT {
                notices.push(notice);
            }
        });
    }

    /// Takes a sentence back about which something has been done.
    pub(super) fn unsay_one(self, done: impl Fn(&StudioNotice) -> bool) {
        self.notices.update(|notices| notices.retain(|notice| !done(notice)));
    }

    /// Clears all sentences.
    pub fn unsay(self) {
        self.notices.set(Vec::new());
    }
}
