//! A contact sheet: a few images of each class with their labels, side by side.

use image::{Rgb, RgbImage, imageops};
use medley_core::dataset::{Split, TaskKind};
use rayon::prelude::*;

use crate::data::inspect::catalogue::{Listed, Truth};
use crate::data::inspect::{Inspection, LabelFacts, LabelMap, read_label_map};
use crate::report::thumbnail;

/// Side of a tile in pixels.
const SIDE: usize = 240;
/// Distance between tiles.
const GAP: u32 = 12;
/// Tiles in a row.
const COLUMNS: usize = 6;
/// Tiles of a task.
const TILES: usize = 18;

/// One image of the sheet.
#[derive(Clone, Debug)]
pub struct Tile {
    /// The task, as an index into the catalogue's.
    pub task: usize,
    /// The image with its label, longest side 240 pixels.
    pub picture: RgbImage,
    /// The file.
    pub file: String,
    /// What is on it: the class, or the classes of its objects with their numbers.
    pub label: String,
}

/// Chooses and draws the tiles of every task: of the train split where it has images, the classes in turn.
pub fn tiles(inspection: &Inspection) -> Vec<Tile> {
    let tasks = 0..inspection.catalogue.tasks.len();
    let chosen: Vec<(usize, usize)> =
        tasks.flat_map(|task| choose(inspection, task).into_iter().map(move |image| (task, image))).collect();
    chosen.par_iter().filter_map(|(task, image)| tile(inspection, *task, *image)).collect()
}

/// Puts tiles on white, six in a row, each in the middle of its square.
pub fn contact_sheet(tiles: &[Tile]) -> RgbImage {
    let side = SIDE as u32;
    let columns = tiles.len().clamp(1, COLUMNS) as u32;
    let rows = tiles.len().div_ceil(COLUMNS).max(1) as u32;
    let length = |count: u32| count * side + (count + 1) * GAP;
    let mut sheet = RgbImage::from_pixel(length(columns), length(rows), Rgb([255; 3]));
    for (index, tile) in tiles.iter().enumerate() {
        let (column, row) = (index as u32 % columns, index as u32 / columns);
        let middle = |space: u32, cell: u32| i64::from(GAP + cell * (side + GAP) + (side - space) / 2);
        let (x, y) = (middle(tile.picture.width(), column), middle(tile.picture.height(), row));
        imageops::replace(&mut sheet, &tile.picture, x, y);
    }
    sheet
}

fn choose(inspection: &Inspection, task: usize) -> Vec<usize> {
    let Inspection { catalogue, scans, .. } = inspection;
    let usable = |split: Split| -> Vec<usize> {
        let in_split = |index: &usize| catalogue.images[*index].split == Some(split);
        let labelled = |index: &usize| scans[*index].labels.iter().any(|(of, _)| *of == task);
        (0..scans.len()).filter(in_split).filter(labelled).collect()
    };
    let members = Split::ALL.into_iter().map(usable).find(|members| !members.is_empty()).unwrap_or_default();
    // Of a classification the classes in turn; of the others all images are one group.
    let group_of = |index: usize| match scans[index].labels.iter().find(|(of, _)| *of == task) {
        Some((_, LabelFacts::Class(class))) => *class,
        _ => 0,
    };
    let groups = catalogue.tasks[task].classes.len();
    let mut queues: Vec<Vec<usize>> = vec![Vec::new(); groups];
    members.into_iter().for_each(|index| queues[group_of(index)].push(index));
    queues.retain(|queue| !queue.is_empty());
    let per_group = TILES.div_ceil(queues.len().max(1));
    let spread: Vec<Vec<usize>> = queues.iter().map(|queue| evenly(queue, per_group)).collect();
    let mut chosen: Vec<usize> = (0..per_group)
        .flat_map(|turn| spread.iter().filter_map(move |queue| queue.get(turn).copied()))
        .collect();
    chosen.truncate(TILES);
    chosen
}

/// `count` members, evenly spread over the list.
fn evenly(list: &[usize], count: usize) -> Vec<usize> {
    let count = count.min(list.len());
    (0..count).map(|turn| list[turn * list.len() / count]).collect()
}

fn tile(inspection: &Inspection, task: usize, index: usize) -> Option<Tile> {
    let catalogue = &inspection.catalogue;
    let listed = &catalogue.images[index];
    let image = catalogue.pixels(listed).ok()?;
    let classes = &catalogue.tasks[task].classes;
    let map = label_map(listed, task).map(|map| map.turned(image.geometry().axis_codes()));
    // Of a volume, the slice with most to see.
    let slice = map.as_ref().map_or(image.slices() / 2, busiest_slice);
    let image = image.slice(slice)?;
    let mut picture = thumbnail::picture(&image, SIDE);
    let size = (image.width(), image.height());
    let (_, label) = inspection.scans[index].labels.iter().find(|(of, _)| *of == task)?;
    let label = match label {
        LabelFacts::Class(class) => classes.get(*class)?.clone(),
        LabelFacts::Labels(labels) => {
            let present = classes.iter().zip(labels).filter(|(_, is)| **is);
            present.map(|(class, _)| class.as_str()).collect::<Vec<_>>().join(", ")
        }
        LabelFacts::Values(values) => {
            let stated = classes.iter().zip(values).map(|(name, value)| format!("{name} {value}"));
            stated.collect::<Vec<_>>().join(", ")
        }
        LabelFacts::Mask { pixels, .. } => {
            let area = size.0 * size.1;
            let labels = map.as_ref()?.labels.get(slice * area..(slice + 1) * area)?;
            thumbnail::outline(&mut picture, labels, size);
            let present = classes.iter().zip(pixels).skip(1).filter(|(_, count)| **count > 0);
            present.map(|(class, _)| class.as_str()).collect::<Vec<_>>().join(", ")
        }
        LabelFacts::Boxes(boxes) => {
            thumbnail::draw_boxes(&mut picture, boxes, size);
            let count = |class: usize| boxes.iter().filter(|label| label.class == class).count();
            let present = classes.iter().enumerate().filter(|(class, _)| count(*class) > 0);
            present.map(|(class, name)| format!("{} {name}", count(class))).collect::<Vec<_>>().join(", ")
        }
    };
    Some(Tile { task, picture, file: catalogue.file_of(listed), label })
}

fn label_map(listed: &Listed, task: usize) -> Option<LabelMap> {
    listed.truths.iter().find_map(|(of, truth)| match truth {
        Truth::Mask(path) if *of == task => read_label_map(path).ok(),
        _ => None,
    })
}

fn busiest_slice(map: &LabelMap) -> usize {
    let area = (map.size[0] * map.size[1]).max(1);
    let busy = |slice: &[u8]| slice.iter().filter(|label| **label != 0).count();
    let slices = map.labels.chunks(area).enumerate();
    slices.max_by_key(|(index, slice)| (busy(slice), usize::MAX - index)).map_or(0, |(index, _)| index)
}

/// Whether the classes of a task are drawn in colours, so that a legend is needed.
pub fn is_drawn(kind: TaskKind) -> bool {
    matches!(kind, TaskKind::Segmentation | TaskKind::Detection)
}
