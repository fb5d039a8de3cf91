//! The step of Adam with decoupled weight decay, in one pass over weights, moments and gradients.

use crate::vector::{for_each, vectorised};

/// Numbers that a thread takes at a time.
const PIECE: usize = 1 << 14;

/// The numbers of a step (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019).
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// How much of the running means of gradients and of their squares is kept.
    pub betas: [f32; 2],
    /// What the means are multiplied by, because they started at zero.
    pub corrections: [f32; 2],
    /// Keeps small denominators from dividing by zero.
    pub epsilon: f32,
    /// Learning rate.
    pub rate: f32,
    /// What the weights are multiplied by: the decay.
    pub kept: f32,
}

/// Moves `weights` and the running means of the gradients and their squares. All slices are equally long.
pub fn adam(weights: &mut [f32], [first, second]: [&mut [f32]; 2], gradients: &[f32], step: AdamStep) {
    let AdamStep { betas: [beta1, beta2], corrections: [correction1, correction2], epsilon, rate, kept } =
        step;
    let (rest1, rest2) = (1.0 - beta1, 1.0 - beta2);
    let root = correction2.sqrt();
    let moments = first.chunks_mut(PIECE).zip(second.chunks_mut(PIECE));
    let pieces = weights.chunks_mut(PIECE).zip(moments).zip(gradients.chunks(PIECE));
    for_each(pieces.collect(), |((weights, (first, second)), gradients)| {
        vectorised(
            #[inline(always)]
            || {
                let moments = first.iter_mut().zip(second);
                for ((weight, (first, second)), gradient) in weights.iter_mut().zip(moments).zip(gradients) {
                    *first = *first * beta1 + gradient * rest1;
                    *second = *second * beta2 + gradient * gradient * rest2;
                    let change = *first * correction1 / (second.sqrt() * root + epsilon);
                    *weight = *weight * kept - change * rate;
                }
            },
        );
    });
}
