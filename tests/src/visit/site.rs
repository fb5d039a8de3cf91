//! The server, within the test's process.

use std::future::ready;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::runtime::Runtime;

use crate::{bundled_model, models, page};

use super::chromedriver::{chromium, find};

/// What the page starts as its Worker.
const WORKER: &str = "worker.js";
/// What keeps the page at hand without a network; names the page's version.
const OFFLINE: &str = "offline.js";
/// How the types of both are named.
const JAVASCRIPT: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "text/javascript")];

/// A server that can go away, with all its connections.
pub struct Site {
    /// Where it listens.
    pub origin: String,
    runtime: Option<Runtime>,
    published: Arc<AtomicBool>,
}

impl Site {
    /// Serves the built page, the bundled model and a folder of runs until it is stopped or dropped. `in_worker` is a
    /// script that runs in the Worker before its own.
    pub async fn serve(runs: &Path, in_worker: Option<&str>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let published = Arc::new(AtomicBool::new(false));
        let next = Arc::clone(&published);
        let own = std::fs::read_to_string(page().join(OFFLINE)).unwrap();
        let newer = own.replacen("\"version\":\"", "\"version\":\"next-", 1);
        assert_ne!(own, newer, "the script names a version");
        let offline = get(move || {
            let script = if next.load(Ordering::Relaxed) { newer.clone() } else { own.clone() };
            ready((JAVASCRIPT, script))
        });
        let mut router = Router::new().route(&format!("/{OFFLINE}"), offline);
        if let Some(script) = in_worker {
            let own = std::fs::read_to_string(page().join(WORKER)).unwrap();
            let both = format!("{script}\n{own}");
            router = router.route(&format!("/{WORKER}"), get(move || ready((JAVASCRIPT, both.clone()))));
        }
        let router = router.fallback_service(medley_server::http::router(page(), models(), runs));
        let listening = runtime.spawn(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, router).await });
            origin
        });
        Self { origin: listening.await.unwrap(), runtime: Some(runtime), published }
    }

    /// Serves the same page as its next version from now on.
    pub fn publish(&self) {
        self.published.store(true, Ordering::Relaxed);
    }

    /// Closes every connection, and accepts none.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What is missing for these tests.
pub fn missing() -> Option<String> {
    let index = page().join("index.html");
    let needs = [
        (
            index.is_file(),
            format!("the page is not built ({} is missing); run `cargo xtask serve` once", index.display()),
        ),
        (bundled_model().is_file(), format!("there is no model at {}", bundled_model().display())),
        (chromium().is_some(), "Chromium is not installed (Debian: chromium)".to_owned()),
        (
            find(&["chromedriver"]).is_some(),
            "chromedriver is not installed (Debian: chromium-driver)".to_owned(),
        ),
    ];
    needs.into_iter().find(|(there, _)| !there).map(|(_, sentence)| sentence)
}
