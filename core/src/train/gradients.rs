//! Gradients by parameter name, as vectors.

use burn::tensor::Tensor;

use crate::model::Named;

/// Adds `more` to `sum`.
pub fn add(sum: &mut Named, more: Named) {
    for (name, gradient) in more {
        let total = match sum.remove(&name) {
            Some(total) => total + gradient,
            None => gradient,
        };
        sum.insert(name, total);
    }
}

/// Squared length of all gradients together, `[1]`; `None` when there is none.
pub fn squared_length(gradients: &Named) -> Option<Tensor<1>> {
    gradients.values().map(|gradient| gradient.clone().square().sum()).reduce(|a, b| a + b)
}

/// Shortens all gradients by one factor, so that together they are at most `limit` long. Gives their squared
/// length before.
pub fn clip(gradients: &mut Named, limit: Option<f64>) -> Option<Tensor<1>> {
    let squared = squared_length(gradients)?;
    if let Some(limit) = limit {
        // On the device: reading the length would wait for it.
        let factor = (squared.clone().sqrt() + 1e-6).recip().mul_scalar(limit).clamp_max(1.0);
        for gradient in gradients.values_mut() {
            *gradient = gradient.clone() * factor.clone();
        }
    }
    Some(squared)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;

    use super::*;

    fn named(a: [f32; 2], b: [f32; 1]) -> Named {
        let device = Device::flex();
        [("a".to_owned(), Tensor::from_floats(a, &device)), ("b".to_owned(), Tensor::from_floats(b, &device))]
            .into()
    }

    fn values(named: &Named) -> Vec<f32> {
        named.values().flat_map(|t| t.clone().into_data().iter::<f32>().collect::<Vec<_>>()).collect()
    }

    #[test]
    fn long_gradients_are_shortened_together_and_short_ones_stay() {
        let mut gradients = named([3.0, 0.0], [4.0]);
        let squared = clip(&mut gradients, Some(1.0)).unwrap();
        assert_eq!(squared.into_scalar::<f32>(), 25.0);
        for (value, expected) in values(&gradients).into_iter().zip([0.6, 0.0, 0.8]) {
            assert!((value - expected).abs() < 1e-6);
        }
        let mut short = named([0.3, 0.0], [0.4]);
        clip(&mut short, Some(1.0));
        assert_eq!(values(&short), [0.3, 0.0, 0.4]);
    }

    #[test]
    fn sums_keep_what_only_one_side_has() {
        let mut sum = named([1.0, 2.0], [3.0]);
        let mut more = named([1.0, 1.0], [0.0]);
        more.remove("b");
        add(&mut sum, more);
        assert_eq!(values(&sum), [2.0, 3.0, 3.0]);
    }
}
