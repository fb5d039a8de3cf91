//! Numbers to learn, brought to a common size.

use serde::{Deserialize, Serialize};

/// Mean and standard deviation of a number in the training part of a data set. A model learns and predicts numbers
/// of mean 0 and deviation 1; what a person sees is in the unit of the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// The mean.
    pub mean: f32,
    /// The standard deviation, positive.
    pub deviation: f32,
}

impl Scaling {
    /// That of some numbers, all finite. Where they do not vary, the deviation is 1; of none the mean is 0.
    pub fn of(numbers: impl IntoIterator<Item = f32>) -> Self {
        // Welford's update: squares of large numbers would swallow the differences between them.
        let (mut count, mut mean, mut spread) = (0.0_f64, 0.0_f64, 0.0_f64);
        for number in numbers {
            count += 1.0;
            let from_old_mean = f64::from(number) - mean;
            mean += from_old_mean / count;
            spread += from_old_mean * (f64::from(number) - mean);
        }
        let deviation = (spread / count.max(1.0)).sqrt() as f32;
        let varies = deviation.is_normal();
        Self { mean: mean as f32, deviation: if varies { deviation } else { 1.0 } }
    }

    /// A number in the unit of the data, as a model learns it.
    pub fn apply(self, number: f32) -> f32 {
        (number - self.mean) / self.deviation
    }

    /// A model's answer in the unit of the data.
    pub fn undo(self, scaled: f32) -> f32 {
        scaled * self.deviation + self.mean
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_vary_is_not_divided_by_zero() {
        assert_eq!(Scaling::of([]), Scaling { mean: 0.0, deviation: 1.0 });
        assert_eq!(Scaling::of([7.5; 9]), Scaling { mean: 7.5, deviation: 1.0 });
        assert_eq!(Scaling::of([1.0, 3.0]), Scaling { mean: 2.0, deviation: 1.0 });
    }

    proptest! {
        #[test]
        fn scaled_numbers_have_mean_0_and_deviation_1(
            numbers in prop::collection::vec(-1e3_f32..1e3, 2..50), offset in -1e4_f32..1e4,
        ) {
            let numbers: Vec<f32> = numbers.into_iter().map(|number| number + offset).collect();
            let scaling = Scaling::of(numbers.iter().copied());
            prop_assume!(scaling.deviation > 10.0);
            let again = Scaling::of(numbers.iter().map(|number| scaling.apply(*number)));
            prop_assert!(again.mean.abs() < 1e-2 && (again.deviation - 1.0).abs() < 1e-2, "{:?}", again);
            for number in numbers {
                prop_assert!((scaling.undo(scaling.apply(number)) - number).abs() < 0.1);
            }
        }
    }
}
