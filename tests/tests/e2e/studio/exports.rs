//! What leaves the studio opens elsewhere.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use medley_tests::visit::pictures::{Pictures, grey, read_grey};
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};

/// The files in a zip file, by name without folders.
fn unzip(file: &Path) -> HashMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut files = HashMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().rsplit('/').next().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn masks_model_report_and_project_open_elsewhere() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let pictures = Pictures::discs(4);
    let saved = tempfile::tempdir()?;
    visit.save_into(saved.path()).await?;
    visit.open_studio("&lang=en").await?;
    visit.bring(&pictures, 3).await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;
    visit.files_panel(true).await?;
    visit.screenshot("studio-exports").await?;

    let masks = unzip(&visit.export("masks-png", saved.path()).await?);
    for file in &pictures.masks()[..3] {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let is_png = |other: &str| Path::new(other).extension().is_some_and(|kind| kind == "png");
        let exported = masks.iter().find(|(other, _)| other.contains(name) && is_png(other));
        let (_, exported) = exported.unwrap_or_else(|| panic!("{name} is not in {:?}", masks.keys()));
        assert!(grey(exported) == read_grey(file), "{name} is the mask that was brought");
    }

    let model = fs::read(visit.export("model", saved.path()).await?)?;
    let tensors = safetensors::SafeTensors::deserialize(&model).unwrap();
    assert!(tensors.len() > 100, "{} tensors", tensors.len());

    let report = fs::read_to_string(visit.export("report", saved.path()).await?)?;
    assert!(report.to_lowercase().contains("</html>"));
    assert!(report.contains("disc-0") && report.contains("Dice"), "images and measure are named");
    assert!(!report.contains("src=\"http"), "it needs no network");

    let project = visit.export("project", saved.path()).await?;
    assert!(unzip(&project).len() >= 4, "the images are in it");
    visit.end().await?;

    let Some(other) = Visit::start().await? else { return Ok(()) };
    other.open_studio("&lang=en").await?;
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
