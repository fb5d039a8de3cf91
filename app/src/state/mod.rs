//! What the page knows, and how it changes.

mod actions;
mod answers;
mod hooks;
mod link;
mod palette;
pub mod runs;
mod settings;
mod source;
pub mod studio;
pub mod surface;
mod view;

pub use actions::fitting_size;
pub use palette::{Hatch, Ink};
pub use settings::{Address, Theme};
pub use source::{Entry, Source};
pub use view::View;

use js_sys::Uint8Array;
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

use crate::locales::{Language, Words};
use crate::worker::messages::{
    DeviceKind, DeviceReport, LoadFailure, ModelCard, Outcome, Picture, Refusal, RequestId, StudioAnswer,
    TaskCard,
};
use link::Link;

/// How far the start has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The Worker's code is on its way.
    Starting,
    /// The model is on its way.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all, where known.
        total: Option<u64>,
    },
    /// The model is there; a forced GPU is being prepared before the first result.
    PreparingGpu,
    /// The model can be used.
    Ready,
    /// There is no model.
    Failed(LoadFailure),
    /// The Worker ended too often.
    Stopped,
}

/// A sentence for the visitor about something that did not work.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A file was not opened.
    Refused {
        /// Its name.
        name: String,
        /// Where it came from.
        source: Source,
        /// Why.
        reason: Refusal,
    },
    /// The browser could not read a file.
    Unreadable {
        /// Its name.
        name: String,
    },
    /// A drop or paste without a file.
    NoFile,
    /// The model could not answer.
    PredictFailed(String),
    /// A new Worker is starting.
    Restarting,
}

/// The model's answer with what is needed to draw it.
#[derive(Clone)]
pub struct Shown {
    /// The Worker's answer.
    pub outcome: Outcome,
    /// The task it answers.
    pub task: TaskCard,
    /// One byte per pixel, for a mask.
    pub labels: Vec<u8>,
}

/// The state of the page. Copies share it.
#[derive(Clone, Copy)]
pub struct App {
    /// Language of the words.
    pub language: RwSignal<Language>,
    /// Colours.
    pub theme: RwSignal<Theme>,
    /// What the address asks for.
    pub address: StoredValue<Address>,

    /// How far the start has come.
    pub phase: RwSignal<Phase>,
    /// The model's card, once it is loaded.
    pub model: RwSignal<Option<ModelCard>>,
    /// The check's result, once it has ended.
    pub report: RwSignal<Option<DeviceReport>>,
    /// Where the last result was computed, or the next will be.
    pub device: RwSignal<DeviceKind>,

    /// All images, samples first.
    pub entries: RwSignal<Vec<Entry>, LocalStorage>,
    /// The chosen one's key.
    pub chosen: RwSignal<Option<u32>>,
    /// The decoded picture: its facts, and a canvas of its size.
    pub picture: RwSignal<Option<(Picture, HtmlCanvasElement)>, LocalStorage>,
    /// The chosen task's id.
    pub task: RwSignal<Option<String>>,
    /// The key of the image that the picture shows; the chosen one may still be decoding.
    pub shown_key: RwSignal<Option<u32>>,
    /// The model's answer for the picture and task.
    pub shown: RwSignal<Option<Shown>>,
    /// The model is computing.
    pub computing: RwSignal<bool>,
    /// What did not work.
    pub notice: RwSignal<Option<Notice>, LocalStorage>,

    /// Strength of the overlay, in [0, 1].
    pub opacity: RwSignal<f64>,
    /// Boxes below this score are not shown.
    pub threshold: RwSignal<f32>,
    /// The overlay is hidden while its key or button is held.
    pub hidden: RwSignal<bool>,
    /// Zoom and position of the picture.
    pub view: RwSignal<View>,

    /// The Worker.
    link: StoredValue<Link, LocalStorage>,
    /// The studio, once it was made.
    studio: StoredValue<Option<studio::Studio>>,
}

impl App {
    /// A page that has just been opened. Call [`App::start`] once it is mounted.
    pub fn new() -> Self {
        let address = Address::read();
        Self {
            language: RwSignal::new(settings::initial_language(&address)),
            theme: RwSignal::new(settings::initial_theme()),
            phase: RwSignal::new(Phase::Starting),
            model: RwSignal::new(None),
            report: RwSignal::new(None),
            device: RwSignal::new(DeviceKind::Cpu),
            entries: RwSignal::new_local(source::samples(&address)),
            chosen: RwSignal::new(None),
            picture: RwSignal::new_local(None),
            task: RwSignal::new(None),
            shown_key: RwSignal::new(None),
            shown: RwSignal::new(None),
            computing: RwSignal::new(false),
            notice: RwSignal::new_local(None),
            opacity: RwSignal::new(0.6),
            threshold: RwSignal::new(0.45),
            hidden: RwSignal::new(false),
            view: RwSignal::new(View::default()),
            link: StoredValue::new_local(Link::default()),
            studio: StoredValue::new(None),
            address: StoredValue::new(address),
        }
    }

    /// The studio of this page, which hears the Worker's answers from now on.
    pub fn with_studio(self) -> studio::Studio {
        let studio = studio::Studio::new(self);
        self.studio.set_value(Some(studio));
        studio
    }

    /// The studio of this page, where there is one.
    pub fn studio(self) -> Option<studio::Studio> {
        self.studio.get_value()
    }

    fn studio_answered(self, id: RequestId, answer: StudioAnswer, bytes: Option<Uint8Array>) {
        if let Some(studio) = self.studio.get_value() {
            studio.answered(id, answer, bytes);
        }
    }

    /// The words of the current language; tracks it.
    pub fn words(self) -> &'static Words {
        self.language.get().words()
    }

    /// The task whose id is chosen; tracks it and the model.
    pub fn task_card(self) -> Option<TaskCard> {
        let id = self.task.get()?;
        self.model.with(|model| model.as_ref()?.tasks.iter().find(|task| task.id == id).cloned())
    }

    /// Name of a device in the current language.
    pub fn device_name(self, device: DeviceKind) -> &'static str {
        match device {
            DeviceKind::Cpu => self.words().cpu,
            DeviceKind::WebGpu => self.words().gpu,
        }
    }
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}
