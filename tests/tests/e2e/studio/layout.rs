//! Small screens: nothing that people need is cut off.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};
use serde_json::json;

/// What has to be in sight, by CSS selector: whole, but for the tuning's card, which may go on below the edge.
const WHOLE: [&str; 7] = [
    "[data-testid=storage]",
    "[data-testid=project-name]",
    "[data-testid=device]",
    "[data-testid=help]",
    "[data-tool=brush]",
    "[data-testid=undo]",
    "[data-testid=promise]",
];

#[tokio::test(flavor = "multi_thread")]
async fn small_screens_show_what_is_needed() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    for language in ["en", "ja"] {
        if language == "en" {
            visit.open_studio("&lang=en").await?;
            visit.bring(&Pictures::discs(4), 3).await?;
            visit.is_saved().await?;
            let promise = visit.text("promise").await?;
            assert!(promise.ends_with(": 0."), "no connection to another computer: {promise}");
        } else {
            visit.click("language").await?;
            visit.until("the page is Japanese", SOON, "document.documentElement.lang === 'ja'").await?;
        }
        for (width, height) in [(1280, 720), (1024, 768)] {
            visit.resize(width, height).await?;
            visit.screenshot(&format!("studio-{width}-{language}")).await?;
            let body = "const outside = arguments[0].filter(css => {
                    const place = document.querySelector(css)?.getBoundingClientRect();
                    return !(place && place.width > 0 && place.left >= 0 && place.top >= 0
                        && place.right <= innerWidth && place.bottom <= innerHeight);
                });
                const tune = document.querySelector('[data-testid=tune]').getBoundingClientRect();
                if (!(tune.top + 24 < innerHeight && tune.right <= innerWidth)) outside.push('tune');
                // Whatever is wider than its frame would be scrolled sideways, or cut off.
                const frames = ['html', 'body', 'header.top', 'main', '.zone-images', '.zone-task'];
                const wide = frames.filter(css => {
                    const frame = document.querySelector(css);
                    return frame.scrollWidth > frame.clientWidth;
                });
                return [...outside, ...wide.map(css => `${css} is too wide`)];";
            let wrong: Vec<String> = visit.script(body, vec![json!(WHOLE)]).await?;
            assert!(wrong.is_empty(), "{width} x {height}, {language}: {wrong:?}");
        }
    }
    visit.end().await?;
    Ok(())
}
