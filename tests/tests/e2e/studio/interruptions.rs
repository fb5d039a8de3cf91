//! What is under way survives: a reload, and a Worker that is gone.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::{STATE, STEPS, TUNING};
use medley_tests::visit::{Outcome, SOON, Visit};

/// Begins a tuning on three of five images and waits until it has come some way; returns the step.
async fn begin(visit: &Visit) -> thirtyfour::error::WebDriverResult<u32> {
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(5), 3).await?;
    visit.is_saved().await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches(10).await?;
    visit.script(&format!("return {STEPS};"), vec![]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_keeps_labels_and_offers_to_go_on() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    begin(&visit).await?;
    visit.open("?view=studio&device=cpu&lang=en").await?;
    visit.tuning_is("paused", SOON).await?;
    visit.has_images(5).await?;
    visit.has_labelled(3).await?;
    let kept: u32 = visit.script(&format!("return {STEPS};"), vec![]).await?;
    println!("the tuning waits at step {kept}");
    visit.screenshot("studio-reloaded").await?;
    visit.press("tune-pause").await?;
    visit.tuning_is("done", TUNING).await?;
    let end: u32 = visit.script(&format!("return {STEPS};"), vec![]).await?;
    assert!(end > kept, "it went on from {kept} to {end}");
    visit.scores().await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_worker_is_replaced_in_a_line() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    begin(&visit).await?;
    let _: bool = visit.script("window.medley.restart(); return true;", vec![]).await?;
    let said =
        "document.querySelector('[data-testid=studio-notice]')?.innerText.includes('It was started again')";
    visit.until("a line says what happened", SOON, said).await?;
    let sentence = visit.notices().await?;
    println!("{sentence}");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    visit.screenshot("studio-recovered").await?;
    let alive = format!("['running', 'done'].includes({STATE})");
    visit.until("the tuning goes on", SOON, &alive).await?;
    visit.has_images(5).await?;
    visit.has_labelled(3).await?;
    visit.tuning_is("done", TUNING).await?;
    visit.scores().await?;
    visit.end().await?;
    Ok(())
}
