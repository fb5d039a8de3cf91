//! Medley's Worker: owns the model.

fn main() {
    medley_app::worker::run();
}
