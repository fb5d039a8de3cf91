//! The model files: a list of them, and each by its name.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{self, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use tower_http::set_header::SetResponseHeaderLayer;

use super::is_plain;

const EXTENSION: &str = "safetensors";

/// One entry of `/models/index.json`.
#[derive(Debug, Serialize)]
struct Entry {
    /// File name, to be appended to `/models/`.
    name: String,
    /// Bytes.
    size: u64,
}

/// `index.json` and `NAME.safetensors`, from `dir`.
pub fn routes(dir: PathBuf) -> Router {
    // A model may be replaced under its name, so the browser asks whether its copy is still good.
    let revalidate =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Router::new()
        .route("/index.json", get(index))
        .route("/{name}", get(file))
        .with_state(Arc::from(dir))
        .layer(revalidate)
}

async fn index(State(dir): State<Arc<Path>>) -> Response {
    let json = list(&dir).await.and_then(|entries| Ok(serde_json::to_vec(&entries)?));
    match json {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => {
            tracing::error!("cannot list the models in {}: {error}", dir.display());
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The models in `dir`, by name. No folder means no models.
async fn list(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut files = match tokio::fs::read_dir(dir).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut entries = Vec::new();
    while let Some(file) = files.next_entry().await? {
        let metadata = file.metadata().await?;
        if let Ok(name) = file.file_name().into_string()
            && metadata.is_file()
            && is_model(&name)
        {
            entries.push(Entry { name, size: metadata.len() });
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

async fn file(
    State(dir): State<Arc<Path>>,
    extract::Path(name): extract::Path<String>,
    request: Request,
) -> Response {
    if !is_model(&name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Ok(response) = ServeFile::new(dir.join(name)).oneshot(request).await;
    response.into_response()
}

/// A plain file name with the extension of a model.
fn is_model(name: &str) -> bool {
    is_plain(name) && Path::new(name).extension().is_some_and(|extension| extension == EXTENSION)
}
