//! Painting, undoing, and taking over what the model says.

use std::time::Duration;

use medley_core::dataset::Mask;
use serde_json::json;

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};

const LABELS: &str = "window.medley.labels()?.labels ?? []";

fn painted(mask: Option<&Mask>) -> usize {
    mask.map_or(0, |mask| mask.labels.iter().filter(|label| (1..255).contains(*label)).count())
}

/// Paints a line through the middle of the picture.
async fn paint(visit: &Visit) -> Outcome {
    visit.press_css("[data-tool=brush]").await?;
    let middle = "const { x, y, width, height } =
            document.querySelector('[data-testid=studio-canvas]').getBoundingClientRect();
        return [Math.round(x + width / 2), Math.round(y + height / 2)];";
    let (x, y): (i64, i64) = visit.script(middle, vec![]).await?;
    let pen = visit.driver().action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
    let stroke = pen.move_to(x - 60, y - 30).click_and_hold().move_to(x, y).move_to(x + 60, y + 30);
    stroke.release().perform().await
}

async fn until_painted(visit: &Visit, what: &str, count: usize) -> Outcome {
    let now = format!("Array.from({LABELS}).filter(label => label > 0 && label < 255).length === {count}");
    visit.until(what, SOON, &now).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_is_taken_back_and_brought_again() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    let pictures = Pictures::discs(1);
    visit.give("studio-files", &pictures.images()).await?;
    visit.has_images(1).await?;
    let open = "document.querySelector('[data-testid=studio-canvas]').dataset.entry !== undefined";
    visit.until("the image is on the screen", SOON, open).await?;
    assert_eq!(painted(visit.layer("labels").await?.as_ref()), 0);
    paint(&visit).await?;
    visit.has_labelled(1).await?;
    let stroke = visit.layer("labels").await?.unwrap();
    let area = painted(Some(&stroke));
    assert!(area > 0, "the stroke labels pixels");
    visit.screenshot("studio-stroke").await?;
    visit.press("undo").await?;
    until_painted(&visit, "the stroke is taken back", 0).await?;
    visit.has_labelled(0).await?;
    visit.press("redo").await?;
    until_painted(&visit, "the stroke is back", area).await?;
    assert_eq!(visit.layer("labels").await?, Some(stroke), "the same pixels");
    visit.has_labelled(1).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prediction_becomes_a_label() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(4), 3).await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;
    let open_last = "const rows = document.querySelectorAll('[data-testid^=entry-]');
        rows[3].click();
        return rows[3].dataset.testid.slice('entry-'.length);";
    let entry: String = visit.script(open_last, vec![]).await?;
    let open =
        format!("document.querySelector('[data-testid=studio-canvas]').dataset.entry === {}", json!(entry));
    visit.until("the unlabelled image is on the screen", SOON, &open).await?;
    assert_eq!(painted(visit.layer("labels").await?.as_ref()), 0);
    visit.press("predict").await?;
    let predicted = "document.querySelector('[data-testid=studio-canvas]').dataset.prediction === 'true'";
    visit.until("a prediction is there", SOON, predicted).await?;
    let prediction = visit.layer("prediction").await?.unwrap();
    assert!(painted(Some(&prediction)) > 0, "discs are found");
    visit.press("accept").await?;
    visit.has_labelled(4).await?;
    let label = visit.layer("labels").await?.unwrap();
    assert_eq!((label.width, label.height), (prediction.width, prediction.height));
    let objects = |mask: &Mask| mask.labels.iter().map(|label| *label == 1).collect::<Vec<_>>();
    assert!(objects(&label) == objects(&prediction), "the label is what was predicted");
    visit.end().await?;
    Ok(())
}
