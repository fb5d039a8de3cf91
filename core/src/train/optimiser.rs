//! Rules by which gradients change weights.
//!
//! Written here rather than taken from burn-optim because their state must be read back asynchronously (a
//! synchronous read panics on WebGPU), be keyed by names that survive a restart, and spare norms, biases and
//! scales from weight decay.

use burn::module::Module;
use burn::tensor::Tensor;
use medley_kernels::AdamStep;
use serde::{Deserialize, Serialize};

use super::muon;
use crate::model::{Named, adam, is_on_cpu, map_parameters};

/// A rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimiserKind {
    /// Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019).
    #[default]
    AdamW,
    /// Stochastic gradient descent with Nesterov's momentum of 0.99 (as nnU-Net) and decoupled weight decay.
    Sgd,
    /// Momentum whose matrices are made orthogonal (Jordan et al., "Muon", 2024), at the scale of `AdamW`'s
    /// steps; vectors go by `AdamW`.
    Muon,
}

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;
/// Momentum of stochastic gradient descent.
const MOMENTUM: f64 = 0.99;

/// A rule and its state for the parameters of one module.
#[derive(Clone, Debug)]
pub struct Optimiser {
    /// The rule.
    pub kind: OptimiserKind,
    weight_decay: f64,
    /// Steps taken.
    pub steps: u64,
    /// Running means of the gradients (`AdamW`, Muon) or their decaying sums (SGD), by parameter.
    pub first: Named,
    /// Running means of their squares; `AdamW` only.
    pub second: Named,
}

impl Optimiser {
    /// A fresh state.
    pub fn new(kind: OptimiserKind, weight_decay: f64) -> Self {
        Self { kind, weight_decay, steps: 0, first: Named::new(), second: Named::new() }
    }

    /// Goes on with these settings; another rule starts afresh.
    pub fn configure(&mut self, kind: OptimiserKind, weight_decay: f64) {
        self.weight_decay = weight_decay;
        if kind != self.kind {
            *self = Self::new(kind, weight_decay);
        }
    }

    /// Moves the parameters of `module` that have a gradient; the others stay.
    pub fn step<M: Module>(&mut self, module: M, mut gradients: Named, rate: f64) -> M {
        self.steps += 1;
        map_parameters(module, |name, shape, value| {
            let gradient = gradients.remove(name)?;
            Some(self.moved(name, shape, value, gradient, rate))
        })
    }

    /// As [`Self::step`], for vectors that belong to no module.
    pub fn step_named(&mut self, values: &mut Named, gradients: Named, rate: f64) {
        self.steps += 1;
        for (name, gradient) in gradients {
            if let Some(value) = values.remove(&name) {
                let shape = value.dims();
                let moved = self.moved(&name, &shape, value, gradient, rate);
                values.insert(name, moved);
            }
        }
    }

    /// A parameter's value after a step.
    fn moved(
        &mut self,
        name: &str,
        shape: &[usize],
        value: Tensor<1>,
        gradient: Tensor<1>,
        rate: f64,
    ) -> Tensor<1> {
        // What has one axis only scales or shifts others; decay would pull it off its purpose.
        let is_matrix = shape.iter().filter(|side| **side > 1).count() > 1;
        let kept = if is_matrix { 1.0 - rate * self.weight_decay } else { 1.0 };
        let is_adam = match self.kind {
            OptimiserKind::AdamW => true,
            OptimiserKind::Muon => !is_matrix,
            OptimiserKind::Sgd => false,
        };
        if is_adam && is_on_cpu(&value) && is_on_cpu(&gradient) {
            return self.adam_at_once(name, value, gradient, rate, kept);
        }
        let change = match self.kind {
            OptimiserKind::Sgd => self.nesterov(name, gradient),
            OptimiserKind::Muon if is_matrix => self.orthogonal(name, shape, gradient),
            OptimiserKind::AdamW | OptimiserKind::Muon => self.adam(name, gradient),
        };
        let value = if kept < 1.0 { value * kept } else { value };
        value - change * rate
    }

    /// What the running means are divided by, because they started at zero.
    fn corrections(&self) -> [f64; 2] {
        [BETA1, BETA2].map(|beta| 1.0 - beta.powf(self.steps as f64))
    }

    /// [`Self::adam`] and the step in one pass, on the CPU.
    fn adam_at_once(
        &mut self,
        name: &str,
        value: Tensor<1>,
        gradient: Tensor<1>,
        rate: f64,
        kept: f64,
    ) -> Tensor<1> {
        let step = AdamStep {
            betas: [BETA1, BETA2].map(|beta| beta as f32),
            corrections: self.corrections().map(|correction| correction.recip() as f32),
            epsilon: EPSILON as f32,
            rate: rate as f32,
            kept: kept as f32,
        };
        let [first, second] = [&mut self.first, &mut self.second]
            .map(|moments| moments.remove(name).unwrap_or_else(|| value.zeros_like()));
        let (value, [first, second]) = adam(value, [first, second], gradient, step);
        self.first.insert(name.to_owned(), first);
        self.second.insert(name.to_owned(), second);
        value
    }

    fn adam(&mut self, name: &str, gradient: Tensor<1>) -> Tensor<1> {
        let [correction1, correction2] = self.corrections();
        let first = blend(self.first.remove(name), gradient.clone(), BETA1);
        let second = blend(self.second.remove(name), gradient.square(), BETA2);
        let scale = second.clone().sqrt() * (1.0 / correction2.sqrt()) + EPSILON;
        let change = first.clone() / scale * (1.0 / correction1);
        self.first.insert(name.to_owned(), first);
        self.second.insert(name.to_owned(), second);
        change
    }

    fn nesterov(&mut self, name: &str, gradient: Tensor<1>) -> Tensor<1> {
        let velocity = match self.first.remove(name) {
            Some(velocity) => velocity * MOMENTUM + gradient.clone(),
            None => gradient.clone(),
        };
        self.first.insert(name.to_owned(), velocity.clone());
        gradient + velocity * MOMENTUM
    }

    fn orthogonal(&mut self, name: &str, shape: &[usize], gradient: Tensor<1>) -> Tensor<1> {
        let velocity = blend(self.first.remove(name), gradient.clone(), muon::MOMENTUM);
        self.first.insert(name.to_owned(), velocity.clone());
        muon::orthogonalised(blend(Some(velocity), gradient, muon::MOMENTUM), shape)
    }
}

/// `running * beta + new * (1 - beta)`, from zero.
fn blend(running: Option<Tensor<1>>, new: Tensor<1>, beta: f64) -> Tensor<1> {
    let new = new * (1.0 - beta);
    match running {
        Some(running) => running * beta + new,
        None => new,
    }
}
