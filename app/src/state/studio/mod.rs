//! What the page knows of the studio. The Worker holds the project; this is the page's view of it.

mod actions;
mod answers;
mod editing;
mod files;
mod layers;
mod notices;
mod pending;
pub mod pure;
mod tour;
mod tuning;
mod watch;

pub use files::{from_data_transfer, is_label_file};
pub use layers::{Layers, Sight};
pub use notices::StudioNotice;

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Deref;

use leptos::prelude::*;
use web_sys::{File, HtmlCanvasElement};

use super::{App, Ink, View};
use crate::worker::messages::{
    EntryCard, EntryId, EntryView, LabelBox, ObjectRow, ProjectCard, ProjectClass, ProjectTask, StorageState,
    StudioPrediction, TaskId, TuneMode, TunePlan, TuneProgress,
};
use crate::worker::messages::{RequestId, TaskKind};
use pending::Pending;
use pure::coat::Stroke;
use pure::rect::Rect;
use pure::shortcuts::Tool;
pub use tour::Step;

/// Image, slice and task.
pub type Place = (EntryId, u32, TaskId);

/// Which images the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// With a label.
    Labelled,
    /// With a prediction that nobody has reviewed.
    Predicted,
    /// With neither.
    Untouched,
    /// Kept to measure on.
    HeldOut,
}

impl Filter {
    /// In the order of the select box.
    pub const ALL: [Self; 5] = [Self::All, Self::Labelled, Self::Predicted, Self::Untouched, Self::HeldOut];

    /// The word in the page's attributes.
    pub fn id(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Labelled => "labelled",
            Self::Predicted => "predicted",
            Self::Untouched => "untouched",
            Self::HeldOut => "held-out",
        }
    }

    fn lets_through(self, card: &EntryCard, progress: Progress) -> bool {
        match self {
            Self::All => true,
            Self::HeldOut => card.held_out,
            Self::Labelled => progress == Progress::Labelled,
            Self::Predicted => progress == Progress::Predicted,
            Self::Untouched => progress == Progress::Untouched,
        }
    }
}

/// How far an image is in a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// People labelled it.
    Labelled,
    /// The model did, and nobody has looked.
    Predicted,
    /// Nobody did.
    Untouched,
}

impl Progress {
    /// Of an image in a task.
    pub fn of(card: &EntryCard, task: Option<TaskId>) -> Self {
        let state = card.tasks.iter().find(|state| Some(state.task) == task);
        match state {
            Some(state) if state.labelled => Self::Labelled,
            Some(state) if state.predicted => Self::Predicted,
            _ => Self::Untouched,
        }
    }

    /// The word in the page's attributes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Labelled => "labelled",
            Self::Predicted => "predicted",
            Self::Untouched => "untouched",
        }
    }

    /// Its sign in the list.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Labelled => "●",
            Self::Predicted => "◐",
            Self::Untouched => "○",
        }
    }
}

/// Something that takes a while, so that its button waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// One image is predicted.
    Predicting,
    /// All are.
    PredictingAll,
    /// The model before the last tuning predicts one, to be compared.
    Comparing,
    /// The least sure image is looked for, or the map of one.
    Searching,
    /// The objects are measured.
    Measuring,
    /// A file is made.
    Exporting,
}

/// What is to be painted anew.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dirty {
    /// Everything.
    pub all: bool,
    /// This part of the image.
    pub rect: Rect,
}

/// Files on their way into the project.
#[derive(Default)]
struct Arrivals {
    /// Each an image, or several files that may make a volume.
    waiting: VecDeque<Vec<(File, String)>>,
    /// Sent, not answered.
    underway: usize,
    /// All since the last pause, for the progress line.
    total: usize,
    /// Single images without an answer, by their request: one that is too large can be made smaller.
    sent: HashMap<RequestId, File>,
}

