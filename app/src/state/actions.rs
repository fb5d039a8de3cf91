//! What visitors and events make the page do.

use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlCanvasElement, ImageBitmap, ImageBitmapOptions, ResizeQuality};

use super::hooks::{mark_busy, mark_idle};
use super::{App, Entry, Notice, Phase, Source};
use crate::worker::messages::{Ask, DeviceKind, DeviceReport, Scene, TaskCard, TaskKind, Verdict};

/// Side of the small pictures in the list, in pixels.
pub const THUMBNAIL_SIDE: u32 = 144;

/// A picture that is too large is offered at this many pixels at most: far more than the model looks at, and
/// quick to draw.
const SCALED_PIXELS: u32 = 16_000_000;

/// The model file, beside the page.
const MODEL: &str = "models/medley-nano.safetensors";

impl App {
    /// Starts the Worker, asks for what the view needs first, and loads the model.
    pub fn start(self, first: impl FnOnce()) {
        self.spawn_worker();
        first();
        self.load_model();
    }

    /// Opens the first sample, where nothing is open yet.
    pub fn start_trying(self) {
        if self.chosen.get_untracked().is_some() {
            return;
        }
        for scene in Scene::ALL {
            self.ask(Ask::Thumbnail { scene, side: THUMBNAIL_SIDE }, None);
        }
        let first = self.address.with_value(|address| address.sample).unwrap_or(Scene::ALL[0]);
        let key = self.entries.with_untracked(|entries| {
            entries
                .iter()
                .find(|e| matches!(e.source, Source::Sample { scene, .. } if scene == first))
                .map(|e| e.key)
        });
        if let Some(key) = key {
            self.choose(key);
        }
    }

    fn load_model(self) {
        self.phase.set(Phase::Starting);
        let base = window().location().href().unwrap_or_default();
        let url =
            web_sys::Url::new_with_base(MODEL, &base).map_or_else(|_| MODEL.to_owned(), |url| url.href());
        let id = self.ask(Ask::Load { url }, None);
        self.link.update_value(|link| link.awaited.load = id);
    }

    /// Runs the start-up check, unless there is nothing to check.
    pub(super) fn check_devices(self) {
        let forced = self.address.with_value(|address| address.device);
        let failure = self.link.with_value(|link| link.gpu_failure.clone());
        match (forced, failure) {
            (_, Some(reason)) => self.use_cpu(Verdict::GpuFailed(reason)),
            (Some(DeviceKind::Cpu), None) => self.use_cpu(Verdict::Forced),
            (forced, None) => {
                let id = self.ask(Ask::Check { forced }, None);
                self.link.update_value(|link| link.awaited.check = id);
            }
        }
    }

    fn use_cpu(self, verdict: Verdict) {
        self.device.set(DeviceKind::Cpu);
        self.report.set(Some(DeviceReport {
            chosen: DeviceKind::Cpu,
            verdict,
            adapter: None,
            difference: None,
            tolerance: 0.0,
            probe_side: 0,
            cpu_ms: None,
            gpu_ms: None,
        }));
    }

    /// After a crash: says so, and does everything again with a new Worker.
    pub(super) fn worker_crashed(self, reason: &str) {
        leptos::logging::error!("the Worker ended: {reason}");
        let checking =
            self.model.with_untracked(Option::is_some) && self.report.with_untracked(Option::is_none);
        if checking || self.device.get_untracked() == DeviceKind::WebGpu {
            self.link.update_value(|link| link.gpu_failure = Some(reason.to_owned()));
        }
        if self.may_restart() {
            self.notice.set(Some(Notice::Restarting));
            self.restart();
        }
    }

    /// Everything again, with a new Worker.
    pub fn restart(self) {
        self.model.set(None);
        self.report.set(None);
        self.device.set(DeviceKind::Cpu);
        self.computing.set(false);
        self.spawn_worker();
        if let Some(entry) = self.chosen_entry() {
            self.open(entry.source);
        }
        self.load_model();
        if let Some(studio) = self.studio.get_value() {
            studio.worker_replaced();
        }
    }

    /// The visitor asks for another try.
    pub fn try_again(self) {
        self.allow_restarts();
        self.notice.set(None);
        self.restart();
    }

