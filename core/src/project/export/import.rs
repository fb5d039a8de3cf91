//! Labels out of files.

use std::collections::BTreeMap;

use thiserror::Error;

use super::classes::{MOST_NUMBERED, classes_in, with_classes, with_numbered};
use super::masks::fits;
use super::names::{Names, stem};
use crate::dataset::formats::boxes_csv::{self, BoxesCsvError};
use crate::dataset::formats::coco::{self, CocoError, CocoImage, DrawError};
use crate::dataset::formats::geojson::{self, GeoJsonError};
use crate::dataset::formats::instance_png;
use crate::dataset::formats::mask_png::{self, MaskError, MaskValues};
use crate::dataset::formats::nifti_labels::{self, LabelsError};
use crate::dataset::objects::{AreaError, areas_to_boxes, areas_to_mask};
use crate::dataset::{BoxLabel, IGNORE, Mask, TaskKind};
use crate::imaging::DEFAULT_MAX_PIXELS;
use crate::imaging::nifti::is_nifti;
use crate::project::archive::ArchiveError;
use crate::project::{Edit, EditError, Entry, EntryId, Patch, Place, Project, ProjectTask, Rect};

/// What a file says, as one change.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// To be applied to the project.
    pub edit: Edit,
    /// Number of images that get labels.
    pub images: usize,
    /// Images of the file that the project does not have.
    pub unknown: Vec<String>,
}

