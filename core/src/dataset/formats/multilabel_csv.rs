//! `labels.csv` where an image may have any number of classes, none among them.
//!
//! The column `label` names them, with `|` or `;` between (NIH ChestX-ray14 writes `Atelectasis|Effusion`), or each
//! class has a column of 0 and 1; both may be there. A cell that is empty or says `No Finding` or `none` is an image
//! with none of them. The columns `file` and `split` are as for one class per image; more are kept.

use std::collections::BTreeMap;

use super::table::{self, Row, TableError};
use crate::dataset::Split;

/// What may lie between the classes of a cell.
const BETWEEN: [char; 2] = ['|', ';'];

/// Whole cells, in any case, that say that none of the classes is there.
const NOTHING: [&str; 3] = ["", "no finding", "none"];

/// One image with its classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiLabelRow {
    /// Name below `images/`.
    pub file: String,
    /// For every class, whether it is present.
    pub labels: Vec<bool>,
    /// Part of the data set.
    pub split: Split,
    /// Further columns by name, `patient` for example.
    pub extra: BTreeMap<String, String>,
}

/// The names in a `label` cell; a name of `classes` is one, whatever it holds. None for a cell that says so.
pub fn names<'a>(cell: &'a str, classes: &[String]) -> Vec<&'a str> {
    let cell = cell.trim();
    if classes.iter().any(|class| class == cell) {
        return vec![cell];
    }
    if NOTHING.contains(&cell.to_lowercase().as_str()) {
        return Vec::new();
    }
    cell.split(BETWEEN).map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// A cell of a class's own column: 0 or 1, also as spreadsheets and programs write them.
pub fn flag(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "0" | "0.0" | "false" => Some(false),
        "1" | "1.0" | "true" => Some(true),
        _ => None,
    }
}

/// Reads such a table.
///
/// # Errors
/// [`TableError`] with the line: a missing column, a label that is none of `classes`, a cell of a class's column that is
/// neither 0 nor 1 or contradicts the label, a split that is none, a file that is listed twice or lies outside
/// the folder.
pub fn parse(bytes: &[u8], classes: &[String]) -> Result<Vec<MultiLabelRow>, TableError> {
    let columns = table::columns(bytes)?;
    let has = |name: &str| columns.iter().any(|column| column == name);
    if !has("label")
        && let Some(class) = classes.iter().find(|class| !has(class.as_str()))
    {
        return Err(TableError::MissingClass { class: class.clone(), found: columns.join(", ") });
    }
    table::read_one_per_file(bytes, &["file", "split"])?.into_iter().map(|row| one(row, classes)).collect()
}

fn one(mut row: Row, classes: &[String]) -> Result<MultiLabelRow, TableError> {
    let (line, file, split) = (row.line, row.take("file"), row.take_split()?);
    let mut labels = vec![false; classes.len()];
    let cell = row.take("label");
    for name in names(&cell, classes) {
        labels[row.class(name, classes)?] = true;
    }
    for (class, label) in classes.iter().zip(&mut labels) {
        let Some(value) = row.remove(class) else { continue };
        match flag(&value) {
            Some(false) if *label => return Err(TableError::Contradiction { line, class: class.clone() }),
            Some(present) => *label |= present,
            None => return Err(TableError::Flag { line, class: class.clone(), value }),
        }
    }
    Ok(MultiLabelRow { file, labels, split, extra: row.rest() })
}

/// The table of `rows`: names in a column `label`, or where these could be misread, a column of 0 and 1 per class.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn write(rows: &[MultiLabelRow], classes: &[String]) -> Result<Vec<u8>, TableError> {
    let unclear =
        |class: &String| class.contains(BETWEEN) || NOTHING.contains(&class.to_lowercase().as_str());
    if classes.iter().any(unclear) {
        return write_flags(rows, classes);
    }
    let label = |row: &MultiLabelRow| {
        let present = classes.iter().zip(&row.labels).filter(|(_, is)| **is);
        let names: Vec<&str> = present.map(|(class, _)| class.as_str()).collect();
        // Said, so that nobody takes it for a label that was forgotten.
        if names.is_empty() { "none".to_owned() } else { names.join("|") }
    };
    let labels: Vec<String> = rows.iter().map(label).collect();
    let rows: Vec<_> = rows
        .iter()
        .zip(&labels)
        .map(|(row, label)| ([row.file.as_str(), label.as_str(), row.split.name()], &row.extra))
        .collect();
    table::write(["file", "label", "split"], &rows)
}

