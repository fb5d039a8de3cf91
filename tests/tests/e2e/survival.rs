//! What ends in the middle of a tuning: the tab, the graphics processor, a Worker that no longer answers. Labels and
//! tuning go on from what is stored, and a line says so.

use medley_core::dataset::Mask;
use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::{STATE, STEPS, TUNING};
use medley_tests::visit::{LATER, Outcome, SOON, Visit};
use serde_json::json;
use thirtyfour::prelude::*;

fn pixels_of(mask: &Mask, label: u8) -> usize {
    mask.labels.iter().map(|known| usize::from(*known == label)).sum()
}

const SAID: &str =
    "document.querySelector('[data-testid=studio-notice]')?.innerText.includes('It was started again')";

/// Begins a tuning on three of five images and waits until it has come some way; returns the step.
async fn begin(visit: &Visit) -> WebDriverResult<u32> {
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(5), 3).await?;
    visit.is_saved().await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches(10).await?;
    step(visit).await
}

async fn step(visit: &Visit) -> WebDriverResult<u32> {
    visit.script(&format!("return {STEPS};"), vec![]).await
}

/// A new Worker has taken over, a line says so, and the tuning comes to its end with all images and labels.
async fn goes_on(visit: &Visit, images: usize) -> Outcome {
    visit.until("a line says what happened", SOON, SAID).await?;
    let sentence = visit.notices().await?;
    println!("{sentence}");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    let alive = format!("['running', 'done'].includes({STATE})");
    visit.until("the tuning goes on", SOON, &alive).await?;
    visit.has_images(images).await?;
    visit.has_labelled(3).await?;
    visit.tuning_is("done", TUNING).await?;
    visit.scores().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_tab_loses_nothing() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    begin(&visit).await?;
    let labels = visit.layer("labels").await?;
    let shown = "document.querySelector('[data-testid=studio-canvas]').dataset.entry";
    let entry: String = visit.eventually("an image is on the screen", SOON, shown).await?;
    visit.change_tab().await?;
    visit.open("?view=studio&device=cpu&lang=en").await?;
    visit.tuning_is("paused", SOON).await?;
    visit.has_images(5).await?;
    visit.has_labelled(3).await?;
    visit.press(&format!("entry-{entry}")).await?;
    visit.until("the same image is on the screen", SOON, &format!("{shown} === {entry:?}")).await?;
    let found = visit.layer("labels").await?;
    let tally =
        |mask: &Option<Mask>| mask.as_ref().map(|mask| [0, 1, 255].map(|label| pixels_of(mask, label)));
    assert!(found == labels, "the label is as it was: {:?}, now {:?}", tally(&labels), tally(&found));
    let kept = step(&visit).await?;
    visit.screenshot("studio-after-a-closed-tab").await?;
    visit.press("tune-pause").await?;
    visit.tuning_is("done", TUNING).await?;
    let end = step(&visit).await?;
    println!("the tuning waited at step {kept} and ended at {end}");
    assert!(end > kept, "it went on from {kept} to {end}");
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes many minutes on an emulated GPU; run it with --run-ignored where there is a real one"]
async fn a_lost_graphics_processor_is_replaced_by_the_cpu() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio_on("webgpu", "&lang=en").await?;
    visit.bring(&Pictures::small_discs(3), 3).await?;
    let on = |device: &str| {
        format!(
            "document.querySelector('[data-testid=device]').dataset.device === {device:?}
            && document.querySelector('[data-testid=device]').dataset.checked === 'true'"
        )
    };
    visit.until("the GPU is in use", LATER, &on("webgpu")).await?;
    visit.is_saved().await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches_within(1, LATER).await?;
    // The browser's process for graphics ends, and with it all devices.
    visit.driver().cdp().send_raw("Browser.crashGpuProcess", json!({})).await?;
    goes_on(&visit, 3).await?;
    visit.until("the CPU is in use", SOON, &on("cpu")).await?;
    visit.screenshot("studio-after-a-lost-gpu").await?;
    visit.end().await?;
    Ok(())
}

/// In the Worker: nothing else is done from a word on.
const HANGS: &str = "const ear = new BroadcastChannel('test');
ear.onmessage = ({ data }) => { if (data === 'hang') for (;;); };";

/// In the page: what is done every five seconds is done every tenth of a second from a word on, so that the test need
/// not wait until the page's patience is at its end.
const HURRIES: &str = "const every = window.setInterval.bind(window);
window.setInterval = (act, time, ...more) => {
    if (time !== 5000) return every(act, time, ...more);
    let waited = 0;
    return every(() => {
        waited += 100;
        if (window.hurry || waited >= time) {
            waited = 0;
            act();
        }
    }, 100, ...more);
};";

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_hangs_is_replaced() -> Outcome {
    let Some(visit) = Visit::start_with_worker(HANGS).await? else { return Ok(()) };
    visit.before_each_page(HURRIES).await?;
    begin(&visit).await?;
    let hang = "new BroadcastChannel('test').postMessage('hang'); window.hurry = true; return true;";
    let _: bool = visit.script(hang, vec![]).await?;
    visit.until("a line says what happened", SOON, SAID).await?;
    let _: bool = visit.script("window.hurry = false; return true;", vec![]).await?;
    goes_on(&visit, 5).await?;
    visit.end().await?;
    Ok(())
}
