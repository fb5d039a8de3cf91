//! The doubtful labels as one HTML page, worst first.

use std::fmt::Write as _;

use medley_core::Medley;

use super::picture::pictures;
use super::{Check, CheckError, Doubt, Ranking};
use crate::report::html::{self, escape};

/// What stands over the pictures of an image, in their order.
const COLUMNS: [&str; 3] = ["image", "label", "prediction"];

/// Writes the page with the `most` most doubtful images of each task.
///
/// # Errors
/// When an image cannot be read again, or a picture not be encoded.
pub fn page(check: &Check, medley: &Medley, most: usize) -> Result<String, CheckError> {
    let id = &check.folder.manifest.id;
    let mut body = format!(
        "<h1>Labels of {}</h1>\n<p>The images whose labels a trained model doubts most come first. \
         A doubt is a reason to look, not a verdict.</p>\n",
        escape(id)
    );
    for (ranking, found) in check.rankings.iter().zip(&check.folder.tasks) {
        let suspicious = ranking.images.iter().filter(|doubt| doubt.suspicious).count();
        let _ = writeln!(
            body,
            "<h2>{}</h2>\n<p>{}</p>\n<p>{suspicious} of {} labels are suspicious; shown are the first {}.</p>",
            escape(&ranking.task),
            escape(&ranking.method),
            ranking.images.len(),
            ranking.images.len().min(most)
        );
        let mut figures = Vec::new();
        for doubt in ranking.images.iter().take(most) {
            figures.push((doubt, pictures(medley, &check.folder, found, doubt.position)?));
        }
        body += &sheet(ranking, &figures)?;
    }
    Ok(html::document(&format!("Labels of {id}"), &body))
}

fn sheet(ranking: &Ranking, figures: &[(&Doubt, Vec<image::RgbImage>)]) -> Result<String, CheckError> {
    let alone = figures.iter().all(|(_, pictures)| pictures.len() == 1);
    let mut out = String::from(if alone { "<div class=\"sheet\">\n" } else { "<div class=\"triples\">\n" });
    for (doubt, pictures) in figures {
        if alone {
            let _ = writeln!(out, "<figure>{}{}</figure>", tiles(pictures)?, caption(doubt));
        } else {
            let _ = writeln!(
                out,
                "<figure>{}<div class=\"triple\">{}</div></figure>",
                caption(doubt),
                tiles(pictures)?
            );
        }
    }
    if ranking.images.is_empty() {
        out += "<p>There are no images.</p>\n";
    }
    Ok(out + "</div>\n")
}

fn tiles(pictures: &[image::RgbImage]) -> Result<String, CheckError> {
    let mut out = String::new();
    for (picture, name) in pictures.iter().zip(COLUMNS) {
        let title =
            if pictures.len() > 1 { format!("<span class=\"quiet\">{name}</span>") } else { String::new() };
        let _ = write!(out, "<div>{title}<div class=\"tile\">{}</div></div>", html::picture(picture)?);
    }
    Ok(out)
}

fn caption(doubt: &Doubt) -> String {
    format!(
        "<figcaption><b>{} → {}</b>{}, {}<br>doubt {:.2}</figcaption>",
        escape(&doubt.label),
        escape(&doubt.prediction),
        escape(&doubt.image),
        doubt.split,
        doubt.score
    )
}
