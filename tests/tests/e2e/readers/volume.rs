//! Labels of volumes come back in the place and on the grid of the volume.

use std::fs;
use std::path::Path;

use medley_tests::data_set;
use medley_tests::readers::Readers;
use medley_tests::visit::{Outcome, SOON, Visit};
use serde_json::json;
use thirtyfour::prelude::*;

use super::{Folders, export};

const VOLUME: &str = "hippocampus_001.nii.gz";
/// The same, as if the scanner had been tilted.
const TILTED: &str = "tilted_001.nii.gz";

#[tokio::test(flavor = "multi_thread")]
async fn labels_lie_where_their_volume_lies() -> Outcome {
    let Some(readers) = Readers::find() else { return Ok(()) };
    let Some(data) = data_set("msd-hippocampus") else {
        println!(
            "SKIPPED: the data set msd-hippocampus is not here; MEDLEY_DATA can name the folder of the data sets"
        );
        return Ok(());
    };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let folders = Folders::new();
    for part in ["images", "labels"] {
        let folder = folders.of(part);
        fs::copy(data.join(part).join(VOLUME), folder.join(VOLUME))?;
        let tilted = [data.join(part).join(VOLUME), folder.join(TILTED)];
        readers.read("oblique", &tilted.each_ref().map(|file| file.as_os_str()));
    }
    let [images, labels] = ["images", "labels"].map(|part| folders.of(part));
    let both = |folder: &Path| [VOLUME, TILTED].map(|name| folder.join(name)).to_vec();
    let saved = folders.of("saved");
    visit.save_into(&saved).await?;

    visit.open_studio("&lang=en").await?;
    let field = visit.driver().find(By::Css("[data-testid=new-class]")).await?;
    field.send_keys("posterior").await?;
    visit.press("add-class").await?;
    let classes = "document.querySelectorAll('[data-testid=classes] [data-class]').length === 3";
    visit.until("there are two classes and the background", SOON, classes).await?;
    visit.give("studio-files", &both(&images)).await?;
    visit.has_images(2).await?;
    visit.files_panel(true).await?;
    visit.give("label-files", &both(&labels)).await?;
    visit.has_labelled(2).await?;
    let (_, found) =
        export(&visit, &readers, ("masks-nifti", "masks-nifti"), &saved, &[&images, &labels]).await?;
    assert_eq!(found["files"], 2);
    let (_, table) = export(&visit, &readers, ("csv", "csv-volume"), &saved, &[&images, &labels]).await?;
    assert_eq!(table["pixels"], found["foreground"]);
    assert_eq!(table["classes"], json!(["object", "posterior"]));
    visit.screenshot("studio-volumes").await?;
    visit.end().await?;
    Ok(())
}
