//! The built page: files as they are, or as `.br` beside them for a browser that accepts brotli.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tower_http::services::{ServeDir, ServeFile};

/// The address of the runs within the page; the page itself tells by it what to show.
pub const RUNS: &str = "/runs";

/// Files of the page with the cache policy their names allow.
pub fn service(page_dir: &Path) -> Router {
    let index = ServeFile::new(page_dir.join("index.html")).precompressed_br();
    // The page's relative addresses hold at this depth alone. The way there is relative too, as there may be
    // a proxy that serves all this below a path.
    let without_slash = get(|| async { Redirect::permanent("../runs") });
    Router::new()
        .route_service(RUNS, index)
        .route("/runs/", without_slash)
        .fallback_service(ServeDir::new(page_dir).precompressed_br())
        .layer(middleware::from_fn(with_cache_policy))
}

/// A file whose name holds the hash of its content never changes; everything else is asked for again, which
/// costs one short 304 answer when it is unchanged.
async fn with_cache_policy(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status().is_redirection();
    let policy = if hashed && found { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    response
}

/// Whether a file name holds a content hash as trunk writes it: `name-0123456789abcdef.js`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '.', '_']).any(|part| {
        // A 64-bit hash without leading zeros: hardly ever shorter than 12 digits, and no word is that long.
        (12..=16).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn a_hash_is_told_from_a_name() {
        assert!(is_hashed("/medley-app-7f3a09c1d2e4b586.js"));
        assert!(is_hashed("/medley-app-7f3a09c1d2e4b586_bg.wasm"));
        assert!(!is_hashed("/"));
        assert!(!is_hashed("/index.html"));
        assert!(!is_hashed("/medley-worker_bg.wasm"));
        assert!(!is_hashed("/7f3a09c1d2e4b586/medley-worker.js"));
    }
}
