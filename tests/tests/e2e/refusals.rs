//! Files that cannot be opened get a sentence, and the page goes on.

use medley_tests::visit::Finding;
use medley_tests::visit::{Outcome, SOON, Visit};

/// A PNG header that promises `side` x `side` grey pixels, and hardly any data.
fn promise(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, &[0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]).unwrap();
    drop(writer);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_named_and_the_page_goes_on() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_and_wait("?device=cpu&lang=en", SOON).await?;
    let before = visit.mask().await?;
    for (name, bytes, words) in [
        ("broken.png", promise(64), "damaged"),
        ("notes.txt", b"These are notes.".to_vec(), "not an image that Medley reads"),
        ("empty.png", Vec::new(), "not an image that Medley reads"),
        ("huge.png", promise(20_000), "20000 × 20000 pixels"),
    ] {
        visit.drop_file(name, &bytes).await?;
        let named = format!("document.querySelector('[data-testid=error]')?.innerText.includes('{name}')");
        visit.until(&format!("a sentence names {name}"), SOON, &named).await?;
        let sentence = visit.complaint().await?;
        println!("{sentence}");
        assert!(sentence.contains(words), "{sentence}");
        visit.until("the page is at rest", SOON, "document.body.dataset.ready === 'true'").await?;
        visit.screenshot(&format!("refused-{name}").replace('.', "-")).await?;
        assert_eq!(visit.mask().await?, before, "the picture before is still shown after {name}");
    }

    let number = visit.result_number().await?;
    visit.click("sample-slide").await?;
    let answer = visit.answer_after(number, SOON).await?;
    assert!(!matches!(&answer.finding, Finding::Mask(_)) || visit.mask().await? != before);
    let gone = "document.querySelector('[data-testid=error]') === null";
    visit.until("the sentence has gone", SOON, gone).await?;
    visit.end().await?;
    Ok(())
}
