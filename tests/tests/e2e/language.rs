//! English and Japanese.

use medley_tests::visit::{Outcome, SOON, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn the_language_switches_and_is_remembered() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open("?device=cpu").await?;
    speaks(&visit, "en", "Your images stay on this computer.").await?;
    visit.click("language").await?;
    speaks(&visit, "ja", "画像はこのコンピューターの外に出ません。").await?;
    visit.open("?device=cpu").await?;
    speaks(&visit, "ja", "画像はこのコンピューターの外に出ません。").await?;
    visit.click("language").await?;
    speaks(&visit, "en", "Your images stay on this computer.").await?;
    // The address wins over what is remembered.
    visit.open("?device=cpu&lang=ja").await?;
    speaks(&visit, "ja", "画像はこのコンピューターの外に出ません。").await?;
    visit.end().await?;
    Ok(())
}

/// Waits until the page is in a language: its mark for browsers and screen readers, and a sentence that is
/// seen.
async fn speaks(visit: &Visit, language: &str, sentence: &str) -> Outcome {
    let marked = format!("document.documentElement.lang === '{language}'");
    visit.until(&format!("the page is marked as {language}"), SOON, &marked).await?;
    let seen = format!("document.body.innerText.includes({sentence:?})");
    visit.until(&format!("the page says {sentence}"), SOON, &seen).await
}
