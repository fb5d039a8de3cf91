//! What is stored is of this project alone, and of one tab at a time.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};

/// The studio on the project that is stored.
const STUDIO: &str = "?view=studio&device=cpu&lang=en";

#[tokio::test(flavor = "multi_thread")]
async fn the_labels_of_a_removed_image_do_not_fall_to_the_next_one() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let pictures = Pictures::discs(3);
    visit.open_studio("&lang=en").await?;
    visit.bring(&pictures, 3).await?;
    visit.press_css(".image-row:last-child .image-open").await?;
    visit.press("remove-images").await?;
    visit.has_images(2).await?;
    visit.is_saved().await?;

    visit.open(STUDIO).await?;
    visit.has_images(2).await?;
    visit.give("studio-files", &pictures.images()[2..]).await?;
    visit.has_images(3).await?;
    visit.is_saved().await?;

    visit.open(STUDIO).await?;
    visit.has_images(3).await?;
    visit.has_labelled(2).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_says_that_the_project_is_open_in_another() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(2), 1).await?;
    visit.is_saved().await?;

    let driver = visit.driver();
    let first = driver.window().await?;
    let second = driver.new_tab().await?;
    driver.switch_to_window(second.clone()).await?;
    visit.resize(1280, 800).await?;
    visit.open(STUDIO).await?;
    let elsewhere = "document.querySelector('[data-testid=storage]')?.dataset.state === 'elsewhere'
        && document.querySelector('[data-testid=storage-notice]') !== null";
    visit.until("a line says so", SOON, elsewhere).await?;
    visit.screenshot("studio-open-elsewhere").await?;

    // With the other tab its lock goes.
    driver.switch_to_window(first).await?;
    driver.close_window().await?;
    driver.switch_to_window(second).await?;
    visit.open(STUDIO).await?;
    visit.has_images(2).await?;
    visit.has_labelled(1).await?;
    visit.is_saved().await?;
    visit.end().await?;
    Ok(())
}
