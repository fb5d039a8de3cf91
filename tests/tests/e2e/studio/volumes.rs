//! A volume in the studio: slices, window and level, labels of one slice and of all.

use medley_tests::visit::{Outcome, SOON, Visit};
use medley_tests::{data_set, workspace};

use super::hand::{Hand, Place, press_key};

const SLICE: &str = "Number(document.querySelector('[data-testid=slice]')?.value ?? -1)";
const PAINTED: &str =
    "Array.from(window.medley.labels()?.labels ?? []).filter(label => label > 0 && label < 255).length";

async fn on_slice(visit: &Visit, slice: u32) -> Outcome {
    visit.until(&format!("slice {slice} is on the screen"), SOON, &format!("{SLICE} === {slice}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn slices_are_painted_and_labels_of_a_volume_come_in() -> Outcome {
    let Some(data) = data_set("msd-hippocampus") else {
        println!(
            "SKIPPED: the data set msd-hippocampus is not here; MEDLEY_DATA can name the folder of the data sets"
        );
        return Ok(());
    };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    let volume = data.join("images/hippocampus_001.nii.gz");
    visit.give("studio-files", &[volume]).await?;
    visit.has_images(1).await?;
    on_slice(&visit, 0).await?;
    for slice in 1..=3 {
        press_key(&visit, ".").await?;
        on_slice(&visit, slice).await?;
    }
    press_key(&visit, ",").await?;
    on_slice(&visit, 2).await?;
    let shown = "document.querySelector('[data-testid=studio-canvas]').dataset.entry !== undefined
        && window.medley.labels() !== null";
    visit.until("the slice can be painted", SOON, shown).await?;

    let hand = Hand::over(&visit).await?;
    press_key(&visit, "b").await?;
    hand.drag(&[Place(8.0, 20.0), Place(24.0, 20.0)]).await?;
    visit.until("the slice is painted", SOON, &format!("{PAINTED} > 0")).await?;
    visit.has_labelled(1).await?;
    press_key(&visit, ".").await?;
    on_slice(&visit, 3).await?;
    visit.until("its neighbour is not", SOON, &format!("{PAINTED} === 0")).await?;

    // Window and level: the picture changes, the labels do not.
    visit.press("window").await?;
    let picture = "document.querySelector('.canvas-image').toDataURL()";
    let before: String = visit.script(&format!("return {picture};"), vec![]).await?;
    let narrow = "const width = document.querySelectorAll('[data-testid=windowing] input')[1];
        width.value = Number(width.value) / 4;
        width.dispatchEvent(new Event('change', { bubbles: true }));
        return true;";
    let _: bool = visit.script(narrow, vec![]).await?;
    visit.until("the picture has more contrast", SOON, &format!("{picture} !== {before:?}")).await?;
    visit.screenshot("studio-volume").await?;

    // The labels of the whole volume bring their second class along.
    visit.files_panel(true).await?;
    visit.give("label-files", &[data.join("labels/hippocampus_001.nii.gz")]).await?;
    let classes = "document.querySelectorAll('[data-testid=classes] [data-class]').length === 3";
    visit.until("there is a second class", SOON, classes).await?;
    visit.files_panel(false).await?;
    let labelled = "document.querySelector('[data-testid=complete]') !== null";
    visit.until("the slice has its state", SOON, labelled).await?;
    let go = "const slice = document.querySelector('[data-testid=slice]');
        slice.value = arguments[0];
        slice.dispatchEvent(new Event('input', { bubbles: true }));
        return true;";
    let _: bool = visit.script(go, vec![17.into()]).await?;
    on_slice(&visit, 17).await?;
    visit.until("the middle is labelled", SOON, &format!("{PAINTED} > 0")).await?;
    visit.screenshot("studio-volume-labelled").await?;
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_scan_become_one_volume() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    let folder = workspace().join("tests/fixtures/dicom/series").canonicalize()?;
    let files = ["c", "a", "e", "scout", "b", "d"].map(|name| folder.join(format!("{name}.dcm")));
    visit.give("studio-files", &files).await?;
    // The scout is a picture of its own.
    visit.has_images(2).await?;
    let slices = "Number(document.querySelector('[data-testid=slice]')?.max ?? -1) === 4";
    visit.until("the volume has five slices", SOON, slices).await?;
    visit.is_saved().await?;
    visit.open("?view=studio&device=cpu&lang=en").await?;
    visit.has_images(2).await?;
    visit.until("it is still a volume after a reload", SOON, slices).await?;
    visit.end().await?;
    Ok(())
}
