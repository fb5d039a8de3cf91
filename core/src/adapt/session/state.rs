//! A session as bytes, and back.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::stopping::Stopping;
use super::measure::Measuring;
use super::{HeldOutScore, Measured, Session, SessionConfig, SessionTask};
use crate::model::{Named, Network, map_parameters, parameters};
use crate::train::Optimiser;
use crate::weights::{Array, Arrays, Precision, WeightsError, read, read_back, write};

const KEY: &str = "medley.session";

/// Everything in a session's state besides numbers.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    config: SessionConfig,
    tasks: Vec<String>,
    step: u64,
    losses: Vec<f32>,
    base: Option<StoredMeasure>,
    course: Vec<StoredMeasure>,
    has_best: bool,
    /// Steps of the optimiser of the shared blocks, of that of the factors, and of each head's.
    optimisers: (u64, u64, Vec<u64>),
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredMeasure {
    step: u64,
    scores: Vec<Option<StoredScore>>,
}

/// Value, interval, images. Numbers by their bits: as decimals they may come back as their neighbours.
type StoredScore = (u64, Option<(u64, u64)>, usize);

/// Why a session cannot go on from bytes.
#[derive(Debug, Error)]
pub enum SessionError {
    /// Damaged numbers.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Something else, or of other tasks.
    #[error("this is no state of this tuning ({0}); start it again")]
    Other(String),
}

impl Session {
    /// Everything that is needed to go on, but the images and the network it began from: what of it has changed, in full
    /// precision.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn state(&self) -> Result<Vec<u8>, WeightsError> {
        let mut arrays = Arrays::new();
        let trains = |name: &str| self.config.mode.trains(name);
        export(&self.tuner.network, "newest", trains, &mut arrays).await?;
        if let Some(best) = &self.best {
            export(best, "best", trains, &mut arrays).await?;
        }
        if let Some(lora) = &self.tuner.lora {
            export_named(&lora.factors, "factors", &mut arrays).await?;
        }
        export_moments(&self.tuner.shared, "shared", &mut arrays).await?;
        export_moments(&self.tuner.factors, "low-rank", &mut arrays).await?;
        for (index, own) in self.tuner.own.iter().enumerate() {
            export_moments(own, &format!("own.{index}"), &mut arrays).await?;
        }
        let header = Header {
            config: self.config,
            tasks: self.tasks().map(|task| task.id.clone()).collect(),
            step: self.steps(),
            losses: self.losses.clone(),
            base: self.base.as_ref().map(StoredMeasure::of),
            course: self.course.iter().map(StoredMeasure::of).collect(),
            has_best: self.best.is_some(),
            optimisers: (
                self.tuner.shared.steps,
                self.tuner.factors.steps,
                self.tuner.own.iter().map(|own| own.steps).collect(),
            ),
        };
        let header = serde_json::to_string(&header).map_err(|e| WeightsError::Damaged(e.to_string()))?;
        write(&arrays, &BTreeMap::from([(KEY.to_owned(), header)]), Precision::Full)
    }

    /// Goes on from [`Self::state`], with the network and the images that it began with.
    ///
    /// # Errors
    /// When the bytes are damaged, or of another session.
    pub fn resume(
        bytes: &[u8],
        network: &Network,
        tasks: Vec<SessionTask>,
        device: &Device,
    ) -> Result<Self, SessionError> {
        let (arrays, metadata) = read(bytes)?;
        let header = metadata.get(KEY).ok_or_else(|| SessionError::Other(format!("no `{KEY}`")))?;
        let header: Header = serde_json::from_str(header).map_err(|e| SessionError::Other(e.to_string()))?;
        let mut session = Self::new(network, tasks, header.config, device);
        if session.tasks().map(|task| &task.id).ne(header.tasks.iter()) {
            return Err(SessionError::Other("its tasks are others".to_owned()));
        }
        let plain = device.clone().inner();
        session.tuner.network = import(session.tuner.network, "newest", &arrays, &plain);
        session.best = header.has_best.then(|| import(session.tuner.network(), "best", &arrays, &plain));
        if let Some(lora) = &mut session.tuner.lora {
            lora.factors.extend(import_named("factors.", &arrays, &plain));
        }
        import_moments(&mut session.tuner.shared, "shared", header.optimisers.0, &arrays, &plain);
        import_moments(&mut session.tuner.factors, "low-rank", header.optimisers.1, &arrays, &plain);
        for (index, (own, steps)) in session.tuner.own.iter_mut().zip(header.optimisers.2).enumerate() {
            import_moments(own, &format!("own.{index}"), steps, &arrays, &plain);
        }
        session.tuner.step = header.step;
        session.losses = header.losses;
        session.base = header.base.map(StoredMeasure::into_measured);
        session.course = header.course.into_iter().map(StoredMeasure::into_measured).collect();
        session.stopping = Stopping::new(header.config.patience);
        for measured in &session.course {
            let known: Vec<f64> = measured.scores.iter().flatten().map(|score| score.value).collect();
            if !known.is_empty() {
                let mean = known.iter().sum::<f64>() / known.len() as f64;
                session.stopping.record(measured.step, mean);
            }
        }
        if let Some(base) = &session.base {
            let measured = session.course.last().unwrap_or(base).step;
            let due = session.is_due() && measured != session.steps();
            session.measuring = due.then(|| Measuring::new(&session.tasks));
        }
        Ok(session)
    }
}

