//! Fine-tuning on WebGPU. It is emulated here and slow, so images are tiny and a few steps must do.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{LATER, Outcome, SOON, Visit};

/// Steps, then a loss, in a mode.
async fn a_few_steps(mode: &str) -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio_on("webgpu", "&lang=en").await?;
    visit.bring(&Pictures::small_discs(3), 3).await?;
    let ready = "document.querySelector('[data-testid=device]').dataset.device === 'webgpu'
        && document.querySelector('[data-testid=device]').dataset.checked === 'true'";
    visit.until("the GPU is in use", LATER, ready).await?;
    visit.press_css(&format!("[data-mode={mode}]")).await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches_within(2, LATER).await?;
    println!("{mode}: {}", visit.text("tune-line").await?);
    visit.press("tune-stop").await?;
    visit.tuning_is("done", TUNING).await?;
    visit
        .until("the model is in use", SOON, "document.querySelector('[data-testid=score]') !== null")
        .await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes four minutes on an emulated GPU; run it with --run-ignored"]
async fn quick_tuning_runs_on_webgpu() -> Outcome {
    a_few_steps("quick").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "on SwiftShader the loss is no number, on lavapipe it is: see docs/upstream.md; run it with --run-ignored where there is a real GPU"]
async fn low_rank_tuning_runs_on_webgpu() -> Outcome {
    a_few_steps("lora").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "on SwiftShader the loss is no number, on lavapipe it is: see docs/upstream.md; run it with --run-ignored where there is a real GPU"]
async fn full_tuning_runs_on_webgpu() -> Outcome {
    a_few_steps("full").await
}