fn write_flags(rows: &[MultiLabelRow], classes: &[String]) -> Result<Vec<u8>, TableError> {
    let flags = |row: &MultiLabelRow| {
        let flags =
            classes.iter().zip(&row.labels).map(|(class, is)| (class.clone(), u8::from(*is).to_string()));
        row.extra.clone().into_iter().chain(flags).collect()
    };
    let more: Vec<BTreeMap<String, String>> = rows.iter().map(flags).collect();
    let rows: Vec<_> =
        rows.iter().zip(&more).map(|(row, more)| ([row.file.as_str(), row.split.name()], more)).collect();
    table::write(["file", "split"], &rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn classes() -> Vec<String> {
        ["atelectasis", "effusion", "mass"].map(str::to_owned).to_vec()
    }

    fn labels(text: &str) -> Vec<Vec<bool>> {
        parse(text.as_bytes(), &classes()).unwrap().into_iter().map(|row| row.labels).collect()
    }

    #[test]
    fn a_cell_names_any_number_of_classes() {
        let text = "file,label,split,patient\na,atelectasis|mass,train,7\nb,No Finding,train,7\n\
                    c,effusion ; mass,val,8\nd,,test,8\ne,mass,test,9\n";
        let expected =
            [[true, false, true], [false; 3], [false, true, true], [false; 3], [false, false, true]];
        assert_eq!(labels(text), expected);
        let rows = parse(text.as_bytes(), &classes()).unwrap();
        assert_eq!((rows[0].extra["patient"].as_str(), rows[2].split), ("7", Split::Val));
    }

    #[test]
    fn classes_may_have_columns_of_their_own() {
        let text = "file,split,atelectasis,effusion,mass\na,train,1,0,1.0\nb,val,0,0,false\n";
        assert_eq!(labels(text), [[true, false, true], [false; 3]]);
        // Columns of some classes beside names of the others.
        let both = "file,label,split,mass\na,effusion,train,1\nb,mass,val,1\nc,,val,0\n";
        assert_eq!(labels(both), [[false, true, true], [false, false, true], [false; 3]]);
        assert!(parse(text.as_bytes(), &classes()).unwrap()[0].extra.is_empty());
    }

    #[test]
    fn a_class_may_be_called_as_nothing_is_elsewhere() {
        let classes = ["none", "a|b"].map(str::to_owned);
        let text = "file,label,split\na,none,train\nb,a|b,train\nc,,train\n";
        let rows = parse(text.as_bytes(), &classes).unwrap();
        let found: Vec<_> = rows.iter().map(|row| row.labels.clone()).collect();
        assert_eq!(found, [[true, false], [false, true], [false, false]]);
        let written = write(&rows, &classes).unwrap();
        assert!(written.starts_with(b"file,split,a|b,none\n"));
        assert_eq!(parse(&written, &classes).unwrap(), rows);
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            ("file,label\n", "the first line must name the column \"split\""),
            ("file,split,mass\n", "without a column \"label\", each class needs a column of 0 and 1"),
            ("file,label,split\na,mass,val\nb,mass|cold,val\n", "line 3: \"cold\" is none of the classes"),
            ("file,label,split\na,No Finding|mass,val\n", "line 2: \"No Finding\" is none"),
            ("file,label,split,mass\na,,val,2\n", "line 2: \"2\" in the column \"mass\" is neither 0 nor 1"),
            ("file,label,split,mass\na,,val,\n", "line 2: \"\" in the column \"mass\""),
            ("file,label,split,mass\na,mass,val,0\n", "line 2: the label names \"mass\", but its column"),
            ("file,label,split\na,mass,train\na,mass,val\n", "line 3: \"a\" was listed before"),
        ] {
            let message = parse(text.as_bytes(), &classes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::btree_map("[a-z ,\"]{0,4}[a-z]", (prop::array::uniform3(any::<bool>()), 0_usize..3), 0..6),
            class in "[a-z|;,]{1,5}x",
        ) {
            let classes = [classes()[..2].to_vec(), vec![class]].concat();
            let row = |(name, (labels, split)): (String, ([bool; 3], usize))| MultiLabelRow {
                file: format!("a{name}"),
                labels: labels.to_vec(),
                split: Split::ALL[split],
                extra: BTreeMap::from([("patient".to_owned(), "p".to_owned())]),
            };
            let rows: Vec<MultiLabelRow> = rows.into_iter().map(row).collect();
            if !rows.is_empty() {
                prop_assert_eq!(parse(&write(&rows, &classes).unwrap(), &classes).unwrap(), rows);
            }
        }

        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let with_header = [b"file,label,split,mass\n".as_slice(), &bytes].concat();
            if let Ok(rows) = parse(&with_header, &classes()) {
                prop_assert!(rows.iter().all(|row| row.labels.len() == 3));
            }
        }
    }
}