    /// The chosen line of the list.
    pub fn chosen_entry(self) -> Option<Entry> {
        let key = self.chosen.get_untracked()?;
        self.entries.with_untracked(|entries| entries.iter().find(|entry| entry.key == key).cloned())
    }

    /// Opens an image of the list.
    pub fn choose(self, key: u32) {
        self.chosen.set(Some(key));
        self.notice.set(None);
        if let Some(entry) = self.chosen_entry() {
            self.open(entry.source);
        }
    }

    fn open(self, source: Source) {
        mark_busy();
        match source {
            Source::Sample { scene, side } => {
                let id = self.ask(Ask::OpenSample { scene, side }, None);
                self.link.update_value(|link| link.awaited.open = id);
            }
            Source::File { file, name } => {
                let key = self.chosen.get_untracked();
                spawn_local(async move {
                    let bytes = JsFuture::from(file.array_buffer()).await;
                    if self.chosen.get_untracked() != key {
                        return;
                    }
                    match bytes {
                        Ok(buffer) => {
                            let id = self.ask(Ask::OpenFile, Some(Uint8Array::new(&buffer)));
                            self.link.update_value(|link| link.awaited.open = id);
                        }
                        Err(_) => self.file_failed(Notice::Unreadable { name }),
                    }
                });
            }
        }
    }

    /// Adds files to the list and opens the first of them. Pasted pictures have no name of their own and
    /// are given one.
    pub fn add_files(self, files: Vec<File>, name: Option<&str>) {
        if files.is_empty() {
            self.notice.set(Some(Notice::NoFile));
            return;
        }
        let first = self.entries.try_update(|entries| {
            let first = entries.iter().map(|entry| entry.key + 1).max().unwrap_or_default();
            for (key, file) in (first..).zip(files) {
                let name = name.map_or_else(|| file.name(), str::to_owned);
                entries.push(Entry { key, source: Source::File { file, name }, thumbnail: None });
            }
            first
        });
        if let Some(key) = first {
            self.choose(key);
        }
    }

    /// A file that did not open leaves the list; the picture that was there before comes back.
    pub(super) fn file_failed(self, notice: Notice) {
        if let Some(key) = self.chosen.get_untracked() {
            let remains = |entry: &Entry| entry.key != key || matches!(entry.source, Source::Sample { .. });
            self.entries.update(|entries| entries.retain(remains));
        }
        let previous = self.entries.with_untracked(|entries| entries.first().map(|entry| entry.key));
        mark_idle();
        if let Some(key) = self.shown_key.get_untracked().or(previous) {
            self.chosen.set(Some(key));
        }
        self.notice.set(Some(notice));
    }

    /// Opens a smaller copy of a file that is too large, made by the browser.
    pub fn open_scaled(self, file: File, width: u32, height: u32) {
        self.notice.set(None);
        spawn_local(async move {
            let name = file.name();
            match scaled(&file, width, height).await {
                Some(copy) => self.add_files(vec![copy], None),
                None => self.notice.set(Some(Notice::Unreadable { name })),
            }
        });
    }

    /// The visitor chooses a task.
    pub fn choose_task(self, id: String) {
        self.task.set(Some(id));
        self.predict();
    }

    /// Applies the model to the picture, as soon as there are both.
    pub(super) fn predict(self) {
        let Some(task) = self.task.get_untracked() else { return };
        let forced_gpu = self.address.with_value(|address| address.device) == Some(DeviceKind::WebGpu);
        let waiting_for_gpu = forced_gpu && self.report.with_untracked(Option::is_none);
        let loaded = self.model.with_untracked(Option::is_some);
        if !loaded || waiting_for_gpu || self.picture.with_untracked(Option::is_none) {
            return;
        }
        mark_busy();
        self.shown.set(None);
        self.computing.set(true);
        let id = self.ask(Ask::Predict { task }, None);
        self.link.update_value(|link| link.awaited.predict = id);
    }

