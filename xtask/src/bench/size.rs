//! What opening the page transfers.

use crate::error::Error;
use crate::page::{Size, sizes};
use crate::workspace::Workspace;

/// Prints every file of the page and every model, then the sums. Models travel as they are: half-precision
/// weights hardly shrink.
pub fn run(workspace: &Workspace) -> Result<(), Error> {
    let dist = workspace.dist();
    if !dist.join("index.html").is_file() {
        return Err(Error::NoPage(dist));
    }
    println!("{:<44} {:>12} {:>12}", "file", "raw MB", "brotli MB");
    let page = sizes(&dist)?;
    for size in &page {
        line("", size);
    }
    let mut models = sizes(&workspace.models())?;
    models.retain(|size| size.name.extension().is_some_and(|extension| extension == "safetensors"));
    for size in &models {
        line("models/", size);
    }

    let page: u64 = page.iter().map(Size::transferred).sum();
    println!("\nthe page                  {:>8.2} MB", megabytes(page));
    for model in models {
        let name = model.name.display();
        println!("the page and {name} {:>8.2} MB", megabytes(page + model.transferred()));
    }
    Ok(())
}

fn line(folder: &str, size: &Size) {
    let name = format!("{folder}{}", size.name.display());
    let brotli = size.brotli.map_or_else(|| "-".into(), |bytes| format!("{:.3}", megabytes(bytes)));
    println!("{name:<44} {:>12.3} {brotli:>12}", megabytes(size.raw));
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
