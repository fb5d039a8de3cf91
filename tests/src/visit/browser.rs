//! A browser for one test: new profile, no window, no graphics card, no network.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;

use super::chromedriver::{Chromedriver, chromium};

/// A script may take this long: WebGPU is emulated here and slow.
const PATIENCE: Duration = Duration::from_mins(10);

/// What a test needs and an everyday browser does not.
const FLAGS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    // WebGPU without a graphics card.
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--force-prefers-reduced-motion",
    "--lang=en-US",
    "--accept-lang=en-US",
    // Nothing of its own that goes to the network.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // What it tries all the same does not get out.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A running browser. Fields are dropped in this order: the session first, its files last.
pub struct Browser {
    /// The session.
    pub driver: WebDriver,
    chromedriver: Chromedriver,
    profile: TempDir,
}

impl Browser {
    /// Starts one.
    pub async fn start() -> WebDriverResult<Self> {
        // One for the whole process: it is there already if this is not the first browser.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let chromedriver = Chromedriver::start();
        let profile = tempfile::tempdir().unwrap();
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(chromium().expect("Chromium is installed").to_str().unwrap())?;
        for flag in FLAGS {
            wishes.add_arg(flag)?;
        }
        wishes.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        wishes.add_arg(&format!("--log-net-log={}", net_log(&profile).display()))?;
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::builder(&chromedriver.address, wishes)
            .request_timeout(PATIENCE + PATIENCE / 10)
            .await?;
        driver.set_script_timeout(PATIENCE).await?;
        Ok(Self { driver, chromedriver, profile })
    }

    /// The number of the process that started the browser.
    pub fn driver_process(&self) -> u32 {
        self.chromedriver.process()
    }

    /// Ends the browser; what it did on the network, as Chromium's network log.
    pub async fn quit(self) -> WebDriverResult<String> {
        self.driver.quit().await?;
        Ok(std::fs::read_to_string(net_log(&self.profile)).unwrap())
    }
}

fn net_log(profile: &TempDir) -> PathBuf {
    profile.path().join("net-log.json")
}
