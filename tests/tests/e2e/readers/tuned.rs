//! All ten files of a tuned project of pictures.

use std::path::{Path, PathBuf};

use clap::Parser;
use medley_core::dataset::Mask;
use medley_tests::bundled_model;
use medley_tests::readers::Readers;
use medley_tests::visit::pictures::{Pictures, read_grey};
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};
use serde_json::json;
use thirtyfour::prelude::*;

use super::{Folders, export, write_mask};

/// What the model says of the picture on the screen.
async fn prediction(visit: &Visit) -> WebDriverResult<Mask> {
    let there = "document.querySelector('[data-testid=studio-canvas]').dataset.prediction === 'true'";
    visit.until("a prediction is there", SOON, there).await?;
    Ok(visit.layer("prediction").await?.unwrap())
}

/// Twice the common objects over the sum of both.
fn dice(a: &Mask, b: &Mask) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let count = |wanted: &dyn Fn(u8, u8) -> bool| {
        a.labels.iter().zip(&b.labels).filter(|(a, b)| wanted(**a, **b)).count() as f64
    };
    2.0 * count(&|a, b| a > 0 && b > 0) / (count(&|a, _| a > 0) + count(&|_, b| b > 0))
}

/// The mask that the command line writes for a picture.
fn from_the_command_line(model: &Path, image: &Path, task: &str, out: &Path) -> Mask {
    let words = ["medley", "predict", "--device", "cpu", "--task", task, "--out"].map(PathBuf::from);
    let words = words.into_iter().chain([out, model, image].map(Path::to_path_buf));
    medley_server::cli::Cli::try_parse_from(words).unwrap().run().unwrap();
    let stem = image.file_stem().unwrap().to_str().unwrap();
    let (width, labels) = read_grey(&out.join(format!("{stem}.{task}.mask.png")));
    Mask { width, height: labels.len() / width, labels }
}

/// The mask that a new project makes of a picture with a model from a file.
async fn in_another_project(visit: &Visit, model: &Path, image: &Path) -> WebDriverResult<Mask> {
    visit.files_panel(true).await?;
    visit.give("model-file", &[model.to_path_buf()]).await?;
    let known = "document.querySelector('[data-export=model]')?.disabled === false";
    visit.until("the model is in use", SOON, known).await?;
    visit.files_panel(false).await?;
    visit.give("studio-files", &[image.to_path_buf()]).await?;
    visit.has_images(1).await?;
    prediction(visit).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_a_tuned_project_opens_elsewhere() -> Outcome {
    let Some(readers) = Readers::find() else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let pictures = Pictures::discs(4);
    let folders = Folders::new();
    let saved = folders.of("saved");
    let images = folders.with("images", &pictures.images());
    let labels = folders.with("labels", &pictures.masks()[..3]);
    visit.save_into(&saved).await?;
    visit.open_studio("&lang=en").await?;
    visit.bring(&pictures, 3).await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;

    // The unlabelled image on the screen, with what the model says of it.
    let open = "const row = document.querySelectorAll('[data-testid^=entry-]')[3];
        row.click();
        return row.dataset.testid.slice('entry-'.length);";
    let entry: String = visit.script(open, vec![]).await?;
    let shown =
        format!("document.querySelector('[data-testid=studio-canvas]').dataset.entry === {}", json!(entry));
    visit.until("the unlabelled image is on the screen", SOON, &shown).await?;
    let predicted = prediction(&visit).await?;
    let everything = folders.with("everything", &pictures.masks()[..3]);
    write_mask(&everything.join("disc-3.png"), &predicted);

    visit.files_panel(true).await?;
    visit.screenshot("studio-exports").await?;
    let saved = saved.as_path();
    let (_, masks) = export(&visit, &readers, ("masks-png", "masks-png"), saved, &[&labels]).await?;
    assert_eq!((&masks["files"], &masks["classes"]["1"]), (&json!(3), &json!("object")));
    export(&visit, &readers, ("predictions-png", "masks-png"), saved, &[&everything]).await?;
    export(&visit, &readers, ("masks-nifti", "masks-nifti-flat"), saved, &[&labels]).await?;
    let (_, coco) = export(&visit, &readers, ("coco", "coco"), saved, &[&labels]).await?;
    let (_, outlines) = export(&visit, &readers, ("geojson", "geojson"), saved, &[&labels]).await?;
    assert_eq!(coco["objects"], outlines["objects"]);
    export(&visit, &readers, ("csv", "csv"), saved, &[&everything]).await?;
    let (project, found) = export(&visit, &readers, ("project", "project"), saved, &[&images]).await?;
    assert_eq!(found["models"], 1);
    let names: Vec<&Path> = ["disc-0", "Dice", "MIT"].iter().map(Path::new).collect();
    let (_, report) = export(&visit, &readers, ("report", "report"), saved, &names).await?;
    assert!(report["pictures"].as_u64() > Some(0), "{report}");
    let base = bundled_model();
    let (model, found) = export(&visit, &readers, ("model", "model"), saved, &[&base]).await?;
    // The pretrained tasks may be in the file too.
    let mut tasks = found["tasks"].as_array().unwrap().iter().filter_map(|task| task.as_str());
    let task = tasks.find(|task| task.contains("studio-")).unwrap().to_owned();
    let (head, _) = export(&visit, &readers, ("head", "head"), saved, &[&base, &model]).await?;
    visit.end().await?;

    let image = images.join("disc-3.png");
    let native = from_the_command_line(&model, &image, &task, &folders.of("native"));
    let Some(other) = Visit::start().await? else { return Ok(()) };
    other.open_studio("&lang=en").await?;
    let loaded = "document.querySelector('[data-testid=device]').dataset.checked === 'true'";
    other.until("the pretrained model is there", SOON, loaded).await?;
    let whole = in_another_project(&other, &model, &image).await?;
    other.screenshot("studio-model-elsewhere").await?;
    new_project(&other).await?;
    let small = in_another_project(&other, &head, &image).await?;
    assert_eq!(whole, small, "the small file stands for the whole model");
    for (where_from, mask) in [("another page", &whole), ("the command line", &native)] {
        let agreement = dice(&predicted, mask);
        println!("{where_from}: Dice with the page that tuned {agreement:.4}");
        // Files hold numbers in half precision.
        assert!(agreement >= 0.99, "{where_from}: {agreement}");
    }

    new_project(&other).await?;
    other.files_panel(true).await?;
    other.give("project-file", &[project]).await?;
    other.has_images(4).await?;
    other.has_labelled(3).await?;
    other.files_panel(false).await?;
    let open = "(window.medley.labels()?.labels ?? []).some(label => label === 1)";
    other.until("a label is on the screen", SOON, open).await?;
    other.screenshot("studio-project-elsewhere").await?;
    other.end().await?;
    Ok(())
}

async fn new_project(visit: &Visit) -> Outcome {
    visit.files_panel(true).await?;
    visit.press("new-project").await?;
    let empty = "document.querySelector('[data-testid=studio-images]').dataset.count === '0'";
    visit.until("a new project is open", SOON, empty).await?;
    // The panel closes by itself.
    visit
        .until("the panel is closed", SOON, "document.querySelector('[data-testid=export-panel]') === null")
        .await
}
