//! What the page and the Worker say about the studio.
//!
//! The Worker holds the project; the page shows a view of it. Layers and files travel in the buffer beside a
//! message; where several belong together they lie one after the other, in the order that the message tells.

mod answer;
mod ask;
mod card;
mod edit;
mod tune;

pub use answer::*;
pub use ask::*;
pub use card::*;
pub use edit::*;
pub use tune::*;

/// Identifies an image of the project; never used twice.
pub type EntryId = u32;
/// Identifies a task of the project; never used twice.
pub type TaskId = u32;

/// The label of a pixel about which nothing is said.
pub const UNLABELLED: u8 = 255;
