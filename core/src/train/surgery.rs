//! Gradient surgery (`PCGrad`; Yu et al., NeurIPS 2020, algorithm 1).

use crate::dataset::epoch_order;

/// Factors of the tasks' gradients whose weighted sum is that of the projected gradients.
///
/// Each gradient in turn loses what points against the others, in random order. As the projections stay in the
/// span of the gradients, their inner products `gram`, `[tasks][tasks]`, say all that is needed, and no
/// gradient is copied. `seed` and `update` determine the order.
pub fn factors(gram: &[Vec<f64>], seed: u64, update: u64) -> Vec<f64> {
    let tasks = gram.len();
    let mut sum = vec![0.0; tasks];
    for task in 0..tasks {
        // The projected gradient as a combination of the original ones.
        let mut combination = vec![0.0; tasks];
        combination[task] = 1.0;
        let stream = seed.wrapping_add(task as u64);
        for other in epoch_order(tasks, stream, update).into_iter().filter(|other| *other != task) {
            let product: f64 = combination.iter().zip(&gram[other]).map(|(c, g)| c * g).sum();
            if product < 0.0 && gram[other][other] > 0.0 {
                combination[other] -= product / gram[other][other];
            }
        }
        sum.iter_mut().zip(combination).for_each(|(sum, part)| *sum += part);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_that_agree_are_summed() {
        assert_eq!(factors(&[vec![1.0, 0.5], vec![0.5, 1.0]], 0, 0), [1.0, 1.0]);
    }

    #[test]
    fn two_that_conflict_are_projected_onto_each_others_normals() {
        // g1 = (1, 0), g2 = (-1, 1): projected to (0.5, 0.5) and (0, 1).
        let factors = factors(&[vec![1.0, -1.0], vec![-1.0, 2.0]], 0, 0);
        let update = [factors[0] - factors[1], factors[1]];
        assert!((update[0] - 0.5).abs() < 1e-12 && (update[1] - 1.5).abs() < 1e-12, "{update:?}");
    }

    #[test]
    fn a_task_without_a_gradient_changes_nothing() {
        let factors = factors(&[vec![4.0, 0.0], vec![0.0, 0.0]], 0, 0);
        assert_eq!(factors[0], 1.0);
    }
}
