#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use tempfile::TempDir;
use tower::ServiceExt;

use super::router;

const HASHED: &str = "/app-7f3a09c1d2e4b586_bg.wasm";

/// A page and a model folder side by side, and a secret above both.
fn site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    let (page, models) = (site.path().join("page"), site.path().join("models"));
    fs::create_dir_all(&page).unwrap();
    fs::create_dir_all(&models).unwrap();
    fs::write(site.path().join("secret.safetensors"), "secret").unwrap();
    fs::write(page.join("index.html"), "<script type=\"module\">start()</script>").unwrap();
    fs::write(page.join(&HASHED[1..]), "plain").unwrap();
    fs::write(page.join(format!("{}.br", &HASHED[1..])), "squeezed").unwrap();
    fs::write(page.join("worker.js"), "work()").unwrap();
    fs::write(models.join("b.safetensors"), "0123456789").unwrap();
    fs::write(models.join("a.safetensors"), "01234").unwrap();
    fs::write(models.join("notes.txt"), "not a model").unwrap();
    site
}

pub async fn send(site: &TempDir, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let folder = |name| site.path().join(name);
    router(folder("page"), folder("models"), folder("runs")).oneshot(request).await.unwrap()
}

pub async fn get(site: &TempDir, path: &str) -> Response<Body> {
    send(site, "GET", path, &[]).await
}

pub async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn head<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_page_has_its_mime_types() {
    let site = site();
    for (path, mime) in [("/", "text/html"), ("/worker.js", "text/javascript"), (HASHED, "application/wasm")]
    {
        let response = get(&site, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(head(&response, "content-type"), mime, "{path}");
    }
}

#[tokio::test]
async fn hashed_files_are_kept_and_others_asked_for_again() {
    let site = site();
    assert!(head(&get(&site, HASHED).await, "cache-control").contains("immutable"));
    for path in ["/", "/index.html", "/worker.js", "/models/a.safetensors", "/models/index.json"] {
        assert_eq!(head(&get(&site, path).await, "cache-control"), "no-cache", "{path}");
    }
    let missing = get(&site, "/app-0000000000000000.js").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(head(&missing, "cache-control"), "no-cache");
}

#[tokio::test]
async fn brotli_is_sent_to_those_who_accept_it() {
    let site = site();
    let response = send(&site, "GET", HASHED, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(head(&response, "content-encoding"), "br");
    assert_eq!(head(&response, "content-type"), "application/wasm");
    assert_eq!(text(response).await, "squeezed");

    let response = get(&site, HASHED).await;
    assert_eq!(head(&response, "content-encoding"), "");
    assert_eq!(text(response).await, "plain");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = site();
    for path in ["/", "/worker.js", "/missing", "/models/index.json", "/models/a.safetensors"] {
        let response = get(&site, path).await;
        let policy = head(&response, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
            "{path}: {policy}"
        );
        assert!(policy.contains("connect-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(head(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(head(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(head(&response, "cross-origin-opener-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn the_inline_script_of_the_page_is_allowed_by_its_hash_alone() {
    let site = site();
    // printf 'start()' | openssl dgst -sha256 -binary | base64
    let hash = "'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='";
    let page = get(&site, "/").await;
    assert!(head(&page, "content-security-policy").contains(hash));
    assert!(!head(&page, "content-security-policy").contains("script-src 'self' 'unsafe-inline'"));
    assert!(!head(&get(&site, "/worker.js").await, "content-security-policy").contains("sha256"));

    // An unchanged page is answered with 304, and the browser then takes the policy of that answer.
    let modified = head(&page, "last-modified");
    let unchanged = send(&site, "GET", "/", &[("if-modified-since", modified)]).await;
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    assert!(head(&unchanged, "content-security-policy").contains(hash));
}

#[tokio::test]
async fn models_are_listed_with_their_sizes() {
    let site = site();
    let response = get(&site, "/models/index.json").await;
    assert_eq!(head(&response, "content-type"), "application/json");
    assert_eq!(
        text(response).await,
        r#"[{"name":"a.safetensors","size":5},{"name":"b.safetensors","size":10}]"#
    );

    let empty = tempfile::tempdir().unwrap();
    assert_eq!(text(get(&empty, "/models/index.json").await).await, "[]");
}

#[tokio::test]
async fn a_model_is_served_whole_or_in_part() {
    let site = site();
    let response = get(&site, "/models/b.safetensors").await;
    assert_eq!(head(&response, "content-type"), "application/octet-stream");
    assert_eq!(head(&response, "content-length"), "10");
    assert_eq!(text(response).await, "0123456789");

    let part = send(&site, "GET", "/models/b.safetensors", &[("range", "bytes=4-6")]).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(text(part).await, "456");
}

#[tokio::test]
async fn head_answers_without_a_body() {
    let site = site();
    for (path, length) in [("/", "38"), ("/models/b.safetensors", "10")] {
        let response = send(&site, "HEAD", path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()[header::CONTENT_LENGTH], length, "{path}");
        assert_eq!(text(response).await, "", "{path}");
    }
}

#[tokio::test]
async fn nothing_outside_the_folders_is_served() {
    let site = site();
    for path in [
        "/../secret.safetensors",
        "/%2e%2e/secret.safetensors",
        "/..%2fsecret.safetensors",
        "/..%5csecret.safetensors",
        "/models/../secret.safetensors",
        "/models/%2e%2e/secret.safetensors",
        "/models/..%2fsecret.safetensors",
        "/models/..%5csecret.safetensors",
        "/models/%2e%2e%2fsecret.safetensors",
        "/models/%00.safetensors",
        "/models/notes.txt",
        "/models/",
        "/models",
        "/absent.js",
    ] {
        let response = get(&site, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(send(&site, "POST", "/models/index.json", &[]).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_page_is_also_where_runs_are_shown() {
    let site = site();
    let page = get(&site, "/runs").await;
    assert_eq!((page.status(), head(&page, "content-type")), (StatusCode::OK, "text/html"));
    assert_eq!(head(&page, "cache-control"), "no-cache");
    let policy = |response: &Response<Body>| head(response, "content-security-policy").to_owned();
    assert_eq!(policy(&page), policy(&get(&site, "/").await));
    assert_eq!(text(page).await, text(get(&site, "/").await).await);

    // One level deeper its relative addresses would lead nowhere.
    let deeper = get(&site, "/runs/").await;
    assert_eq!((deeper.status(), head(&deeper, "location")), (StatusCode::PERMANENT_REDIRECT, "../runs"));
}
