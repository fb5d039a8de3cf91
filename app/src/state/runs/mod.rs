//! The runs of this server: a list that is asked for again and again, and the chosen run, which is followed
//! while it runs. Nothing here needs the Worker.

mod api;
mod course;
mod stream;

pub use api::{picture, runs};
pub use course::{Condition, Course, Series, Summary, Told};

use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use api::NoAnswer;
use course::TimedEvent;
use stream::Stream;

/// How often the list is asked for.
const AGAIN: Duration = Duration::from_secs(5);

/// What is known of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Listing {
    /// Nothing yet.
    Waiting,
    /// This host has no runs to show: it only has files.
    NoServer,
    /// The runs, the newest first.
    Known(Vec<Summary>),
}

/// The runs. Copies share them.
#[derive(Clone, Copy)]
pub struct Runs {
    /// The list.
    pub listing: RwSignal<Listing>,
    /// The server answered last time.
    pub reached: RwSignal<bool>,
    /// Name of the chosen run.
    pub chosen: RwSignal<Option<String>>,
    /// The chosen run, once it is there.
    pub told: RwSignal<Option<Told>>,
    /// Events that wait for the next frame.
    news: StoredValue<Vec<TimedEvent>>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

impl Runs {
    /// Nothing is known yet. Call [`Runs::start`].
    pub fn new() -> Self {
        Self {
            listing: RwSignal::new(Listing::Waiting),
            reached: RwSignal::new(true),
            chosen: RwSignal::new(None),
            told: RwSignal::new(None),
            news: StoredValue::new(Vec::new()),
            stream: StoredValue::new_local(None),
        }
    }

    /// Asks for the list now and every few seconds.
    pub fn start(self) -> Option<IntervalHandle> {
        self.refresh();
        set_interval_with_handle(move || self.refresh(), AGAIN).ok()
    }

    /// Shows a run.
    pub fn choose(self, name: &str) {
        if self.chosen.with_untracked(|chosen| chosen.as_deref() == Some(name)) {
            return;
        }
        self.chosen.set(Some(name.to_owned()));
        self.told.set(None);
        self.load();
    }

    /// Something of the chosen run; tracks it. The default while there is none.
    pub fn of_chosen<T: Default>(self, look: impl FnOnce(&Told) -> T) -> T {
        self.told.with(|told| told.as_ref().map(look).unwrap_or_default())
    }

    /// What is listed, where it is; tracks it.
    pub fn listed(self) -> Option<Vec<Summary>> {
        self.listing.with(|listing| match listing {
            Listing::Known(runs) => Some(runs.clone()),
            Listing::Waiting | Listing::NoServer => None,
        })
    }

    fn refresh(self) {
        spawn_local(async move {
            match runs().await {
                Ok(list) => {
                    self.reached.set(true);
                    self.compare(&list);
                    let known = Listing::Known(list);
                    if self.listing.with_untracked(|old| *old != known) {
                        self.listing.set(known);
                    }
                }
                Err(NoAnswer::Unknown) => self.listing.set(Listing::NoServer),
                Err(NoAnswer::Unreachable) => self.reached.set(false),
            }
        });
    }

    /// Chooses a run where none is chosen, and asks for the chosen one again when it went on or ended without
    /// a word.
    fn compare(self, runs: &[Summary]) {
        let Some(name) = self.chosen.get_untracked() else {
            let running = runs.iter().find(|run| run.state == Condition::Running);
            if let Some(run) = running.or(runs.first()) {
                self.choose(&run.name);
            }
            return;
        };
        let Some(listed) = runs.iter().find(|run| run.name == name) else { return };
        let shown = self.told.with_untracked(|told| told.as_ref().map(|told| told.summary.state));
        let unheard = listed.state == Condition::Running && self.stream.with_value(Option::is_none);
        if shown != Some(listed.state) || unheard {
            self.load();
        }
    }

    /// Asks for the whole course of the chosen run, then for what comes after it.
    fn load(self) {
        self.stream.set_value(None);
        self.news.set_value(Vec::new());
        let Some(name) = self.chosen.get_untracked() else { return };
        spawn_local(async move {
            let Ok(told) = api::run(&name).await else { return };
            if self.chosen.with_untracked(|chosen| chosen.as_ref() != Some(&name)) {
                return;
            }
            let (running, position) = (told.summary.state == Condition::Running, told.position);
            self.told.set(Some(told));
            if running {
                self.follow(&name, position);
            }
        });
    }

    fn follow(self, name: &str, position: u64) {
        let happened = move |event| self.happened(event);
        // Not at once: the closure that is running belongs to the stream.
        let closed = move || set_timeout(move || self.stream.set_value(None), Duration::ZERO);
        match Stream::open(&api::events(name, position), happened, closed) {
            Ok(stream) => self.stream.set_value(Some(stream)),
            Err(error) => leptos::logging::error!("{error:?}"),
        }
    }

    /// Many events may arrive at once; they are drawn together, and not while nobody looks.
    fn happened(self, event: TimedEvent) {
        let first = self.news.try_update_value(|news| {
            news.push(event);
            news.len() == 1
        });
        if first == Some(true) {
            request_animation_frame(move || {
                let news = self.news.try_update_value(std::mem::take).unwrap_or_default();
                let whole = self.told.try_update(|told| {
                    told.as_mut().is_none_or(|told| news.into_iter().all(|event| told.add(event)))
                });
                if whole == Some(false) {
                    self.load();
                }
            });
        }
    }
}

impl Default for Runs {
    fn default() -> Self {
        Self::new()
    }
}
