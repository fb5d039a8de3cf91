//! One update over several devices: a thread for each.

#[cfg(test)]
mod collectives;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use medley_core::dataset::Batch;
use medley_core::task::LossError;
use medley_core::train::{Job, Place, Rank, StepError, Trainer, Turn, Update};
use thiserror::Error;

/// Batches that wait for a device.
const WAITING: usize = 2;

/// Why an update over several devices was not made.
#[derive(Debug, Error)]
pub enum ParallelError<E> {
    /// As on one device.
    #[error(transparent)]
    Step(#[from] StepError<E>),
    /// The thread of a device gave up: the engine panicked.
    #[error("device {} of this run failed: {reason}; continue from the last checkpoint", rank + 1)]
    Panicked {
        /// Which one, from 0.
        rank: usize,
        /// What it said.
        reason: String,
    },
}

/// As [`Trainer::step`], with the turns of different devices side by side. `draw` is called from this thread, in the
/// order of the inner steps.
///
/// # Errors
/// As [`Trainer::step`]; the trainer is then as it was before the update.
pub fn step<E>(
    trainer: &mut Trainer,
    mut draw: impl FnMut(u64, Turn) -> Result<Batch, E>,
) -> Result<Update, ParallelError<E>> {
    if trainer.devices() == 1 {
        return Ok(pollster::block_on(trainer.step(draw))?);
    }
    let mut round = pollster::block_on(trainer.begin()).map_err(StepError::from)?;
    let places = round.places().to_vec();
    // All devices of an engine have one random generator, which turns seed and draw from.
    let generator = &Mutex::new(());
    std::thread::scope(|scope| {
        let start = |rank| {
            let (sender, receiver) = sync_channel(WAITING);
            (sender, scope.spawn(move || work(rank, &receiver, generator)))
        };
        let (senders, threads): (Vec<_>, Vec<_>) = round.ranks.iter_mut().map(start).unzip();
        let handed = hand_out(&places, senders, &mut draw);
        // All of them, before any is looked at: a panic that nobody has asked about would go on here.
        let ended: Vec<_> = threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        let ended: Result<Vec<()>, ParallelError<E>> = ended
            .into_iter()
            .enumerate()
            .map(|(rank, ended)| match ended {
                Ok(made) => Ok(made.map_err(StepError::from)?),
                Err(panic) => Err(ParallelError::Panicked { rank, reason: words(panic.as_ref()) }),
            })
            .collect();
        // What a device says explains more than that it took no further batch.
        ended.and(handed.map_err(|error| StepError::Batch(error).into()))
    })?;
    Ok(pollster::block_on(trainer.finish(round)).map_err(StepError::from)?)
}

/// Draws the batches in their order, each for its device. Ends early when a device has.
fn hand_out<E>(
    places: &[Place],
    senders: Vec<SyncSender<Job>>,
    draw: &mut impl FnMut(u64, Turn) -> Result<Batch, E>,
) -> Result<(), E> {
    for place in places {
        let jobs = place.jobs(draw(place.step, place.turn)?);
        if jobs.into_iter().any(|(rank, job)| senders[rank].send(job).is_err()) {
            break;
        }
    }
    // The threads end when there is nothing more to come.
    drop(senders);
    Ok(())
}

/// Makes the turns of a device until there are no more.
fn work(rank: &mut Rank, jobs: &Receiver<Job>, generator: &Mutex<()>) -> Result<(), LossError> {
    for job in jobs {
        let forward = {
            // Nothing is left half done by a thread that panicked with it.
            let lock = || generator.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let _drawing = rank.is_random(job.task).then(lock);
            rank.forward(&job)?
        };
        rank.backward(forward);
    }
    Ok(())
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason was given").to_owned()
}
