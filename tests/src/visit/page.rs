//! What visitors do on the page and what it answers.

use std::path::Path;
use std::time::Duration;

use medley_core::dataset::{Detection, Mask};
use medley_core::selftest::Fingerprint;
use serde::Deserialize;
use serde_json::json;
use thirtyfour::prelude::*;

use super::{Outcome, SOON, Visit};

/// The page's last answer, as `window.medley.lastResult()` gives it.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// The task's id.
    pub task: String,
    /// What was found.
    pub finding: Finding,
    /// Columns of the image.
    pub width: f32,
    /// Rows of the image.
    pub height: f32,
    /// `cpu` or `webgpu`.
    pub device: String,
}

/// By label type.
#[derive(Debug, Deserialize)]
pub enum Finding {
    /// Probabilities.
    Classes(Vec<f64>),
    /// A tally per class. The tests look at the mask itself.
    Mask(serde::de::IgnoredAny),
    /// Best first.
    Boxes(Vec<Detection>),
}

impl Visit {
    /// The number of the newest result; 0 before the first.
    pub async fn result_number(&self) -> WebDriverResult<u64> {
        self.script("return Number(document.body.dataset.resultId ?? 0);", vec![]).await
    }

    /// Waits for a result later than number `after`; returns it.
    pub async fn answer_after(&self, after: u64, limit: Duration) -> WebDriverResult<Answer> {
        let arrived = format!(
            "document.body.dataset.ready === 'true' && Number(document.body.dataset.resultId ?? 0) > {after}"
        );
        self.until("the page shows a new result", limit, &arrived).await?;
        self.script("return window.medley.lastResult();", vec![]).await
    }

    /// Opens the page and waits for its first result.
    pub async fn open_and_wait(&self, query: &str, limit: Duration) -> WebDriverResult<Answer> {
        self.open(query).await?;
        self.answer_after(0, limit).await
    }

    /// The mask that is shown.
    pub async fn mask(&self) -> WebDriverResult<Mask> {
        #[derive(Deserialize)]
        struct Shown {
            width: usize,
            height: usize,
            labels: Vec<u8>,
        }
        let mask = "const mask = window.medley.lastMask();
            return mask && { width: mask.width, height: mask.height, labels: Array.from(mask.labels) };";
        let Shown { width, height, labels } = self.script(mask, vec![]).await?;
        assert_eq!(labels.len(), width * height, "one label per pixel");
        Ok(Mask { width, height, labels })
    }

    /// The self-test's numbers, computed in the page on `cpu` or `webgpu`.
    pub async fn fingerprint(&self, device: &str) -> WebDriverResult<Fingerprint> {
        let body = "const done = arguments[arguments.length - 1];
            window.medley.fingerprint(arguments[0]).then(
                numbers => done({ Ok: numbers }),
                reason => done({ Err: String(reason) }),
            );";
        let numbers = self.driver().execute_async(body, vec![json!(device)]).await?;
        let numbers: Result<Fingerprint, String> = numbers.convert()?;
        Ok(numbers.unwrap())
    }

    /// Drops a file on the picture, as from a file manager.
    pub async fn drop_file(&self, name: &str, bytes: &[u8]) -> Outcome {
        let body = "const [name, bytes] = arguments;
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
            const target = document.querySelector('[data-testid=drop]');
            for (const kind of ['dragenter', 'dragover', 'drop']) {
                target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
            }";
        self.driver().execute(body, vec![json!(name), json!(bytes)]).await?;
        Ok(())
    }

    /// Chooses a file, as in the file dialog.
    pub async fn choose_file(&self, file: &Path) -> Outcome {
        let file = file.canonicalize()?;
        let input = self.driver().find(By::Css("[data-testid=file-input]")).await?;
        input.send_keys(file.to_str().unwrap()).await
    }

    /// Chooses a task of the model.
    pub async fn choose_task(&self, id: &str) -> Outcome {
        let option = format!("[data-testid=task-select] option[value='{id}']");
        self.driver().find(By::Css(option)).await?.click().await
    }

    /// Waits for the sentence about something that did not work.
    pub async fn complaint(&self) -> WebDriverResult<String> {
        let element = "document.querySelector('[data-testid=error]')?.innerText";
        self.eventually("a sentence says what did not work", SOON, element).await
    }
}
