//! The studio, from the first stroke to the exported model.

mod gentle;
mod hand;
mod hands;
mod interruptions;
mod japanese;
mod kinds;
mod layout;
mod learning;
mod model;
mod on_the_gpu;
mod places;
mod storage;
mod stored;
mod tools;
mod tour;
mod volumes;
mod wrong_files;
