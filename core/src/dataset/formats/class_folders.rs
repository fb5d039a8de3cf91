//! Class folders: the folder that an image lies in is its class (`[split/]class/[more/]image`).
//!
//! Only names are looked at. The folders at the top are splits when all of them are called like one (`train` or
//! `training`, `val` or `valid` or `validation`, `test` or `testing`, in any case); otherwise they are classes.
//! Hidden files and what operating systems leave behind are skipped.

use std::collections::BTreeSet;

use thiserror::Error;

use super::is_inside_folder;
use crate::dataset::Split;

/// Files and their classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFolders {
    /// Class names in index order.
    pub classes: Vec<String>,
    /// The files in the order of the paths.
    pub files: Vec<ClassFile>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFile {
    /// Its path, as given.
    pub path: String,
    /// Index into the classes.
    pub class: usize,
    /// Its part of the data set, where folders say so.
    pub split: Option<Split>,
}

/// Why folders do not tell classes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ClassFoldersError {
    /// No files.
    #[error("there are no images in class folders; put each class's images into a folder of its name")]
    Empty,
    /// A file outside of the class folders.
    #[error("{path:?} lies in no class folder; move it into the folder of its class, or remove it")]
    NoClass {
        /// The file.
        path: String,
    },
    /// Not a path inside the folder.
    #[error("{path:?} must be a path inside the data set's folder, with / between its parts")]
    Path {
        /// The path.
        path: String,
    },
    /// Folders of splits beside others.
    #[error(
        "the folder {split:?} is called like a split, but {other:?} beside it is not; \
         put all images below train, val and test, or rename the folder"
    )]
    Mixed {
        /// A folder that is called like a split.
        split: String,
        /// One that is not.
        other: String,
    },
    /// A folder that is none of the given classes.
    #[error(
        "{path:?} lies in the folder {folder:?}, which is none of the classes ({classes}); rename one of the two"
    )]
    Class {
        /// The file.
        path: String,
        /// The folder.
        folder: String,
        /// The classes there are.
        classes: String,
    },
    /// Only one class.
    #[error("all images lie in the one folder {0:?}; a classification needs at least two")]
    OneClass(String),
}

/// Finds the classes of files by their `paths`, relative to the data set's folder. The order of the classes is
/// that of `classes`, or alphabetical (by code points, so capitals come first) where none are given.
///
/// # Errors
/// [`ClassFoldersError`], naming the path.
pub fn recognize<'a>(
    paths: impl IntoIterator<Item = &'a str>,
    classes: Option<&[String]>,
) -> Result<ClassFolders, ClassFoldersError> {
    let paths: Vec<&str> = paths.into_iter().filter(|path| !is_left_behind(path)).collect();
    if let Some(path) = paths.iter().find(|path| !is_inside_folder(path)) {
        return Err(ClassFoldersError::Path { path: (*path).to_owned() });
    }
    let tops: BTreeSet<&str> = paths.iter().filter_map(|path| Some(path.split_once('/')?.0)).collect();
    let split = tops.iter().find(|top| split_of(top).is_some());
    let other = tops.iter().find(|top| split_of(top).is_none());
    if let (Some(split), Some(other)) = (split, other) {
        let (split, other) = ((*split).to_owned(), (*other).to_owned());
        return Err(ClassFoldersError::Mixed { split, other });
    }

    let mut found = Vec::with_capacity(paths.len());
    for path in paths {
        let no_class = || ClassFoldersError::NoClass { path: path.to_owned() };
        let (top, rest) = path.split_once('/').ok_or_else(no_class)?;
        let (split, folder) = match split_of(top) {
            Some(split) => (Some(split), rest.split_once('/').ok_or_else(no_class)?.0),
            None => (None, top),
        };
        found.push((path, folder, split));
    }
    let folders: BTreeSet<&str> = found.iter().map(|(_, folder, _)| *folder).collect();
    let classes = match classes {
        Some(classes) => classes.to_vec(),
        None => match folders.into_iter().collect::<Vec<_>>()[..] {
            [] => return Err(ClassFoldersError::Empty),
            [only] => return Err(ClassFoldersError::OneClass(only.to_owned())),
            ref several => several.iter().map(|folder| (*folder).to_owned()).collect(),
        },
    };
    let file = |(path, folder, split): (&str, &str, Option<Split>)| {
        let path = path.to_owned();
        let Some(class) = classes.iter().position(|class| class == folder) else {
            let classes = classes.join(", ");
            return Err(ClassFoldersError::Class { path, folder: folder.to_owned(), classes });
        };
        Ok(ClassFile { path, class, split })
    };
    let files: Vec<ClassFile> = found.into_iter().map(file).collect::<Result<_, _>>()?;
    if files.is_empty() {
        return Err(ClassFoldersError::Empty);
    }
    Ok(ClassFolders { classes, files })
}

