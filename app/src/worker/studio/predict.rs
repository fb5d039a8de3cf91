//! What the model says about the project's images.

use std::rc::Rc;

use burn::tensor::Tensor;
use burn::tensor::activation::{sigmoid, softmax};
use medley_core::Medley;
use medley_core::dataset::{Detection, Mask, TaskKind};
use medley_core::imaging::{Image, Region, resize_planes};
use medley_core::model::Outputs;
use medley_core::project::measure::{Scale, measure_mask};
use medley_core::project::{Place, PredictionState, TaskId, TiledMask, uncertainty as unsure};
use medley_core::task::detection::DecodeSettings;
use medley_core::task::{self, Frame, Prediction};
use wasm_bindgen_futures::spawn_local;

use super::edits::relabelled;
use super::{Bench, say, say_with, words};
use crate::worker::clock::next_turn;
use crate::worker::desk::Desk;
use crate::worker::messages::{Failure, FoundBox, RequestId, StudioAnswer, StudioPrediction};
use crate::worker::objects;

/// An answer of a model, in the project's labels.
pub enum Said {
    /// Labels, and what is told of them.
    Mask(TiledMask, Tally),
    /// Boxes; classes are numbers of the project's.
    Boxes(Vec<Detection>),
    /// A probability per class.
    Classes(Vec<f32>),
}

/// What is told of a mask.
pub struct Tally {
    /// As the page is told.
    told: StudioPrediction,
    /// Of each object how sure the model is, in the order in which they are [measured](measure_mask).
    pub sure: Vec<f32>,
}

impl Said {
    /// As the page is told.
    pub fn answer(&self) -> StudioPrediction {
        match self {
            Self::Mask(_, tally) => tally.told.clone(),
            Self::Boxes(boxes) => StudioPrediction::Boxes(boxes.iter().map(found).collect()),
            Self::Classes(values) => StudioPrediction::Classes(values.clone()),
        }
    }
}

fn found(found: &Detection) -> FoundBox {
    let Detection { x0, y0, x1, y1, class, score } = *found;
    FoundBox { x0, y0, x1, y1, class, score }
}

impl Bench {
    /// Predictions of an older model are no longer shown.
    pub(super) fn forget_predictions(&self, task: Option<TaskId>) {
        let of_task = |at: &Place| task.is_none_or(|task| at.task == task);
        self.said.borrow_mut().retain(|at, _| !of_task(at));
        let mut project = self.project.borrow_mut();
        let entries = &project.document().entries;
        let places = entries.iter().flat_map(|entry| {
            let all = entry.predictions.iter();
            all.map(|state| Place { entry: entry.id, task: state.task, slice: state.slice })
        });
        let places: Vec<Place> = places.filter(of_task).collect();
        places.into_iter().for_each(|at| project.set_prediction(at, None));
    }

    /// Asks a model about a slice and keeps its answer.
    pub(super) async fn ask_model(
        &self,
        at: Place,
        (medley, head): (&Medley, &str),
    ) -> Result<Rc<Said>, Failure> {
        let image = self.slice(at).await?;
        let (said, uncertainty) = self.answer(at, (medley, head), &image).await?;
        let said = Rc::new(said);
        self.said.borrow_mut().insert(at, said.clone());
        let mut project = self.project.borrow_mut();
        let run = project.document().current_run;
        let state = PredictionState { task: at.task, slice: at.slice, run, uncertainty: Some(uncertainty) };
        project.set_prediction(at, Some(state));
        Ok(said)
    }

    /// The answer of a model that knows nothing of the task: the pretrained one.
    fn nothing(&self, at: Place) -> Result<Said, Failure> {
        let project = self.project.borrow();
        let task = project.task(at.task).ok_or(Failure::NoTask)?;
        let [width, height, _] = project.entry(at.entry).ok_or(Failure::NoImage)?.size;
        let (count, area) = (task.classes.len(), width as usize * height as usize);
        Ok(match task.kind {
            TaskKind::Segmentation => {
                let mask = Mask { width: width as usize, height: height as usize, labels: vec![0; area] };
                let told = StudioPrediction::Mask { objects: vec![0; count], pixels: vec![0; count] };
                Said::Mask(TiledMask::of(&mask), Tally { told, sure: Vec::new() })
            }
            TaskKind::Detection => Said::Boxes(Vec::new()),
            _ => Said::Classes(vec![1.0 / count.max(1) as f32; count]),
        })
    }

