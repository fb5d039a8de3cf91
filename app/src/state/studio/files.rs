//! Files into the project and out of it.

use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, DataTransfer, File, HtmlAnchorElement, Url};

use super::{Studio, StudioNotice};
use crate::state::actions::scaled;
use crate::worker::messages::{EntryId, RequestId, StudioAsk};

/// Images that are on their way to the Worker at the same time: enough to keep it busy, few enough for memory.
const UNDERWAY: usize = 3;

/// What a file is for, by its name's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Image,
    Labels,
    Project,
    Model,
}

fn purpose(name: &str) -> Purpose {
    let name = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match () {
        () if ends(&[".safetensors"]) => Purpose::Model,
        () if ends(&[".zip"]) => Purpose::Project,
        () if is_label_file(&name) => Purpose::Labels,
        () => Purpose::Image,
    }
}

/// Whether a file may be one of several that make a volume: scanners name them so, or without an ending.
fn may_be_a_slice(name: &str) -> bool {
    let name = name.to_lowercase();
    [".dcm", ".dicom", ".ima"].iter().any(|ending| name.ends_with(ending)) || !name.contains('.')
}

/// Whether a file can only hold labels.
pub fn is_label_file(name: &str) -> bool {
    [".json", ".csv", ".geojson"].iter().any(|ending| name.to_lowercase().ends_with(ending))
}

impl Studio {
    /// Takes files in, each for what its name says. Pasted pictures are given a name.
    pub fn add_files(self, files: Vec<File>, name: Option<&str>) {
        let mut images = Vec::new();
        for file in files {
            let name = name.map_or_else(|| file.name(), str::to_owned);
            match purpose(&name) {
                Purpose::Image => images.push((file, name)),
                Purpose::Labels => self.import_labels(file, None),
                Purpose::Project => {
                    let task = self.task.get_untracked();
                    self.send(file, StudioAsk::ImportProject { name, task });
                }
                Purpose::Model => self.send(file, StudioAsk::ImportModel),
            }
        }
        let (slices, images): (Vec<_>, Vec<_>) =
            images.into_iter().partition(|(_, name)| may_be_a_slice(name));
        let slices =
            if slices.len() > 1 { vec![slices] } else { slices.into_iter().map(|one| vec![one]).collect() };
        let arriving: Vec<_> = images.into_iter().map(|image| vec![image]).chain(slices).collect();
        self.arrivals.update_value(|arrivals| {
            arrivals.total += arriving.len();
            arrivals.waiting.extend(arriving);
        });
        self.pump();
    }

    /// Adds the built-in samples.
    pub fn add_samples(self) {
        self.ask(StudioAsk::AddSamples, None);
    }

    /// Reads files as labels of the chosen task; where there is one, of that image.
    pub fn add_label_files(self, files: Vec<File>) {
        // One picture alone is the mask of the image on the screen; several are matched by name.
        let single = files.len() == 1;
        for file in files {
            let one = single && !is_label_file(&file.name());
            self.import_labels(file, self.entry.get_untracked().filter(|_| one));
        }
    }

    fn import_labels(self, file: File, entry: Option<EntryId>) {
        let Some(task) = self.task.get_untracked() else { return };
        let name = file.name();
        self.send(file, StudioAsk::ImportLabels { name, task, entry });
    }

