//! After one visit the page needs no network: not for its own code, and not for the model. A new version waits until the
//! visitor lets it take over, and finds their work as it was.

use medley_tests::visit::pictures::Pictures;
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

/// The versions of the page that were kept when this was last asked, in JavaScript.
const VERSIONS: &str = "(caches.keys().then(names => {
        window.versions = names.filter(name => name.startsWith('medley-page-'));
    }), window.versions ?? [])";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_takes_over_when_asked_and_labels_stay() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.until("the page and the model are kept", SOON, KEPT).await?;
    visit.bring(&Pictures::discs(2), 1).await?;
    visit.is_saved().await?;
    let labels = visit.layer("labels").await?;
    assert!(labels.is_some(), "an image with a label is on the screen");

    visit.publish_next_version();
    let look = "window.old = true;
        navigator.serviceWorker.getRegistration().then(registration => registration.update()); return true;";
    let _: bool = visit.script(look, vec![]).await?;
    let offered = "document.querySelector('[data-testid=update]') !== null";
    visit.until("the new version is offered", SOON, offered).await?;
    visit.screenshot("studio-new-version").await?;
    let kept: bool = visit.script("return window.old === true;", vec![]).await?;
    assert!(kept, "nothing happens before the visitor says so");

    visit.click("update-reload").await?;
    let only = format!(
        "!window.old && {VERSIONS}.length === 1 && window.versions[0].startsWith('medley-page-next-')"
    );
    visit.until("the page runs in its new version, and the old one is gone", SOON, &only).await?;
    visit.has_images(2).await?;
    visit.has_labelled(1).await?;
    visit.end().await?;
    Ok(())
}
