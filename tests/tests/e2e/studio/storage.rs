//! A browser whose storage is full: that is said plainly, work goes on, and the project can be exported. As soon as there is
//! room, all of it is stored.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};
use serde_json::json;

use super::hand::{Hand, Place, press_key};

#[tokio::test(flavor = "multi_thread")]
async fn full_storage_is_told_and_nothing_is_lost() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let saved = tempfile::tempdir()?;
    visit.save_into(saved.path()).await?;
    visit.open_studio("&lang=en").await?;
    let quota = json!({ "origin": visit.origin, "quotaSize": 1 });
    visit.driver().cdp().send_raw("Storage.overrideQuotaForOrigin", quota).await?;
    let pictures = Pictures::discs(2);
    visit.give("studio-files", &pictures.images()).await?;
    let told = "document.querySelector('[data-testid=storage]')?.dataset.state === 'full'
        && document.querySelector('[data-testid=storage-notice]') !== null";
    visit.until("the storage is told to be full", SOON, told).await?;
    visit.screenshot("studio-storage-full").await?;

    // What is done now is in memory, and in what is exported.
    visit.has_images(2).await?;
    let open = "document.querySelector('[data-testid=studio-canvas]').dataset.entry !== undefined";
    visit.until("an image is on the screen", SOON, open).await?;
    press_key(&visit, "b").await?;
    Hand::over(&visit).await?.drag(&[Place(20.0, 20.0), Place(60.0, 60.0)]).await?;
    visit.has_labelled(1).await?;
    visit.files_panel(true).await?;
    let project = visit.export("project", saved.path()).await?;
    let archive = zip::ZipArchive::new(std::fs::File::open(project)?).unwrap();
    assert!(archive.len() >= 4, "two images, a mask and the document: {}", archive.len());
    visit.files_panel(false).await?;

    let as_before = json!({ "origin": visit.origin });
    visit.driver().cdp().send_raw("Storage.overrideQuotaForOrigin", as_before).await?;
    Hand::over(&visit).await?.drag(&[Place(60.0, 20.0), Place(80.0, 40.0)]).await?;
    visit.is_saved().await?;
    visit.open("?view=studio&device=cpu&lang=en").await?;
    visit.has_images(2).await?;
    visit.has_labelled(1).await?;
    visit.end().await?;
    Ok(())
}
