//! Minimising a smooth function of many numbers.

use std::collections::VecDeque;

/// Pairs of steps and changes of the gradient that approximate the curvature.
const MEMORY: usize = 10;
/// Share of the predicted decrease that a step must reach (Armijo).
const SUFFICIENT: f64 = 1e-4;

/// Limited-memory BFGS (Nocedal & Wright, *Numerical Optimization*, algorithm 7.5) with backtracking.
///
/// `function` gives value and gradient. Ends when the largest element of the gradient is at most `tolerance`,
/// after `iterations` steps, or when rounding forbids a further decrease.
pub fn minimise(
    mut function: impl FnMut(&[f64]) -> (f64, Vec<f64>),
    start: Vec<f64>,
    tolerance: f64,
    iterations: usize,
) -> Vec<f64> {
    let mut at = start;
    let (mut value, mut gradient) = function(&at);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for _ in 0..iterations {
        if gradient.iter().all(|g| g.abs() <= tolerance) {
            break;
        }
        let mut direction = direction(&gradient, &memory);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            // Rounding spoilt the curvature: steepest descent starts it anew.
            memory.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = -dot(&gradient, &gradient);
        }
        // Without curvature the first step has length 1 at most.
        let mut length = if memory.is_empty() { 1.0 / slope.abs().sqrt().max(1.0) } else { 1.0 };
        let found = (0..40).find_map(|_| {
            let next: Vec<f64> = at.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
            let (new_value, new_gradient) = function(&next);
            if new_value <= value + SUFFICIENT * length * slope {
                return Some((next, new_value, new_gradient));
            }
            length *= 0.5;
            None
        });
        let Some((next, new_value, new_gradient)) = found else { break };
        let step: Vec<f64> = next.iter().zip(&at).map(|(a, b)| a - b).collect();
        let change: Vec<f64> = new_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        if dot(&step, &change) > f64::EPSILON * dot(&change, &change) {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back((step, change));
        }
        (at, value, gradient) = (next, new_value, new_gradient);
    }
    at
}

/// Minus the approximate inverse Hessian times the gradient: the two-loop recursion (algorithm 7.4).
fn direction(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut weights = Vec::with_capacity(memory.len());
    for (step, change) in memory.iter().rev() {
        let weight = dot(step, &q) / dot(step, change);
        q.iter_mut().zip(change).for_each(|(q, y)| *q -= weight * y);
        weights.push(weight);
    }
    if let Some((step, change)) = memory.back() {
        let scale = dot(step, change) / dot(change, change);
        for q in &mut q {
            *q *= scale;
        }
    }
    for ((step, change), weight) in memory.iter().zip(weights.iter().rev()) {
        let correction = weight - dot(change, &q) / dot(step, change);
        q.iter_mut().zip(step).for_each(|(q, s)| *q += correction * s);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curved_valley_is_followed_to_its_end() {
        // Rosenbrock's function in ten dimensions.
        let rosenbrock = |x: &[f64]| {
            let mut value = 0.0;
            let mut gradient = vec![0.0; x.len()];
            for i in 0..x.len() - 1 {
                let (a, b) = (x[i + 1] - x[i] * x[i], 1.0 - x[i]);
                value += 100.0 * a * a + b * b;
                gradient[i] += -400.0 * a * x[i] - 2.0 * b;
                gradient[i + 1] += 200.0 * a;
            }
            (value, gradient)
        };
        let found = minimise(rosenbrock, vec![-1.2; 10], 1e-8, 500);
        assert!(found.iter().all(|x| (x - 1.0).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn a_minimum_stays_where_it_is() {
        let bowl = |x: &[f64]| (x[0] * x[0], vec![2.0 * x[0]]);
        assert_eq!(minimise(bowl, vec![0.0], 1e-9, 10), [0.0]);
    }
}
