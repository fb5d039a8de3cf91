//! A server, a browser, and ways to look at what the browser shows.

// What goes wrong here fails the test that asked for it; every function says so by its type.
#![allow(clippy::missing_errors_doc, clippy::missing_panics_doc, clippy::must_use_candidate)]

pub mod barriers;
pub mod pictures;
pub mod studio;

mod browser;
mod chromedriver;
mod memory;
mod page;
mod site;
mod watch;

pub use page::{Answer, Finding};
pub use watch::Watched;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use browser::Browser;
use site::Site;

/// Time for anything on the CPU, on a machine that is busy with other things as well.
pub const SOON: Duration = Duration::from_mins(2);
/// Time for anything on the emulated GPU.
pub const LATER: Duration = Duration::from_mins(15);

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// What a test ends with.
pub type Outcome = WebDriverResult<()>;

/// A folder that is not there.
fn no_runs() -> PathBuf {
    crate::workspace().join("tests/no-runs")
}

/// A visitor of the page.
pub struct Visit {
    browser: Browser,
    site: Site,
    /// The server's.
    pub origin: String,
}

impl Visit {
    /// Starts server and browser; none where they cannot be started here.
    pub async fn start() -> WebDriverResult<Option<Self>> {
        Self::start_on(&no_runs(), None).await
    }

    /// The same, with a server that shows the runs of a folder.
    pub async fn start_with_runs(runs: &Path) -> WebDriverResult<Option<Self>> {
        Self::start_on(runs, None).await
    }

    /// The same, with a script that runs in the page's Worker before its own: to count, or to get in its way.
    pub async fn start_with_worker(script: &str) -> WebDriverResult<Option<Self>> {
        Self::start_on(&no_runs(), Some(script)).await
    }

    async fn start_on(runs: &Path, in_worker: Option<&str>) -> WebDriverResult<Option<Self>> {
        if let Some(reason) = site::missing() {
            crate::cannot_run(&reason);
            return Ok(None);
        }
        let site = Site::serve(runs, in_worker).await;
        let origin = site.origin.clone();
        let visit = Self { browser: Browser::start().await?, site, origin };
        visit.resize(1280, 800).await?;
        Ok(Some(visit))
    }

    /// The browser's session.
    pub fn driver(&self) -> &WebDriver {
        &self.browser.driver
    }

    /// Runs a script in each page that is opened from now on, before the page's own.
    pub async fn before_each_page(&self, script: &str) -> Outcome {
        let script = json!({ "source": script });
        self.driver().cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await?;
        Ok(())
    }

    /// Takes the server away, as if the network were gone.
    pub fn stop_server(&mut self) {
        self.site.stop();
    }

    /// Lets the server have the next version of the page.
    pub fn publish_next_version(&self) {
        self.site.publish();
    }

    /// Opens the page with a query such as `?device=cpu`.
    pub async fn open(&self, query: &str) -> Outcome {
        self.driver().goto(format!("{}/{query}", self.origin)).await
    }

    /// Ends the browser; returns Chromium's network log.
    pub async fn end(self) -> WebDriverResult<String> {
        self.browser.quit().await
    }

    /// The value of a function body in JavaScript.
    pub async fn script<T: DeserializeOwned>(&self, body: &str, arguments: Vec<Value>) -> WebDriverResult<T> {
        self.driver().execute(body, arguments).await?.convert()
    }

    /// The value of an expression in JavaScript, as soon as it is neither null nor undefined.
    pub async fn eventually<T: DeserializeOwned>(
        &self,
        what: &str,
        limit: Duration,
        expression: &str,
    ) -> WebDriverResult<T> {
        let deadline = Instant::now() + limit;
        let body = format!("return {expression} ?? null;");
        loop {
            let value: Option<T> = self.script(&body, vec![]).await?;
            if let Some(value) = value {
                return Ok(value);
            }
            assert!(Instant::now() < deadline, "not within {limit:?}: {what}\n{}", self.describe().await?);
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until an expression in JavaScript is true.
    pub async fn until(&self, what: &str, limit: Duration, expression: &str) -> Outcome {
        let _: bool = self.eventually(what, limit, &format!("(({expression}) || null)")).await?;
        Ok(())
    }

    /// Clicks on the element with this `data-testid`.
    pub async fn click(&self, test_id: &str) -> Outcome {
        self.driver().find(By::Css(format!("[data-testid={test_id}]"))).await?.click().await
    }

    /// The visible text of the element with this `data-testid`.
    pub async fn text(&self, test_id: &str) -> WebDriverResult<String> {
        self.driver().find(By::Css(format!("[data-testid={test_id}]"))).await?.text().await
    }

    /// Sets the size of the page in the window.
    pub async fn resize(&self, width: u32, height: u32) -> Outcome {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver().cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await?;
        self.until(
            "the window has its new size",
            SOON,
            &format!("innerWidth === {width} && innerHeight === {height}"),
        )
        .await
    }

    /// Writes what the window shows to `tests/screenshots`, for people.
    pub async fn screenshot(&self, name: &str) -> WebDriverResult<PathBuf> {
        let folder = crate::workspace().join("tests/screenshots");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{name}.png"));
        // A frame that was drawn after everything that happened so far.
        self.driver()
            .execute_async(
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));",
                vec![],
            )
            .await?;
        self.driver().screenshot(&file).await?;
        Ok(file)
    }

    /// Opens a tab and closes the one that was on the screen, with all that was under way in it.
    pub async fn change_tab(&self) -> Outcome {
        let driver = self.driver();
        let old = driver.window().await?;
        let new = driver.new_tab().await?;
        driver.switch_to_window(old).await?;
        driver.close_window().await?;
        driver.switch_to_window(new).await?;
        self.resize(1280, 800).await
    }

    /// The state of the page, for the message of a failure.
    async fn describe(&self) -> WebDriverResult<String> {
        let state: Value = self
            .script(
                "const text = id => document.querySelector(`[data-testid=${id}]`)?.innerText;
                return { body: { ...document.body.dataset }, status: text('status'), error: text('error') };",
                vec![],
            )
            .await?;
        let log = self.driver().browser_log().await?;
        let log: Vec<String> =
            log.into_iter().map(|entry| format!("{}: {}", entry.level, entry.message)).collect();
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let screenshot = self.screenshot(&format!("failed-{test}")).await?;
        Ok(format!("page: {state}\nscreenshot: {}\nconsole:\n{}", screenshot.display(), log.join("\n")))
    }
}