    async fn answer(
        &self,
        at: Place,
        (medley, head): (&Medley, &str),
        image: &Image,
    ) -> Result<(Said, f32), Failure> {
        let (outputs, frame) = medley.outputs(head, image).map_err(words)?;
        let shares = match &outputs {
            Outputs::Pixel(logits) => Some(Shares::of(logits).await?),
            _ => None,
        };
        let settings = DecodeSettings::default();
        let predictions = task::predict(outputs, &[frame], &settings).await.map_err(words)?;
        let prediction = predictions
            .into_iter()
            .next()
            .ok_or_else(|| Failure::Other("the model gave no answer".to_owned()))?;
        let project = self.project.borrow();
        let task = project.task(at.task).ok_or(Failure::NoTask)?;
        Ok(match prediction {
            Prediction::Mask(mask) => {
                let own = shares.as_ref().map(|shares| shares.own(&mask, shown(&frame))).unwrap_or_default();
                let uncertainty = shares.map_or(0.0, |shares| unsure::mean_entropy(&shares.entropies()));
                let mask = relabelled(task, mask);
                let measured = measure_mask(&mask, None, Some(&own), Scale::of(None));
                let mut pixels = [0_u64; 256];
                mask.labels.iter().for_each(|label| pixels[usize::from(*label)] += 1);
                let told = StudioPrediction::Mask {
                    objects: task
                        .classes
                        .iter()
                        .map(|class| objects::count(&mask.labels, mask.width, class.id))
                        .collect(),
                    pixels: task.classes.iter().map(|class| pixels[usize::from(class.id)]).collect(),
                };
                let sure = measured.iter().filter_map(|object| object.score).collect();
                (Said::Mask(TiledMask::of(&mask), Tally { told, sure }), uncertainty)
            }
            Prediction::Boxes(boxes) => {
                let uncertainty = unsure::box_uncertainty(&boxes);
                let known = boxes.into_iter().filter_map(|found| {
                    Some(Detection { class: usize::from(task.label_of(found.class)?), ..found })
                });
                (Said::Boxes(known.collect()), uncertainty)
            }
            Prediction::Values(_) => {
                return Err(Failure::Other("this page does not show numbers".to_owned()));
            }
            Prediction::Classes(values) | Prediction::Labels(values) => {
                let uncertainty = unsure::entropy(&values);
                (Said::Classes(values), uncertainty)
            }
        })
    }
}

/// How probable each class is at each pixel of the model's answer.
struct Shares {
    /// Class by class.
    values: Vec<f32>,
    classes: usize,
    /// Rows and columns.
    size: [usize; 2],
}

impl Shares {
    async fn of(logits: &Tensor<4>) -> Result<Self, Failure> {
        let [_, classes, height, width] = logits.dims();
        let data = softmax(logits.clone(), 1).into_data_async().await.map_err(words)?;
        Ok(Self { values: data.iter::<f32>().collect(), classes, size: [height, width] })
    }

    fn entropies(&self) -> Vec<f32> {
        unsure::entropy_map(&self.values, self.classes)
    }

    /// How probable the class of each pixel of a mask of indices is, where it is no background; `region` of the answer
    /// shows the image.
    fn own(&self, mask: &Mask, region: Region) -> Vec<f32> {
        let ([height, width], to) = (self.size, (mask.width, mask.height));
        let mut own = vec![0.0; mask.labels.len()];
        let planes = self.values.chunks_exact((height * width).max(1));
        for (class, plane) in (0_u8..).zip(planes).skip(1) {
            // Class by class, because all planes of a large image are large.
            if mask.labels.contains(&class) {
                let shares = resize_planes(plane, (width, height), region, to);
                let pixels = own.iter_mut().zip(&mask.labels).zip(shares);
                pixels.filter(|((_, label), _)| **label == class).for_each(|((own, _), share)| *own = share);
            }
        }
        own
    }
}

/// The part of a model's answer that shows the image.
fn shown(frame: &Frame) -> Region {
    Region { x0: 0.0, y0: 0.0, x1: frame.valid[1] as f32, y1: frame.valid[0] as f32 }
}

/// How unsure each pixel is, from 0 to 1, at the size of the model's answer; with rows and columns.
async fn entropies(outputs: &Outputs) -> Result<(Vec<f32>, [usize; 2]), Failure> {
    match outputs {
        Outputs::Pixel(logits) => {
            let shares = Shares::of(logits).await?;
            Ok((shares.entropies(), shares.size))
        }
        Outputs::Class(logits) | Outputs::Labels(logits) => {
            let data = sigmoid(logits.clone()).into_data_async().await.map_err(words)?;
            let values: Vec<f32> = data.iter::<f32>().collect();
            Ok((vec![unsure::entropy(&values)], [1, 1]))
        }
        Outputs::Box { .. } | Outputs::Values { .. } => Err(Failure::NoMap),
    }
}

