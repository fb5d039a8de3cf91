//! Fine-tuning: what is wished, planned, and how it goes.

use serde::{Deserialize, Serialize};

use super::{EntryId, Failure, TaskId};

/// How much of a model learns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TuneMode {
    /// The encoder stays, its features are computed once; decoder and head learn.
    #[default]
    Quick,
    /// The encoder learns a small change too.
    Lora,
    /// Everything learns.
    Full,
}

/// What to tune.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuneWish {
    /// Tasks that learn together; those without labels are left out.
    pub tasks: Vec<TaskId>,
    /// How much learns.
    pub mode: TuneMode,
    /// Steps at most; none lets the studio choose.
    pub steps: Option<u32>,
}

/// Something to know before tuning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TuneWarning {
    /// Nothing is labelled: tuning cannot start.
    NothingLabelled,
    /// Everything labelled is held out: tuning cannot start.
    AllHeldOut,
    /// There is only one labelled image: tuning cannot be measured.
    OneImage,
    /// Fewer labelled images than needed for a good result.
    FewLabels {
        /// Labelled images that learn.
        images: u32,
    },
    /// A single class is labelled; without any other (the background of a segmentation among them) there is nothing
    /// to tell apart.
    OneClass {
        /// Its name; none for the background.
        class: Option<String>,
    },
    /// A class has no labels.
    ClassWithoutLabels {
        /// Its name.
        class: String,
    },
    /// A class is much rarer than another.
    Imbalance {
        /// The rare class.
        rare: String,
        /// The common one.
        common: String,
        /// How many times as common.
        factor: f32,
    },
    /// Nothing was marked as held out: these images were chosen.
    AutomaticSplit {
        /// Images held out.
        entries: Vec<EntryId>,
    },
    /// Needs more memory than a tab has: the image is scaled down to this side.
    ScaledDown {
        /// Longest side, in pixels.
        side: u32,
    },
}

impl TuneWarning {
    /// Whether tuning cannot start.
    pub fn blocks(&self) -> bool {
        matches!(self, Self::NothingLabelled | Self::AllHeldOut | Self::OneClass { .. })
    }
}

/// What tuning would mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TunePlan {
    /// What to know.
    pub warnings: Vec<TuneWarning>,
    /// Images that learn.
    pub training: Vec<EntryId>,
    /// Images to measure on.
    pub held_out: Vec<EntryId>,
    /// Longest side at which the model sees images, in pixels.
    pub side: u32,
    /// Images per step.
    pub batch: u32,
    /// Steps at most.
    pub steps: u32,
    /// Memory, in bytes.
    pub memory: u64,
    /// Time in seconds; none before anything was timed on this device.
    pub seconds: Option<f64>,
}

/// Where tuning stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TuneState {
    /// Computing features.
    Preparing,
    /// Learning.
    Running,
    /// Waiting.
    Paused,
    /// Ended: the best weights are in use.
    Done,
    /// Ended without a change.
    Cancelled,
    /// Ended with an error.
    Failed(Failure),
}

/// Which number a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// Mean Dice of the classes but the background.
    Dice,
    /// Mean average precision at an overlap of 0.5.
    Map50,
    /// Mean F1 of the classes.
    MacroF1,
}

/// A held-out score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Which number.
    pub measure: Measure,
    /// From 0 to 1.
    pub value: f64,
    /// 95 % interval over images, where there are enough.
    pub interval: Option<(f64, f64)>,
    /// Images.
    pub images: u32,
}

/// A score at a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorePoint {
    /// Steps made.
    pub step: u32,
    /// From 0 to 1.
    pub value: f64,
}

/// How tuning goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuneProgress {
    /// Tasks that learn.
    pub tasks: Vec<TaskId>,
    /// How much learns.
    pub mode: TuneMode,
    /// Where it stands.
    pub state: TuneState,
    /// Steps made.
    pub step: u32,
    /// Steps at most.
    pub steps: u32,
    /// While preparing: parts done of parts in all.
    pub prepared: (u32, u32),
    /// Loss of each step, (step, loss), thinned to a few hundred.
    pub losses: Vec<(u32, f32)>,
    /// Held-out scores of the first task.
    pub scores: Vec<ScorePoint>,
    /// Held-out score of the model before.
    pub base: Option<Score>,
    /// The best so far.
    pub best: Option<Score>,
    /// Seconds to go at most.
    pub seconds_left: Option<f64>,
    /// Seconds so far, waiting not counted.
    pub seconds: f64,
    /// Memory in use, in bytes.
    pub memory: u64,
    /// It goes on after the Worker was replaced or the page was closed.
    pub recovered: bool,
}
