//! Labels out of a zip file, as they are exported.

use super::classes::with_classes;
use super::import::{ImportError, Imported, import_labels, last_part};
use crate::project::archive::ProjectArchive;
use crate::project::{Edit, Project, TaskId};

/// The table of what the values of masks mean.
const CLASSES: &str = "classes.csv";
/// How the names of files of labels end.
const ENDINGS: [&str; 6] = [".png", ".json", ".geojson", ".csv", ".nii", ".nii.gz"];

/// Reads all files of a zip as labels of `task`, each for the image of its name; see [`import_labels`]. Files of
/// something else and of no image of the project are left out. A task without labels takes over the classes of the
/// table that comes with exported masks.
///
/// # Errors
/// [`ImportError`], also where the values of the masks mean other classes than those of the task.
pub fn import_archive(project: &Project, task: TaskId, bytes: &[u8]) -> Result<Imported, ImportError> {
    let mut archive = ProjectArchive::open(bytes)?;
    // What a file brings along is there for the next one.
    let mut project = project.clone();
    let (mut edits, mut images, mut unknown) = (Vec::new(), 0, Vec::new());
    for name in archive.names().to_vec() {
        if last_part(&name) != CLASSES {
            continue;
        }
        if let Some(table) = archive.labels(&name)? {
            let edit = Edit::Several(take_over(&project, task, &table)?);
            project.apply(edit.clone())?;
            edits.push(edit);
        }
    }
    for name in archive.names().to_vec() {
        if !is_of_labels(&name) {
            continue;
        }
        let Some(bytes) = archive.labels(&name)? else { continue };
        match import_labels(&project, task, None, &name, &bytes) {
            Ok(read) => {
                project.apply(read.edit.clone())?;
                edits.push(read.edit);
                images += read.images;
                unknown.extend(read.unknown);
            }
            Err(ImportError::NoImage(_) | ImportError::Format(_)) => unknown.push(name),
            Err(problem) => return Err(ImportError::InArchive { name, problem: Box::new(problem) }),
        }
    }
    if images == 0 {
        let first = unknown.into_iter().next();
        return Err(first.map_or(ImportError::NoLabels, ImportError::NoImage));
    }
    Ok(Imported { edit: Edit::Several(edits), images, unknown })
}

fn is_of_labels(name: &str) -> bool {
    let (file, lower) = (last_part(name), name.to_lowercase());
    let is_hidden = file.starts_with('.') || lower.starts_with("__macosx/");
    !is_hidden && file != CLASSES && ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// What gives a task the classes of a table `value,class`.
fn take_over(project: &Project, task: TaskId, table: &[u8]) -> Result<Vec<Edit>, ImportError> {
    let task = project.task(task).ok_or(ImportError::NoTask)?;
    let mut found = Vec::new();
    for record in csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table).records() {
        let record = record?;
        // 0 is the background, 255 what is unlabelled.
        if let (Some(value), Some(name)) = (record.get(0), record.get(1))
            && value.parse().is_ok_and(|value: u8| (1..255).contains(&value))
        {
            found.push(name.to_owned());
        }
    }
    let (task, edits) = with_classes(project, task, &found);
    let own = task.class_names();
    if !own.starts_with(&found) {
        return Err(ImportError::OtherClasses { found: found.join(", "), own: own.join(", ") });
    }
    Ok(edits)
}
