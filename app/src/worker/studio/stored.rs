//! The project in the browser's storage: a folder with a file for the document, and one for each image, mask and model.

use std::collections::BTreeSet;

use medley_core::project::{Document, EntryId, Place, Project, TaskId, TiledMask};

use crate::storage::{Folder, StorageError};

/// The folder of the project. Where that cannot be read, the next project has one with a number behind the name.
const FOLDER: &str = "medley-studio";
/// All but masks, images and models.
pub const DOCUMENT: &str = "project.json";

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An image's own bytes.
    Image(EntryId),
    /// The labels of a slice.
    Mask(Place),
    /// A tuned model, by its run.
    Model(u32),
}

impl Owner {
    /// The name of its file.
    pub fn file(self) -> String {
        match self {
            Self::Image(id) => format!("image-{}", id.0),
            Self::Mask(at) => format!("mask-{}-{}-{}", at.entry.0, at.task.0, at.slice),
            Self::Model(run) => format!("model-{run}.safetensors"),
        }
    }

    /// The owner of the file with this name; none where it is another kind of file.
    pub fn of(name: &str) -> Option<Self> {
        let (kind, rest) = name.split_once('-')?;
        let mut numbers =
            rest.trim_end_matches(".safetensors").split('-').map_while(|part| part.parse().ok());
        let first: u32 = numbers.next()?;
        let owner = match kind {
            "image" => Self::Image(EntryId(first)),
            "mask" => {
                let (task, slice) = (TaskId(numbers.next()?), numbers.next()?);
                Self::Mask(Place { entry: EntryId(first), task, slice })
            }
            "model" => Self::Model(first),
            _ => return None,
        };
        Some(owner).filter(|owner| owner.file() == name)
    }

    /// Whether the project still has it.
    fn is_in(self, document: &Document) -> bool {
        match self {
            Self::Image(id) => document.entry(id).is_some(),
            Self::Mask(at) => document.entry(at.entry).is_some() && document.task(at.task).is_some(),
            Self::Model(run) => document.run(run).is_some(),
        }
    }
}

/// What the storage holds.
pub struct Found {
    /// Where the project is kept from now on.
    pub folder: Folder,
    /// The project, where one was stored.
    pub project: Option<Project>,
    /// Names of images with labels that could not be read, or that are another image's.
    pub spoilt: BTreeSet<String>,
    /// Why there is a project that cannot be opened. Its files stay as they are, in a folder of their own.
    pub failure: Option<String>,
}

/// Looks for the project that was open last.
///
/// # Errors
/// Where the browser gives no folder.
pub async fn find(root: &Folder) -> Result<Found, StorageError> {
    let mut numbers: Vec<u32> = root.names().await?.iter().filter_map(|name| number_of(name)).collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    let (mut empty, mut failure) = (None, None);
    for number in &numbers {
        let folder = root.folder(&name_of(*number)).await?;
        match read(&folder).await {
            Ok(Some((project, spoilt))) => {
                return Ok(Found { folder, project: Some(project), spoilt, failure: None });
            }
            // Begun because the one before could not be read, and never used: perhaps that can be read by now.
            Ok(None) => empty = Some(folder),
            Err(reason) => {
                failure = Some(reason);
                break;
            }
        }
    }
    let next = numbers.first().map_or(1, |last| last.saturating_add(1));
    let folder = match empty {
        Some(folder) => folder,
        None => root.folder(&name_of(next)).await?,
    };
    Ok(Found { folder, project: None, spoilt: BTreeSet::new(), failure })
}

fn name_of(number: u32) -> String {
    if number == 1 { FOLDER.to_owned() } else { format!("{FOLDER}-{number}") }
}

fn number_of(name: &str) -> Option<u32> {
    let number = match name.strip_prefix(FOLDER)? {
        "" => 1,
        rest => rest.strip_prefix('-')?.parse().ok()?,
    };
    Some(number).filter(|number| name_of(*number) == name)
}

/// Reads the project of a folder, with the names of images of which labels are spoilt; nothing where there is none. Files
/// that belong to nothing any more go: those of images and tasks that were taken out before the last visit ended.
async fn read(folder: &Folder) -> Result<Option<(Project, BTreeSet<String>)>, String> {
    let refused = |_| "the browser does not give its files; reload the page to try again".to_owned();
    let names = folder.names().await.map_err(refused)?;
    let Some(bytes) = folder.find(DOCUMENT).await.map_err(refused)? else {
        // Of a project that was never written whole: nothing of it may fall to the next one.
        for name in names.iter().filter(|name| Owner::of(name).is_some()) {
            folder.remove(name).await;
        }
        return Ok(None);
    };
    let document = Document::parse(&bytes).map_err(|error| error.to_string())?;
    let (mut masks, mut unread, mut spoilt) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let Some(owner) = Owner::of(&name) else { continue };
        if !owner.is_in(&document) {
            folder.remove(&name).await;
            continue;
        }
        let Owner::Mask(at) = owner else { continue };
        match folder.read(&name).await.map(|bytes| TiledMask::from_bytes(&bytes)) {
            Some(Ok(mask)) => masks.push((at, mask)),
            Some(Err(_)) => spoilt.push(at),
            // It may be readable the next time.
            None => unread.push(at),
        }
    }
    let (project, misfits) = Project::open(document, masks);
    spoilt.extend(misfits.into_iter().map(|(at, _)| at));
    for at in &spoilt {
        folder.remove(&Owner::Mask(*at).file()).await;
    }
    let told = spoilt.iter().chain(&unread).filter_map(|at| project.entry(at.entry));
    let told = told.map(|entry| entry.file.clone()).collect();
    Ok(Some((project, told)))
}
