//! The HTTP server: the page, the models beside it, the runs to look at, and the headers that keep all of it
//! on this machine.
//!
//! Nothing is ever written. A page served here may talk to this origin and to nothing else, which the
//! browser enforces through the headers of [`security`].

mod models;
mod page;
mod runs;
mod security;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use axum::{Router, middleware};

/// The routes: the page of `page_dir` at `/` and `/runs`, the model files of `models_dir` at `/models/`, the
/// runs of `runs_dir` at `/api/runs`.
///
/// No folder needs to exist yet: what is missing is answered with 404, or with an empty list.
pub fn router(
    page_dir: impl Into<PathBuf>,
    models_dir: impl Into<PathBuf>,
    runs_dir: impl Into<PathBuf>,
) -> Router {
    let page_dir = page_dir.into();
    Router::new()
        .nest("/models", models::routes(models_dir.into()))
        .nest("/api/runs", runs::routes(runs_dir.into()))
        .fallback_service(page::service(&page_dir))
        .layer(middleware::from_fn_with_state(Arc::from(page_dir), security::confine))
}

/// Whether this is one plain name in a folder. Names arrive percent-decoded, so they may hold separators.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}
