//! The studio, from the first stroke to the exported model.

mod exports;
mod gentle;
mod hands;
mod interruptions;
mod japanese;
mod kinds;
mod learning;
mod on_the_gpu;
mod wrong_files;
