//! The first visit: three steps on samples, and never again.

use medley_tests::visit::{Outcome, SOON, Visit};

fn step(number: u32) -> String {
    format!("document.querySelector('[data-testid=tour]')?.dataset.step === '{number}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn three_steps_lead_through_a_sample_project() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open("?view=studio&device=cpu&lang=en").await?;
    visit.until("the tour begins", SOON, &step(0)).await?;
    visit.screenshot("studio-tour").await?;
    visit.press("tour-next").await?;
    visit.until("the second step", SOON, &step(1)).await?;
    visit.has_images(6).await?;
    visit.press("tour-next").await?;
    visit.until("the third step", SOON, &step(2)).await?;
    visit.press("tour-next").await?;
    let over = "document.querySelector('[data-testid=tour]') === null";
    visit.until("the tour is over", SOON, over).await?;
    visit.is_saved().await?;
    visit.open("?view=studio&device=cpu&lang=en").await?;
    visit.has_images(6).await?;
    visit.until("and does not come again", SOON, over).await?;
    visit.end().await?;
    Ok(())
}
