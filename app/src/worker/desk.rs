//! What the Worker holds, and who answers which request.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use js_sys::Uint8Array;
use medley_core::Medley;
use medley_core::imaging::Image;
use medley_core::selftest::Fingerprint;
use wasm_bindgen_futures::spawn_local;

use super::clock::next_turn;
use super::device::Gpu;
use super::entry::send;
use super::messages::{Answer, Ask, DeviceKind, Request, RequestId};
use super::{check, download, inference, pictures, studio};

/// The Worker's state. Nothing is borrowed across an `await`: requests interleave.
#[derive(Default)]
pub struct Desk {
    /// The model's file.
    pub bytes: RefCell<Option<Rc<Vec<u8>>>>,
    /// The model on the CPU.
    pub on_cpu: RefCell<Option<Rc<Medley>>>,
    /// The GPU's device and, once it is wanted, the model on it.
    pub gpu: RefCell<Option<Gpu>>,
    /// What the self-test gave on each device.
    pub fingerprints: RefCell<HashMap<DeviceKind, Fingerprint>>,
    /// Where predictions are computed.
    pub chosen: Cell<Option<DeviceKind>>,
    /// The chosen device takes no unbearable time for a step: it is no emulated GPU.
    pub quick: Cell<bool>,
    /// The current image.
    pub image: RefCell<Option<Rc<Image>>>,
    /// The studio's project.
    pub studio: studio::Bench,
    newest_prediction: Cell<RequestId>,
    /// Requests that set up or measure the GPU wait for each other.
    lane: RefCell<VecDeque<Request>>,
    lane_runs: Cell<bool>,
}

impl Desk {
    /// The pretrained model on the chosen device; none before it is loaded.
    pub fn model(&self) -> Option<(Rc<Medley>, DeviceKind)> {
        if self.chosen.get() == Some(DeviceKind::WebGpu) {
            let on_gpu = self.gpu.borrow().as_ref().and_then(|gpu| gpu.medley.clone());
            if let Some(medley) = on_gpu {
                return Some((medley, DeviceKind::WebGpu));
            }
        }
        Some((self.on_cpu.borrow().clone()?, DeviceKind::Cpu))
    }

    /// Takes a request. Everything is answered later, except pictures, which are quick.
    pub fn take(self: Rc<Self>, request: Request, bytes: Option<&Uint8Array>) {
        let id = request.id;
        match request.ask {
            Ask::Thumbnail { scene, side } => pictures::thumbnail(id, scene, side),
            Ask::OpenSample { scene, side } => pictures::open_sample(&self, id, scene, side),
            Ask::OpenFile => pictures::open_file(&self, id, bytes),
            Ask::Load { url } => spawn_local(async move {
                let answer = download::load(&self, id, &url).await;
                let arrived = matches!(answer, Answer::Loaded(_));
                send(id, &answer, None);
                if arrived {
                    studio::model_arrived(&self).await;
                }
            }),
            Ask::Predict { task } => {
                self.newest_prediction.set(id);
                spawn_local(self.predict(id, task));
            }
            Ask::Studio(ask) => studio::take(&self, id, ask, bytes),
            Ask::Check { .. } | Ask::Fingerprint { .. } => {
                self.lane.borrow_mut().push_back(request);
                if !self.lane_runs.replace(true) {
                    spawn_local(self.work_off_lane());
                }
            }
        }
    }

    async fn predict(self: Rc<Self>, id: RequestId, task: String) {
        // Messages that have arrived meanwhile are seen first: the newest wish wins.
        next_turn().await;
        if self.newest_prediction.get() != id {
            return;
        }
        match inference::predict(&self, &task).await {
            Ok((outcome, labels)) => {
                let labels = labels.map(|labels| Uint8Array::new_from_slice(&labels));
                send(id, &Answer::Predicted(outcome), labels.as_ref());
            }
            Err(reason) => send(id, &Answer::PredictFailed(reason), None),
        }
    }

    async fn work_off_lane(self: Rc<Self>) {
        loop {
            let next = self.lane.borrow_mut().pop_front();
            let Some(request) = next else { break };
            let answer = match request.ask {
                Ask::Check { forced } => Answer::Checked(check::check(&self, forced).await),
                Ask::Fingerprint { device } => match check::fingerprint_on(&self, device).await {
                    Ok(fingerprint) => Answer::Fingerprint(fingerprint),
                    Err(reason) => Answer::FingerprintFailed(reason),
                },
                // Only these two are put into the lane.
                _ => continue,
            };
            send(request.id, &answer, None);
        }
        self.lane_runs.set(false);
    }
}
