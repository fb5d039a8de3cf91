//! The pictures of predictions that a run made.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{self, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::super::is_plain;
use super::catalogue::Catalogue;

const EXTENSION: &str = "png";

/// A PNG below the run's folder of pictures.
pub async fn picture(
    State(catalogue): State<Arc<Catalogue>>,
    extract::Path((name, file)): extract::Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(run) = catalogue.run(&name).filter(|_| is_picture(&file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match locate(&run.folder().pictures(), &file).await {
        Ok(Some(path)) => {
            let Ok(response) = ServeFile::new(path).oneshot(request).await;
            response.into_response()
        }
        Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Plain names, one below the other, the last of a PNG.
fn is_picture(file: &str) -> bool {
    file.split('/').all(is_plain) && Path::new(file).extension().is_some_and(|e| e == EXTENSION)
}

/// The file itself, unless a link leads out of the folder.
async fn locate(folder: &Path, file: &str) -> io::Result<Option<PathBuf>> {
    let folder = tokio::fs::canonicalize(folder).await?;
    let path = tokio::fs::canonicalize(folder.join(file)).await?;
    let is_file = tokio::fs::metadata(&path).await?.is_file();
    Ok((is_file && path.starts_with(&folder)).then_some(path))
}
