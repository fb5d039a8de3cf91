//! The studio, from the first stroke to the exported model.

mod gentle;
mod hand;
mod hands;
mod interruptions;
mod japanese;
mod kinds;
mod learning;
mod on_the_gpu;
mod storage;
mod stored;
mod tools;
mod tour;
mod volumes;
mod wrong_files;
