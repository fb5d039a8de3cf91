//! The images that can be opened: built-in samples, and the visitor's files.

use web_sys::{File, HtmlCanvasElement};

use super::Address;
use crate::worker::messages::Scene;

/// Side of a sample where the address does not say, in pixels.
const SAMPLE_SIDE: u32 = 256;

/// Where an image comes from. It is kept, so that a new Worker can be given it again.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Made by the Worker.
    Sample {
        /// Which.
        scene: Scene,
        /// Side in pixels.
        side: u32,
    },
    /// A file the visitor chose, dropped or pasted.
    File {
        /// The browser's handle on it.
        file: File,
        /// Its name, or a name for it.
        name: String,
    },
}

/// A line of the list of images.
#[derive(Clone)]
pub struct Entry {
    /// Never reused.
    pub key: u32,
    /// Where the image comes from.
    pub source: Source,
    /// A small picture, once there is one.
    pub thumbnail: Option<HtmlCanvasElement>,
}

/// The list as the page opens.
pub fn samples(address: &Address) -> Vec<Entry> {
    let side = address.size.unwrap_or(SAMPLE_SIDE);
    let sources = Scene::ALL.into_iter().map(|scene| Source::Sample { scene, side });
    sources.zip(0..).map(|(source, key)| Entry { key, source, thumbnail: None }).collect()
}
