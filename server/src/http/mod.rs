//! The HTTP server: the page, the models beside it, and the headers that keep both on this machine.
//!
//! Everything is a static file. A page served here may talk to this origin and to nothing else, which the
//! browser enforces through the headers of [`security`].

mod models;
mod page;
mod security;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use axum::{Router, middleware};

/// The routes: the page of `page_dir` at `/`, the model files of `models_dir` at `/models/`.
///
/// Neither folder needs to exist yet: what is missing is answered with 404, or with an empty list of models.
pub fn router(page_dir: impl Into<PathBuf>, models_dir: impl Into<PathBuf>) -> Router {
    let page_dir = page_dir.into();
    Router::new()
        .nest("/models", models::routes(models_dir.into()))
        .fallback_service(page::service(&page_dir))
        .layer(middleware::from_fn_with_state(Arc::from(page_dir), security::confine))
}
