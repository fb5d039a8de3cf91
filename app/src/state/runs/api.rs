//! What the page asks `medley serve` about runs. Addresses are relative to the page, like all others.

use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::course::{Summary, Told};

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The server does not know what was asked for. A static host does not know runs at all.
    Unknown,
    /// The server was not reached, or failed.
    Unreachable,
}

/// All runs, the newest first.
///
/// # Errors
/// On a host that only has files, and when the server is not reached.
pub async fn runs() -> Result<Vec<Summary>, NoAnswer> {
    get("api/runs").await
}

/// A run from its beginning to now.
pub async fn run(name: &str) -> Result<Told, NoAnswer> {
    get(&address(name)).await
}

/// Where the events after the first `position` bytes of a run's log come from.
pub fn events(name: &str, position: u64) -> String {
    format!("{}/events?from={position}", address(name))
}

/// Where a picture is that a run's course names.
pub fn picture(name: &str, picture: &str) -> String {
    let parts: Vec<String> = picture.split('/').map(encode).collect();
    format!("{}/{}", address(name), parts.join("/"))
}

fn address(name: &str) -> String {
    format!("api/runs/{}", encode(name))
}

fn encode(part: &str) -> String {
    js_sys::encode_uri_component(part).into()
}

async fn get<T: DeserializeOwned>(address: &str) -> Result<T, NoAnswer> {
    let (status, text) = fetch(address).await.map_err(|_| NoAnswer::Unreachable)?;
    match status {
        // Some static hosts answer every address with their page.
        200 => serde_json::from_str(&text).map_err(|_| NoAnswer::Unknown),
        400..500 => Err(NoAnswer::Unknown),
        _ => Err(NoAnswer::Unreachable),
    }
}

async fn fetch(address: &str) -> Result<(u16, String), JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(address)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}
