//! `labels.csv`: the class of each image. Columns `file,label,split`; more are kept.

use std::collections::BTreeMap;

use super::table::{self, TableError};
use crate::dataset::Split;

/// One image of a classification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRow {
    /// Name below `images/`.
    pub file: String,
    /// Index into the classes.
    pub class: usize,
    /// Part of the data set.
    pub split: Split,
    /// Further columns by name, `patient` for example.
    pub extra: BTreeMap<String, String>,
}

/// Reads a `labels.csv` whose labels are names out of `classes`.
///
/// # Errors
/// [`TableError`] with the line, for a missing column, an unknown label or split, a file that is listed
/// twice or lies outside the folder.
pub fn parse(bytes: &[u8], classes: &[String]) -> Result<Vec<LabelRow>, TableError> {
    table::read_one_per_file(bytes, &["file", "label", "split"])?
        .into_iter()
        .map(|mut row| {
            let (file, split, class) = (row.take("file"), row.take_split()?, row.take_class(classes)?);
            Ok(LabelRow { file, class, split, extra: row.rest() })
        })
        .collect()
}

/// The `labels.csv` of `rows`, with the columns that any of them has; a class beyond `classes` is written as its
/// number.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn write(rows: &[LabelRow], classes: &[String]) -> Result<Vec<u8>, TableError> {
    let label = |row: &LabelRow| classes.get(row.class).cloned().unwrap_or_else(|| row.class.to_string());
    let labels: Vec<String> = rows.iter().map(label).collect();
    let rows: Vec<_> = rows
        .iter()
        .zip(&labels)
        .map(|(row, label)| ([row.file.as_str(), label.as_str(), row.split.name()], &row.extra))
        .collect();
    table::write(["file", "label", "split"], &rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn classes() -> Vec<String> {
        vec!["normal".to_owned(), "pneumonia".to_owned()]
    }

    #[test]
    fn rows_keep_further_columns() {
        let text = "file,label,split,patient\na.jpg,pneumonia,train,7\nb.jpg,normal,test,8\n";
        let rows = parse(text.as_bytes(), &classes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].class, rows[0].split), (1, Split::Train));
        assert_eq!(rows[0].extra["patient"], "7");
        assert_eq!(rows[1].extra.len(), 1);
    }

    #[test]
    fn byte_order_mark_and_quotes_are_understood() {
        let text = "\u{feff}split, file ,label\r\nval,\"a,b.jpg\",normal\r\n";
        let rows = parse(text.as_bytes(), &classes()).unwrap();
        assert_eq!((rows[0].file.as_str(), rows[0].split), ("a,b.jpg", Split::Val));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            ("file,split\n", "the first line must name the column \"label\""),
            ("file,label,split\na,normal,train\nb,cold,train\n", "line 3: \"cold\""),
            ("file,label,split\na,normal,dev\n", "line 2: a split is"),
            ("file,label,split\na,normal,train\na,normal,val\n", "line 3: \"a\" was listed before"),
            ("file,label,split\n../a,normal,train\n", "line 2: \"../a\" must be"),
            ("file,label,split\n/etc/a,normal,train\n", "line 2: \"/etc/a\" must be"),
        ] {
            let message = parse(text.as_bytes(), &classes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::btree_map("[a-z ,\"]{0,4}[a-z]", (0_usize..2, 0_usize..3, "[0-9a-z,]{0,3}"), 0..6),
        ) {
            let row = |(name, (class, split, patient)): (String, (usize, usize, String))| LabelRow {
                file: format!("a{name}"),
                class,
                split: Split::ALL[split],
                extra: BTreeMap::from([("patient".to_owned(), patient)]),
            };
            let rows: Vec<LabelRow> = rows.into_iter().map(row).collect();
            prop_assert_eq!(parse(&write(&rows, &classes()).unwrap(), &classes()).unwrap(), rows);
        }

        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &classes());
            let with_header = [b"file,label,split\n".as_slice(), &bytes].concat();
            if let Ok(rows) = parse(&with_header, &classes()) {
                prop_assert!(rows.iter().all(|row| row.class < 2));
            }
        }
    }
}