impl StoredMeasure {
    fn of(measured: &Measured) -> Self {
        let scores = measured.scores.iter().map(|score| {
            let HeldOutScore { value, interval, images } = (*score)?;
            Some((value.to_bits(), interval.map(|(low, high)| (low.to_bits(), high.to_bits())), images))
        });
        Self { step: measured.step, scores: scores.collect() }
    }

    fn into_measured(self) -> Measured {
        let scores = self.scores.into_iter().map(|score| {
            let (value, interval, images) = score?;
            let interval = interval.map(|(low, high)| (f64::from_bits(low), f64::from_bits(high)));
            Some(HeldOutScore { value: f64::from_bits(value), interval, images })
        });
        Measured { step: self.step, scores: scores.collect() }
    }
}

/// Names of shared parameters begin with `PREFIX.shared.`, those of heads with `PREFIX.INDEX.`.
async fn export(
    network: &Network,
    prefix: &str,
    trains: impl Fn(&str) -> bool,
    into: &mut Arrays,
) -> Result<(), WeightsError> {
    let shared = parameters(&network.foundation).into_iter().filter(|parameter| trains(&parameter.name));
    let shared = shared.map(|parameter| (format!("{prefix}.shared.{}", parameter.name), parameter));
    let heads = network.heads.iter().enumerate().flat_map(|(index, head)| {
        let all = parameters(head).into_iter();
        all.map(move |parameter| (format!("{prefix}.{index}.{}", parameter.name), parameter))
    });
    for (name, parameter) in shared.chain(heads) {
        let values = read_back(parameter.values).await?;
        into.insert(name, Array { shape: parameter.shape, values });
    }
    Ok(())
}

fn import(network: Network, prefix: &str, arrays: &Arrays, device: &Device) -> Network {
    let value = |name: String, shape: &[usize]| {
        let array = arrays.get(&name).filter(|array| array.shape == shape)?;
        Some(Tensor::from_floats(array.values.as_slice(), device))
    };
    let foundation =
        map_parameters(network.foundation, |name, shape, _| value(format!("{prefix}.shared.{name}"), shape));
    let heads = network.heads.into_iter().enumerate().map(|(index, head)| {
        map_parameters(head, |name, shape, _| value(format!("{prefix}.{index}.{name}"), shape))
    });
    Network { heads: heads.collect(), foundation, config: network.config, tasks: network.tasks }
}

async fn export_moments(optimiser: &Optimiser, prefix: &str, into: &mut Arrays) -> Result<(), WeightsError> {
    export_named(&optimiser.first, &format!("{prefix}.first"), into).await?;
    export_named(&optimiser.second, &format!("{prefix}.second"), into).await
}

fn import_moments(optimiser: &mut Optimiser, prefix: &str, steps: u64, arrays: &Arrays, device: &Device) {
    optimiser.steps = steps;
    optimiser.first = import_named(&format!("{prefix}.first."), arrays, device);
    optimiser.second = import_named(&format!("{prefix}.second."), arrays, device);
}

async fn export_named(named: &Named, prefix: &str, into: &mut Arrays) -> Result<(), WeightsError> {
    for (name, values) in named {
        let values = read_back(values.clone()).await?;
        into.insert(format!("{prefix}.{name}"), Array { shape: vec![values.len()], values });
    }
    Ok(())
}

fn import_named(prefix: &str, arrays: &Arrays, device: &Device) -> Named {
    let found = arrays.range(prefix.to_owned()..).take_while(|(name, _)| name.starts_with(prefix));
    found
        .map(|(name, array)| {
            (name[prefix.len()..].to_owned(), Tensor::from_floats(array.values.as_slice(), device))
        })
        .collect()
}
