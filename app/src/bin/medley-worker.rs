//! Medley
fn main() {}
