//! The public face: a trained model that answers about pictures.

use std::collections::BTreeMap;

use burn::tensor::{Device, ExecutionError, Tensor};
use thiserror::Error;

use crate::dataset::{Detection, Mask, Task, TaskKind, scaled_size};
use crate::imaging::{Image, Region, resize_planes};
use crate::model::{Network, Outputs};
use crate::task::detection::DecodeSettings;
use crate::task::{Frame, Prediction, predict};
use crate::weights::{Arrays, ModelMetadata, Precision, WeightsError, export, import, read, write};

/// A trained model on a device.
///
/// ```no_run
/// # async fn example(bytes: &[u8], image: medley_core::imaging::Image) -> Result<(), Box<dyn std::error::Error>> {
/// let medley = medley_core::Medley::from_bytes(bytes, &burn::tensor::Device::flex())?;
/// let mask = medley.segment("nuclei", &image).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Medley {
    network: Network,
    metadata: ModelMetadata,
    device: Device,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum PredictError {
    /// The model has no such task.
    #[error("this model has no task `{asked}`; it has {known}")]
    UnknownTask {
        /// The task asked for.
        asked: String,
        /// All tasks of the model.
        known: String,
    },
    /// The task exists but gives another kind of answer.
    #[error("the task `{task}` does not give {wanted}; choose a task of that kind")]
    OtherKind {
        /// The task asked for.
        task: String,
        /// What was expected of it.
        wanted: &'static str,
    },
    /// The device failed.
    #[error("the computation failed on this device ({0}); try again, or use the CPU")]
    Device(#[from] ExecutionError),
}

impl Medley {
    /// Loads a model file onto `device`.
    ///
    /// # Errors
    /// When the bytes are no Medley model, are damaged, or come from a newer version.
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let (arrays, map) = read(bytes)?;
        let metadata = ModelMetadata::from_map(&map)?;
        Self::from_arrays(&arrays, metadata, device)
    }

    fn from_arrays(arrays: &Arrays, metadata: ModelMetadata, device: &Device) -> Result<Self, WeightsError> {
        let mut network = Network::new(metadata.config.clone(), metadata.tasks.clone(), device);
        network.foundation = import(network.foundation, "foundation", arrays, device)?;
        let heads = std::mem::take(&mut network.heads);
        for (head, task) in heads.into_iter().zip(&network.tasks) {
            network.heads.push(import(head, &format!("heads.{}", task.id), arrays, device)?);
        }
        Ok(Self { network, metadata, device: device.clone() })
    }

    /// Wraps a trained network. `metadata` must describe it.
    pub fn new(network: &Network, metadata: ModelMetadata, device: &Device) -> Self {
        Self { network: network.valid(), metadata, device: device.clone().inner() }
    }

    /// The model file: half precision, with its metadata.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        let mut arrays = Arrays::new();
        export(&self.network.foundation, "foundation", &mut arrays).await?;
        for (task, head) in self.network.tasks.iter().zip(&self.network.heads) {
            export(head, &format!("heads.{}", task.id), &mut arrays).await?;
        }
        let map: BTreeMap<String, String> = self.metadata.to_map();
        write(&arrays, &map, Precision::Half)
    }

    /// What the model can do.
    pub fn tasks(&self) -> &[Task] {
        &self.network.tasks
    }

    /// What the model file says about itself.
    pub fn metadata(&self) -> &ModelMetadata {
        &self.metadata
    }

    /// The network, for training on.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Where it computes.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Answers one picture, at its own size.
    ///
    /// # Errors
    /// When the model has no such task, or the device fails.
    pub async fn predict(&self, task: &str, image: &Image) -> Result<Prediction, PredictError> {
        let (outputs, frame) = self.outputs(task, image)?;
        let mut answers = predict(outputs, &[frame], &DecodeSettings::default()).await?;
        // One frame in, one prediction out.
        Ok(answers.pop().unwrap_or(Prediction::Boxes(Vec::new())))
    }

    /// Answers a case of several pictures at once, by a task that learnt to (see [`Task::instances`]).
    ///
    /// # Errors
    /// As [`Self::predict`], and when the task gives no answers to whole cases, or there is no picture.
    pub async fn predict_case(&self, task: &str, images: &[Image]) -> Result<Prediction, PredictError> {
        let index = self.network.task_index(task).ok_or_else(|| self.unknown(task))?;
        let known = &self.network.tasks[index];
        let pictures = images
            .iter()
            .map(|image| self.scaled(image, scaled_size(image.width(), image.height(), known.input_size)));
        let whole = || PredictError::OtherKind { task: task.into(), wanted: "one answer to a whole case" };
        let outputs = match known.instances {
            Some(_) => self.network.forward_case(index, pictures).ok_or_else(whole)?,
            None => return Err(whole()),
        };
        // Classes and numbers do not lie anywhere in a picture.
        let frame = Frame { valid: [1, 1], original: [1, 1] };
        predict(outputs, &[frame], &DecodeSettings::default()).await?.pop().ok_or_else(whole)
    }

    /// The raw outputs for one picture, and how to get back to its size.
    ///
    /// # Errors
    /// When the model has no such task.
    pub fn outputs(&self, task: &str, image: &Image) -> Result<(Outputs, Frame), PredictError> {
        let index = self.network.task_index(task).ok_or_else(|| self.unknown(task))?;
        let original = (image.width(), image.height());
        let task = &self.network.tasks[index];
        let longest = original.0.max(original.1);
        let side = match task.kind {
            TaskKind::Classification | TaskKind::MultiLabel | TaskKind::Regression => task.input_size,
            // A crop shows its objects at the magnification of the whole: enlarging it would not help.
            TaskKind::Segmentation | TaskKind::Detection => task.input_size.min(longest),
        };
        let (width, height) = scaled_size(original.0, original.1, side);
        let images = self.scaled(image, (width, height));
        let frame = Frame { valid: [height, width], original: [original.1, original.0] };
        Ok((self.network.forward(index, images), frame))
    }

    /// The mask of a segmentation task.
    ///
    /// # Errors
    /// As [`Self::predict`], and when the task is of another kind.
    pub async fn segment(&self, task: &str, image: &Image) -> Result<Mask, PredictError> {
        match self.predict(task, image).await? {
            Prediction::Mask(mask) => Ok(mask),
            _ => Err(PredictError::OtherKind { task: task.into(), wanted: "masks" }),
        }
    }

    /// The boxes of a detection task, best first.
    ///
    /// # Errors
    /// As [`Self::predict`], and when the task is of another kind.
    pub async fn detect(&self, task: &str, image: &Image) -> Result<Vec<Detection>, PredictError> {
        match self.predict(task, image).await? {
            Prediction::Boxes(boxes) => Ok(boxes),
            _ => Err(PredictError::OtherKind { task: task.into(), wanted: "boxes" }),
        }
    }

    /// The class probabilities of a classification task, exclusive or multi-label.
    ///
    /// # Errors
    /// As [`Self::predict`], and when the task is of another kind.
    pub async fn classify(&self, task: &str, image: &Image) -> Result<Vec<f32>, PredictError> {
        match self.predict(task, image).await? {
            Prediction::Classes(probabilities) | Prediction::Labels(probabilities) => Ok(probabilities),
            _ => Err(PredictError::OtherKind { task: task.into(), wanted: "classes" }),
        }
    }

    /// The numbers of a regression task, in the unit of its data.
    ///
    /// # Errors
    /// As [`Self::predict`], and when the task is of another kind.
    pub async fn measure(&self, task: &str, image: &Image) -> Result<Vec<f32>, PredictError> {
        match self.predict(task, image).await? {
            Prediction::Values(values) => Ok(values),
            _ => Err(PredictError::OtherKind { task: task.into(), wanted: "numbers" }),
        }
    }

    /// What the frozen encoder sees in a picture whose longest side is scaled to `side`: the averages of the
    /// finer pyramid levels and the image vector, one after the other. Features for a classifier of its own.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn features(&self, image: &Image, side: usize) -> Result<Vec<f32>, PredictError> {
        let original = (image.width(), image.height());
        let images = self.scaled(image, scaled_size(original.0, original.1, side));
        let foundation = &self.network.foundation;
        let averages = foundation.averages(&foundation.encode(images));
        Ok(averages.into_data_async().await?.iter::<f32>().collect())
    }

    /// The picture at (width, height), `[1, 3, H, W]`.
    fn scaled(&self, image: &Image, (width, height): (usize, usize)) -> Tensor<4> {
        let original = (image.width(), image.height());
        let planes = resize_planes(
            &image.to_unit_planes(),
            original,
            Region::whole(original.0, original.1),
            (width, height),
        );
        Tensor::<1>::from_floats(planes.as_slice(), &self.device).reshape([1, 3, height, width])
    }

    fn unknown(&self, asked: &str) -> PredictError {
        let known: Vec<&str> = self.tasks().iter().map(|task| task.id.as_str()).collect();
        PredictError::UnknownTask { asked: asked.to_owned(), known: known.join(", ") }
    }
}
