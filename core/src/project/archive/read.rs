//! A project out of a zip file, which may come from anywhere.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::write::{image_prefix, model_name};
use super::{ArchiveError, DOCUMENT};
use crate::dataset::formats::{is_inside_folder, mask_png};
use crate::imaging::DEFAULT_MAX_PIXELS;
use crate::project::{Document, DocumentError, EntryId, Place, Project, TaskId, TiledMask};

/// More files than any project has.
const MAX_FILES: usize = 1 << 18;
/// Bytes of the document, and of a mask.
const MAX_DOCUMENT: u64 = 1 << 26;
const MAX_MASK: u64 = 1 << 26;
/// Bytes of an image or a model: what a tab can hold.
const MAX_FILE: u64 = 1 << 30;
/// Values of a mask: any but 255, which is unlabelled.
const LABELS: usize = 255;

/// An opened zip file. Images and models are unpacked when they are asked for.
pub struct ProjectArchive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
}

impl<'a> ProjectArchive<'a> {
    /// Opens the file and checks what it lists; nothing is unpacked yet.
    ///
    /// # Errors
    /// [`ArchiveError`]: no zip file, incomplete, too many files, or names that lead elsewhere.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::new(Cursor::new(bytes))?;
        if zip.len() > MAX_FILES {
            return Err(ArchiveError::Files(zip.len()));
        }
        let mut names = Vec::with_capacity(zip.len());
        for name in zip.file_names() {
            let name = name?.into_owned();
            if !is_inside_folder(name.strip_suffix('/').unwrap_or(&name)) {
                return Err(ArchiveError::Path(name));
            }
            names.push(name);
        }
        Ok(Self { zip, names })
    }

    /// The names of all files.
    pub(in crate::project) fn names(&self) -> &[String] {
        &self.names
    }

    /// A file of labels.
    ///
    /// # Errors
    /// As [`Self::image`].
    pub(in crate::project) fn labels(&mut self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.file(name, MAX_MASK)
    }

    /// The project with its labels.
    ///
    /// # Errors
    /// [`ArchiveError`]: no document or a bad one, masks that are damaged or do not fit.
    pub fn project(&mut self) -> Result<Project, ArchiveError> {
        let json = self.file(DOCUMENT, MAX_DOCUMENT)?.ok_or(ArchiveError::NoDocument)?;
        let document = Document::parse(&json)?;
        let mut masks = Vec::new();
        for name in self.names.clone() {
            let Some(place) = place_of(&name) else { continue };
            let Some(entry) = document.entry(place.entry) else { continue };
            let limit = entry.area().min(DEFAULT_MAX_PIXELS);
            let Some(bytes) = self.file(&name, MAX_MASK)? else { continue };
            let mask = mask_png::parse(&bytes, LABELS, limit);
            let mask = mask.map_err(|source| ArchiveError::Mask { name, source })?;
            masks.push((place, TiledMask::of(&mask)));
        }
        let (project, misfits) = Project::open(document, masks);
        // Unlike in the browser's storage nothing is lost by this: the file stays as it is.
        match misfits.first() {
            Some((place, problem)) => {
                let file = project.entry(place.entry).map(|entry| &entry.file);
                Err(DocumentError::Damaged(format!("{:?}: {problem}", file.map_or("", String::as_str)))
                    .into())
            }
            None => Ok(project),
        }
    }

    /// The bytes of an image's file.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`] or [`ArchiveError::Damaged`].
    pub fn image(&mut self, entry: EntryId) -> Result<Option<Vec<u8>>, ArchiveError> {
        let prefix = image_prefix(entry);
        match self.names.iter().find(|name| name.starts_with(&prefix)).cloned() {
            Some(name) => self.file(&name, MAX_FILE),
            None => Ok(None),
        }
    }

    /// The bytes of a model, by its run's id or `base`.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`] or [`ArchiveError::Damaged`].
    pub fn model(&mut self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.file(&model_name(name), MAX_FILE)
    }

    /// Unpacks a file of at most `limit` bytes, whatever it claims.
    fn file(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        let file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let too_large = || ArchiveError::TooLarge { name: name.to_owned(), limit };
        if file.size() > limit {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|problem| ArchiveError::Damaged { name: name.to_owned(), problem })?;
        if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(Some(bytes)) }
    }
}

/// The place that a mask's name tells.
fn place_of(name: &str) -> Option<Place> {
    let numbers = name.strip_prefix("labels/")?.strip_suffix(".png")?;
    let mut numbers = numbers.split('-').map(|number| number.parse().ok());
    let place =
        Place { entry: EntryId(numbers.next()??), task: TaskId(numbers.next()??), slice: numbers.next()?? };
    numbers.next().is_none().then_some(place)
}
