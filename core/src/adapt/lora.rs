//! Low-rank adaptation.

use std::collections::BTreeMap;

use burn::tensor::{Device, Distribution, Tensor};

use crate::model::{Foundation, Named, map_parameters, parameters};

/// The linear layers of the encoder's blocks, by the ends of their weights' names.
const TARGETS: [&str; 4] =
    [".attention.qkv.weight", ".attention.proj.weight", ".expand.weight", ".contract.weight"];

/// Whether a parameter is changed at low rank.
pub(super) fn is_target(name: &str) -> bool {
    name.starts_with("encoder.") && TARGETS.iter().any(|target| name.ends_with(target))
}

/// Changes of the encoder's linear layers by products of two narrow matrices (Hu et al., "LoRA: Low-Rank
/// Adaptation of Large Language Models", ICLR 2022): `W + A B` with `A` `[input, rank]`, random, and `B`
/// `[rank, output]`, zero at the start. The products are added to the weights, so that the model runs as fast
/// as before; `A` and `B` learn from the gradient of the sum.
#[derive(Clone, Debug)]
pub struct Lora {
    rank: usize,
    /// The weights as they were, flat, with (input, output).
    base: BTreeMap<String, (Tensor<1>, [usize; 2])>,
    /// `NAME.a` and `NAME.b`, flat.
    pub(super) factors: Named,
}

impl Lora {
    /// No change yet. Draws from the random generator of `device`, the plain one.
    pub fn new(foundation: &Foundation, rank: usize, device: &Device) -> Self {
        let mut lora = Self { rank, base: BTreeMap::new(), factors: Named::new() };
        for parameter in parameters(foundation).into_iter().filter(|p| is_target(&p.name)) {
            let &[input, output] = parameter.shape.as_slice() else { continue };
            let std = (input as f64).sqrt().recip();
            let a = Tensor::random([input * rank], Distribution::Normal(0.0, std), device);
            lora.factors.insert(format!("{}.a", parameter.name), a);
            lora.factors.insert(format!("{}.b", parameter.name), Tensor::zeros([rank * output], device));
            lora.base.insert(parameter.name, (parameter.values, [input, output]));
        }
        lora
    }

    /// Turns the gradients of the weights, taken out of `gradients`, into those of the factors.
    pub fn gradients(&self, gradients: &mut Named) -> Named {
        let mut found = Named::new();
        for (name, (_, [input, output])) in &self.base {
            let (Some(gradient), Some((a, b))) = (gradients.remove(name), self.pair(name)) else { continue };
            let gradient: Tensor<2> = gradient.reshape([*input, *output]);
            let of_a = gradient.clone().matmul(b.transpose()).reshape([input * self.rank]);
            let of_b = a.transpose().matmul(gradient).reshape([self.rank * output]);
            found.insert(format!("{name}.a"), of_a);
            found.insert(format!("{name}.b"), of_b);
        }
        found
    }

    /// `foundation` with the changes in its weights.
    pub fn apply(&self, foundation: Foundation) -> Foundation {
        map_parameters(foundation, |name, _, _| {
            let (base, [input, output]) = self.base.get(name)?;
            let (a, b) = self.pair(name)?;
            Some(base.clone() + a.matmul(b).reshape([input * output]))
        })
    }

    /// `A` and `B` of a weight.
    fn pair(&self, name: &str) -> Option<(Tensor<2>, Tensor<2>)> {
        let (_, [input, output]) = self.base.get(name)?;
        let a = self.factors.get(&format!("{name}.a"))?.clone().reshape([*input, self.rank]);
        let b = self.factors.get(&format!("{name}.b"))?.clone().reshape([self.rank, *output]);
        Some((a, b))
    }
}
