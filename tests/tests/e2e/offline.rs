//! After one visit the page needs no network: not for its own code, and not for the model.

use medley_tests::visit::{Outcome, SOON, Visit};

/// Whether the service worker is in charge and has kept everything, in JavaScript.
const KEPT: &str = "window.kept ?? (window.kept = null, Promise.all([
        navigator.serviceWorker.ready,
        caches.keys().then(names => names.some(name => name.startsWith('medley-page-'))),
        caches.match(new URL('models/medley-nano.safetensors', location).href),
    ]).then(([ready, page, model]) => {
        if (navigator.serviceWorker.controller && ready.active?.state === 'activated' && page && model) {
            window.kept = true;
        }
    }), null)";

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_after_the_server_is_gone() -> Outcome {
    let Some(mut visit) = Visit::start().await? else { return Ok(()) };
    let first = visit.open_and_wait("?device=cpu&sample=fluorescence&size=64", SOON).await?;
    visit.until("the page and the model are kept", SOON, KEPT).await?;
    let mask = visit.mask().await?;
    visit.stop_server();
    let second = visit.open_and_wait("?device=cpu&sample=fluorescence&size=64", SOON).await?;
    assert_eq!(first.task, second.task);
    assert_eq!(visit.mask().await?, mask, "the same answer as before");
    visit.screenshot("offline").await?;
    visit.open_studio("&lang=en").await?;
    visit.end().await?;
    Ok(())
}
