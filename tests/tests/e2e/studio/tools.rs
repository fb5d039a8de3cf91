//! Every tool, with the mouse, a finger, a pen and the keyboard.

use medley_core::dataset::Mask;
use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};
use thirtyfour::error::WebDriverResult;

use super::hand::{Hand, Place, is_at_hand, press_key, press_with_control};

const LABELS: &str = "(window.medley.labels()?.labels ?? [])";

/// A studio with one picture on the screen.
async fn studio() -> WebDriverResult<Option<Visit>> {
    let Some(visit) = Visit::start().await? else { return Ok(None) };
    visit.open_studio("&lang=en").await?;
    let pictures = Pictures::discs(1);
    visit.give("studio-files", &pictures.images()).await?;
    visit.has_images(1).await?;
    let open = "document.querySelector('[data-testid=studio-canvas]').dataset.entry !== undefined";
    visit.until("the image is on the screen", SOON, open).await?;
    Ok(Some(visit))
}

/// Pixels with a label of a person.
async fn painted(visit: &Visit) -> WebDriverResult<usize> {
    let body = format!("return Array.from({LABELS}).filter(label => label < 255).length;");
    visit.script(&body, vec![]).await
}

/// Pixels of a class.
fn pixels_of(mask: &Mask, class: u8) -> usize {
    mask.labels.iter().map(|label| usize::from(*label == class)).sum()
}

/// Waits until the number of painted pixels lies in a range.
async fn until_painted(visit: &Visit, what: &str, range: std::ops::Range<usize>) -> Outcome {
    let now = format!(
        "(count => count >= {} && count < {})(Array.from({LABELS}).filter(label => label < 255).length)",
        range.start, range.end
    );
    visit.until(what, SOON, &now).await
}

