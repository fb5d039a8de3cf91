//! The parts of the page that need no browser, compiled for this machine.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// In the same places as in the page, so that their paths are the same.
#[path = "../../../app/src/state"]
mod state {
    mod palette;
    pub use palette::{Hatch, Ink};

    mod studio {
        mod pure;
    }
}
