//! `AdamW`.
//!
//! Written here rather than taken from burn-optim because its state must be read back asynchronously (a
//! synchronous read panics on WebGPU), be keyed by names that survive a restart, and spare norms and biases
//! from weight decay.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::model::{Named, map_parameters};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019) for the parameters of one module.
#[derive(Clone, Debug)]
pub struct AdamW {
    weight_decay: f64,
    /// Steps taken.
    pub steps: u64,
    /// Running means of the gradients, by parameter.
    pub first: Named,
    /// Running means of their squares.
    pub second: Named,
}

impl AdamW {
    /// A fresh state.
    pub fn new(weight_decay: f64) -> Self {
        Self { weight_decay, steps: 0, first: Named::new(), second: Named::new() }
    }

    /// Moves the parameters of `module` that have a gradient; the others stay.
    pub fn step<M: Module>(&mut self, module: M, mut gradients: Named, rate: f64) -> M {
        self.steps += 1;
        let correction1 = 1.0 - BETA1.powf(self.steps as f64);
        let correction2 = 1.0 - BETA2.powf(self.steps as f64);
        map_parameters(module, |name, shape, value| {
            let gradient = gradients.remove(name)?;
            let decay = if shape.len() > 1 { rate * self.weight_decay } else { 0.0 };
            let first = blend(self.first.remove(name), gradient.clone(), BETA1);
            let second = blend(self.second.remove(name), gradient.square(), BETA2);
            let scale = second.clone().sqrt() * (1.0 / correction2.sqrt()) + EPSILON;
            let value = value * (1.0 - decay) - first.clone() / scale * (rate / correction1);
            self.first.insert(name.to_owned(), first);
            self.second.insert(name.to_owned(), second);
            Some(value)
        })
    }
}

fn blend(running: Option<Tensor<1>>, new: Tensor<1>, beta: f64) -> Tensor<1> {
    let new = new * (1.0 - beta);
    match running {
        Some(running) => running * beta + new,
        None => new,
    }
}
