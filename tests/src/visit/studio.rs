//! What people do in the studio, and what it shows.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use medley_core::dataset::Mask;
use serde::Deserialize;
use serde_json::json;
use thirtyfour::prelude::*;

use super::pictures::Pictures;
use super::{Outcome, SOON, Visit};

/// Time for a fine-tuning on the CPU, on a machine that is busy with other things as well.
pub const TUNING: Duration = Duration::from_mins(8);

/// The state of the fine-tuning, in JavaScript.
pub const STATE: &str = "document.querySelector('[data-testid=tune]')?.dataset.state";
/// Steps made, in JavaScript; 0 before.
pub const STEPS: &str =
    "Number(document.querySelector('[data-testid=tune-line]')?.innerText.match(/\\d+/)?.[0] ?? 0)";
/// Images that count as labelled, in JavaScript.
const LABELLED: &str =
    "Number(document.querySelector('[data-testid=labelled-count]').innerText.match(/\\d+/)?.[0] ?? 0)";
/// Images of the project, in JavaScript.
const COUNT: &str = "Number(document.querySelector('[data-testid=studio-images]')?.dataset.count ?? 0)";

/// A score and what it was before.
#[derive(Debug, Deserialize)]
pub struct Scores {
    /// What is shown large.
    pub now: f64,
    /// Of the model as it came.
    pub was: f64,
}

impl Visit {
    /// Opens the studio and leaves the tour.
    pub async fn open_studio(&self, query: &str) -> Outcome {
        self.open_studio_on("cpu", query).await
    }

    /// The same, on a device: `cpu` or `webgpu`.
    pub async fn open_studio_on(&self, device: &str, query: &str) -> Outcome {
        self.open(&format!("?view=studio&device={device}{query}")).await?;
        let there = "document.querySelector('[data-testid=studio]')?.dataset.open === 'true'
            && document.querySelector('[data-testid=tour-skip]') !== null";
        self.until("the studio is open", SOON, there).await?;
        self.press("tour-skip").await
    }

    /// Presses a button, wherever it has been scrolled to.
    pub async fn press(&self, test_id: &str) -> Outcome {
        self.press_css(&format!("[data-testid={test_id}]")).await
    }

    /// Presses the first button of a CSS selector, as soon as it can be pressed.
    pub async fn press_css(&self, css: &str) -> Outcome {
        let ready = format!("document.querySelector({css:?})?.disabled === false");
        self.until(&format!("{css} can be pressed"), SOON, &ready).await?;
        let body = "document.querySelector(arguments[0]).click(); return true;";
        let _: bool = self.script(body, vec![json!(css)]).await?;
        Ok(())
    }

    /// Chooses files, as in a file dialog.
    pub async fn give(&self, test_id: &str, files: &[PathBuf]) -> Outcome {
        let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
        let input = self.driver().find(By::Css(format!("[data-testid={test_id}]"))).await?;
        input.send_keys(files.join("\n")).await
    }

    /// Opens or closes the panel of files.
    pub async fn files_panel(&self, open: bool) -> Outcome {
        let shown = "(document.querySelector('[data-testid=export-panel]') !== null)";
        if self.script::<bool>(&format!("return {shown};"), vec![]).await? != open {
            self.press("open-export").await?;
        }
        self.until("the panel of files", SOON, &format!("{shown} === {open}")).await
    }

    /// Brings images and the masks of the first `labelled` ones.
    pub async fn bring(&self, pictures: &Pictures, labelled: usize) -> Outcome {
        let images = pictures.images();
        self.give("studio-files", &images).await?;
        self.has_images(images.len()).await?;
        self.files_panel(true).await?;
        self.give("label-files", &pictures.masks()[..labelled]).await?;
        self.has_labelled(labelled).await?;
        self.files_panel(false).await?;
        self.press_css("[data-testid=studio-notice] button.tool").await
    }