#[tokio::test(flavor = "multi_thread")]
async fn polygon_fill_and_eraser_change_what_they_say() -> Outcome {
    let Some(visit) = studio().await? else { return Ok(()) };
    let hand = Hand::over(&visit).await?;
    press_key(&visit, "p").await?;
    // A rectangle of 40 x 30 pixels, closed with the keyboard.
    for corner in [(20.0, 20.0), (60.0, 20.0), (60.0, 50.0), (20.0, 50.0)] {
        hand.click(Place(corner.0, corner.1)).await?;
    }
    visit.screenshot("studio-polygon").await?;
    press_key(&visit, "Enter").await?;
    until_painted(&visit, "the inside of the polygon is painted", 1150..1260).await?;

    // What is enclosed, and what is not, is filled with another class each.
    press_key(&visit, "f").await?;
    visit.press_css("[data-testid=classes] [data-class='0']").await?;
    hand.click(Place(80.0, 80.0)).await?;
    until_painted(&visit, "all around is background", 96 * 96..96 * 96 + 1).await?;
    let classes = visit.layer("labels").await?.unwrap();
    let inside = pixels_of(&classes, 1);
    assert!((1150..1260).contains(&inside), "{inside}");

    press_key(&visit, "e").await?;
    hand.drag(&[Place(20.0, 35.0), Place(60.0, 35.0)]).await?;
    until_painted(&visit, "the eraser takes labels away", 1..96 * 96 - 300).await?;

    // Three changes lead back to nothing, three forward again.
    let end = painted(&visit).await?;
    for _ in 0..3 {
        press_with_control(&visit, "z").await?;
    }
    until_painted(&visit, "everything is taken back", 0..1).await?;
    for _ in 0..3 {
        press_with_control(&visit, "y").await?;
    }
    until_painted(&visit, "and brought again", end..end + 1).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn smart_fill_takes_an_object() -> Outcome {
    let Some(visit) = studio().await? else { return Ok(()) };
    let loaded = "document.querySelector('[data-testid=predict]')?.disabled === false";
    visit.until("the model is there", SOON, loaded).await?;
    let hand = Hand::over(&visit).await?;
    let truth = Pictures::discs(1);
    let (width, disc) = medley_tests::visit::pictures::read_grey(&truth.masks()[0]);
    let middle = middle_of_an_object(&disc, width);
    press_key(&visit, "g").await?;
    hand.click(Place(middle.0 as f64 + 0.5, middle.1 as f64 + 0.5)).await?;
    until_painted(&visit, "something is filled", 20..96 * 96 / 2).await?;
    visit.screenshot("studio-smart-fill").await?;
    let filled = visit.layer("labels").await?.unwrap();
    let both = filled.labels.iter().zip(&disc).filter(|(label, truth)| **label == 1 && **truth == 1).count();
    let taken = pixels_of(&filled, 1);
    println!("{both} of {taken} filled pixels lie in discs");
    assert!(both * 2 > taken, "most of what was filled is object: {both} of {taken}");
    press_with_control(&visit, "z").await?;
    until_painted(&visit, "one step takes it back", 0..1).await?;
    visit.end().await?;
    Ok(())
}

/// The pixel of an object that is farthest from its edge.
fn middle_of_an_object(mask: &[u8], width: usize) -> (usize, usize) {
    let height = mask.len() / width;
    let depth = |x: usize, y: usize| {
        let inside = |reach: usize| {
            x >= reach
                && y >= reach
                && x + reach < width
                && y + reach < height
                && (y - reach..=y + reach)
                    .all(|row| (x - reach..=x + reach).all(|column| mask[row * width + column] == 1))
        };
        (0..width).take_while(|reach| inside(*reach)).count()
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    places.max_by_key(|(x, y)| depth(*x, *y)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_and_a_pen_paint_and_two_fingers_zoom() -> Outcome {
    let Some(visit) = studio().await? else { return Ok(()) };
    let hand = Hand::over(&visit).await?;
    press_key(&visit, "b").await?;
    hand.touch(&[vec![Place(20.0, 20.0)], vec![Place(40.0, 20.0)], vec![Place(60.0, 20.0)]]).await?;
    until_painted(&visit, "the finger painted", 300..96 * 96).await?;
    let by_finger = painted(&visit).await?;
    hand.pen(&[Place(20.0, 70.0), Place(40.0, 70.0), Place(60.0, 70.0)], 0.2).await?;
    until_painted(&visit, "the pen painted", by_finger + 50..96 * 96).await?;
    let lightly = painted(&visit).await? - by_finger;
    press_with_control(&visit, "z").await?;
    until_painted(&visit, "the pen's stroke is gone", by_finger..by_finger + 1).await?;
    hand.pen(&[Place(20.0, 70.0), Place(40.0, 70.0), Place(60.0, 70.0)], 1.0).await?;
    until_painted(&visit, "more pressure paints a wider line", by_finger + lightly + 50..96 * 96).await?;

    let all = painted(&visit).await?;
    let scale = hand.scale().await?;
    let apart = |by: f64| vec![Place(48.0 - by, 48.0), Place(48.0 + by, 48.0)];
    hand.touch(&[apart(8.0), apart(14.0), apart(20.0)]).await?;
    let zoomed = format!(
        "Number(document.querySelector('[data-testid=studio-canvas]').dataset.scale) > {}",
        scale * 1.5
    );
    visit.until("two fingers zoom", SOON, &zoomed).await?;
    assert_eq!(painted(&visit).await?, all, "and do not paint");
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn boxes_are_drawn_moved_and_deleted_and_images_get_classes() -> Outcome {
    let Some(visit) = studio().await? else { return Ok(()) };
    let boxes = |count: usize| {
        format!("document.querySelector('[data-testid=studio-canvas]').dataset.boxes === '{count}'")
    };
    let add = async |kind: &str, tasks: usize| {
        visit.press("add-task").await?;
        visit.press_css(&format!("[data-kind={kind}]")).await?;
        let added =
            format!("document.querySelectorAll('[data-testid=studio-task] option').length === {tasks}");
        visit.until("the task has been added", SOON, &added).await?;
        is_at_hand(&visit).await
    };
    add("detection", 2).await?;
    let hand = Hand::over(&visit).await?;
    hand.drag(&[Place(10.0, 10.0), Place(30.0, 25.0)]).await?;
    visit.until("a box is there", SOON, &boxes(1)).await?;
    hand.drag(&[Place(50.0, 50.0), Place(80.0, 90.0)]).await?;
    visit.until("two boxes are there", SOON, &boxes(2)).await?;
    visit.has_labelled(1).await?;
    visit.screenshot("studio-boxes").await?;
    press_key(&visit, "Delete").await?;
    visit.until("the chosen box is gone", SOON, &boxes(1)).await?;
    press_with_control(&visit, "z").await?;
    visit.until("it is back", SOON, &boxes(2)).await?;

    add("classification", 3).await?;
    visit.has_labelled(0).await?;
    press_key(&visit, "1").await?;
    visit.has_labelled(1).await?;
    press_key(&visit, "1").await?;
    visit.has_labelled(0).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_is_enough() -> Outcome {
    let Some(visit) = studio().await? else { return Ok(()) };
    for (key, tool) in [("v", "move"), ("e", "eraser"), ("p", "polygon"), ("g", "smart"), ("b", "brush")] {
        press_key(&visit, key).await?;
        let taken =
            format!("document.querySelector('[data-tool={tool}]').getAttribute('aria-pressed') === 'true'");
        visit.until(&format!("{key} takes the {tool}"), SOON, &taken).await?;
    }
    let size = "document.querySelector('[data-testid=brush-size]')?.value";
    let before: String = visit.eventually("the brush has a size", SOON, size).await?;
    press_key(&visit, "]").await?;
    visit.until("] makes it larger", SOON, &format!("Number({size}) > {before}")).await?;
    press_key(&visit, "[").await?;
    visit.until("[ makes it smaller", SOON, &format!("Number({size}) === {before}")).await?;
    press_key(&visit, "?").await?;
    let help =
        |open: bool| format!("(document.querySelector('[data-testid=help-panel]') !== null) === {open}");
    visit.until("? opens the help sheet", SOON, &help(true)).await?;
    press_key(&visit, "Escape").await?;
    visit.until("Escape closes it", SOON, &help(false)).await?;
    visit.end().await?;
    Ok(())
}
