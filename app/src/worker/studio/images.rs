//! Images of the project: their bytes, their pixels.

use std::rc::Rc;

use medley_core::dataset::formats::mask_png;
use medley_core::dataset::{Mask, TaskKind};
use medley_core::imaging::{self, Format, Image, Origin, Pixels, Region, Window, decode, resize_planes};
use medley_core::project::{Change, Edit, EntryId, NewEntry, Place, TaskId};
use medley_core::synth;

use super::edits::store;
use super::predict::Said;
use super::stored::Owner;
use super::{say, say_with, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{EntryView, Failure, LabelBox, MAX_PIXELS, Refusal, RequestId, StudioAnswer};
use crate::worker::pictures::{refusal, rgba};

/// Bytes at the beginning of a file that tell where it came from.
const HEAD: u32 = 1 << 16;
/// Images that are kept decoded.
const KEPT: usize = 6;
/// Built-in samples of the tour.
const SAMPLES: u64 = 6;
/// Their side.
const SAMPLE_SIDE: usize = 256;

/// Adds an image.
pub fn add(desk: &Rc<Desk>, id: RequestId, name: String, bytes: Vec<u8>) {
    match decode(&bytes, MAX_PIXELS as usize) {
        Ok(image) => put_or_say(desk, id, name, bytes, &image),
        Err(error) => say(id, StudioAnswer::NotAdded { name, reason: refusal(error) }),
    }
}

/// Puts an image into the project, or says why that is not possible.
pub(super) fn put_or_say(desk: &Rc<Desk>, id: RequestId, name: String, bytes: Vec<u8>, image: &Image) {
    if let Err(Failure::Other(reason)) = put(desk, id, name.clone(), bytes, image) {
        say(id, StudioAnswer::NotAdded { name, reason: Refusal::Damaged(reason) });
    }
}

/// Adds the built-in samples.
///
/// # Errors
/// In words, where a sample cannot be written as a file.
pub fn add_samples(desk: &Rc<Desk>, id: RequestId) -> Result<(), Failure> {
    for number in 1..=SAMPLES {
        let image = synth::sample(synth::Scene::Fluorescence, SAMPLE_SIDE, 100 + number).image;
        let planes = image.to_unit_planes();
        let green = planes.iter().skip(SAMPLE_SIDE * SAMPLE_SIDE).take(SAMPLE_SIDE * SAMPLE_SIDE);
        let labels = green.map(|value| (value * 255.0).round() as u8).collect();
        let grey = Mask { width: SAMPLE_SIDE, height: SAMPLE_SIDE, labels };
        let bytes = mask_png::write(&grey).map_err(words)?;
        let image = decode(&bytes, MAX_PIXELS as usize).map_err(words)?;
        put(desk, id, format!("nuclei-{number}.png"), bytes, &image)?;
    }
    Ok(())
}

fn put(desk: &Rc<Desk>, id: RequestId, name: String, bytes: Vec<u8>, image: &Image) -> Result<(), Failure> {
    let bench = &desk.studio;
    let spacing = image.geometry().spacing;
    let entry = NewEntry {
        file: name,
        size: image.size().map(|side| side as u32),
        channels: image.channels() as u8,
        spacing,
        window: None,
    };
    let changes = bench.project.borrow_mut().apply(Edit::AddEntries(vec![entry])).map_err(words)?;
    let bytes = Rc::new(bytes);
    let added = changes.iter().filter_map(|change| match change {
        Change::Entries { added, .. } => Some(added),
        _ => None,
    });
    let added: Vec<EntryId> = added.flatten().copied().collect();
    for entry in &added {
        bench.files.borrow_mut().insert(*entry, bytes.clone());
        bench.origins.borrow_mut().insert(*entry, *image.origin());
        bench.remember(*entry, Rc::new(image.clone()));
    }
    bench.grown.set(true);
    store(desk, &changes);
    for card in added.into_iter().filter_map(|entry| bench.entry_card(entry)) {
        say(id, StudioAnswer::Added(card));
    }
    Ok(())
}

impl super::Bench {
    fn remember(&self, id: EntryId, image: Rc<Image>) {
        let mut decoded = self.decoded.borrow_mut();
        decoded.retain(|(known, _)| *known != id);
        decoded.push_front((id, image));
        decoded.truncate(KEPT);
    }

    /// The bytes of an image's file.
    pub(super) async fn bytes(&self, id: EntryId) -> Result<Rc<Vec<u8>>, Failure> {
        let here = self.files.borrow().get(&id).cloned();
        if let Some(bytes) = here {
            return Ok(bytes);
        }
        let folder = self.folder.borrow().clone();
        let stored = match folder {
            Some(folder) => folder.read(&Owner::Image(id).file()).await,
            None => None,
        };
        stored.map(Rc::new).ok_or(Failure::ImageLost)
    }

    /// Where an image's file came from, as far as it tells.
    pub(super) async fn origin(&self, id: EntryId) -> Option<Origin> {
        let here = self.files.borrow().get(&id).cloned();
        if let Some(bytes) = here {
            return imaging::origin(&bytes);
        }
        let folder = self.folder.borrow().clone()?;
        let file = Owner::Image(id).file();
        let origin = imaging::origin(&folder.read_head(&file, HEAD).await?)?;
        // Its header may be longer; volumes of other formats, which can be large, tell at once.
        if origin.format == Format::Dicom && origin.modality.is_none() {
            return imaging::origin(&folder.read(&file).await?);
        }
        Some(origin)
    }

    /// An image, decoded.
    pub(super) async fn image(&self, id: EntryId) -> Result<Rc<Image>, Failure> {
        let known = self.decoded.borrow().iter().find(|(known, _)| *known == id).map(|(_, i)| i.clone());
        let image = match known {
            Some(image) => image,
            None => Rc::new(decode(&self.bytes(id).await?, MAX_PIXELS as usize).map_err(words)?),
        };
        self.remember(id, image.clone());
        Ok(image)
    }

    /// A slice in the window in which it is shown and learnt.
    pub(super) async fn slice(&self, at: Place) -> Result<Image, Failure> {
        let image = self.image(at.entry).await?;
        let slice = image.slice(at.slice as usize).ok_or(Failure::NoImage)?;
        let window = self.project.borrow().entry(at.entry).and_then(|entry| entry.window);
        Ok(match window {
            Some([centre, width]) => slice.with_window(Window { centre, width }),
            None => slice,
        })
    }
}

/// Sends a small picture: of a volume the middle slice.
///
/// # Errors
/// In words, where the image cannot be read.
pub async fn thumbnail(desk: &Rc<Desk>, id: RequestId, entry: u32, side: u32) -> Result<(), Failure> {
    let image = desk.studio.image(EntryId(entry)).await?;
    let slice = image.slice(image.slices() / 2).ok_or(Failure::NoImage)?;
    let (from, longest) = ((slice.width(), slice.height()), slice.width().max(slice.height()).max(1));
    let scaled = |length: usize| (length * side as usize).div_ceil(longest).max(1);
    let to = if longest > side as usize { (scaled(from.0), scaled(from.1)) } else { from };
    let planes = resize_planes(&slice.to_unit_planes(), from, Region::whole(from.0, from.1), to);
    let area = to.0 * to.1;
    let byte = |at: usize| planes.get(at).map_or(0, |value| (value * 255.0).round() as u8);
    let pixels: Vec<u8> =
        (0..area).flat_map(|at| [byte(at), byte(area + at), byte(2 * area + at), 255]).collect();
    let answer = StudioAnswer::Thumbnail { entry, width: to.0 as u32, height: to.1 as u32 };
    say_with(id, answer, &pixels);
    Ok(())
}

/// Sends an image with its labels and what the model says.
///
/// # Errors
/// In words, where the image cannot be read.
pub async fn open(
    desk: &Rc<Desk>,
    id: RequestId,
    (entry, slice, task): (u32, u32, u32),
    window: Option<(f32, f32)>,
) -> Result<(), Failure> {
    let bench = &desk.studio;
    let at = Place { entry: EntryId(entry), task: TaskId(task), slice };
    let image = bench.slice(at).await?;
    let shown =
        window.map_or_else(|| image.display_window(), |(black, white)| Window::from_range(black, white));
    let mut pixels = if window.is_some() && matches!(image.pixels(), Pixels::U8(_)) {
        through(&image.clone().with_window(shown))
    } else {
        rgba(&image.clone().with_window(shown))
    };
    let values = image.pixels().values();
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let range = (finite().reduce(f32::min).unwrap_or(0.0), finite().reduce(f32::max).unwrap_or(1.0));
    let project = bench.project.borrow();
    let known = project.entry(at.entry).ok_or(Failure::NoImage)?;
    let kind = project.task(at.task).map(|task| task.kind);
    let labels = if kind == Some(TaskKind::Segmentation) { project.mask(at) } else { None };
    if let Some(mask) = &labels {
        pixels.extend(&mask.labels);
    }
    let said = bench.said.borrow().get(&at).cloned();
    if let Some(Said::Mask(mask, _)) = said.as_deref() {
        pixels.extend(mask.to_mask().labels);
    }
    let boxes = known.boxes_at(at.task, slice).unwrap_or_default();
    let view = EntryView {
        entry,
        slice,
        task,
        width: image.width() as u32,
        height: image.height() as u32,
        channels: image.channels() as u8,
        range,
        window: (shown.centre - shown.width / 2.0, shown.centre + shown.width / 2.0),
        spacing: known.spacing.map(|[x, y, _]| (x as f32, y as f32)),
        labels: labels.is_some(),
        boxes: boxes.iter().map(label_box).collect(),
        class: known.classes.get(&at.task).copied(),
        prediction: said.map(|said| said.answer()),
    };
    drop(project);
    say_with(id, StudioAnswer::Opened(view), &pixels);
    Ok(())
}

/// A box in the page's words.
pub(super) fn label_box(label: &medley_core::dataset::BoxLabel) -> LabelBox {
    LabelBox { x0: label.x0, y0: label.y0, x1: label.x1, y1: label.y1, class: label.class as u8 }
}

/// Eight bits through a window.
fn through(image: &Image) -> Vec<u8> {
    let planes = image.to_unit_planes();
    let area = image.width() * image.height();
    let byte = |at: usize| planes.get(at).map_or(0, |value| (value * 255.0).round() as u8);
    (0..area).flat_map(|at| [byte(at), byte(area + at), byte(2 * area + at), 255]).collect()
}