    /// Chooses a task that suits the picture: for samples the one they were made for, for files the one
    /// that is chosen already.
    pub(super) fn suit_task(self) {
        let wished = self.address.with_value(|address| address.task.clone());
        let source = self.chosen_entry().map(|entry| entry.source);
        let current = self.task.get_untracked();
        let task = self.model.with_untracked(|model| {
            let tasks = &model.as_ref()?.tasks;
            let known = |id: &Option<String>| tasks.iter().find(|task| Some(&task.id) == id.as_ref());
            let suited = match source {
                Some(Source::Sample { scene, .. }) => known(&wished).or_else(|| for_scene(scene, tasks)),
                _ => known(&current).or_else(|| known(&wished)),
            };
            suited.or_else(|| tasks.first()).map(|task| task.id.clone())
        });
        if task.is_some() {
            self.task.set(task);
        }
    }
}

/// The task a sample was made for: by data set, else by words of the modality.
fn for_scene(scene: Scene, tasks: &[TaskCard]) -> Option<&TaskCard> {
    use TaskKind::{Classification, Detection, Segmentation};
    let (wanted, words): (&[(&str, TaskKind)], &[&str]) = match scene {
        Scene::Fluorescence => {
            (&[("dsb2018-fluo", Segmentation), ("dsb2018-fluo", Detection)], &["fluorescence"])
        }
        Scene::Slide => (&[("bccd", Detection), ("pbc-blood", Classification)], &["blood", "slide"]),
        Scene::Radiograph => {
            (&[("cxr-lungs", Segmentation), ("nih-cxr-pneumonia", Classification)], &["x-ray", "radiograph"])
        }
        Scene::Tomograph => (
            &[("msd-hippocampus", Segmentation), ("brain-tumor-mr", Classification)],
            &["tomograph", "mr", "ct"],
        ),
    };
    let by_set = wanted
        .iter()
        .find_map(|(set, kind)| tasks.iter().find(|task| task.kind == *kind && task.id.starts_with(set)));
    by_set.or_else(|| {
        let speaks_of = |task: &&TaskCard, word: &str| task.modality.to_lowercase().contains(word);
        words.iter().find_map(|word| tasks.iter().find(|task| speaks_of(task, word)))
    })
}

/// A smaller copy of an image file, as PNG.
pub(super) async fn scaled(file: &File, width: u32, height: u32) -> Option<File> {
    let options = ImageBitmapOptions::new();
    options.set_resize_width(width);
    options.set_resize_height(height);
    options.set_resize_quality(ResizeQuality::High);
    let promise = window().create_image_bitmap_with_blob_and_image_bitmap_options(file, &options).ok()?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let canvas = super::surface::new(width, height)?;
    super::surface::context(&canvas)?.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0).ok()?;
    super::surface::to_file(&canvas, &file.name()).await
}

/// The size to which an image of `width` x `height` is scaled when it is too large.
pub fn fitting_size(width: u32, height: u32) -> (u32, u32) {
    let area = f64::from(width) * f64::from(height);
    let ratio = (f64::from(SCALED_PIXELS) / area).sqrt().min(1.0);
    let side = |length: u32| ((f64::from(length) * ratio).floor() as u32).max(1);
    (side(width), side(height))
}

/// A small copy of a picture, cut to a square.
pub(super) fn thumbnail_of(picture: &HtmlCanvasElement) -> Option<HtmlCanvasElement> {
    let canvas = super::surface::new(THUMBNAIL_SIDE, THUMBNAIL_SIDE)?;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let side = width.min(height);
    let to = f64::from(THUMBNAIL_SIDE);
    super::surface::context(&canvas)?
        .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            picture,
            (width - side) / 2.0,
            (height - side) / 2.0,
            side,
            side,
            0.0,
            0.0,
            to,
            to,
        )
        .ok()?;
    Some(canvas)
}

#[cfg(test)]
mod tests {
    use super::{SCALED_PIXELS, fitting_size};

    #[test]
    fn a_scaled_image_fits_and_keeps_its_shape() {
        let (width, height) = fitting_size(20_000, 10_000);
        assert!(width * height <= SCALED_PIXELS);
        assert!((f64::from(width) / f64::from(height) - 2.0).abs() < 1e-3);
        assert_eq!(fitting_size(640, 480), (640, 480));
    }
}
