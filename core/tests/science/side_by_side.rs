//! Turns of several threads do not disturb each other.

use burn::tensor::Device;
use medley_core::dataset::TaskKind;
use medley_core::train::{TrainConfig, Trainer};

use crate::scenes::{batch, small_model, task};

/// One of them draws random numbers, for its dropout.
const KINDS: [TaskKind; 2] = [TaskKind::Segmentation, TaskKind::Classification];

#[test]
fn turns_of_two_threads_are_those_of_one() {
    let config = TrainConfig { seed: 3, ..TrainConfig::default() };
    let mut trainer = Trainer::new(small_model(), KINDS.map(task).to_vec(), config, &Device::flex());
    trainer.spread(&[Device::flex()], &[1.0, 1.0]).unwrap();
    let update = |is_threaded: bool| {
        let mut round = pollster::block_on(trainer.begin()).unwrap();
        let places = round.places().to_vec();
        std::thread::scope(|scope| {
            for (rank, place) in round.ranks.iter_mut().zip(places) {
                let batch = batch(KINDS[place.turn.task]);
                let jobs = place.jobs(batch);
                let mut turn = move || jobs.iter().for_each(|(_, job)| rank.turn(job).unwrap());
                if is_threaded { drop(scope.spawn(turn)) } else { turn() }
            }
        });
        pollster::block_on(trainer.clone().finish(round)).unwrap()
    };
    let expected = update(false);
    (0..10).for_each(|_| assert_eq!(update(true), expected));
}
