//! A running mean of the weights.

use burn::module::Module;

use crate::model::{Named, Network, map_parameters, parameters};

/// The exponential moving average of all weights of a network, which forgets the noise of the last updates
/// (Polyak averaging as in torchvision's references).
#[derive(Clone, Debug)]
pub struct Average {
    keep: f64,
    /// By `foundation.` or `heads.<task id>.` and the parameter's name.
    pub(super) values: Named,
}

impl Average {
    /// Starts from the weights as they are; `keep` in [0, 1) of the mean survives an update.
    pub fn new(keep: f64, network: &Network) -> Self {
        Self { keep, values: named(network) }
    }

    /// Includes the weights after `update` updates. In the first ones the mean follows faster, so that the
    /// random start is forgotten soon.
    pub fn add(&mut self, network: &Network, update: u64) {
        let keep = self.keep.min((1 + update) as f64 / (10 + update) as f64);
        for (name, value) in named(network) {
            let mean = match self.values.remove(&name) {
                Some(mean) => mean * keep + value * (1.0 - keep),
                None => value,
            };
            self.values.insert(name, mean);
        }
    }

    /// `network` with the mean as its weights.
    pub fn network(&self, network: &Network) -> Network {
        let mut network = network.clone();
        network.foundation = self.filled(network.foundation, "foundation");
        let heads = std::mem::take(&mut network.heads);
        for (head, task) in heads.into_iter().zip(&network.tasks) {
            network.heads.push(self.filled(head, &head_prefix(&task.id)));
        }
        network
    }

    fn filled<M: Module>(&self, module: M, prefix: &str) -> M {
        map_parameters(module, |name, _, _| self.values.get(&format!("{prefix}.{name}")).cloned())
    }
}

fn head_prefix(id: &str) -> String {
    format!("heads.{id}")
}

fn named(network: &Network) -> Named {
    let mut all = Named::new();
    let mut collect = |prefix: &str, found: Vec<crate::model::Parameter>| {
        all.extend(found.into_iter().map(|p| (format!("{prefix}.{}", p.name), p.values)));
    };
    collect("foundation", parameters(&network.foundation));
    for (head, task) in network.heads.iter().zip(&network.tasks) {
        collect(&head_prefix(&task.id), parameters(head));
    }
    all
}
