//! Hundreds of images: only the rows in sight are in the page, and it stays at hand.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};

const IMAGES: u32 = 200;
/// A screenful of rows and some to spare.
const ROWS: u32 = 40;
/// Milliseconds for which the page may not answer, on a machine that is busy with the import as well.
const LONGEST: f64 = 500.0;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_images_are_scrolled_through() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.watch().await?;
    let pictures = Pictures::small_discs(IMAGES);
    visit.give("studio-files", &pictures.images()).await?;
    let all = format!("document.querySelector('[data-testid=studio-images]').dataset.count === '{IMAGES}'");
    visit.until("all images are in the list", SOON, &all).await?;
    visit.scroll_through_images().await?;
    let last = format!(
        "[...document.querySelectorAll('[data-testid=studio-images] .image-row')]
            .find(row => row.ariaPosInSet === '{IMAGES}')?.querySelector('canvas') ? true : null"
    );
    visit.until("the last image has its small picture", SOON, &last).await?;
    visit.screenshot("studio-many-images").await?;
    let watched = visit.watched().await?;
    let (rows, longest) = (watched.rows, watched.longest_task().unwrap_or_default());
    println!("at most {rows} rows of {IMAGES}; longest task {longest:.0} ms");
    assert!((1..=ROWS).contains(&rows), "{rows} rows are in the page");
    assert!(longest <= LONGEST, "the page did not answer for {longest} ms");
    visit.end().await?;
    Ok(())
}
