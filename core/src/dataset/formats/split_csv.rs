//! `split.csv`: which images a segmentation has. Columns `file,split`; more are kept.

use std::collections::BTreeMap;

use super::table::{self, TableError};
use crate::dataset::Split;

/// One image of a segmentation; its mask has the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitRow {
    /// Name below `images/` and `masks/`.
    pub file: String,
    /// Part of the data set.
    pub split: Split,
    /// Further columns by name, `patient` for example.
    pub extra: BTreeMap<String, String>,
}

/// Reads a `split.csv`.
///
/// # Errors
/// [`TableError`] with the line, for a missing column, an unknown split, a file that is listed twice or
/// lies outside the folder.
pub fn parse(bytes: &[u8]) -> Result<Vec<SplitRow>, TableError> {
    table::read_one_per_file(bytes, &["file", "split"])?
        .into_iter()
        .map(|mut row| {
            let (file, split) = (row.take("file"), row.take_split()?);
            Ok(SplitRow { file, split, extra: row.rest() })
        })
        .collect()
}

/// The `split.csv` of `rows`, with the columns that any of them has.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn write(rows: &[SplitRow]) -> Result<Vec<u8>, TableError> {
    let rows: Vec<_> = rows.iter().map(|row| ([row.file.as_str(), row.split.name()], &row.extra)).collect();
    table::write(["file", "split"], &rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_keep_further_columns() {
        let rows = parse(b"file,split,section\nz00.png,train,0\nz14.png,val,14").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[1].file.as_str(), rows[1].split), ("z14.png", Split::Val));
        assert_eq!(rows[1].extra["section"], "14");
    }

    #[test]
    fn what_is_written_is_read() {
        let row = |file: &str, split, extra: &[(&str, &str)]| SplitRow {
            file: file.to_owned(),
            split,
            extra: extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let rows = [
            row("a, b.png", Split::Val, &[("section", "1")]),
            row("c.png", Split::Test, &[("note", "\"x\"")]),
        ];
        let read = parse(&write(&rows).unwrap()).unwrap();
        assert_eq!(read[0], row("a, b.png", Split::Val, &[("note", ""), ("section", "1")]));
        assert_eq!(read[1], row("c.png", Split::Test, &[("note", "\"x\""), ("section", "")]));
        assert!(parse(&write(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn a_row_that_is_too_short_is_refused() {
        assert!(matches!(parse(b"file,split\nz00.png\n"), Err(TableError::Csv(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            let with_header = [b"file,split\n".as_slice(), &bytes].concat();
            if let Ok(rows) = parse(&with_header) {
                prop_assert!(rows.iter().all(|row| !row.file.starts_with('/')));
            }
        }
    }
}
