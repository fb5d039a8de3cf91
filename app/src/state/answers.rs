//! What the Worker's answers change.

use js_sys::Uint8Array;
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

use super::actions::thumbnail_of;
use super::hooks::mark_idle;
use super::{App, Notice, Phase, Shown, Source, surface};
use crate::worker::messages::{Answer, DeviceKind, LoadFailure, ModelCard, Outcome, Picture, Reply, Scene};

impl App {
    /// Takes an answer; drops it when the page has asked for something else since.
    pub(super) fn answered(self, reply: Reply, bytes: Option<Uint8Array>) {
        let awaited = self.link.with_value(|link| link.awaited);
        let id = reply.id;
        match reply.answer {
            Answer::Awake => self.worker_awake(),
            Answer::Crashed(reason) => self.worker_crashed(&reason),
            Answer::Loading { received, total } if id == awaited.load => {
                self.phase.set(Phase::Downloading { received, total });
            }
            Answer::Loaded(card) if id == awaited.load => self.loaded(card),
            Answer::LoadFailed(reason) if id == awaited.load => self.load_failed(reason),
            Answer::Checked(report) if id == awaited.check => {
                self.device.set(report.chosen);
                self.report.set(Some(report));
                self.plan_again();
                if self.phase.get_untracked() == Phase::PreparingGpu {
                    self.phase.set(Phase::Ready);
                    self.predict();
                }
            }
            Answer::Thumbnail { scene, width, height } => {
                let picture = bytes.and_then(|rgba| surface::from_rgba(&rgba, width, height));
                self.thumbnail(scene, picture.as_ref().and_then(thumbnail_of));
            }
            Answer::Opened(picture) if id == awaited.open => self.opened(picture, bytes),
            Answer::Refused(reason) if id == awaited.open => {
                let name = self.chosen_name();
                if let Some(entry) = self.chosen_entry() {
                    self.file_failed(Notice::Refused { name, source: entry.source, reason });
                }
            }
            Answer::Predicted(outcome) if id == awaited.predict => self.predicted(outcome, bytes),
            Answer::PredictFailed(reason) if id == awaited.predict => {
                self.computing.set(false);
                mark_idle();
                self.notice.set(Some(Notice::PredictFailed(reason)));
            }
            Answer::Fingerprint(fingerprint) => self.fingerprint_arrived(id, &fingerprint),
            Answer::FingerprintFailed(reason) => self.fingerprint_failed(id, &reason),
            Answer::Studio(answer) => self.studio_answered(id, answer, bytes),
            // Stale: replaced by a newer request.
            Answer::Loading { .. }
            | Answer::Loaded(_)
            | Answer::LoadFailed(_)
            | Answer::Checked(_)
            | Answer::Opened(_)
            | Answer::Refused(_)
            | Answer::Predicted(_)
            | Answer::PredictFailed(_) => {}
        }
    }

    /// The time of a tuning depends on the model and the device.
    fn plan_again(self) {
        if let Some(studio) = self.studio() {
            studio.want_plan();
        }
    }

    fn loaded(self, card: ModelCard) {
        self.model.set(Some(card));
        self.plan_again();
        if self.notice.get_untracked() == Some(Notice::Restarting) {
            self.notice.set(None);
        }
        let wait = self.address.with_value(|address| address.device) == Some(DeviceKind::WebGpu);
        self.phase.set(if wait { Phase::PreparingGpu } else { Phase::Ready });
        self.suit_task();
        if wait {
            self.check_devices();
        } else {
            self.predict();
            // Where nothing is open, as in the studio, no first result is kept waiting by the check.
            if self.picture.with_untracked(Option::is_none) && self.in_studio() {
                self.check_devices();
            }
        }
    }

    fn in_studio(self) -> bool {
        self.studio.get_value().is_some_and(|studio| studio.started.get_untracked())
    }

    fn load_failed(self, reason: LoadFailure) {
        self.phase.set(Phase::Failed(reason));
        mark_idle();
    }

    fn thumbnail(self, scene: Scene, canvas: Option<HtmlCanvasElement>) {
        self.entries.update(|entries| {
            let mine = |source: &Source| matches!(source, Source::Sample { scene: s, .. } if *s == scene);
            if let Some(entry) = entries.iter_mut().find(|entry| mine(&entry.source)) {
                entry.thumbnail = canvas;
            }
        });
    }

    fn opened(self, picture: Picture, bytes: Option<Uint8Array>) {
        let canvas = bytes.and_then(|rgba| surface::from_rgba(&rgba, picture.width, picture.height));
        let Some(canvas) = canvas else {
            let name = self.chosen_name();
            self.file_failed(Notice::Unreadable { name });
            return;
        };
        let key = self.chosen.get_untracked();
        self.entries.update(|entries| {
            let entry = entries.iter_mut().find(|entry| Some(entry.key) == key && entry.thumbnail.is_none());
            if let Some(entry) = entry {
                entry.thumbnail = thumbnail_of(&canvas);
            }
        });
        self.shown.set(None);
        self.shown_key.set(key);
        self.picture.set(Some((picture, canvas)));
        self.view.update(|view| view.fitted = true);
        self.suit_task();
        self.predict();
    }

    fn predicted(self, outcome: Outcome, bytes: Option<Uint8Array>) {
        self.computing.set(false);
        self.worker_proved_well();
        let Some(task) = untrack(|| self.task_card()) else { return };
        self.device.set(outcome.device);
        let labels = bytes.map(|labels| labels.to_vec()).unwrap_or_default();
        self.shown.set(Some(Shown { outcome, task, labels }));
        self.mark_result();
        if self.report.with_untracked(Option::is_none) && !self.checking() {
            self.check_devices();
        }
    }

    /// The check has been asked for and has not ended.
    fn checking(self) -> bool {
        self.link.with_value(|link| link.awaited.check > link.awaited.load)
    }

    /// The chosen image's name.
    pub fn chosen_name(self) -> String {
        self.chosen.get_untracked().map(|key| untrack(|| self.name_of(key))).unwrap_or_default()
    }

    /// An image's name in the current language; tracks both.
    pub fn name_of(self, key: u32) -> String {
        let words = self.words();
        self.entries.with(|entries| match entries.iter().find(|entry| entry.key == key).map(|e| &e.source) {
            Some(Source::Sample { scene, .. }) => (words.scene)(*scene).to_owned(),
            Some(Source::File { name, .. }) => name.clone(),
            None => String::new(),
        })
    }
}
