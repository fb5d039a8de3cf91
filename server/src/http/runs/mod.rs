//! The runs of a folder, to look at: a list, the course of each, its events as they happen, its pictures.
//!
//! `GET /api/runs` is the list, `/api/runs/NAME` a run's course so far, `/api/runs/NAME/events` what happens
//! next, `/api/runs/NAME/pictures/…` the pictures that the course names. Nothing can be changed from here.

mod catalogue;
mod events;
mod pictures;
mod summary;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::runs::RunError;
use catalogue::Catalogue;

/// The routes for the runs in `dir`, each a folder with an event log.
pub fn routes(dir: PathBuf) -> Router {
    // All of this changes while it is looked at.
    let revalidate =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Router::new()
        .route("/", get(list))
        .route("/{name}", get(course))
        .route("/{name}/events", get(events::follow))
        .route("/{name}/pictures/{*file}", get(pictures::picture))
        .with_state(Arc::new(Catalogue::new(dir)))
        .layer(revalidate)
}

async fn list(State(catalogue): State<Arc<Catalogue>>) -> Response {
    blocking(move || catalogue.list()).await.map_or_else(IntoResponse::into_response, |runs| json(&runs))
}

async fn course(State(catalogue): State<Arc<Catalogue>>, Path(name): Path<String>) -> Response {
    let course = blocking(move || catalogue.run(&name).map(|run| run.course()).transpose()).await;
    match course {
        Ok(Some(course)) => json(&course),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(status) => status.into_response(),
    }
}

/// Reads files without keeping other requests waiting. What goes wrong is told to whoever runs the server.
async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, RunError> + Send + 'static,
) -> Result<T, StatusCode> {
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!("{error}");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(error) => {
            tracing::error!("{error}");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => {
            tracing::error!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
