//! Whole fine-tunings: they learn, spare what they began from, and go on where they were cut off.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use medley_core::adapt::{Mode, Session, SessionConfig, SessionTask, Work};
use medley_core::dataset::{AugmentConfig, Batch, Prepared, TaskKind};
use medley_core::model::{Network, Outputs, parameters};

use crate::scenes::{SIDE, batch, small_model, task};

const SEED: u64 = 5;

/// A model with a task of its own, so that there is something to spare.
fn pretrained() -> Network {
    let device = Device::flex();
    device.seed(11);
    let network = Network::new(small_model(), vec![task(TaskKind::Classification)], &device);
    parameters(&network.foundation);
    network.heads.iter().for_each(|head| drop(parameters(head)));
    network
}

fn prepared(kind: TaskKind) -> Vec<Prepared> {
    let Batch { images, targets, .. } = batch(kind);
    let planes = images.chunks_exact(3 * SIDE * SIDE).map(<[f32]>::to_vec);
    let pairs = planes.zip(targets);
    pairs.map(|(planes, target)| Prepared { planes, width: SIDE, height: SIDE, target }).collect()
}

fn tasks(kind: TaskKind) -> Vec<SessionTask> {
    let held_out = prepared(kind);
    vec![SessionTask { task: task(kind), training: held_out.clone(), held_out }]
}

fn config(mode: Mode, steps: u64) -> SessionConfig {
    SessionConfig {
        mode,
        steps,
        batch: 2,
        evaluate_every: 5,
        patience: 20,
        views: 2,
        augment: AugmentConfig { horizontal_flip: true, ..AugmentConfig::default() },
        seed: SEED,
    }
}

fn work(session: &mut Session) -> Work {
    pollster::block_on(session.work(&Device::flex())).unwrap()
}

fn to_the_end(session: &mut Session) {
    while work(session) != Work::Over {}
}

/// All numbers of a model.
fn numbers(network: &Network) -> Vec<Vec<f32>> {
    let network = network.valid();
    let heads = network.heads.iter().flat_map(parameters);
    let all = parameters(&network.foundation).into_iter().chain(heads);
    all.map(|parameter| parameter.values.into_data().iter::<f32>().collect()).collect()
}

#[test]
fn every_mode_learns_and_spares_the_model_it_began_from() {
    let network = pretrained();
    let before = numbers(&network);
    for mode in [Mode::Decoder, Mode::Lora, Mode::Full] {
        let mut session =
            Session::new(&network, tasks(TaskKind::Segmentation), config(mode, 60), &Device::flex());
        to_the_end(&mut session);
        let score = |measured: &medley_core::adapt::Measured| measured.scores[0].unwrap().value;
        let (base, best) = (score(session.base().unwrap()), score(session.best().unwrap()));
        assert!(best > base + 0.2, "{mode:?}: {base} to {best}");
        assert_eq!(session.losses().len(), session.steps() as usize);
        assert_eq!(
            session.kept_bytes() > 0,
            mode == Mode::Decoder,
            "features are kept where they do not change"
        );
        assert!(numbers(&network) == before, "{mode:?} changed the model it began from");
        if mode == Mode::Decoder {
            let encoder = |network: &Network| {
                let all = parameters(&network.foundation.valid()).into_iter();
                let own = all.filter(|parameter| parameter.name.starts_with("encoder."));
                own.map(|parameter| parameter.values.into_data()).collect::<Vec<_>>()
            };
            assert!(encoder(&network) == encoder(&session.network()), "the encoder is another");
        }
    }
}

/// The raw answers of a model's own tasks.
fn answers(network: &Network) -> Vec<Vec<f32>> {
    let Batch { images, .. } = batch(TaskKind::Classification);
    let count = images.len() / (3 * SIDE * SIDE);
    let images =
        || Tensor::<1>::from_floats(images.as_slice(), &Device::flex()).reshape([count, 3, SIDE, SIDE]);
    let outputs = (0..network.tasks.len()).map(|task| network.forward(task, images()));
    let numbers = |outputs| match outputs {
        Outputs::Class(logits) => logits.into_data().iter::<f32>().collect(),
        other => panic!("the model has a classification, not {other:?}"),
    };
    outputs.map(numbers).collect()
}

#[test]
fn pretrained_tasks_answer_bit_for_bit_as_before() {
    let network = pretrained().valid();
    let before = answers(&network);
    for mode in [Mode::Decoder, Mode::Lora] {
        let mut session =
            Session::new(&network, tasks(TaskKind::Segmentation), config(mode, 10), &Device::flex());
        to_the_end(&mut session);
        assert_ne!(numbers(&session.network()), numbers(&network), "{mode:?} learnt");
        let bits = |all: &[Vec<f32>]| all.iter().flatten().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&answers(&network)), bits(&before), "{mode:?}");
    }
}

#[test]
fn two_tasks_learn_by_turns() {
    let mut both = tasks(TaskKind::Segmentation);
    both.extend(tasks(TaskKind::Classification));
    let mut session = Session::new(&pretrained(), both, config(Mode::Decoder, 20), &Device::flex());
    to_the_end(&mut session);
    assert_eq!(session.network().heads.len(), 2);
    assert!(session.course().iter().all(|measured| measured.scores.iter().all(Option::is_some)));
}

#[test]
fn a_session_goes_on_from_its_state_as_if_nothing_had_happened() {
    for mode in [Mode::Decoder, Mode::Lora, Mode::Full] {
        let network = pretrained();
        let begin =
            || Session::new(&network, tasks(TaskKind::Segmentation), config(mode, 15), &Device::flex());
        let mut whole = begin();
        to_the_end(&mut whole);

        // Cut off before the measurement after the fifth step.
        let mut first = begin();
        while first.steps() < 5 {
            work(&mut first);
        }
        let state = pollster::block_on(first.state()).unwrap();
        drop(first);
        let again = tasks(TaskKind::Segmentation);
        let mut second = Session::resume(&state, &network, again, &Device::flex()).unwrap();
        assert_eq!(second.steps(), 5);
        to_the_end(&mut second);
        assert_eq!(second.losses(), whole.losses(), "{mode:?}");
        assert_eq!(second.course(), whole.course(), "{mode:?}");
        assert!(numbers(&second.newest()) == numbers(&whole.newest()), "{mode:?}");
    }
}

#[test]
fn there_is_something_to_keep_from_the_first_measurement_after_a_step_on() {
    let mut session = Session::new(
        &pretrained(),
        tasks(TaskKind::Segmentation),
        config(Mode::Decoder, 10),
        &Device::flex(),
    );
    while session.steps() < 5 {
        work(&mut session);
        assert!(!session.has_learnt());
    }
    while session.course().is_empty() {
        work(&mut session);
    }
    assert!(session.has_learnt());
}

#[test]
fn damaged_states_and_those_of_other_tasks_are_refused() {
    let network = pretrained();
    let mut session =
        Session::new(&network, tasks(TaskKind::Segmentation), config(Mode::Decoder, 5), &Device::flex());
    to_the_end(&mut session);
    let state = pollster::block_on(session.state()).unwrap();
    let resume = |bytes: &[u8], kind| Session::resume(bytes, &network, tasks(kind), &Device::flex());
    assert!(resume(&state[..state.len() / 2], TaskKind::Segmentation).is_err());
    assert!(resume(&state, TaskKind::Classification).is_err());
    assert!(resume(&state, TaskKind::Segmentation).is_ok());
}
