//! What is drawn stays where it was drawn, and nothing of it is lost, however busy the Worker is.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};
use thirtyfour::error::WebDriverResult;

use super::hand::{Act, Hand, Place, line, press_key, press_with_control};

const LABELS: &str = "Array.from(window.medley.labels()?.labels ?? [])";

/// A studio in which the model learns from three images of five, so that every answer takes a while; the first
/// unlabelled image is on the screen.
async fn busy() -> WebDriverResult<Option<Visit>> {
    let Some(visit) = Visit::start().await? else { return Ok(None) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(5), 3).await?;
    show(&visit, 3).await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches(1).await?;
    press_key(&visit, "b").await?;
    Ok(Some(visit))
}

/// Shows an image of the list and waits until it is on the screen.
async fn show(visit: &Visit, index: usize) -> Outcome {
    let open = "const row = document.querySelectorAll('[data-testid^=entry-]')[arguments[0]];
        row.click();
        return row.dataset.testid.slice('entry-'.length);";
    let entry: String = visit.script(open, vec![index.into()]).await?;
    is_on_screen(visit, &entry).await
}

async fn is_on_screen(visit: &Visit, entry: &str) -> Outcome {
    let there = format!("document.querySelector('[data-testid=studio-canvas]').dataset.entry === '{entry}'");
    visit.until(&format!("image {entry} is on the screen"), SOON, &there).await
}

/// The number of an image of the list.
async fn entry(visit: &Visit, index: usize) -> WebDriverResult<String> {
    let body = "return document.querySelectorAll('[data-testid^=entry-]')[arguments[0]]
        .dataset.testid.slice('entry-'.length);";
    visit.script(body, vec![index.into()]).await
}

fn count(labels: &[u8], label: u8) -> usize {
    labels.iter().map(|own| usize::from(*own == label)).sum()
}

/// Pixels with a label of a person.
fn painted(labels: &[u8]) -> usize {
    labels.len() - count(labels, 255)
}

/// Waits until so many pixels on the screen have a label.
async fn until_painted(visit: &Visit, what: &str, pixels: usize) -> Outcome {
    let now = format!("{LABELS}.filter(label => label < 255).length === {pixels}");
    visit.until(what, SOON, &now).await
}

