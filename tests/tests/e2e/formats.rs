//! Every kind of file that the picker offers is opened and answered.

use std::fs;
use std::path::PathBuf;

use medley_core::imaging::decode;
use medley_tests::{data_set, workspace};

use medley_tests::visit::{Outcome, SOON, Visit};

const MAX_PIXELS: usize = 1 << 24;

/// One file per format, small ones with known pixels; and real ones where the data sets are here.
fn files() -> Vec<PathBuf> {
    let fixtures = workspace().join("tests/fixtures");
    let names = [
        "raster/rgb8.png",
        "raster/turned.jpg",
        "raster/rgb24.bmp",
        "raster/lossy.webp",
        "raster/stack.tif",
        "raster/f32.tif",
        "dicom/read/explicit_little_ct.dcm",
        "dicom/read/frames_rle.dcm",
        "dicom/read/jpeg_lossless_16.dcm",
        "nifti/second-f8-little.nii",
    ];
    let mut files: Vec<PathBuf> = names.iter().map(|name| fixtures.join(name)).collect();
    for (set, image) in [
        ("ct-contrast-dicom", "ID_0000_AGE_0060_CONTRAST_1_CT.dcm"),
        ("msd-hippocampus", "hippocampus_001.nii.gz"),
    ] {
        match data_set(set) {
            Some(folder) => files.push(folder.join("images").join(image)),
            None => println!(
                "SKIPPED: the data set {set} is not here; MEDLEY_DATA can name the folder of the data sets"
            ),
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_is_opened_and_answered() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_and_wait("?device=cpu&lang=en&task=dsb2018-fluo-segmentation", SOON).await?;
    for file in files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&file).unwrap();
        let before = visit.result_number().await?;
        visit.drop_file(&name, &bytes).await?;
        let answer = visit.answer_after(before, SOON).await?;
        let image = decode(&bytes, MAX_PIXELS).unwrap();
        let shown = [answer.width as usize, answer.height as usize];
        println!(
            "{name}: {} x {}, {} slices; shown {shown:?}",
            image.width(),
            image.height(),
            image.slices()
        );
        if image.slices() == 1 {
            assert_eq!(shown, [image.width(), image.height()], "{name}");
        } else {
            // A volume is looked at along its through-plane axis, which need not be its third.
            let sides = [image.width(), image.height(), image.slices()];
            assert!(shown.iter().all(|side| sides.contains(side)), "{name}: {shown:?} of {sides:?}");
        }
    }
    visit.screenshot("format-nifti").await?;
    visit.end().await?;
    Ok(())
}