fn split_of(folder: &str) -> Option<Split> {
    Some(match folder.to_ascii_lowercase().as_str() {
        "train" | "training" => Split::Train,
        "val" | "valid" | "validation" => Split::Val,
        "test" | "testing" => Split::Test,
        _ => return None,
    })
}

fn is_left_behind(path: &str) -> bool {
    path.split('/').any(|part| {
        (part.starts_with('.') && part != "." && part != "..")
            || part == "__MACOSX"
            || part.eq_ignore_ascii_case("thumbs.db")
            || part.eq_ignore_ascii_case("desktop.ini")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folders_are_classes_in_alphabetical_order() {
        let paths = ["oak/b.png", "Ash/a.png", ".DS_Store", "oak/tree 7/c.png", "oak/Thumbs.db"];
        let found = recognize(paths, None).unwrap();
        assert_eq!(found.classes, ["Ash", "oak"]);
        let files: Vec<_> =
            found.files.iter().map(|file| (file.path.as_str(), file.class, file.split)).collect();
        assert_eq!(files, [("oak/b.png", 1, None), ("Ash/a.png", 0, None), ("oak/tree 7/c.png", 1, None)]);
    }

    #[test]
    fn splits_at_the_top_are_recognised_and_a_given_order_is_kept() {
        let paths = ["Train/no/a.png", "validation/no/b.png", "test/yes/c.png"];
        let classes = ["yes".to_owned(), "no".to_owned(), "maybe".to_owned()];
        let found = recognize(paths, Some(&classes)).unwrap();
        assert_eq!(found.classes, classes);
        let files: Vec<_> = found.files.iter().map(|file| (file.class, file.split)).collect();
        assert_eq!(files, [(1, Some(Split::Train)), (1, Some(Split::Val)), (0, Some(Split::Test))]);
    }

    #[test]
    fn errors_name_the_path() {
        let classes = ["a".to_owned(), "b".to_owned()];
        for (paths, classes, expected) in [
            (&["a/1.png", "2.png"][..], None, "\"2.png\" lies in no class folder"),
            (&["train/1.png", "train/a/2.png"], None, "\"train/1.png\" lies in no class folder"),
            (&["train/a/1.png", "b/2.png"], None, "the folder \"train\" is called like a split, but \"b\""),
            (&["a/../../1.png"], None, "\"a/../../1.png\" must be a path inside"),
            (&["c/1.png"], Some(&classes[..]), "\"c/1.png\" lies in the folder \"c\", which is none"),
            (&["a/1.png"], None, "all images lie in the one folder \"a\""),
            (&[".git/config"], None, "there are no images"),
            (&[], Some(&classes), "there are no images"),
        ] {
            let message = recognize(paths.iter().copied(), classes).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_paths_are_an_answer_not_a_panic(
            paths in prop::collection::vec("(train/|val/|[a-c./\u{e9}])?[a-c/.]{0,6}", 0..8),
        ) {
            if let Ok(found) = recognize(paths.iter().map(String::as_str), None) {
                prop_assert!(found.files.iter().all(|file| file.class < found.classes.len()));
            }
        }
    }
}
