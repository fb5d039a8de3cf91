//! The page in a real browser: Chromium under remote control, each test with a browser and a server of its own.
//!
//! They need the built page (`cargo xtask serve` or `cargo xtask test` builds it), the bundled model, Chromium
//! and chromedriver. Where one is missing a test says so and is left out, or fails if `CI` or `MEDLEY_E2E` is
//! set. Run one at a time: `cargo nextest run -p medley-tests --test e2e --test-threads 1`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod barriers;
mod devices;
mod formats;
mod language;
mod many_images;
mod offline;
mod opening;
mod privacy;
mod readers;
mod real_images;
mod refusals;
mod runs;
mod studio;
mod survival;
