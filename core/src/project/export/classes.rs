//! The classes that a file of labels brings along.

use serde::Deserialize;

use crate::dataset::TaskKind;
use crate::project::training::labelled;
use crate::project::{ClassInfo, Edit, Project, ProjectTask};

/// The names of the classes in a COCO file, or in a table with the column `label`; without those of a file that is
/// neither, whose reader says what is wrong with it.
pub fn classes_in(kind: TaskKind, bytes: &[u8]) -> Vec<String> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let mut names = match (kind, first) {
        (_, Some(b'{')) => categories(bytes),
        (TaskKind::Detection | TaskKind::Classification, Some(_)) => labels(bytes),
        _ => Vec::new(),
    };
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| !name.trim().is_empty() && seen.insert(name.clone()));
    names
}

fn categories(bytes: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Category {
        name: String,
    }
    #[derive(Deserialize)]
    struct Document {
        #[serde(default)]
        categories: Vec<Category>,
    }
    let document = serde_json::from_slice::<Document>(bytes);
    document.map_or_else(|_| Vec::new(), |document| document.categories.into_iter().map(|c| c.name).collect())
}

fn labels(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let is_label = |name: &str| name.trim_start_matches('\u{feff}') == "label";
    let column = reader.headers().ok().and_then(|headers| headers.iter().position(is_label));
    let Some(column) = column else { return Vec::new() };
    let records = reader.records().map_while(Result::ok);
    records.filter_map(|record| record.get(column).map(str::to_owned)).collect()
}

/// A mask of numbers with more of them than this numbers objects, not classes.
pub const MOST_NUMBERED: u8 = 8;

/// The task with a class for every number up to `highest` (at most [`MOST_NUMBERED`]), and the edits that make it so. New
/// ones are called by their number.
pub fn with_numbered(task: &ProjectTask, highest: u8) -> (ProjectTask, Vec<Edit>) {
    let (mut task, mut edits) = (task.clone(), Vec::new());
    while highest <= MOST_NUMBERED && task.classes.len() < usize::from(highest) {
        let name = (task.classes.len() + 1).to_string();
        edits.push(add(&mut task, name));
    }
    (task, edits)
}

/// One more class.
fn add(task: &mut ProjectTask, name: String) -> Edit {
    let id = task.next_class;
    task.next_class = id.saturating_add(1);
    task.classes.push(ClassInfo { id, name: name.clone(), colour: id });
    Edit::AddClass { task: task.id, name }
}

/// The task with the classes of a file, and the edits that make it so. Only a task in which nothing has been labelled
/// yet takes them: there a new name is no typing error. Its only class, which it got when it was added, gives way.
pub fn with_classes(project: &Project, task: &ProjectTask, names: &[String]) -> (ProjectTask, Vec<Edit>) {
    let (mut task, mut edits) = (task.clone(), Vec::new());
    let known = |name: &String| task.classes.iter().any(|class| class.name == *name);
    let keeps = names.iter().any(known);
    let mut missing = names.iter().filter(|name| !known(name)).cloned().collect::<Vec<_>>().into_iter();
    if missing.len() == 0 || !labelled(project, task.id).is_empty() {
        return (task, edits);
    }
    if let ([only], false) = (task.classes.as_mut_slice(), keeps)
        && let Some(name) = missing.next()
    {
        only.name.clone_from(&name);
        edits.push(Edit::RenameClass { task: task.id, class: only.id, name });
    }
    edits.extend(missing.map(|name| add(&mut task, name)));
    (task, edits)
}
