//! How long work would take on a GPU that is not here.

/// What is asked of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Compute dispatches.
    pub dispatches: f64,
    /// Floating-point operations.
    pub operations: f64,
}

/// A GPU, by two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Laptop {
    /// Seconds that a dispatch takes, whatever it does: the browser checks and passes on each.
    pub per_dispatch: f64,
    /// Floating-point operations a second that kernels reach.
    pub operations: f64,
}

impl Laptop {
    /// A fifth of the 1 TFLOP/s of an integrated GPU: what kernels reach that are not tuned for it, and that read and
    /// write memory all the time.
    const EFFECTIVE: f64 = 0.2e12;

    /// With little work for each dispatch.
    pub const FAST: Self = Self { per_dispatch: 10e-6, operations: Self::EFFECTIVE };
    /// With twice as much.
    pub const SLOW: Self = Self { per_dispatch: 20e-6, operations: Self::EFFECTIVE };

    /// Seconds, if nothing overlaps.
    pub fn seconds(self, work: Estimate) -> f64 {
        work.dispatches * self.per_dispatch + work.operations / self.operations
    }
}

#[cfg(test)]
mod tests {
    use super::{Estimate, Laptop};

    #[test]
    fn dispatches_and_operations_add_up() {
        let work = Estimate { dispatches: 1e5, operations: 4e11 };
        assert_eq!(Laptop::FAST.seconds(work), 3.0);
        assert_eq!(Laptop::SLOW.seconds(work), 4.0);
    }
}
