//! One update: a batch of one task after the other, then a step of the shared blocks.

use burn::tensor::{Device, ExecutionError};
use thiserror::Error;

use super::config::Conflicts;
use super::gradients::clip;
use super::interference::{Interference, gram};
use super::precision::ComputePrecision;
use super::rank::{Part, Rank, Settings, packed};
use super::round::{Collected, Place, Round, mean_losses, read_facts};
use super::sampler::Turn;
use super::trainer::{StepError, Trainer, Update};
use super::transfer::read_together;
use super::uncertainty::Uncertainty;
use super::{gradients, surgery, uncertainty};
use crate::dataset::Batch;
use crate::model::Named;
use crate::weights::Arrays;

/// A device that failed in an update.
#[derive(Debug, Error)]
#[error("device {} of this run failed: {error:?}; continue from the last checkpoint", rank + 1)]
pub struct DeviceError {
    /// Which one: 0 is the trainer's own, then those of [`Trainer::spread`].
    pub rank: usize,
    /// What it said.
    pub error: ExecutionError,
}

fn of(rank: usize) -> impl FnOnce(ExecutionError) -> DeviceError {
    move |error| DeviceError { rank, error }
}

/// The parts of each shared turn together, in the order of the ranks.
fn joined_parts(parts: Vec<Part>) -> Vec<Part> {
    let mut whole: Vec<Part> = Vec::new();
    for part in parts {
        match whole.iter_mut().find(|other| other.task == part.task) {
            Some(sum) => {
                sum.loss = sum.loss.clone() + part.loss;
                gradients::add(&mut sum.head, part.head);
            }
            None => whole.push(part),
        }
    }
    whole
}

impl Trainer {
    /// One update: a batch of one task after the other, each with its own backward pass. The head of a task
    /// steps at once with its own optimiser; the gradients of the shared blocks are summed and make one step
    /// at the end. The device is read once, at the end.
    ///
    /// `draw` gives the batches. It gets the number of the inner step, counted from 0 over the whole run, and the
    /// turn that the sampler has for it.
    ///
    /// With several devices their turns are made here one after the other. To make them side by side, take the
    /// ranks of [`Self::begin`] to threads and hand the round to [`Self::finish`].
    ///
    /// # Errors
    /// When `draw` fails, a batch has targets of another label type, or the device fails. The trainer is then
    /// as it was before the update.
    pub async fn step<E>(
        &mut self,
        mut draw: impl FnMut(u64, Turn) -> Result<Batch, E>,
    ) -> Result<Update, StepError<E>> {
        let mut round = self.begin().await?;
        for place in round.places.clone() {
            let batch = draw(place.step, place.turn).map_err(StepError::Batch)?;
            for (rank, job) in place.jobs(batch) {
                round.ranks[rank].turn(&job)?;
            }
        }
        Ok(self.finish(round).await?)
    }

    /// Starts an update: decides on the turns, and brings the weights to all devices. Nothing has changed until the
    /// round is given to [`Self::finish`].
    ///
    /// # Errors
    /// When the trainer's device fails.
    pub async fn begin(&self) -> Result<Round, DeviceError> {
        let is_measured =
            self.config.interference_every > 0 && self.update.is_multiple_of(self.config.interference_every);
        let settings = Settings {
            config: self.config.clone(),
            device: self.device.clone(),
            head_rate: self.rates().1,
            loss_factor: self.loss_factor(),
            factors: self.uncertainty.as_ref().map(Uncertainty::factors).unwrap_or_default(),
        };
        let is_alone = self.others.is_empty();
        let collected = self.collector(is_measured);
        let first = Rank::new(self.network.clone(), self.own.clone(), self.tasks_of(0), collected, settings);
        let mut ranks = vec![first];
        if !is_alone {
            let elsewhere: Vec<usize> = (1..=self.others.len())
                .filter(|rank| !self.is_here(*rank))
                .flat_map(|rank| self.tasks_of(rank))
                .collect();
            let arrays = if elsewhere.is_empty() {
                Arrays::new()
            } else {
                read_together(packed(&ranks[0], &elsewhere)).await.map_err(of(0))?
            };
            for (number, device) in self.others.iter().enumerate() {
                let tasks = self.tasks_of(number + 1);
                ranks.push(if self.is_here(number + 1) {
                    ranks[0].beside(tasks)
                } else {
                    ranks[0].elsewhere(tasks, device, &arrays)
                });
            }
        }
        Ok(Round { ranks, places: self.places(), is_measured })
    }

