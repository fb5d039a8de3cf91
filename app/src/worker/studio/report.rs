//! The report of a project: facts and pictures that only the Worker has.

use std::rc::Rc;

use medley_core::dataset::{Mask, TaskKind};
use medley_core::project::report::{Language, ReportFacts, ReportPicture, overlay_png, report};
use medley_core::project::{Place, training};

use super::predict::Said;
use super::{Bench, words};
use crate::worker::desk::Desk;
use crate::worker::messages::Failure;

/// Example pictures at most.
const PICTURES: usize = 6;
/// Their longest side, in pixels.
const SIDE: usize = 512;

/// The report as a file.
///
/// # Errors
/// In words, where an image cannot be read.
pub async fn write(desk: &Rc<Desk>, japanese: bool) -> Result<Vec<u8>, Failure> {
    let bench = &desk.studio;
    let base = desk.on_cpu.borrow().clone().ok_or(Failure::NoModel)?;
    let metadata = base.metadata();
    let sources = metadata.provenance.sources.iter();
    let model = ("Medley".to_owned(), metadata.license.clone());
    let licenses =
        std::iter::once(model).chain(sources.map(|source| (source.id.clone(), source.license.clone())));
    let facts = ReportFacts {
        language: if japanese { Language::Japanese } else { Language::English },
        made: (js_sys::Date::now() / 1000.0) as u64,
        software: format!("Medley {}", env!("CARGO_PKG_VERSION")),
        licenses: licenses.collect(),
        pictures: bench.pictures().await?,
    };
    Ok(report(&bench.project.borrow(), &facts).into_bytes())
}

impl Bench {
    /// Images with what the model says of them, the held-out ones first; where it has said nothing, with their labels.
    async fn pictures(&self) -> Result<Vec<ReportPicture>, Failure> {
        let mut places: Vec<(bool, Place)> = {
            let project = self.project.borrow();
            let tasks = project.document().tasks.iter().filter(|task| task.kind == TaskKind::Segmentation);
            let splits = tasks.map(|task| training::split(&project, task.id));
            let labelled = splits.flat_map(|split| {
                let held_out = split.held_out.into_iter().map(|at| (false, at));
                held_out.chain(split.training.into_iter().map(|at| (true, at)))
            });
            labelled.collect()
        };
        // Stable: within each group in the order of the list.
        places.sort_by_key(|(learnt, _)| *learnt);
        let mut pictures = Vec::new();
        for (_, at) in places.into_iter().take(PICTURES) {
            let image = self.slice(at).await?;
            let mask = self.shown(at);
            let png = overlay_png(&image, mask.as_ref(), SIDE).map_err(words)?;
            let project = self.project.borrow();
            let file = project.entry(at.entry).map(|entry| entry.file.clone()).unwrap_or_default();
            let task = project.task(at.task).map(|task| task.name.clone()).unwrap_or_default();
            pictures.push(ReportPicture { caption: format!("{file}: {task}"), png });
        }
        Ok(pictures)
    }

    fn shown(&self, at: Place) -> Option<Mask> {
        match self.said.borrow().get(&at).map(AsRef::as_ref) {
            Some(Said::Mask(mask, _)) => Some(mask.to_mask()),
            _ => self.project.borrow().mask(at),
        }
    }
}
