//! Fetches the model with progress and builds it on the CPU.

use std::rc::Rc;

use burn::tensor::Device;
use js_sys::{Reflect, Uint8Array};
use medley_core::Medley;
use medley_core::dataset::{Task, TaskKind as CoreKind};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

use super::clock::now;
use super::desk::Desk;
use super::entry::{scope, send, text_of};
use super::messages::{Answer, DeviceKind, LoadFailure, ModelCard, RequestId, TaskCard, TaskKind};

/// Progress is reported at most this often, in milliseconds.
const REPORT_EVERY: f64 = 100.0;

/// No header of a model file is longer than this.
const MAX_HEADER: usize = 4 << 20;

/// Downloads the model from `url` and makes it the desk's.
pub async fn load(desk: &Desk, id: RequestId, url: &str) -> Answer {
    let bytes = match fetch(id, url).await {
        Ok(bytes) => bytes,
        Err(reason) => return Answer::LoadFailed(reason),
    };
    match Medley::from_bytes(&bytes, &Device::flex()) {
        Ok(medley) => {
            let tasks = medley.tasks().iter().filter_map(card).collect();
            let card = ModelCard { tasks, bytes: bytes.len() as u64 };
            desk.on_cpu.replace(Some(Rc::new(medley)));
            desk.bytes.replace(Some(Rc::new(bytes)));
            desk.chosen.set(Some(DeviceKind::Cpu));
            desk.quick.set(true);
            Answer::Loaded(card)
        }
        Err(error) => Answer::LoadFailed(LoadFailure::Unreadable(error.to_string())),
    }
}

async fn fetch(id: RequestId, url: &str) -> Result<Vec<u8>, LoadFailure> {
    let network = |error: JsValue| LoadFailure::Network(text_of(&error));
    let scope = scope().ok_or_else(|| LoadFailure::Network("not in a Worker".to_owned()))?;
    let response = JsFuture::from(scope.fetch_with_str(url)).await.map_err(network)?;
    let response: Response = response.dyn_into().map_err(network)?;
    match response.status() {
        200..=299 => {}
        404 | 410 => return Err(LoadFailure::Missing),
        status => return Err(LoadFailure::Network(format!("HTTP {status}"))),
    }
    let body = response.body().ok_or_else(|| LoadFailure::Network("empty answer".to_owned()))?;
    let reader: ReadableStreamDefaultReader = body
        .get_reader()
        .dyn_into()
        .map_err(|_| LoadFailure::Network("the browser cannot read the answer piece by piece".to_owned()))?;

    let mut bytes = Vec::new();
    let mut reported = f64::NEG_INFINITY;
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(network)?;
        let part = Reflect::get(&piece, &"value".into()).map_err(network)?;
        let Ok(part) = part.dyn_into::<Uint8Array>() else { break };
        let start = bytes.len();
        bytes.resize(start + part.length() as usize, 0);
        part.copy_to(&mut bytes[start..]);
        if now() - reported >= REPORT_EVERY {
            reported = now();
            let (received, total) = (bytes.len() as u64, announced_size(&bytes));
            send(id, &Answer::Loading { received, total }, None);
        }
    }
    Ok(bytes)
}

/// The size of a `.safetensors` file, from its header. `Content-Length` would not do: it counts compressed
/// bytes where the server compresses.
fn announced_size(start: &[u8]) -> Option<u64> {
    let (length, rest) = start.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok().filter(|length| *length <= MAX_HEADER)?;
    let header: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(rest.get(..length)?).ok()?;
    let ends = header.values().filter_map(|tensor| tensor.get("data_offsets")?.get(1)?.as_u64());
    Some(8 + length as u64 + ends.max()?)
}

/// What the page needs to know of a task; nothing of one whose answers it does not show.
fn card(task: &Task) -> Option<TaskCard> {
    let kind = match task.kind {
        CoreKind::Classification | CoreKind::MultiLabel => TaskKind::Classification,
        CoreKind::Segmentation => TaskKind::Segmentation,
        CoreKind::Detection => TaskKind::Detection,
        CoreKind::Regression => return None,
    };
    let (id, classes, modality) = (task.id.clone(), task.classes.clone(), task.modality.clone());
    Some(TaskCard { id, kind, classes, modality })
}

#[cfg(test)]
mod tests {
    use super::announced_size;

    #[test]
    fn the_header_tells_the_size_of_the_file() {
        let header = br#"{"__metadata__":{"a":"b"},"x":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}"#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        assert_eq!(announced_size(&file), Some(8 + header.len() as u64 + 6));
        assert_eq!(announced_size(&file[..20]), None);
        assert_eq!(announced_size(b"<!doctype html>"), None);
    }
}
