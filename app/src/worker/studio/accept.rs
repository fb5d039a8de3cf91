//! What the model says becomes the label.

use std::rc::Rc;

use medley_core::dataset::{BoxLabel, IGNORE, Mask};
use medley_core::project::draw::{self, Accept};
use medley_core::project::{Edit, Patch, Place, Project, Rect, TiledMask};

use super::predict::Said;
use crate::worker::desk::Desk;
use crate::worker::messages::Failure;

/// So many accepted predictions of a slice are known, so that an undo leaves none of the one before among what was drawn.
const KNOWN: usize = 4;

/// What accepted predictions gave a slice. A later one may replace it; what was drawn by hand stays.
#[derive(Default)]
pub struct Given {
    /// Labels of each, unlabelled where it gave none; the newest last.
    masks: Vec<TiledMask>,
    /// Boxes of all.
    boxes: Vec<BoxLabel>,
}

impl Given {
    /// What people paint is theirs from then on.
    pub fn paint(&mut self, rect: Rect) {
        let none = vec![IGNORE; rect.width as usize * rect.height as usize];
        self.masks.iter_mut().for_each(|mask| mask.swap(rect, &none));
    }
}

/// What the model says, as an edit. With `only_unlabelled` what was labelled by hand stays; otherwise all is replaced.
///
/// # Errors
/// Where nothing was said, or nothing would change.
pub fn accepted(desk: &Rc<Desk>, at: Place, score: f32, only_unlabelled: bool) -> Result<Edit, Failure> {
    let bench = &desk.studio;
    let said = bench.said.borrow().get(&at).cloned().ok_or(Failure::NothingSaid)?;
    let project = bench.project.borrow();
    let mut accepted = bench.accepted.borrow_mut();
    let earlier = accepted.get(&at).filter(|_| only_unlabelled);
    match &*said {
        Said::Mask(prediction, _) => {
            let (edit, given) = mask(&project, at, prediction, (earlier, only_unlabelled))?;
            let known = accepted.entry(at).or_default();
            if known.masks.len() == KNOWN {
                known.masks.remove(0);
            }
            known.masks.push(given);
            Ok(edit)
        }
        Said::Boxes(found) => {
            let size = project.entry(at.entry).ok_or(Failure::NoImage)?.size;
            let sure = found.iter().filter(|found| found.score >= score);
            let predicted = sure.filter_map(|found| {
                let edges = [found.x0, found.y0, found.x1, found.y1].map(f64::from);
                BoxLabel::clipped(edges, size[0] as usize, size[1] as usize, found.class)
            });
            let (edit, given) = boxes(&project, at, predicted, (earlier, only_unlabelled))?;
            accepted.entry(at).or_default().boxes.extend(given);
            Ok(edit)
        }
        Said::Classes(values) => {
            let task = project.task(at.task).ok_or(Failure::NoTask)?;
            let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let class = best.and_then(|(index, _)| task.label_of(index));
            Ok(Edit::Class { entry: at.entry, task: at.task, class })
        }
    }
}

fn mask(
    project: &Project,
    at: Place,
    prediction: &TiledMask,
    (earlier, only_unlabelled): (Option<&Given>, bool),
) -> Result<(Edit, TiledMask), Failure> {
    let mut open = project.mask(at).ok_or(Failure::NoImage)?;
    for earlier in earlier.iter().flat_map(|given| &given.masks) {
        for (label, given) in open.labels.iter_mut().zip(earlier.to_mask().labels) {
            if *label == given {
                *label = IGNORE;
            }
        }
    }
    let prediction = prediction.to_mask();
    let which = if only_unlabelled { Accept::Unlabelled } else { Accept::All };
    let patch = draw::accept(&open, &prediction, which);
    // The same prediction once more gives what is there already.
    let changes = |patch: &Patch| project.patch(at, patch.rect).as_ref() != Some(patch);
    let patch = patch.filter(changes).ok_or(Failure::NothingToAccept)?;
    let given = open.labels.iter().zip(&prediction.labels);
    let labels = given.map(|(open, new)| if only_unlabelled && *open != IGNORE { IGNORE } else { *new });
    let given = Mask { labels: labels.collect(), ..open };
    Ok((Edit::Paint { at, patch }, TiledMask::of(&given)))
}

fn boxes(
    project: &Project,
    at: Place,
    predicted: impl Iterator<Item = BoxLabel>,
    (earlier, only_unlabelled): (Option<&Given>, bool),
) -> Result<(Edit, Vec<BoxLabel>), Failure> {
    let there = project.entry(at.entry).and_then(|entry| entry.boxes_at(at.task, at.slice));
    let by_hand = |label: &&BoxLabel| earlier.is_none_or(|given| !given.boxes.contains(label));
    let drawn: Vec<BoxLabel> = match there {
        Some(labels) if only_unlabelled => labels.iter().filter(by_hand).copied().collect(),
        _ => Vec::new(),
    };
    let labels = draw::accept_boxes(&drawn, predicted);
    if there == Some(labels.as_slice()) {
        return Err(Failure::NothingToAccept);
    }
    let given = labels.iter().skip(drawn.len()).copied().collect();
    Ok((Edit::Boxes { at, boxes: Some(labels) }, given))
}
