//! Hundreds of images: only the rows in sight are in the page, and it stays at hand.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};

const IMAGES: u32 = 200;
/// A screenful of rows and some to spare.
const ROWS: u32 = 40;
/// Milliseconds for which the page may not answer, on a machine that is busy with the import as well.
const LONGEST: u32 = 500;

/// Notes the greatest number of rows and the longest task.
const WATCH: &str = "window.seen = { rows: 0, longest: 0 };
    const count = () => {
        seen.rows = Math.max(seen.rows, document.querySelectorAll('[data-testid^=entry-]').length);
        requestAnimationFrame(count);
    };
    count();
    new PerformanceObserver(list => list.getEntries().forEach(({ duration }) => {
        seen.longest = Math.max(seen.longest, Math.round(duration));
    })).observe({ entryTypes: ['longtask'] });
    return true;";

/// A screenful per frame, from the beginning to the end.
const SCROLL: &str = "const done = arguments[arguments.length - 1];
    const list = document.querySelector('[data-testid=studio-images]');
    list.scrollTop = 0;
    const step = () => {
        list.scrollTop += list.clientHeight / 2;
        if (list.scrollTop + list.clientHeight < list.scrollHeight - 1) requestAnimationFrame(step);
        else done(true);
    };
    requestAnimationFrame(step);";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_images_are_scrolled_through() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    let _: bool = visit.script(WATCH, vec![]).await?;
    visit.give("studio-files", &Pictures::small_discs(IMAGES).images()).await?;
    let all = format!("document.querySelector('[data-testid=studio-images]').dataset.count === '{IMAGES}'");
    visit.until("all images are in the list", SOON, &all).await?;
    visit.driver().execute_async(SCROLL, vec![]).await?;
    let last = format!(
        "[...document.querySelectorAll('[data-testid=studio-images] .image-row')]
            .find(row => row.ariaPosInSet === '{IMAGES}')?.querySelector('canvas') ? true : null"
    );
    visit.until("the last image has its small picture", SOON, &last).await?;
    visit.screenshot("studio-many-images").await?;
    let [rows, longest]: [u32; 2] = visit.script("return [seen.rows, seen.longest];", vec![]).await?;
    println!("at most {rows} rows of {IMAGES}; longest task {longest} ms");
    assert!((1..=ROWS).contains(&rows), "{rows} rows are in the page");
    assert!(longest <= LONGEST, "the page did not answer for {longest} ms");
    visit.end().await?;
    Ok(())
}
