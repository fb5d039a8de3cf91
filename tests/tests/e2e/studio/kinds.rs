//! Boxes and classes are learnt like masks: a few real images, and the held-out score rises well above chance.

use std::fs;
use std::path::PathBuf;

use medley_core::dataset::formats::{coco, labels_csv};
use medley_core::dataset::{Manifest, Split};
use medley_tests::data_set;
use medley_tests::visit::studio::{Scores, TUNING};
use medley_tests::visit::{Outcome, SOON, Visit};

/// Images to learn from and to measure on, and the file that has the labels of both.
struct Labelled {
    held_out: Vec<PathBuf>,
    learning: Vec<PathBuf>,
    labels: PathBuf,
}

/// So many of `all`, evenly from beginning to end.
fn spread<T: Clone>(all: &[T], count: usize) -> Vec<T> {
    (0..count).map(|index| all[index * all.len() / count].clone()).collect()
}

fn data(id: &str) -> Option<(PathBuf, Vec<String>)> {
    let Some(folder) = data_set(id) else {
        println!("SKIPPED: the data set {id} is not here; MEDLEY_DATA can name the folder of the data sets");
        return None;
    };
    let classes = Manifest::parse(&fs::read(folder.join("dataset.json")).unwrap()).unwrap().classes;
    Some((folder, classes))
}

/// Cells in a counting chamber, with boxes as COCO.
fn cells(learning: usize, held_out: usize) -> Option<Labelled> {
    let (folder, classes) = data("ldc-cells")?;
    let labels = folder.join("annotations/train.json");
    let images = coco::parse(&fs::read(&labels).unwrap(), &classes).unwrap();
    let both =
        |image: &&coco::CocoImage| (0..2).all(|class| image.boxes().iter().any(|label| label.class == class));
    let files: Vec<PathBuf> =
        images.iter().filter(both).map(|image| folder.join("images").join(&image.file)).collect();
    let (first, last) = files.split_at(files.len() * 2 / 3);
    Some(Labelled { learning: spread(first, learning), held_out: spread(last, held_out), labels })
}

/// Slices of computed tomography, with classes in a table; as many of the one as of the other.
fn slices(learning: usize, held_out: usize) -> Option<Labelled> {
    let (folder, classes) = data("sarscov2-ct")?;
    let labels = folder.join("labels.csv");
    let rows = labels_csv::parse(&fs::read(&labels).unwrap(), &classes).unwrap();
    let of = |split: Split, count: usize| -> Vec<PathBuf> {
        let of_class = |class: usize| {
            let rows = rows.iter().filter(|row| row.split == split && row.class == class);
            spread(&rows.map(|row| folder.join("images").join(&row.file)).collect::<Vec<_>>(), count / 2)
        };
        (0..2).flat_map(of_class).collect()
    };
    Some(Labelled { learning: of(Split::Train, learning), held_out: of(Split::Test, held_out), labels })
}

/// The score after quick tuning of a new task of this kind.
async fn tuned(
    visit: &Visit,
    kind: &str,
    images: &Labelled,
) -> Result<Scores, thirtyfour::error::WebDriverError> {
    let count = images.held_out.len() + images.learning.len();
    let brought = |count: usize| {
        format!(
            "Number(document.querySelector('[data-testid=studio-images]')?.dataset.count ?? 0) === {count}"
        )
    };
    visit.open_studio("&lang=en").await?;
    visit.give("studio-files", &images.held_out).await?;
    visit.until("the held-out images are there", SOON, &brought(images.held_out.len())).await?;
    visit.press("select-all").await?;
    visit.press("hold-out").await?;
    visit.give("studio-files", &images.learning).await?;
    visit.until("all images are there", SOON, &brought(count)).await?;
    visit.press("add-task").await?;
    visit.press_css(&format!("[data-kind={kind}]")).await?;
    let tasks = "document.querySelectorAll('[data-testid=studio-task] option').length === 2";
    visit.until("the task has been added", SOON, tasks).await?;
    visit.files_panel(true).await?;
    visit.give("label-files", std::slice::from_ref(&images.labels)).await?;
    visit.has_labelled(count).await?;
    visit.files_panel(false).await?;
    visit.press_css("[data-testid=studio-notice] button.tool").await?;
    visit.screenshot(&format!("studio-{kind}-labelled")).await?;
    let split = format!(
        "document.querySelector('[data-testid=estimate]')?.innerText.includes('{} images to learn from, {} to')",
        images.learning.len(),
        images.held_out.len()
    );
    visit.until("the images are split as marked", SOON, &split).await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;
    let scores = visit.scores().await?;
    println!("{kind}: {scores:?}; {}", visit.text("tune-line").await?);
    visit.press("predict").await?;
    let predicted = "document.querySelector('[data-testid=studio-canvas]').dataset.prediction === 'true'";
    visit.until("a prediction is there", SOON, predicted).await?;
    visit.screenshot(&format!("studio-{kind}-tuned")).await?;
    Ok(scores)
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_images_teach_to_find_cells() -> Outcome {
    let Some(images) = cells(8, 8) else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let scores = tuned(&visit, "detection", &images).await?;
    // By chance hardly a box meets a cell by half.
    assert!(scores.was < 0.1 && scores.now >= 0.2, "{scores:?}");
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_images_teach_to_tell_classes() -> Outcome {
    let Some(images) = slices(20, 20) else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let scores = tuned(&visit, "classification", &images).await?;
    // Chance is one half.
    assert!(scores.now >= 0.65, "{scores:?}");
    visit.end().await?;
    Ok(())
}
