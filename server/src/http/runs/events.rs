//! What happens in a run, as server-sent events.
//!
//! Every answer ends: it holds what is new, or, when nothing happened for a while, a comment. A browser's
//! `EventSource` then asks again by itself and says in `Last-Event-ID` how far it has come. So a server that is
//! stopped need not wait for those who watch, and a proxy that collects answers holds nothing back.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, sleep};

use super::blocking;
use super::catalogue::Catalogue;
use crate::runs::{EventReader, TimedEvent};

/// How often the log is looked at.
const GLANCE: Duration = Duration::from_millis(500);
/// An answer comes after this time, whether anything happened or not.
const PATIENCE: Duration = Duration::from_secs(2);
/// After how many milliseconds the browser asks again.
const RETRY: u32 = 1000;

/// The events behind the byte of the log that `Last-Event-ID`, else `?from=`, names; from the beginning where
/// neither does. No content once nothing more can come, which ends the browser's asking.
pub async fn follow(
    State(catalogue): State<Arc<Catalogue>>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let Some(run) = catalogue.run(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let run = Arc::new(run);
    let mut reader = EventReader::at(&run.folder().events(), position(&request));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let looked_at = Arc::clone(&run);
        let look = move || {
            // In this order: whoever ends between the two looks has written its last events before.
            let running = looked_at.is_running()?;
            let events = reader.read()?;
            Ok((running, events, reader))
        };
        let running;
        let events;
        (running, events, reader) = match blocking(look).await {
            Ok(found) => found,
            Err(status) => return status.into_response(),
        };
        if !events.is_empty() {
            return stream(frames(&events, reader.position()));
        }
        if !running {
            return StatusCode::NO_CONTENT.into_response();
        }
        if Instant::now() >= deadline {
            return stream(format!("retry: {RETRY}\n: nothing new\n\n"));
        }
        sleep(GLANCE).await;
    }
}

/// Bytes of the log that the browser knows.
fn position(request: &Request) -> u64 {
    let seen = request.headers().get("last-event-id").and_then(|id| id.to_str().ok());
    let asked = || request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("from="));
    seen.or_else(asked).and_then(|position| position.parse().ok()).unwrap_or(0)
}

/// The events, the last with the number of bytes read as its id: who loses the connection before it asks for
/// all of them again.
fn frames(events: &[TimedEvent], position: u64) -> String {
    let mut text = format!("retry: {RETRY}\n\n");
    for (event, left) in events.iter().zip((0..events.len()).rev()) {
        // Neither writing to a String nor an event as JSON can fail.
        let json = serde_json::to_string(event).unwrap_or_default();
        if left == 0 {
            let _ = writeln!(text, "id: {position}");
        }
        let _ = write!(text, "data: {json}\n\n");
    }
    text
}

fn stream(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], text).into_response()
}
