//! Six micrographs, four to learn from: the score that people go by rises.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn quick_tuning_finds_mitochondria() -> Outcome {
    tuning_finds_mitochondria("quick").await
}

#[tokio::test(flavor = "multi_thread")]
async fn low_rank_tuning_finds_mitochondria() -> Outcome {
    tuning_finds_mitochondria("lora").await
}

async fn tuning_finds_mitochondria(mode: &str) -> Outcome {
    let names = ["z00_q0", "z03_q1", "z06_q2", "z09_q3", "z17_q0", "z18_q2"];
    let Some(pictures) = Pictures::mitochondria(&names) else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&pictures, 6).await?;
    let mark = "document.querySelectorAll('[data-testid=studio-images] input[type=checkbox]').forEach(
        (box, index) => { if (index >= 4) box.click(); });
        return true;";
    let _: bool = visit.script(mark, vec![]).await?;
    visit.press("hold-out").await?;
    let held = "document.querySelectorAll('[data-testid=studio-images] [data-held-out=true]').length === 2";
    visit.until("two images are held out", SOON, held).await?;
    let split = "document.querySelector('[data-testid=estimate]')?.innerText.includes('4 images to learn from, 2 to')";
    visit.until("four images are there to learn from", SOON, split).await?;
    visit.press_css(&format!("[data-mode={mode}]")).await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;
    let scores = visit.scores().await?;
    println!("{mode}: {scores:?}; {}", visit.text("tune-line").await?);
    visit.screenshot(&format!("studio-mitochondria-{mode}")).await?;
    assert!(scores.now >= scores.was + 0.25, "{scores:?}");
    visit.end().await?;
    Ok(())
}