    /// Waits until the project has so many images, all with their small pictures.
    pub async fn has_images(&self, count: usize) -> Outcome {
        let drawn = "document.querySelectorAll('[data-testid=studio-images] canvas').length";
        let all = format!("{COUNT} === {count} && {drawn} === {count}");
        self.until(&format!("{count} images are in the list"), SOON, &all).await
    }

    /// Waits until so many images are labelled.
    pub async fn has_labelled(&self, count: usize) -> Outcome {
        self.until(&format!("{count} images are labelled"), SOON, &format!("{LABELLED} === {count}")).await
    }

    /// Waits for a state of the fine-tuning.
    pub async fn tuning_is(&self, state: &str, limit: Duration) -> Outcome {
        self.until(&format!("the tuning is {state}"), limit, &format!("{STATE} === {state:?}")).await
    }

    /// Waits until a step of the fine-tuning has been made.
    pub async fn tuning_reaches(&self, step: u32) -> Outcome {
        self.tuning_reaches_within(step, SOON).await
    }

    /// The same, where that may take longer.
    pub async fn tuning_reaches_within(&self, step: u32, limit: Duration) -> Outcome {
        let there = format!("{STATE} === 'running' && {STEPS} >= {step}");
        self.until(&format!("step {step} has been made"), limit, &there).await
    }

    /// Waits until everything is stored.
    pub async fn is_saved(&self) -> Outcome {
        let saved = "document.querySelector('[data-testid=storage]')?.dataset.state === 'saved'";
        self.until("everything is stored", SOON, saved).await
    }

    /// The held-out score that is shown.
    pub async fn scores(&self) -> WebDriverResult<Scores> {
        let numbers = "(text => {
            const [now, was] = (text ?? '').match(/\\d\\.\\d+/g) ?? [];
            return was === undefined ? null : { now: Number(now), was: Number(was) };
        })(document.querySelector('[data-testid=score] .headline')?.innerText)";
        self.eventually("the score and what it was", SOON, numbers).await
    }

    /// All sentences that are shown above the picture.
    pub async fn notices(&self) -> WebDriverResult<String> {
        let text = "return document.querySelector('[data-testid=studio-notice] .grow')?.textContent ?? '';";
        self.script(text, vec![]).await
    }

    /// `labels` or `prediction` of the image on the screen; none where there is none.
    pub async fn layer(&self, which: &str) -> WebDriverResult<Option<Mask>> {
        #[derive(Deserialize)]
        struct Shown {
            width: usize,
            height: usize,
            labels: Vec<u8>,
        }
        let body = "const mask = window.medley[arguments[0]]();
            return mask && { width: mask.width, height: mask.height, labels: Array.from(mask.labels) };";
        let shown: Option<Shown> = self.script(body, vec![json!(which)]).await?;
        Ok(shown.map(|Shown { width, height, labels }| Mask { width, height, labels }))
    }

    /// Lets the browser save files in a folder.
    pub async fn save_into(&self, folder: &Path) -> Outcome {
        let place = json!({ "behavior": "allow", "downloadPath": folder });
        self.driver().cdp().send_raw("Page.setDownloadBehavior", place).await?;
        Ok(())
    }

    /// Exports a file; returns it as soon as it lies complete in the folder.
    pub async fn export(&self, what: &str, folder: &Path) -> WebDriverResult<PathBuf> {
        let files = || -> Vec<PathBuf> {
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        let before = files();
        self.press_css(&format!("[data-export={what}]")).await?;
        let deadline = Instant::now() + SOON;
        loop {
            // Chromium writes under other names, and renames in the end.
            let unfinished = |file: &Path| {
                let name = file.file_name().unwrap().to_str().unwrap();
                name.starts_with('.') || name.contains(".crdownload")
            };
            if let Some(file) = files().into_iter().find(|file| !before.contains(file) && !unfinished(file)) {
                return Ok(file);
            }
            assert!(Instant::now() < deadline, "{what} was not saved: {}", self.notices().await?);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