/// Why a file is not used.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The task is gone.
    #[error("the task is not there any more; choose another one")]
    NoTask,
    /// Neither of the formats.
    #[error(
        "{0:?} is no label file of this kind of task: PNG, NIfTI, COCO or GeoJSON for masks, COCO, GeoJSON or CSV for boxes, CSV for classes"
    )]
    Format(String),
    /// No image goes with it.
    #[error(
        "no image of the project goes with {0:?}; give the file the name of its image, or open the image first"
    )]
    NoImage(String),
    /// Image and labels differ in size.
    #[error("the labels have {found:?} pixels (columns, rows, slices), but {file:?} has {size:?}")]
    Size {
        /// The image.
        file: String,
        /// Its size.
        size: [u32; 3],
        /// That of the labels.
        found: [usize; 3],
    },
    /// A bad mask.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// A bad label volume.
    #[error(transparent)]
    Volume(#[from] LabelsError),
    /// Bad annotations.
    #[error(transparent)]
    Coco(#[from] CocoError),
    /// Objects that cannot be drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// Bad outlines.
    #[error(transparent)]
    GeoJson(#[from] GeoJsonError),
    /// Areas that cannot be drawn.
    #[error(transparent)]
    Area(#[from] AreaError),
    /// A bad table of boxes.
    #[error(transparent)]
    Boxes(#[from] BoxesCsvError),
    /// A bad table of classes.
    #[error("not a valid CSV table: {0}")]
    Csv(#[from] csv::Error),
    /// A table of something else.
    #[error("the table needs the columns \"file\" and \"label\" in its first line")]
    Columns,
    /// A zip that cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A bad file in a zip.
    #[error("{name:?} in the zip: {problem}")]
    InArchive {
        /// Which one.
        name: String,
        /// What is wrong with it.
        problem: Box<ImportError>,
    },
    /// A zip of other things.
    #[error("the zip has neither a project nor labels; choose a file that was exported here")]
    NoLabels,
    /// Masks whose values mean something else.
    #[error(
        "the masks are of the classes {found}, but the task has {own}; choose the task that they are for, or add one"
    )]
    OtherClasses {
        /// Those of the masks.
        found: String,
        /// Those of the task.
        own: String,
    },
    /// Labels that the project does not take.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A class that the task does not have.
    #[error("{0:?} is none of the task's classes ({1}); add it or correct the table")]
    Class(String, String),
}

/// Reads the file `name` as labels of `task`: for masks a PNG of one slice or `NIfTI` of one image, COCO, or `GeoJSON` of one
/// slice; for boxes COCO, `GeoJSON` or CSV; for classes CSV with the columns `file,label`. A file for one image belongs to
/// `entry`, or to the image of the same name; a slice is named as where it is exported. Values are the model's indices, as in what is exported; labels that were there before in
/// the same slices are replaced. A task without labels takes over the classes that COCO or a table names, and any task gets
/// the classes that a mask of small numbers has more than it. A PNG with many numbers has one per object: all of them
/// are of the class of a task that has only one.
///
/// # Errors
/// [`ImportError`], worded for the person who chose the file.
pub fn import_labels(
    project: &Project,
    task: crate::project::TaskId,
    entry: Option<EntryId>,
    name: &str,
    bytes: &[u8],
) -> Result<Imported, ImportError> {
    let task = project.task(task).ok_or(ImportError::NoTask)?;
    let (task, classes) = match highest_number(task.kind, bytes) {
        Some(highest) => with_numbered(task, highest),
        None => with_classes(project, task, &classes_in(task.kind, bytes)),
    };
    let mut imported = read(&Import { project, task: &task, name }, entry, bytes)?;
    if !classes.is_empty() {
        let edits = classes.into_iter().chain([imported.edit]);
        imported.edit = Edit::Several(edits.collect());
    }
    Ok(imported)
}

fn read(import: &Import, entry: Option<EntryId>, bytes: &[u8]) -> Result<Imported, ImportError> {
    let Import { name, .. } = *import;
    let text = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match (import.task.kind, text) {
        (TaskKind::Segmentation, _) if bytes.starts_with(b"\x89PNG") => import.png(import.one(entry)?, bytes),
        (TaskKind::Segmentation, _) if is_nifti(bytes) => import.nifti(import.one(entry)?.1, bytes),
        (TaskKind::Segmentation | TaskKind::Detection, Some(b'{' | b'[')) => import.json(entry, bytes),
        (TaskKind::Detection, Some(_)) => import.boxes(bytes),
        (TaskKind::Classification, Some(_)) => import.classes(bytes),
        _ => Err(ImportError::Format(name.to_owned())),
    }
}

/// The highest number in a mask of numbers, unlabelled pixels aside; none for any other file.
fn highest_number(kind: TaskKind, bytes: &[u8]) -> Option<u8> {
    if kind != TaskKind::Segmentation {
        return None;
    }
    if is_nifti(bytes) {
        let volume = nifti_labels::parse(bytes, usize::from(IGNORE), DEFAULT_MAX_PIXELS).ok()?;
        return volume.labels().iter().copied().filter(|label| *label != IGNORE).max();
    }
    let seen = mask_png::values(bytes, DEFAULT_MAX_PIXELS).ok()?;
    (0..IGNORE).rev().find(|value| seen[usize::from(*value)])
}

struct Import<'a> {
    project: &'a Project,
    /// With the classes of the file.
    task: &'a ProjectTask,
    name: &'a str,
}

impl<'a> Import<'a> {
    /// The one slice that the file is for. Of an image that was chosen it is the one that the name tells, or the first.
    fn one(&self, entry: Option<EntryId>) -> Result<(Place, &'a Entry), ImportError> {
        let named = self.named();
        let Some(chosen) = entry.and_then(|id| self.project.entry(id)) else {
            return named.ok_or_else(|| ImportError::NoImage(self.name.to_owned()));
        };
        let within = named.filter(|(place, _)| place.entry == chosen.id);
        Ok(within.unwrap_or_else(|| (self.place(chosen, 0), chosen)))
    }

    /// The slice that the name of the file tells: as files are named where they are exported, or as the image's file.
    fn named(&self) -> Option<(Place, &'a Entry)> {
        let wanted = stem(self.name).trim_end_matches(".geojson").trim_end_matches(".json");
        let (names, entries) = (Names::of(self.project), &self.project.document().entries);
        let exported = |entry: &Entry| {
            let mut slices = (0..entry.size[2]).map(|slice| self.place(entry, slice));
            let whole = (names.image(entry.id) == wanted).then(|| self.place(entry, 0));
            whole.or_else(|| slices.find(|place| names.slice(*place) == wanted))
        };
        let exported = entries.iter().find_map(|entry| Some((exported(entry)?, entry)));
        exported.or_else(|| {
            let entry = entries.iter().find(|entry| stem(&entry.file) == wanted)?;
            Some((self.place(entry, 0), entry))
        })
    }

    fn png(&self, (at, entry): (Place, &Entry), bytes: &[u8]) -> Result<Imported, ImportError> {
        if let (1, Ok(objects)) = (self.task.classes.len(), instance_png::parse(bytes, DEFAULT_MAX_PIXELS))
            && numbers_objects(&objects.ids)
        {
            return Ok(one(self.mask_edit(entry, at.slice, objects.semantic(|_| 1))?));
        }
        let classes = self.task.classes.len() + 1;
        let values = MaskValues::recognize(&mask_png::values(bytes, DEFAULT_MAX_PIXELS)?, classes);
        let mask = mask_png::parse_as(&values, bytes, classes, DEFAULT_MAX_PIXELS)?;
        Ok(one(self.mask_edit(entry, at.slice, mask)?))
    }

    fn nifti(&self, entry: &Entry, bytes: &[u8]) -> Result<Imported, ImportError> {
        let volume = nifti_labels::parse(bytes, self.task.classes.len() + 1, DEFAULT_MAX_PIXELS)?;
        if volume.size() != entry.size.map(|side| side as usize) {
            return Err(wrong_size(entry, volume.size()));
        }
        let slices = (0..volume.size()[2]).filter_map(|slice| Some((slice as u32, volume.slice(slice)?)));
        let edits = slices.map(|(slice, mask)| self.mask_edit(entry, slice, mask));
        Ok(one(Edit::Several(edits.collect::<Result<_, _>>()?)))
    }

    fn json(&self, entry: Option<EntryId>, bytes: &[u8]) -> Result<Imported, ImportError> {
        #[derive(serde::Deserialize)]
        struct Head {
            images: Option<serde::de::IgnoredAny>,
        }
        let is_coco = serde_json::from_slice::<Head>(bytes).is_ok_and(|head| head.images.is_some());
        if is_coco {
            return self.coco(&coco::parse(bytes, &self.task.class_names())?);
        }
        let (at, entry) = self.one(entry)?;
        let areas = geojson::parse(bytes, &self.task.class_names())?;
        let [width, height, _] = entry.size.map(|side| side as usize);
        Ok(one(match self.task.kind {
            TaskKind::Segmentation => {
                self.mask_edit(entry, at.slice, areas_to_mask(&areas, width, height)?)?
            }
            _ => self.boxes_edit(at, areas_to_boxes(&areas, width, height)),
        }))
    }

    fn coco(&self, images: &[CocoImage]) -> Result<Imported, ImportError> {
        let by_name = self.by_name();
        let (mut edits, mut unknown) = (Vec::new(), Vec::new());
        for image in images {
            let Some((place, entry)) = by_name.get(last_part(&image.file)).copied() else {
                unknown.push(image.file.clone());
                continue;
            };
            if [image.width, image.height] != [entry.size[0] as usize, entry.size[1] as usize] {
                return Err(wrong_size(entry, [image.width, image.height, 1]));
            }
            edits.push(match self.task.kind {
                TaskKind::Segmentation => {
                    self.mask_edit(entry, place.slice, image.mask(DEFAULT_MAX_PIXELS)?)?
                }
                _ => self.boxes_edit(place, image.boxes()),
            });
        }
        self.several(edits, unknown)
    }

    fn boxes(&self, bytes: &[u8]) -> Result<Imported, ImportError> {
        let by_name = self.by_name();
        let mut found: BTreeMap<Place, Vec<BoxLabel>> = BTreeMap::new();
        let mut unknown = Vec::new();
        for row in boxes_csv::parse(bytes, &self.task.class_names())? {
            let Some((place, entry)) = by_name.get(last_part(&row.file)).copied() else {
                unknown.push(row.file);
                continue;
            };
            let BoxLabel { x0, y0, x1, y1, class } = row.bbox;
            let edges = [x0, y0, x1, y1].map(f64::from);
            let label = BoxLabel::clipped(edges, entry.size[0] as usize, entry.size[1] as usize, class);
            found.entry(place).or_default().extend(label);
        }
        let edits = found.into_iter().map(|(place, boxes)| self.boxes_edit(place, boxes)).collect();
        self.several(edits, unknown)
    }

    fn classes(&self, bytes: &[u8]) -> Result<Imported, ImportError> {
        let by_name = self.by_name();
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let headers = reader.headers()?;
        let column =
            |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let (file, label) = column("file").zip(column("label")).ok_or(ImportError::Columns)?;
        let (mut edits, mut unknown) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record?;
            let (file, label) = record.get(file).zip(record.get(label)).ok_or(ImportError::Columns)?;
            let class = self.task.classes.iter().find(|class| class.name == label);
            let unknown_class = || ImportError::Class(label.to_owned(), self.task.class_names().join(", "));
            let class = Some(class.ok_or_else(unknown_class)?.id);
            match by_name.get(last_part(file)) {
                Some((place, _)) => edits.push(Edit::Class { entry: place.entry, task: self.task.id, class }),
                None => unknown.push(file.to_owned()),
            }
        }
        self.several(edits, unknown)
    }

    fn several(&self, edits: Vec<Edit>, mut unknown: Vec<String>) -> Result<Imported, ImportError> {
        unknown.dedup();
        if edits.is_empty() {
            return Err(ImportError::NoImage(
                unknown.into_iter().next().unwrap_or_else(|| self.name.to_owned()),
            ));
        }
        Ok(Imported { images: edits.len(), edit: Edit::Several(edits), unknown })
    }

    /// All slices by the names that files have for them: as they are exported, and as they were added.
    fn by_name(&self) -> BTreeMap<String, (Place, &'a Entry)> {
        let names = Names::of(self.project);
        let mut places = BTreeMap::new();
        for entry in &self.project.document().entries {
            for slice in 0..entry.size[2] {
                let place = self.place(entry, slice);
                places.insert(names.picture(place), (place, entry));
            }
            places.insert(last_part(&entry.file).to_owned(), (self.place(entry, 0), entry));
        }
        places
    }

    fn place(&self, entry: &Entry, slice: u32) -> Place {
        Place { entry: entry.id, task: self.task.id, slice }
    }

    /// A mask of indices in the place of all labels of a slice.
    fn mask_edit(&self, entry: &Entry, slice: u32, mask: Mask) -> Result<Edit, ImportError> {
        if !fits(&mask, entry.size) || slice >= entry.size[2] {
            return Err(wrong_size(entry, [mask.width, mask.height, 1]));
        }
        let labels = self.task.labels_of();
        let pixels = mask.labels.into_iter().map(|index| labels[usize::from(index)]).collect();
        let rect = Rect::whole(entry.size[0], entry.size[1]);
        Ok(Edit::Paint { at: self.place(entry, slice), patch: Patch { rect, pixels } })
    }

    fn boxes_edit(&self, at: Place, boxes: Vec<BoxLabel>) -> Edit {
        let label = |label: BoxLabel| {
            let class = usize::from(self.task.label_of(label.class)?);
            Some(BoxLabel { class, ..label })
        };
        Edit::Boxes { at, boxes: Some(boxes.into_iter().filter_map(label).collect()) }
    }
}

/// Whether there are too many numbers for classes, in pieces as objects are. A photograph, taken for a mask by mistake,
/// changes from pixel to pixel: it is left to the reader of classes, which refuses it.
fn numbers_objects(ids: &[u32]) -> bool {
    let distinct = ids.iter().collect::<std::collections::BTreeSet<_>>().len();
    let pieces = ids.chunk_by(|a, b| a == b).filter(|run| run.first() != Some(&0)).count();
    distinct > usize::from(MOST_NUMBERED) + 1 && pieces * 2 <= ids.len()
}

fn one(edit: Edit) -> Imported {
    Imported { edit, images: 1, unknown: Vec::new() }
}

pub(super) fn last_part(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or_default()
}

fn wrong_size(entry: &Entry, found: [usize; 3]) -> ImportError {
    ImportError::Size { file: entry.file.clone(), size: entry.size, found }
}
