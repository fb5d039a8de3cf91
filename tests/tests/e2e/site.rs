//! The server, within the test's process.

use std::path::Path;

use medley_tests::{bundled_model, models, page};

use crate::chromedriver::{chromium, find};

/// Serves the built page, the bundled model and a folder of runs until the test ends; returns the origin.
pub async fn serve(runs: &Path) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = medley_server::http::router(page(), models(), runs);
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
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
