//! Fine-tuning: what learns, and what must stay.

use burn::module::Module;
use burn::tensor::Device;
use medley_core::adapt::{Mode, TuneConfig, TuneError, Tuner};
use medley_core::dataset::TaskKind;
use medley_core::model::{Network, map_parameters, parameters};

use crate::scenes::{batch, small_model, task};

const STEPS: u64 = 25;

fn network() -> Network {
    let device = Device::flex();
    device.seed(11);
    let mut network = Network::new(small_model(), Vec::new(), &device);
    parameters(&network.foundation);
    // Blocks start as the identity; in a trained model they do something.
    network.foundation = map_parameters(network.foundation, |name, _, value| {
        (name.starts_with("encoder.") && name.ends_with("gamma")).then(|| value.ones_like() * 0.5)
    });
    network
}

fn tuner(mode: Mode, network: &Network) -> Tuner {
    let config = TuneConfig {
        mode,
        steps: STEPS,
        learning_rate: 3e-3,
        head_learning_rate: 1e-2,
        ..TuneConfig::default()
    };
    Tuner::new(network, task(TaskKind::Segmentation), config, &Device::flex())
}

/// Names of the shared parameters that differ.
fn changed(before: &Network, after: &Network) -> Vec<String> {
    let values = |network: &Network| parameters(&network.foundation.clone().valid());
    let pairs = values(before).into_iter().zip(values(after));
    pairs
        .filter(|(a, b)| a.values.clone().into_data() != b.values.clone().into_data())
        .map(|(a, _)| a.name)
        .collect()
}

#[test]
fn each_mode_learns_and_changes_what_it_may() {
    let network = network();
    let mut ends = Vec::new();
    for mode in [Mode::Frozen, Mode::Decoder, Mode::Lora, Mode::Full] {
        let mut tuner = tuner(mode, &network);
        let losses: Vec<f32> = (0..STEPS)
            .map(|_| pollster::block_on(tuner.step(&batch(TaskKind::Segmentation))).unwrap())
            .collect();
        let last = losses[losses.len() - 1];
        assert!(last < 0.97 * losses[0], "{mode:?}: {losses:?}");
        ends.push(last);
        let changed = changed(&network, &tuner.network());
        let in_encoder = |name: &&String| name.starts_with("encoder.");
        match mode {
            Mode::Frozen => assert!(changed.is_empty(), "{changed:?}"),
            Mode::Decoder => {
                assert!(changed.iter().any(|name| name.starts_with("pixel_decoder.")));
                assert_eq!(changed.iter().find(in_encoder), None);
            }
            Mode::Lora => {
                let linear = |name: &String| name.ends_with(".weight");
                assert!(changed.iter().filter(in_encoder).count() > 10);
                assert!(changed.iter().filter(in_encoder).all(linear), "{changed:?}");
            }
            Mode::Full => assert!(changed.iter().any(|name| name.ends_with("norm1.gamma")), "{changed:?}"),
        }
    }
    assert!(ends[1] < ends[0], "a decoder that learns does better than one that does not: {ends:?}");
}

#[test]
fn a_loss_that_is_no_number_is_refused_and_forgotten() {
    let network = network();
    let mut tuner = tuner(Mode::Full, &network);
    let mut broken = batch(TaskKind::Segmentation);
    broken.images[3] = f32::NAN;
    assert!(matches!(pollster::block_on(tuner.step(&broken)), Err(TuneError::NotFinite)));
    assert_eq!(changed(&network, &tuner.network()), Vec::<String>::new());
    assert!(pollster::block_on(tuner.step(&batch(TaskKind::Segmentation))).unwrap().is_finite());
}