/// Shows another image and comes back, so that the screen has what the Worker has.
async fn look_away(visit: &Visit, index: usize) -> Outcome {
    show(visit, 0).await?;
    show(visit, index).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_does_not_land_on_an_image_that_is_not_seen_yet() -> Outcome {
    let Some(visit) = busy().await? else { return Ok(()) };
    let hand = Hand::over(&visit).await?;
    let first = hand.at_once(&line(Place(20.0, 20.0), Place(60.0, 20.0))).await?;
    let own = painted(&first);
    assert!(own > 0, "the stroke is on the screen at once");

    // The key of the next image, and a stroke before that is there.
    let mut acts = vec![Act::Key("ArrowRight")];
    acts.extend(line(Place(20.0, 70.0), Place(60.0, 70.0)));
    let still = hand.at_once(&acts).await?;
    assert!(still == first, "nothing is painted on the image that is left");
    let next = entry(&visit, 4).await?;
    is_on_screen(&visit, &next).await?;
    until_painted(&visit, "the next image has no stroke", 0).await?;

    // The stroke on the first one is there, and it alone.
    show(&visit, 3).await?;
    until_painted(&visit, "the first image has its stroke", own).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_that_is_left_ends_where_it_began() -> Outcome {
    let Some(visit) = busy().await? else { return Ok(()) };
    let hand = Hand::over(&visit).await?;
    let (from, to) = (Place(20.0, 20.0), Place(60.0, 20.0));
    // The button is still down when the next image is chosen.
    let acts = [
        Act::Press(from),
        Act::Move(to),
        Act::Key("ArrowRight"),
        Act::Move(Place(60.0, 80.0)),
        Act::Release(Place(60.0, 80.0)),
    ];
    let labels = hand.at_once(&acts).await?;
    let own = painted(&labels);
    assert!(own > 0, "the stroke is there");
    let low: Vec<u8> = labels.iter().skip(96 * 50).copied().collect();
    assert_eq!(painted(&low), 0, "and ends with the key");
    let next = entry(&visit, 4).await?;
    is_on_screen(&visit, &next).await?;
    until_painted(&visit, "the next image has nothing of it", 0).await?;
    show(&visit, 3).await?;
    until_painted(&visit, "the stroke is stored", own).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn strokes_survive_a_refresh_of_the_project() -> Outcome {
    let Some(visit) = busy().await? else { return Ok(()) };
    let hand = Hand::over(&visit).await?;
    let hold_out = "[data-testid=hold-out]";
    let (objects, background) =
        ("[data-testid=classes] [data-class='1']", "[data-testid=classes] [data-class='0']");
    // A stroke, a mark that lets the whole project be told anew, and a stroke of another class across the first.
    let mut acts = vec![Act::Click(objects)];
    acts.extend(line(Place(20.0, 48.0), Place(76.0, 48.0)));
    acts.extend([Act::Click(hold_out), Act::Click(background)]);
    acts.extend(line(Place(48.0, 20.0), Place(48.0, 76.0)));
    let both = hand.at_once(&acts).await?;
    let (object, ground) = (count(&both, 1), count(&both, 0));
    assert!(object > 0 && ground > 0, "{object} and {ground} pixels");

    let held = format!(
        "document.querySelector('[data-testid=entry-{}]').dataset.heldOut === 'true'",
        entry(&visit, 3).await?
    );
    visit.until("the mark is set", SOON, &held).await?;
    visit.has_labelled(4).await?;
    assert!(visit.layer("labels").await?.unwrap().labels == both, "both are on the screen");
    look_away(&visit, 3).await?;
    assert!(visit.layer("labels").await?.unwrap().labels == both, "and in the project");
    visit.screenshot("studio-strokes-kept").await?;

    // The way back is as exact: the second stroke, the mark, the first one.
    press_with_control(&visit, "z").await?;
    let first = format!("{LABELS}.every(label => label !== 0) && {LABELS}.some(label => label === 1)");
    visit.until("the second stroke is taken back", SOON, &first).await?;
    look_away(&visit, 3).await?;
    let before = visit.layer("labels").await?.unwrap().labels;
    assert!(count(&before, 1) > object, "what lay under it is back");
    assert_eq!(count(&before, 0), 0, "and no more");
    press_with_control(&visit, "z").await?;
    visit.until("the mark is taken back", SOON, &held.replace("'true'", "'false'")).await?;
    press_with_control(&visit, "z").await?;
    until_painted(&visit, "the first stroke is taken back", 0).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_after_an_undo_stays_on_the_screen() -> Outcome {
    let Some(visit) = busy().await? else { return Ok(()) };
    let hand = Hand::over(&visit).await?;
    hand.at_once(&line(Place(20.0, 48.0), Place(76.0, 48.0))).await?;
    visit.has_labelled(4).await?;
    // The undo and a stroke over the same pixels, before the undo is answered.
    let mut acts = vec![Act::Click("[data-testid=undo]")];
    acts.extend(line(Place(48.0, 20.0), Place(48.0, 76.0)));
    hand.at_once(&acts).await?;
    let clear = format!("{LABELS}[48 * 96 + 22] === 255 && {LABELS}[48 * 96 + 48] === 1");
    visit.until("the first stroke is gone, the second is whole", SOON, &clear).await?;
    let shown = visit.layer("labels").await?;
    look_away(&visit, 3).await?;
    assert!(visit.layer("labels").await? == shown, "the project has what was on the screen");
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_that_a_lost_worker_did_not_answer_is_told_to_the_next() -> Outcome {
    let Some(visit) = busy().await? else { return Ok(()) };
    visit.is_saved().await?;
    let hand = Hand::over(&visit).await?;
    let mut acts = line(Place(20.0, 20.0), Place(60.0, 20.0)).to_vec();
    acts.push(Act::LoseWorker);
    let own = painted(&hand.at_once(&acts).await?);
    assert!(own > 0, "the stroke is on the screen");
    visit.has_labelled(4).await?;
    look_away(&visit, 3).await?;
    until_painted(&visit, "the new Worker has the stroke", own).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn boxes_that_are_drawn_quickly_are_all_there() -> Outcome {
    let Some(visit) = busy().await? else { return Ok(()) };
    visit.press("add-task").await?;
    visit.press_css("[data-kind=detection]").await?;
    visit.has_labelled(0).await?;
    let hand = Hand::over(&visit).await?;
    let boxes = |count: usize| {
        format!("document.querySelector('[data-testid=studio-canvas]').dataset.boxes === '{count}'")
    };
    let mut acts = line(Place(8.0, 8.0), Place(24.0, 24.0)).to_vec();
    acts.extend(line(Place(36.0, 8.0), Place(52.0, 24.0)));
    hand.at_once(&acts).await?;
    // The first answer knows of one box, the second of two.
    visit.has_labelled(1).await?;
    hand.at_once(&line(Place(64.0, 64.0), Place(84.0, 84.0))).await?;
    visit.until("three boxes are there", SOON, &boxes(3)).await?;
    show(&visit, 0).await?;
    visit.until("the other image has none", SOON, &boxes(0)).await?;
    show(&visit, 3).await?;
    visit.until("all three are in the project", SOON, &boxes(3)).await?;
    visit.end().await?;
    Ok(())
}
