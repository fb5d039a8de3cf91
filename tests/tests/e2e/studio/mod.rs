//! The studio, from the first stroke to the exported model.

mod bench;
mod exports;
mod gentle;
mod hands;
mod interruptions;
mod japanese;
mod learning;
mod pictures;
mod wrong_files;