    /// Ends an update: sums the gradients of all ranks in their order, and makes the step of the shared blocks.
    ///
    /// # Errors
    /// When a device fails; the trainer is then as it was before the update.
    pub async fn finish(&mut self, round: Round) -> Result<Update, DeviceError> {
        let plain = self.device.clone().inner();
        let tasks = self.network.tasks.len();
        let Round { ranks, places, is_measured } = round;
        let mut collected = self.collector(is_measured);
        let (mut heads, mut own) = (self.network.heads.clone(), self.own.clone());
        let (mut losses, mut squared, mut seen) = (Vec::new(), Vec::new(), 0);
        let mut parts = Vec::new();
        for (number, rank) in ranks.into_iter().enumerate() {
            let rank = if self.is_here(number) {
                rank
            } else {
                rank.moved(&self.network, &self.own, &plain).await.map_err(of(number))?
            };
            // Of several that share a task, the first steps alone where it has several turns.
            for task in rank.tasks.into_iter().filter(|task| self.owners[*task][0] == number) {
                heads[task].clone_from(&rank.network.heads[task]);
                own[task].clone_from(&rank.own[task]);
            }
            collected.join(rank.collected);
            losses.extend(rank.losses);
            squared.extend(rank.squared);
            parts.extend(rank.parts);
            seen += rank.images;
        }
        for Part { task, loss, mut head } in joined_parts(parts) {
            losses.push((task, loss));
            squared.extend(clip(&mut head, self.config.clip));
            heads[task] = own[task].step(heads[task].clone(), head, self.rates().1);
        }
        let (mut sum, measured) = self.joined(collected, is_measured, &plain).await.map_err(of(0))?;
        let length = clip(&mut sum, self.config.clip);
        let (update, (rate, _)) = (self.update, self.rates());
        let facts = read_facts(&losses, &squared, length, tasks).await.map_err(of(0))?;
        // From here on nothing fails.
        for Place { turn, .. } in &places {
            self.inner_step += 1;
            self.drawn[turn.task] += 1;
        }
        if facts.is_finite {
            (self.network.heads, self.own) = (heads, own);
            let foundation = self.network.foundation.clone();
            self.network.foundation = self.shared.step(foundation, sum, rate);
            if let Some(learnt) = &mut self.uncertainty {
                let rate = uncertainty::RATE * self.rate_factor * self.config.rate_factor(update);
                learnt.step(&mean_losses(&losses, &self.network.tasks), rate);
            }
        }
        let is_overflow = !facts.is_finite
            && facts.losses.iter().flatten().all(|loss| loss.is_finite())
            && self.loss_factor().is_some()
            && self.loss_scale.can_shrink();
        if self.loss_factor().is_some() {
            self.loss_scale.after(facts.is_finite);
        }
        self.update += 1;
        if let (Some(average), true) = (&mut self.average, facts.is_finite) {
            average.add(&self.network, self.update);
        }
        Ok(Update {
            losses: facts.losses,
            rate,
            images: seen,
            gradient_norm: facts.gradient_norm,
            is_skipped: !facts.is_finite,
            is_overflow,
            interference: measured.filter(|_| facts.is_finite).map(|gram| Interference::from_gram(&gram)),
        })
    }

    /// One gradient from those of the tasks, and the inner products between them where they are measured.
    async fn joined(
        &self,
        collected: Collected,
        is_measured: bool,
        plain: &Device,
    ) -> Result<(Named, Option<Vec<Vec<f64>>>), ExecutionError> {
        let Collected { gradients, sketches } = collected;
        let mut sum = Named::new();
        if self.config.conflicts == Conflicts::Sum {
            gradients.into_iter().for_each(|named| gradients::add(&mut sum, named));
            return Ok(match sketches {
                Some(sketches) => (sum, Some(sketches.gram(self.network.tasks.len(), plain).await?)),
                None => (sum, None),
            });
        }
        let gram = gram(&gradients, plain).await?;
        let factors = surgery::factors(&gram, self.config.seed, self.update);
        for (named, factor) in gradients.into_iter().zip(factors) {
            let scaled = named.into_iter().map(|(name, gradient)| (name, gradient * factor));
            gradients::add(&mut sum, scaled.collect());
        }
        Ok((sum, is_measured.then_some(gram)))
    }

    /// What the gradients of one device go into, or those of all devices in the end.
    fn collector(&self, is_measured: bool) -> Collected {
        match self.config.conflicts {
            Conflicts::Sum => Collected::sum(is_measured),
            Conflicts::PcGrad => Collected::apart(self.network.tasks.len()),
        }
    }

    /// The turns of the next update.
    fn places(&self) -> Vec<Place> {
        let mut drawn = self.drawn.clone();
        let steps = self.config.inner_steps.unwrap_or(self.network.tasks.len()) as u64;
        let place = |step| {
            let task = self.sampler.task_at(step);
            let turn = Turn { task, number: drawn[task] };
            drawn[task] += 1;
            Place { step, turn, ranks: self.owners[task].clone() }
        };
        let mut places: Vec<Place> = (self.inner_step..self.inner_step + steps).map(place).collect();
        // The head of a task with several turns steps between them, so that they are made in one place.
        let turns_before = &self.drawn;
        for place in &mut places {
            if drawn[place.turn.task] > turns_before[place.turn.task] + 1 {
                place.ranks.truncate(1);
            }
        }
        places
    }

    /// Whether a rank is on the device of the trainer: nothing needs to be brought there or back.
    fn is_here(&self, rank: usize) -> bool {
        rank.checked_sub(1).is_none_or(|other| self.others[other] == self.device)
    }

    fn tasks_of(&self, rank: usize) -> Vec<usize> {
        (0..self.owners.len()).filter(|task| self.owners[*task].contains(&rank)).collect()
    }

    /// The factor of the loss, in half precision.
    fn loss_factor(&self) -> Option<f32> {
        (self.config.precision == ComputePrecision::Half).then_some(self.loss_scale.factor)
    }

    /// Learning rates of the shared blocks and of the heads in this update.
    fn rates(&self) -> (f64, f64) {
        let factor = self.rate_factor * self.config.rate_factor(self.update);
        let shared = self.config.learning_rate;
        (shared * factor, self.config.head_learning_rate.unwrap_or(shared) * factor)
    }
}