    /// Sends a file's bytes with a request.
    fn send(self, file: File, ask: StudioAsk) {
        spawn_local(async move {
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => {
                    self.ask(ask, Some(Uint8Array::new(&buffer)));
                }
                Err(_) => self.say(StudioNotice::Unreadable { name: file.name() }),
            }
        });
    }

    /// Sends waiting images, a few at a time.
    fn pump(self) {
        let mut next = Vec::new();
        self.arrivals.update_value(|arrivals| {
            while arrivals.underway < UNDERWAY {
                let Some(file) = arrivals.waiting.pop_front() else { break };
                arrivals.underway += 1;
                next.push(file);
            }
        });
        self.tell_arrivals();
        for files in next {
            spawn_local(self.send_images(files));
        }
    }

    /// Sends an image, or the files of a volume together.
    async fn send_images(self, files: Vec<(File, String)>) {
        let mut parts = Vec::new();
        let single = files.first().map(|(file, _)| file.clone()).filter(|_| files.len() == 1);
        for (file, name) in files {
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => parts.push((name, Uint8Array::new(&buffer))),
                Err(_) => self.say(StudioNotice::Unreadable { name }),
            }
        }
        match parts.as_slice() {
            [] => self.one_arrived(),
            [(name, bytes)] => {
                let id = self.ask(StudioAsk::AddImage { name: name.clone() }, Some(bytes.clone()));
                self.arrivals.update_value(|arrivals| arrivals.sent.extend(single.map(|file| (id, file))));
            }
            several => {
                let whole = Uint8Array::new_with_length(several.iter().map(|(_, part)| part.length()).sum());
                let mut start = 0;
                for (_, part) in several {
                    whole.set(part, start);
                    start += part.length();
                }
                let files = several.iter().map(|(name, part)| (name.clone(), part.length())).collect();
                self.ask(StudioAsk::AddSeries { files }, Some(whole));
            }
        }
    }

    /// An image is in, or was refused.
    pub(super) fn one_arrived(self) {
        self.arrivals.update_value(|arrivals| arrivals.underway = arrivals.underway.saturating_sub(1));
        self.pump();
    }

    /// The file of a request that has been answered.
    pub(super) fn sent_file(self, id: RequestId) -> Option<File> {
        self.arrivals.try_update_value(|arrivals| arrivals.sent.remove(&id)).flatten()
    }

    /// Adds a smaller copy of an image that is too large, made by the browser.
    pub fn add_scaled(self, file: File, width: u32, height: u32) {
        self.unsay_one(
            |notice| matches!(notice, StudioNotice::NotAdded { file: Some(own), .. } if *own == file),
        );
        spawn_local(async move {
            match scaled(&file, width, height).await {
                Some(copy) => self.add_files(vec![copy], Some(&file.name())),
                None => self.say(StudioNotice::Unreadable { name: file.name() }),
            }
        });
    }

    /// The Worker that had them is gone; those that wait still come.
    pub(super) fn files_lost(self) {
        self.arrivals.update_value(|arrivals| {
            arrivals.underway = 0;
            arrivals.sent.clear();
        });
        self.pump();
    }

    fn tell_arrivals(self) {
        let state = self.arrivals.try_update_value(|arrivals| {
            let left = arrivals.waiting.len() + arrivals.underway;
            if left == 0 {
                arrivals.total = 0;
            }
            (left > 0).then(|| (arrivals.total.saturating_sub(left), arrivals.total))
        });
        self.arriving.set(state.flatten());
    }

    /// Files of a drop, those in dropped folders among them.
    pub fn add_dropped(self, data: &DataTransfer) {
        let found = from_data_transfer(data);
        spawn_local(async move {
            let files = found.await;
            if !files.is_empty() {
                self.add_files(files, None);
            }
        });
    }
}

/// All files of a drop; folders are opened. The entries have to be taken from the drop at once, before anything is
/// awaited, because the browser empties it afterwards.
pub fn from_data_transfer(data: &DataTransfer) -> impl Future<Output = Vec<File>> + use<> {
    let items = data.items();
    let mut entries = Vec::new();
    for index in 0..items.length() {
        let entry = items
            .get(index)
            .and_then(|item| call(item.as_ref(), "webkitGetAsEntry", &[]).ok())
            .filter(|entry| !entry.is_null() && !entry.is_undefined());
        entries.extend(entry);
    }
    let plain = crate::ui::files_of(data.files());
    async move {
        if entries.is_empty() {
            return plain;
        }
        let mut files = Vec::new();
        let mut waiting = entries;
        waiting.reverse();
        while let Some(entry) = waiting.pop() {
            let is_folder = Reflect::get(&entry, &"isDirectory".into()).is_ok_and(|value| value.is_truthy());
            if is_folder {
                let mut inside = children(&entry).await;
                inside.reverse();
                waiting.extend(inside);
            } else if let Ok(file) = callback(&entry, "file").await {
                files.extend(file.dyn_into::<File>().ok());
            }
        }
        files
    }
}

/// What is in a folder. The browser gives it in portions, until an empty one.
async fn children(folder: &JsValue) -> Vec<JsValue> {
    let Ok(reader) = call(folder, "createReader", &[]) else { return Vec::new() };
    let mut all = Vec::new();
    loop {
        match callback(&reader, "readEntries").await {
            Ok(portion) if Array::from(&portion).length() > 0 => all.extend(Array::from(&portion).iter()),
            _ => return all,
        }
    }
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: js_sys::Function = Reflect::get(object, &method.into())?.dyn_into()?;
    Reflect::apply(&method, object, &arguments.iter().collect())
}

/// A method that answers through a callback, awaited.
async fn callback(object: &JsValue, method: &str) -> Result<JsValue, JsValue> {
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        let _ = call(object, method, &[resolve.into(), reject.into()]);
    });
    JsFuture::from(promise).await
}

/// Hands a file to the browser's downloads.
pub(super) fn save(bytes: &Uint8Array, name: &str, media: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(media);
    let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&Array::of1(bytes), &options) else { return };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // Not at once: the browser reads it after the click.
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&url);
        },
        std::time::Duration::from_mins(1),
    );
}
