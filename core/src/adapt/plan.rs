//! What a tuning needs before it starts: size of the images, batch, steps, memory.

/// The numbers of a network that its memory depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Footprint {
    /// Bytes of all weights.
    pub weights: usize,
    /// Bytes of an image's features per pixel.
    pub features: f64,
    /// Bytes of a training step per pixel, when decoder and head learn.
    pub decoder: f64,
    /// Bytes of a training step per pixel that are added when the encoder learns.
    pub encoder: f64,
}

/// What is to be tuned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Images that learn.
    pub images: usize,
    /// Images to measure on.
    pub held_out: usize,
    /// Longest side among them, in pixels.
    pub longest: usize,
    /// The encoder's features are kept, because it does not learn.
    pub keeps_features: bool,
    /// Ways to lay an image.
    pub views: usize,
}

/// How a tuning is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Longest side at which the model sees images, in pixels.
    pub side: usize,
    /// Images per step.
    pub batch: usize,
    /// Ways in which each image is shown.
    pub views: usize,
    /// Steps at most.
    pub steps: u64,
    /// Steps between two measurements.
    pub evaluate_every: u64,
    /// Greatest memory, in bytes.
    pub memory: usize,
}

/// Images are not shown larger than this: objects of microscopy are still seen, and a step takes about a second.
const GREATEST_SIDE: usize = 512;
/// Images are not made smaller than this to save memory.
const LEAST_SIDE: usize = 128;
/// Pixels of a batch: two images of 256 x 256.
const BATCH_PIXELS: usize = 2 * 256 * 256;

/// Chooses the largest size that fits `budget` bytes, and all else by it.
pub fn plan(footprint: &Footprint, demand: &Demand, budget: usize) -> Plan {
    let mut side = demand.longest.clamp(32, GREATEST_SIDE);
    loop {
        let pixels = side * side;
        let batch = (BATCH_PIXELS / pixels).clamp(1, demand.images.clamp(1, 4));
        let step = footprint.decoder + if demand.keeps_features { 0.0 } else { footprint.encoder };
        let kept = |views: usize| {
            let images = demand.images * views + demand.held_out;
            if demand.keeps_features { images as f64 * pixels as f64 * footprint.features } else { 0.0 }
        };
        // Weights, gradients, two moments, the best so far, and the model before.
        let fixed = 6.0 * footprint.weights as f64 + step * (batch * pixels) as f64;
        let views = (1..=demand.views.max(1)).rev().find(|v| fixed + kept(*v) <= budget as f64);
        if views.is_some() || side <= LEAST_SIDE {
            let views = views.unwrap_or(1);
            let rounds = (demand.images.div_ceil(batch)).max(1) as u64;
            return Plan {
                side,
                batch,
                views,
                steps: (rounds * 40).clamp(120, 800),
                evaluate_every: rounds.clamp(5, 20),
                memory: (fixed + kept(views)) as usize,
            };
        }
        side = (side * 3 / 4).max(LEAST_SIDE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANO: Footprint = Footprint { weights: 12 << 20, features: 26.0, decoder: 1500.0, encoder: 1200.0 };

    fn demand(images: usize, longest: usize) -> Demand {
        Demand { images, held_out: 2, longest, keeps_features: true, views: 8 }
    }

    #[test]
    fn a_few_tiles_are_shown_as_they_are_in_all_views() {
        let plan = plan(&NANO, &demand(4, 256), 1 << 30);
        assert_eq!((plan.side, plan.batch, plan.views), (256, 2, 8));
        assert!(plan.memory < 400 << 20, "{plan:?}");
    }

    #[test]
    fn less_memory_means_fewer_views_then_smaller_images() {
        let many = demand(400, 1024);
        let roomy = plan(&NANO, &many, 4 << 30);
        let tight = plan(&NANO, &many, 1 << 30);
        let tightest = plan(&NANO, &many, 1 << 20);
        assert_eq!(roomy.side, 512);
        assert!(tight.side < roomy.side && tight.memory <= 1 << 30, "{tight:?}");
        assert_eq!((tightest.side, tightest.views), (LEAST_SIDE, 1));
    }

    #[test]
    fn an_encoder_that_learns_keeps_no_features() {
        let kept = plan(&NANO, &demand(50, 256), usize::MAX);
        let fresh = plan(&NANO, &Demand { keeps_features: false, ..demand(50, 256) }, usize::MAX);
        assert!(fresh.memory < kept.memory);
    }
}
