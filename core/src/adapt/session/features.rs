//! What the frozen encoder makes of each image and view, computed once.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor};

use super::super::views::turned;
use crate::dataset::{Orientation, Prepared, Target};
use crate::model::{Features, Network};

/// Where features belong: task, held out or not, image, view.
pub type Key = (usize, bool, usize, usize);

/// Features by image and view.
#[derive(Debug)]
pub struct FeatureStore {
    /// Without it nothing is kept: an encoder that learns makes other features each time.
    keeps: bool,
    known: HashMap<Key, Features>,
}

impl FeatureStore {
    /// An empty one.
    pub fn new(keeps: bool) -> Self {
        Self { keeps, known: HashMap::new() }
    }

    /// The features of one image, `[1, ...]`.
    pub fn of(&mut self, network: &Network, key: Key, sample: &Prepared, device: &Device) -> Features {
        if let Some(features) = self.known.get(&key) {
            return features.clone();
        }
        let planes = Tensor::<1>::from_floats(sample.planes.as_slice(), &device.clone().inner());
        let images = planes.reshape([1, 3, sample.height, sample.width]);
        let features = network.foundation.encode(images);
        if self.keeps {
            self.known.insert(key, features.clone());
        }
        features
    }

    /// Features and targets of several images of one size, in one view.
    pub fn batch(
        &mut self,
        network: &Network,
        (task, images): (usize, &[Prepared]),
        chosen: &[usize],
        (view, orientation): (usize, Orientation),
        device: &Device,
    ) -> (Features, Vec<Target>) {
        let mut parts = Vec::with_capacity(chosen.len());
        let mut targets = Vec::with_capacity(chosen.len());
        for &index in chosen {
            let sample = turned(&images[index], orientation);
            parts.push(self.of(network, (task, false, index, view), &sample, device));
            targets.push(sample.target);
        }
        let joined = Features::join(&parts.iter().collect::<Vec<_>>());
        // A session has no task without images, so there is a first one.
        (joined.unwrap_or_else(|| parts.remove(0)), targets)
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.known.values().map(Features::bytes).sum()
    }
}