/// The studio's state. Copies share it; it lives as long as the page.
#[derive(Clone, Copy)]
pub struct Studio(&'static Signals);

impl Deref for Studio {
    type Target = Signals;

    fn deref(&self) -> &Signals {
        self.0
    }
}

/// What the state is made of.
pub struct Signals {
    /// The page.
    pub app: App,
    /// The studio was opened in this page.
    pub started: RwSignal<bool>,
    /// The project, once it is open.
    pub project: RwSignal<Option<ProjectCard>>,
    /// Where it is kept.
    pub storage: RwSignal<StorageState>,
    /// There is something to take back.
    pub can_undo: RwSignal<bool>,
    /// There is something to make again.
    pub can_redo: RwSignal<bool>,

    /// The chosen task.
    pub task: RwSignal<Option<TaskId>>,
    /// The chosen class's number; 0 is the background of a segmentation.
    pub class: RwSignal<u8>,
    /// The chosen image; the one on the screen may still be the one before.
    pub entry: RwSignal<Option<EntryId>>,
    /// Its slice.
    pub slice: RwSignal<u32>,
    /// Marked images.
    pub selected: RwSignal<HashSet<EntryId>>,
    /// Which images the list shows.
    pub filter: RwSignal<Filter>,
    /// Small pictures.
    pub thumbnails: RwSignal<HashMap<EntryId, HtmlCanvasElement>, LocalStorage>,
    /// Images on their way in: done, of all.
    pub arriving: RwSignal<Option<(usize, usize)>>,

    /// The image on the screen.
    pub open: RwSignal<Option<(EntryView, HtmlCanvasElement)>, LocalStorage>,
    /// What lies over it, a byte per pixel.
    pub layers: StoredValue<Layers, LocalStorage>,
    /// Counts the changes of `layers`.
    pub repaint: RwSignal<u32>,
    /// What of the layers has changed since they were last painted.
    pub dirty: StoredValue<Dirty>,
    /// Boxes that people drew.
    pub boxes: RwSignal<Vec<LabelBox>>,
    /// The chosen box.
    pub chosen_box: RwSignal<Option<usize>>,
    /// Class that people gave.
    pub image_class: RwSignal<Option<u8>>,
    /// What the model says.
    pub prediction: RwSignal<Option<StudioPrediction>>,

    /// Zoom and position.
    pub view: RwSignal<View>,
    /// The tool in hand.
    pub tool: RwSignal<Tool>,
    /// Radius of brush and eraser in image pixels.
    pub radius: RwSignal<f64>,
    /// Labels are seen.
    pub show_labels: RwSignal<bool>,
    /// Predictions are seen.
    pub show_prediction: RwSignal<bool>,
    /// The map of uncertainty is seen.
    pub show_heat: RwSignal<bool>,
    /// Base and tuned model side by side.
    pub comparing: RwSignal<bool>,
    /// Where the two meet, in 0..1 of the screen.
    pub divider: RwSignal<f64>,

    /// How much learns.
    pub mode: RwSignal<TuneMode>,
    /// All labelled tasks learn, not the chosen one alone.
    pub together: RwSignal<bool>,
    /// What tuning would mean.
    pub plan: RwSignal<Option<TunePlan>>,
    /// How tuning goes.
    pub tuning: RwSignal<Option<TuneProgress>>,
    /// The table of objects, once measured.
    pub rows: RwSignal<Option<Vec<ObjectRow>>>,
    /// What takes a while, and the request for it.
    works: RwSignal<Vec<(Work, RequestId)>>,
    /// Sentences for the visitor.
    pub notices: RwSignal<Vec<StudioNotice>, LocalStorage>,
    /// Connections of page and Worker to other computers.
    pub connections: RwSignal<u32>,
    /// The step of the tour.
    pub tour: RwSignal<Option<Step>>,

    arrivals: StoredValue<Arrivals, LocalStorage>,
    awaited: StoredValue<Awaited>,
    /// What is being painted, and where.
    stroke: StoredValue<Option<(Place, Stroke)>>,
    /// Changes that the Worker has not answered.
    pending: StoredValue<Vec<Pending>>,
    silence: StoredValue<watch::Silence>,
    /// The Worker ended while it was tuning.
    interrupted: StoredValue<bool>,
}

/// The newest request of each sort.
#[derive(Clone, Copy, Debug, Default)]
struct Awaited {
    open: RequestId,
    /// That one has not been answered.
    opening: bool,
    plan: RequestId,
    /// The map of uncertainty.
    heat: RequestId,
}

impl Studio {
    /// A studio that has not been opened.
    pub fn new(app: App) -> Self {
        // One per page, and never given back: signals in copies are valid all the time.
        Self(Box::leak(Box::new(Signals {
            app,
            started: RwSignal::new(false),
            project: RwSignal::new(None),
            storage: RwSignal::new(StorageState::Opening),
            can_undo: RwSignal::new(false),
            can_redo: RwSignal::new(false),
            task: RwSignal::new(None),
            class: RwSignal::new(0),
            entry: RwSignal::new(None),
            slice: RwSignal::new(0),
            selected: RwSignal::new(HashSet::new()),
            filter: RwSignal::new(Filter::All),
            thumbnails: RwSignal::new_local(HashMap::new()),
            arriving: RwSignal::new(None),
            open: RwSignal::new_local(None),
            layers: StoredValue::new_local(Layers::default()),
            repaint: RwSignal::new(0),
            dirty: StoredValue::new(Dirty::default()),
            boxes: RwSignal::new(Vec::new()),
            chosen_box: RwSignal::new(None),
            image_class: RwSignal::new(None),
            prediction: RwSignal::new(None),
            view: RwSignal::new(View::default()),
            tool: RwSignal::new(Tool::Brush),
            radius: RwSignal::new(8.0),
            show_labels: RwSignal::new(true),
            show_prediction: RwSignal::new(true),
            show_heat: RwSignal::new(false),
            comparing: RwSignal::new(false),
            divider: RwSignal::new(0.5),
            mode: RwSignal::new(TuneMode::Quick),
            together: RwSignal::new(false),
            plan: RwSignal::new(None),
            tuning: RwSignal::new(None),
            rows: RwSignal::new(None),
            works: RwSignal::new(Vec::new()),
            notices: RwSignal::new_local(Vec::new()),
            connections: RwSignal::new(crate::connections::elsewhere()),
            tour: RwSignal::new(None),
            arrivals: StoredValue::new_local(Arrivals::default()),
            awaited: StoredValue::new(Awaited::default()),
            stroke: StoredValue::new(None),
            pending: StoredValue::new(Vec::new()),
            silence: StoredValue::new(watch::Silence::default()),
            interrupted: StoredValue::new(false),
        })))
    }

    /// The chosen task; tracks it.
    pub fn task_card(self) -> Option<ProjectTask> {
        let id = self.task.get()?;
        self.project.with(|project| project.as_ref()?.tasks.iter().find(|task| task.id == id).cloned())
    }

    /// How each class of the chosen task is drawn, by its number; tracks it.
    pub fn inks(self) -> Vec<Ink> {
        let mut inks: Vec<Ink> = (0..=u8::MAX).map(|id| Ink::of(usize::from(id.saturating_sub(1)))).collect();
        for class in self.task_card().into_iter().flat_map(|task| task.classes) {
            if let Some(ink) = inks.get_mut(usize::from(class.id)) {
                *ink = Ink::of(usize::from(class.colour));
            }
        }
        inks
    }

    /// The classes in the order of their buttons and keys, the background of a segmentation at the end; tracks it.
    pub fn palette(self) -> Vec<ProjectClass> {
        let Some(task) = self.task_card() else { return Vec::new() };
        let background = (task.kind == TaskKind::Segmentation).then(|| ProjectClass {
            id: 0,
            name: self.app.words().studio.background.to_owned(),
            colour: 0,
        });
        task.classes.into_iter().chain(background).collect()
    }

    /// Whether the chosen task can use a tool; tracks it.
    pub fn offers(self, tool: Tool) -> bool {
        match (self.kind(), tool) {
            (_, Tool::Move) => true,
            (Some(TaskKind::Segmentation), tool) => tool != Tool::Box,
            (Some(TaskKind::Detection), tool) => tool == Tool::Box,
            (Some(TaskKind::Classification) | None, _) => false,
        }
    }

    /// Its label type; tracks it.
    pub fn kind(self) -> Option<TaskKind> {
        self.task_card().map(|task| task.kind)
    }

    /// The card of an image; tracks the project.
    pub fn card(self, entry: EntryId) -> Option<EntryCard> {
        self.project.with(|project| project.as_ref()?.entries.iter().find(|card| card.id == entry).cloned())
    }

    /// The chosen image's card; tracks it.
    pub fn chosen_card(self) -> Option<EntryCard> {
        self.entry.get().and_then(|entry| self.card(entry))
    }

    /// The images that the list shows; tracks them.
    pub fn listed(self) -> Vec<EntryId> {
        let (task, filter) = (self.task.get(), self.filter.get());
        self.project.with(|project| {
            let cards = project.iter().flat_map(|project| &project.entries);
            let shown = cards.filter(|card| filter.lets_through(card, Progress::of(card, task)));
            shown.map(|card| card.id).collect()
        })
    }

    /// Something takes a while; tracks it.
    pub fn is_at(self, work: Work) -> bool {
        self.works.with(|works| works.iter().any(|(known, _)| *known == work))
    }

    /// What has taken a while for longest; tracks it.
    pub fn work(self) -> Option<Work> {
        self.works.with(|works| works.first().map(|(work, _)| *work))
    }

    /// A request is under way for this.
    fn is_for(self, id: RequestId, work: Work) -> bool {
        self.works.with_untracked(|works| works.contains(&(work, id)))
    }

    fn begin(self, work: Work, id: RequestId) {
        self.works.update(|works| works.push((work, id)));
    }

    /// A request has been fulfilled.
    fn end(self, id: RequestId) {
        self.works.update(|works| works.retain(|(_, own)| *own != id));
    }

    /// A request failed. Where all images are predicted, one that failed does not end the others.
    fn failed(self, id: RequestId) {
        self.works.update(|works| works.retain(|(work, own)| *own != id || *work == Work::PredictingAll));
    }
}
