//! What the page and the Worker say to each other. Pixels travel beside a message as a transferred
//! `ArrayBuffer`, never inside it.

mod studio;

pub use studio::*;

use serde::{Deserialize, Serialize};

/// More pixels than this are not opened: a tab has little memory. The Worker checks it before it decodes.
pub const MAX_PIXELS: u32 = 64_000_000;

/// Identifies a request; every answer to it carries the same number, and the page drops answers to
/// requests that it has since replaced.
pub type RequestId = u32;

/// From the page to the Worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the page, increasing.
    pub id: RequestId,
    /// What is wanted.
    pub ask: Ask,
}

/// From the Worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's number; 0 where nobody asked (`Awake`, `Crashed`).
    pub id: RequestId,
    /// What there is to say.
    pub answer: Answer,
}

/// What the page can ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Download the model from this address (relative to the page) and build it on the CPU.
    Load {
        /// Absolute URL.
        url: String,
    },
    /// The start-up check: try the GPU, compare it with the CPU, choose.
    Check {
        /// Take this device whatever the probe says.
        forced: Option<DeviceKind>,
    },
    /// A small picture of a scene for its button.
    Thumbnail {
        /// Which one.
        scene: Scene,
        /// Longer side in pixels.
        side: u32,
    },
    /// Make a built-in sample the current image.
    OpenSample {
        /// Which one.
        scene: Scene,
        /// Longer side in pixels.
        side: u32,
    },
    /// Make the file in the buffer the current image.
    OpenFile,
    /// Apply the model to the current image.
    Predict {
        /// A task of the model.
        task: String,
    },
    /// The self-test's numbers on one device, for comparison between devices.
    Fingerprint {
        /// Where to compute.
        device: DeviceKind,
    },
    /// Something of the studio.
    Studio(StudioAsk),
}

/// What the Worker can answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The Worker runs and listens.
    Awake,
    /// The model's bytes are arriving.
    Loading {
        /// Bytes so far.
        received: u64,
        /// Bytes in the file, once its header is here.
        total: Option<u64>,
    },
    /// The model is on the CPU and can be used.
    Loaded(ModelCard),
    /// The model is not to be had.
    LoadFailed(LoadFailure),
    /// The check has ended.
    Checked(DeviceReport),
    /// A small picture; its RGBA is in the buffer.
    Thumbnail {
        /// Whose.
        scene: Scene,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The current image has changed; its RGBA is in the buffer.
    Opened(Picture),
    /// The bytes did not become an image.
    Refused(Refusal),
    /// What the model says of the current image. For a mask the labels are in the buffer.
    Predicted(Outcome),
    /// The model could not answer.
    PredictFailed(String),
    /// The self-test's numbers.
    Fingerprint(Fingerprint),
    /// The self-test could not run.
    FingerprintFailed(String),
    /// Something of the studio.
    Studio(StudioAnswer),
    /// The Worker is about to end; a new one is needed.
    Crashed(String),
}

/// The built-in images, one per modality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scene {
    /// Nuclei under a fluorescence microscope.
    Fluorescence,
    /// A stained blood smear.
    Slide,
    /// A chest-like X-ray.
    Radiograph,
    /// A tomographic slice.
    Tomograph,
}

impl Scene {
    /// In the order of their buttons.
    pub const ALL: [Self; 4] = [Self::Fluorescence, Self::Slide, Self::Radiograph, Self::Tomograph];

    /// The word used in addresses and in the page's attributes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Fluorescence => "fluorescence",
            Self::Slide => "slide",
            Self::Radiograph => "radiograph",
            Self::Tomograph => "tomograph",
        }
    }

    /// The scene with this word.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| scene.id() == id)
    }
}

/// Where the model computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// In wasm, on one core.
    Cpu,
    /// On the graphics processor, through WebGPU.
    WebGpu,
}

impl DeviceKind {
    /// The word used in addresses and in the page's attributes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        }
    }

    /// The device with this word.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Cpu, Self::WebGpu].into_iter().find(|device| device.id() == id)
    }
}

