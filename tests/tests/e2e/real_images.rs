//! Real images, as visitors bring them: by dropping and by choosing a file.

use std::fs;
use std::path::Path;

use medley_core::dataset::formats::{coco, labels_csv, mask_png, split_csv};
use medley_core::dataset::{Manifest, Split};
use medley_core::metrics::box_iou;
use medley_tests::data_set;
use thirtyfour::prelude::*;

use medley_tests::visit::Finding;
use medley_tests::visit::{Outcome, SOON, Visit};

const MAX_PIXELS: usize = 1 << 24;

/// Finds the data set or says that the test is left out.
fn data(id: &str) -> Option<std::path::PathBuf> {
    let folder = data_set(id);
    if folder.is_none() {
        println!("SKIPPED: the data set {id} is not here; MEDLEY_DATA can name the folder of the data sets");
    }
    folder
}

fn classes(folder: &Path) -> Vec<String> {
    Manifest::parse(&fs::read(folder.join("dataset.json")).unwrap()).unwrap().classes
}

#[tokio::test(flavor = "multi_thread")]
async fn nuclei_are_segmented() -> Outcome {
    let Some(folder) = data("dsb2018-fluo") else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    // The first image of the test split that has at least 20 nuclei.
    let rows = split_csv::parse(&fs::read(folder.join("split.csv")).unwrap()).unwrap();
    let many = |row: &&split_csv::SplitRow| row.extra["n_instances"].parse::<u32>().unwrap() >= 20;
    let row = rows.iter().filter(|row| row.split == Split::Test).find(many).unwrap();
    let image = fs::read(folder.join("images").join(&row.file)).unwrap();
    let truth =
        mask_png::parse(&fs::read(folder.join("masks").join(&row.file)).unwrap(), 2, MAX_PIXELS).unwrap();

    visit.open_and_wait("?device=cpu&task=dsb2018-fluo-segmentation", SOON).await?;
    let before = visit.result_number().await?;
    visit.drop_file(&row.file, &image).await?;
    let answer = visit.answer_after(before, SOON).await?;
    assert_eq!(answer.task, "dsb2018-fluo-segmentation");
    let mask = visit.mask().await?;
    assert_eq!((mask.width, mask.height), (truth.width, truth.height));
    visit.screenshot("real-nuclei").await?;
    let dice = dice(&mask.labels, &truth.labels);
    println!("{}: Dice {dice:.3}", row.file);
    assert!(dice >= 0.75, "Dice {dice} of {}", row.file);
    visit.end().await?;
    Ok(())
}

/// Twice the common foreground over the sum of both.
fn dice(a: &[u8], b: &[u8]) -> f64 {
    let count =
        |test: &dyn Fn(u8, u8) -> bool| a.iter().zip(b).filter(|(a, b)| test(**a, **b)).count() as f64;
    let sum = count(&|a, _| a > 0) + count(&|_, b| b > 0);
    2.0 * count(&|a, b| a > 0 && b > 0) / sum
}

#[tokio::test(flavor = "multi_thread")]
async fn blood_cells_are_detected() -> Outcome {
    let Some(folder) = data("bccd") else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let annotations = fs::read(folder.join("annotations/test.json")).unwrap();
    let truth = coco::parse(&annotations, &classes(&folder)).unwrap().swap_remove(0);

    visit.open_and_wait("?device=cpu&task=bccd", SOON).await?;
    let before = visit.result_number().await?;
    visit.choose_file(&folder.join("images").join(&truth.file)).await?;
    let answer = visit.answer_after(before, SOON).await?;
    visit.screenshot("real-blood-cells").await?;
    let Finding::Boxes(found) = answer.finding else { panic!("{answer:?}") };
    let inside = |d: &&medley_core::dataset::Detection| {
        d.x0 >= 0.0
            && d.y0 >= 0.0
            && d.x1 <= answer.width
            && d.y1 <= answer.height
            && d.x0 < d.x1
            && d.y0 < d.y1
    };
    assert!(found.iter().all(|d| inside(&d)), "boxes lie in the image: {found:?}");
    assert!(found.is_sorted_by(|a, b| a.score >= b.score), "best first: {found:?}");
    let boxes = truth.boxes();
    let hit = boxes.iter().filter(|label| {
        let corners = [label.x0, label.y0, label.x1, label.y1];
        let same = |d: &&medley_core::dataset::Detection| {
            d.class == label.class && box_iou([d.x0, d.y0, d.x1, d.y1], corners) >= 0.5
        };
        found.iter().find(same).is_some()
    });
    let (hit, all) = (hit.count(), boxes.len());
    println!("{}: {hit} of {all} labelled cells found with {} boxes", truth.file, found.len());
    assert!(2 * hit >= all, "{hit} of {all} labelled cells found");
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_white_blood_cell_is_classified() -> Outcome {
    let Some(folder) = data("pbc-blood") else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let classes = classes(&folder);
    let rows = labels_csv::parse(&fs::read(folder.join("labels.csv")).unwrap(), &classes).unwrap();
    let row = rows.iter().find(|row| row.split == Split::Test).unwrap();

    visit.open_and_wait("?device=cpu", SOON).await?;
    let before = visit.result_number().await?;
    visit.choose_file(&folder.join("images").join(&row.file)).await?;
    let segmented = visit.answer_after(before, SOON).await?;
    assert_ne!(segmented.task, "pbc-blood", "the task stays as it was chosen");
    let before = visit.result_number().await?;
    visit.choose_task("pbc-blood").await?;
    let answer = visit.answer_after(before, SOON).await?;
    visit.screenshot("real-white-cell").await?;
    assert_eq!(answer.task, "pbc-blood");
    let Finding::Classes(probabilities) = answer.finding else { panic!("{answer:?}") };
    assert_eq!(probabilities.len(), classes.len());
    let sum: f64 = probabilities.iter().sum();
    assert!((sum - 1.0).abs() < 1e-3, "probabilities sum to {sum}");
    let listed = visit.driver().find_all(By::Css("[data-testid=probabilities] li")).await?;
    assert_eq!(listed.len(), classes.len(), "all classes are listed");
    visit.end().await?;
    Ok(())
}