/// Applies the model in use to one slice.
///
/// # Errors
/// In words, where there is no model, or the device fails.
pub async fn predict(desk: &Rc<Desk>, id: RequestId, at: Place) -> Result<(), Failure> {
    let bench = &desk.studio;
    if bench.uses_base.borrow().contains(&at.task) && bench.model_before(at.task).is_none() {
        tell(desk, id, at, &bench.nothing(at)?);
        return Ok(());
    }
    let (medley, head) = bench.model(at.task)?;
    let said = bench.ask_model(at, (&medley, &head)).await?;
    tell(desk, id, at, &said);
    Ok(())
}

/// Applies the model before the last tuning to one slice; its answer is not kept.
///
/// # Errors
/// In words, where the device fails.
pub async fn predict_before(desk: &Rc<Desk>, id: RequestId, at: Place) -> Result<(), Failure> {
    let bench = &desk.studio;
    let said = match bench.model_before(at.task) {
        Some((medley, head)) => bench.answer(at, (&medley, &head), &bench.slice(at).await?).await?.0,
        None => bench.nothing(at)?,
    };
    tell_answer(id, at, &said);
    Ok(())
}

/// Tells the page what a model said.
pub fn tell(desk: &Rc<Desk>, id: RequestId, at: Place, said: &Said) {
    tell_answer(id, at, said);
    if let Some(card) = desk.studio.entry_card(at.entry) {
        say(id, StudioAnswer::EntryChanged(card));
    }
}

fn tell_answer(id: RequestId, at: Place, said: &Said) {
    let prediction = said.answer();
    let answer = StudioAnswer::Predicted { entry: at.entry.0, slice: at.slice, task: at.task.0, prediction };
    match said {
        Said::Mask(mask, _) => say_with(id, answer, &mask.to_mask().labels),
        _ => say(id, answer),
    }
}

/// Applies it to all images, one after the other.
pub fn predict_all(desk: &Rc<Desk>, id: RequestId, task: TaskId) {
    let desk = desk.clone();
    desk.studio.predicting_all.set(true);
    spawn_local(async move {
        let bench = &desk.studio;
        let places: Vec<Place> = bench.places(task);
        for at in places {
            next_turn().await;
            if !bench.predicting_all.get() {
                break;
            }
            let Ok((medley, head)) = bench.model(task).inspect_err(|reason| {
                say(id, StudioAnswer::Failed(reason.clone()));
            }) else {
                break;
            };
            match bench.ask_model(at, (&medley, &head)).await {
                Ok(_) => {
                    if let Some(card) = bench.entry_card(at.entry) {
                        say(id, StudioAnswer::EntryChanged(card));
                    }
                }
                Err(reason) => say(id, StudioAnswer::Failed(reason)),
            }
        }
        bench.predicting_all.set(false);
        say(id, StudioAnswer::PredictedAll { task: task.0 });
    });
}

impl Bench {
    /// All slices of all images; of a classified volume only the first.
    pub(super) fn places(&self, task: TaskId) -> Vec<Place> {
        let project = self.project.borrow();
        let whole = project.task(task).is_some_and(|t| t.kind == TaskKind::Classification);
        let entries = project.document().entries.iter();
        entries
            .flat_map(|entry| {
                let slices = if whole { 1 } else { entry.size[2] };
                (0..slices).map(move |slice| Place { entry: entry.id, task, slice })
            })
            .collect()
    }
}

/// The image to label next.
pub fn suggest(desk: &Rc<Desk>, id: RequestId, task: TaskId) {
    let next = unsure::label_next(&desk.studio.project.borrow(), task).into_iter().next();
    let slice = next.map_or(0, |at| at.slice);
    say(id, StudioAnswer::Suggested { entry: next.map(|at| at.entry.0), slice });
}

/// Sends where the model is unsure.
///
/// # Errors
/// In words, where there is no model, or the task has no map.
pub async fn uncertainty(desk: &Rc<Desk>, id: RequestId, at: Place) -> Result<(), Failure> {
    let (medley, head) = desk.studio.model(at.task)?;
    let image = desk.studio.slice(at).await?;
    let (outputs, frame) = medley.outputs(&head, &image).map_err(words)?;
    let (map, [height, width]) = entropies(&outputs).await?;
    let valid = if [height, width] == [1, 1] { Region::whole(1, 1) } else { shown(&frame) };
    let map = resize_planes(&map, (width, height), valid, (image.width(), image.height()));
    let answer = StudioAnswer::Uncertainty { entry: at.entry.0, slice: at.slice };
    say_with(id, answer, &unsure::to_bytes(&map));
    Ok(())
}
