//! The first thing a visitor sees.

use medley_tests::visit::Finding;
use medley_tests::visit::{Outcome, SOON, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sample_is_segmented_by_itself() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let answer = visit.open_and_wait("?device=cpu", SOON).await?;
    assert_eq!(answer.device, "cpu");
    assert!(matches!(answer.finding, Finding::Mask(_)), "{answer:?}");
    visit
        .until(
            "the status is ready",
            SOON,
            "document.querySelector('[data-testid=status]').dataset.phase === 'ready'",
        )
        .await?;

    let mask = visit.mask().await?;
    assert_eq!((mask.width as f32, mask.height as f32), (answer.width, answer.height));
    let foreground = mask.labels.iter().filter(|label| **label > 0).count();
    let share = foreground as f64 / mask.labels.len() as f64;
    assert!((0.01..0.9).contains(&share), "the foreground is {share} of the picture");
    let count: u32 = visit.text("count").await?.parse().expect("a number of objects is shown");
    assert!(count > 0);
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mask_is_drawn_and_can_be_hidden() -> Outcome {
    // The sample is grey, so colours are the overlay's.
    const COLOURED_PIXELS: &str = "(() => {
        const canvas = document.querySelector('[data-testid=canvas]');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let coloured = 0;
        for (let i = 0; i < data.length; i += 4) {
            const rgb = data.subarray(i, i + 3);
            if (Math.max(...rgb) - Math.min(...rgb) > 40) coloured += 1;
        }
        return coloured;
    })()";
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_and_wait("?device=cpu&sample=fluorescence", SOON).await?;
    let drawn = format!("{COLOURED_PIXELS} > 1000");
    visit.until("the overlay is drawn", SOON, &drawn).await?;
    visit.driver().action_chain().key_down('h').perform().await?;
    visit.until("the overlay is hidden while H is held", SOON, &format!("{COLOURED_PIXELS} < 100")).await?;
    visit.driver().action_chain().key_up('h').perform().await?;
    visit.until("the overlay is back", SOON, &drawn).await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_gets_an_answer() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_and_wait("?device=cpu&lang=en", SOON).await?;
    for sample in ["slide", "radiograph", "tomograph", "fluorescence"] {
        let before = visit.result_number().await?;
        visit.click(&format!("sample-{sample}")).await?;
        let answer = visit.answer_after(before, SOON).await?;
        println!("{sample}: {}", answer.task);
        assert_eq!(answer.width.max(answer.height), 256.0, "{answer:?}");
        visit.screenshot(&format!("sample-{sample}")).await?;
    }
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_the_page_for_people() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    for language in ["en", "ja"] {
        visit.open_and_wait(&format!("?device=cpu&lang={language}"), SOON).await?;
        for (width, height) in [(1280, 800), (600, 900)] {
            visit.resize(width, height).await?;
            // Two clicks lead back to where it began.
            for _ in 0..2 {
                let theme: String =
                    visit.script("return document.documentElement.dataset.theme;", vec![]).await?;
                visit.screenshot(&format!("page-{width}-{language}-{theme}")).await?;
                visit.click("theme").await?;
                let switched = format!("document.documentElement.dataset.theme !== '{theme}'");
                visit.until("the theme has changed", SOON, &switched).await?;
            }
        }
        visit.resize(1280, 800).await?;
        for panel in ["device", "help"] {
            visit.click(panel).await?;
            visit
                .until(
                    "the panel is open",
                    SOON,
                    &format!("document.querySelector('[data-testid={panel}-panel]') !== null"),
                )
                .await?;
            visit.screenshot(&format!("panel-{panel}-{language}")).await?;
            visit.click(panel).await?;
            visit
                .until(
                    "the panel is closed",
                    SOON,
                    &format!("document.querySelector('[data-testid={panel}-panel]') === null"),
                )
                .await?;
        }
    }
    visit.end().await?;
    Ok(())
}