/// The label types, as the page needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// One class per image.
    Classification,
    /// One class per pixel.
    Segmentation,
    /// Boxes with a class each.
    Detection,
}

/// One thing the model can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCard {
    /// Unique in the model.
    pub id: String,
    /// The label type.
    pub kind: TaskKind,
    /// In index order; for segmentation the first is the background.
    pub classes: Vec<String>,
    /// What made the images.
    pub modality: String,
}

/// What the page shows of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCard {
    /// What it can do.
    pub tasks: Vec<TaskCard>,
    /// Size of the file.
    pub bytes: u64,
}

/// Why there is no model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadFailure {
    /// The server has no such file.
    Missing,
    /// The connection failed.
    Network(String),
    /// The file is not a model that this version reads.
    Unreadable(String),
}

/// The current image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// 1 (grey) or 3 (RGB).
    pub channels: u8,
    /// Bits per channel.
    pub bits: u8,
}

/// Why bytes did not become an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// None of the formats that are read.
    UnknownFormat,
    /// The decoder stopped: damaged, or a kind of the format that is not read.
    Damaged(String),
    /// More pixels than the page accepts.
    TooLarge {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
}

/// An object found by a detection task, in pixels of the image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
    /// Index into the task's classes.
    pub class: usize,
    /// In [0, 1].
    pub score: f32,
}

/// What a mask holds of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassTally {
    /// Separate pieces (touching by sides or corners).
    pub objects: u32,
    /// Pixels.
    pub pixels: u64,
}

/// A prediction by label type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Finding {
    /// Probability of each class.
    Classes(Vec<f32>),
    /// One tally per class; the labels are in the buffer, one byte per pixel.
    Mask(Vec<ClassTally>),
    /// Best first.
    Boxes(Vec<FoundBox>),
}

/// A prediction and how it came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The task.
    pub task: String,
    /// What was found.
    pub finding: Finding,
    /// Columns of the image.
    pub width: u32,
    /// Rows of the image.
    pub height: u32,
    /// Time the model took.
    pub seconds: f64,
    /// Where it computed.
    pub device: DeviceKind,
}

/// The adapter as the browser names it; browsers leave fields empty for privacy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    /// Maker.
    pub vendor: String,
    /// Family.
    pub architecture: String,
    /// Free text.
    pub description: String,
    /// An emulation on the CPU.
    pub software: bool,
    /// Those limits that computations run into, as WebGPU names them, with their values.
    pub limits: Vec<(String, u64)>,
    /// Optional features that it has, as WebGPU names them.
    pub features: Vec<String>,
}

/// Why a device was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The GPU is right and faster.
    GpuFaster,
    /// The GPU is right but slower.
    GpuSlower,
    /// The GPU's numbers are not the CPU's.
    GpuWrong,
    /// The adapter is an emulation on the CPU, so there is nothing to gain.
    GpuSoftware,
    /// The browser has no WebGPU, or no adapter for it.
    NoGpu,
    /// The GPU could not be used.
    GpuFailed(String),
    /// The address of the page asked for this device.
    Forced,
}

/// What the start-up check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// Where the model computes from now on.
    pub chosen: DeviceKind,
    /// Why.
    pub verdict: Verdict,
    /// The GPU, where there is one.
    pub adapter: Option<Adapter>,
    /// Largest difference between the self-test's numbers on GPU and CPU.
    pub difference: Option<f32>,
    /// Largest difference allowed.
    pub tolerance: f32,
    /// Side of the image used to time the devices, in pixels.
    pub probe_side: u32,
    /// Time of one prediction on the CPU, in milliseconds.
    pub cpu_ms: Option<f64>,
    /// Time of one prediction on the GPU, in milliseconds.
    pub gpu_ms: Option<f64>,
}

/// The self-test's numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Segmentation logits.
    pub mask: Vec<f32>,
    /// Detection outputs.
    pub boxes: Vec<f32>,
    /// Classification logits.
    pub classes: Vec<f32>,
    /// Parameters after one training step.
    pub step: Vec<f32>,
}
