//! After a fine-tuning: what the model says is looked at, compared, reviewed and, where it is no better, not used.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};
use serde_json::json;
use thirtyfour::error::WebDriverResult;

use super::hand::press_key;

const IDLE: &str = "document.querySelector('[data-testid=studio-result]').ariaBusy === 'false'";

/// Whether a button is pressed, in JavaScript.
fn pressed(test_id: &str, on: bool) -> String {
    format!("document.querySelector('[data-testid={test_id}]')?.getAttribute('aria-pressed') === '{on}'")
}

/// Whether something is there, in JavaScript.
fn there(test_id: &str, is: bool) -> String {
    format!("(document.querySelector('[data-testid={test_id}]') !== null) === {is}")
}

/// Shows an image of the list; returns its number.
async fn show(visit: &Visit, index: usize) -> WebDriverResult<String> {
    let open = "const row = document.querySelectorAll('[data-testid^=entry-]')[arguments[0]];
        row.click();
        return row.dataset.testid.slice('entry-'.length);";
    let entry: String = visit.script(open, vec![json!(index)]).await?;
    is_on_screen(visit, &entry).await?;
    Ok(entry)
}

async fn is_on_screen(visit: &Visit, entry: &str) -> Outcome {
    let there = format!("document.querySelector('[data-testid=studio-canvas]').dataset.entry === '{entry}'");
    visit.until(&format!("image {entry} is on the screen"), SOON, &there).await
}

/// Waits until the list has so many images.
async fn listed(visit: &Visit, count: usize) -> Outcome {
    let now = format!("document.querySelector('[data-testid=studio-images]').dataset.count === '{count}'");
    visit.until(&format!("{count} images are listed"), SOON, &now).await
}

async fn filter(visit: &Visit, by: &str) -> Outcome {
    let choose = "const filter = document.querySelector('[data-testid=filter]');
        filter.value = arguments[0];
        filter.dispatchEvent(new Event('change', { bubbles: true }));
        return true;";
    let _: bool = visit.script(choose, vec![json!(by)]).await?;
    Ok(())
}

/// The models side by side, on the images that were held out.
async fn compare(visit: &Visit) -> Outcome {
    visit.press("compare").await?;
    visit.until("the line between the models is there", SOON, &there("divider", true)).await?;
    visit.press("compare-on").await?;
    let place =
        "/\\d+ \\/ \\d+/.test(document.querySelector('[data-testid=compare-place]')?.innerText ?? '')";
    visit.until("the held-out image is compared", SOON, place).await?;
    visit.until("both models have answered", SOON, IDLE).await?;
    visit.until("it is still compared", SOON, &pressed("compare", true)).await?;
    visit.screenshot("studio-compare").await?;
    visit.press("compare").await?;
    visit.until("the line is gone", SOON, &there("divider", false)).await
}

/// One click back to the pretrained model, and on again.
async fn go_back(visit: &Visit) -> Outcome {
    let base =
        |on: bool| format!("document.querySelector('[data-testid=use-base]')?.dataset.base === '{on}'");
    visit.press("use-base").await?;
    visit.until("the pretrained model is in use", SOON, &base(true)).await?;
    visit.until("there is nothing to compare", SOON, &there("compare", false)).await?;
    visit.press("use-base").await?;
    visit.until("the tuned model is in use", SOON, &base(false)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tuned_model_is_compared_reviewed_and_left() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(4), 3).await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;
    compare(&visit).await?;
    go_back(&visit).await?;

    // The next visit has the same ways.
    visit.is_saved().await?;
    visit.open("?view=studio&device=cpu&lang=en").await?;
    listed(&visit, 4).await?;
    visit.until("the way back is still there", SOON, &there("use-base", true)).await?;
    assert!(visit.text("use-base").await?.contains("pretrained"), "there was one fine-tuning");
    go_back(&visit).await?;

    // Where the model is unsure: a map of this image, and not of the next.
    show(&visit, 3).await?;
    let predicted = "document.querySelector('[data-testid=studio-canvas]').dataset.prediction === 'true'";
    visit.until("a prediction is there", SOON, predicted).await?;
    visit.press("show-uncertainty").await?;
    visit.until("the map is asked for", SOON, &pressed("show-uncertainty", true)).await?;
    visit.until("the map is there", SOON, IDLE).await?;
    visit.screenshot("studio-uncertainty").await?;
    press_key(&visit, "ArrowLeft").await?;
    visit.until("the next image has none", SOON, &pressed("show-uncertainty", false)).await?;

    // All images are predicted; the one without a label is the one to look at.
    visit.press("predict-all").await?;
    let all = "document.querySelectorAll('[data-testid^=entry-][data-state=untouched]').length === 0
        && document.querySelector('[data-testid=predict-all]').innerText.includes('all')";
    visit.until("all are predicted", SOON, all).await?;
    show(&visit, 0).await?;
    visit.press("suggest").await?;
    let unlabelled = "return document.querySelector('[data-testid^=entry-][data-state=predicted]')
        .dataset.testid.slice('entry-'.length);";
    let unlabelled: String = visit.script(unlabelled, vec![]).await?;
    is_on_screen(&visit, &unlabelled).await?;
    for (by, count) in [("predicted", 1), ("labelled", 3), ("untouched", 0), ("all", 4)] {
        filter(&visit, by).await?;
        listed(&visit, count).await?;
    }

    // An image goes and comes back.
    visit.press("remove-images").await?;
    listed(&visit, 3).await?;
    visit.press("undo").await?;
    listed(&visit, 4).await?;
    let back = format!("document.querySelector('[data-testid=entry-{unlabelled}]') !== null");
    visit.until("it is the same image", SOON, &back).await?;
    visit.end().await?;
    Ok(())
}
