//! The headers that confine the page to its own origin.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::page;

/// What a document may do besides running scripts. `connect-src 'self'` is the promise that images stay here:
/// the browser refuses every connection to another origin.
const POLICY: &str = "worker-src 'self' blob:; connect-src 'self'; img-src 'self' blob: data:; \
    style-src 'self' 'unsafe-inline'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Sets the security headers on every answer.
pub async fn confine(State(page_dir): State<Arc<Path>>, request: Request, next: Next) -> Response {
    // Decided by the path, not by the content type: a 304 answer has none, and its policy replaces the one the
    // browser has stored.
    let path = request.uri().path();
    let is_document = path == page::RUNS
        || path.ends_with('/')
        || Path::new(path).extension().is_some_and(|e| e.eq_ignore_ascii_case("html"));
    let mut response = next.run(request).await;

    let scripts = if is_document { inline_script_sources(&page_dir).await } else { String::new() };
    let policy = format!("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; {POLICY}");

    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// The hashes that allow the inline scripts of `index.html` and no others. The file is read each time, so that
/// a page rebuilt under a running server still starts.
async fn inline_script_sources(page_dir: &Path) -> String {
    let html = tokio::fs::read_to_string(page_dir.join("index.html")).await.unwrap_or_default();
    let mut sources = String::new();
    for script in inline_scripts(&html) {
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        // Writing to a String cannot fail.
        let _ = write!(sources, " 'sha256-{hash}'");
    }
    sources
}

/// The contents of all `<script>` elements without `src`.
fn inline_scripts(html: &str) -> Vec<&str> {
    html.split("<script")
        .skip(1)
        .filter_map(|rest| {
            let (attributes, rest) = rest.split_once('>')?;
            let (script, _) = rest.split_once("</script")?;
            (!attributes.contains(" src")).then_some(script)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::inline_scripts;

    #[test]
    fn only_inline_scripts_are_found() {
        let html = r#"<head><script src="/a.js"></script><script type="module">
import a from '/a.js';
</script></head><body><script>b()</script></body>"#;
        assert_eq!(inline_scripts(html), ["\nimport a from '/a.js';\n", "b()"]);
    }
}
