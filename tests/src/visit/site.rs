//! The server, within the test's process.

use std::path::Path;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::runtime::Runtime;

use crate::{bundled_model, models, page};

use super::chromedriver::{chromium, find};

/// What the page starts as its Worker.
const WORKER: &str = "worker.js";

/// A server that can go away, with all its connections.
pub struct Site {
    /// Where it listens.
    pub origin: String,
    runtime: Option<Runtime>,
}

impl Site {
    /// Serves the built page, the bundled model and a folder of runs until it is stopped or dropped. `in_worker` is a
    /// script that runs in the Worker before its own.
    pub async fn serve(runs: &Path, in_worker: Option<&str>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut router = medley_server::http::router(page(), models(), runs);
        if let Some(script) = in_worker {
            let own = std::fs::read_to_string(page().join(WORKER)).unwrap();
            let both = format!("{script}\n{own}");
            let answer = get(move || std::future::ready(([(CONTENT_TYPE, "text/javascript")], both.clone())));
            router = Router::new().route(&format!("/{WORKER}"), answer).fallback_service(router);
        }
        let listening = runtime.spawn(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, router).await });
            origin
        });
        Self { origin: listening.await.unwrap(), runtime: Some(runtime) }
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
