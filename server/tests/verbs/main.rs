//! The verbs as people use them: the binary itself, in a process of its own. Here and not in the crate of tests,
//! because Cargo tells where a binary is only to the tests of its own package.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod endings;
mod failures;
mod guide;
mod killed;
mod program;
mod worker;
