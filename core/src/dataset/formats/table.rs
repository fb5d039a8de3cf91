//! What the CSV files of a data set have in common: a header that names columns, and rows that name files.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use thiserror::Error;

use super::is_inside_folder;
use crate::dataset::{Split, UnknownSplit};

/// Why a CSV file of a data set cannot be used. Lines are counted from 1, the header is line 1.
#[derive(Debug, Error)]
pub enum TableError {
    /// Not CSV, or not UTF-8.
    #[error("not a valid CSV table: {0}")]
    Csv(#[from] csv::Error),
    /// The header lacks a column.
    #[error("the first line must name the column {column:?}; it names: {found}")]
    MissingColumn {
        /// The name that is needed.
        column: &'static str,
        /// The names that are there.
        found: String,
    },
    /// The split of a row is none.
    #[error("line {line}: {source}")]
    Split {
        /// Line number.
        line: u64,
        /// The name found.
        source: UnknownSplit,
    },
    /// The label of a row is none of the classes.
    #[error(
        "line {line}: {label:?} is none of the classes in dataset.json ({classes}); correct one of the two"
    )]
    Label {
        /// Line number.
        line: u64,
        /// The label found.
        label: String,
        /// The classes there are.
        classes: String,
    },
    /// Neither are labels named in a column, nor has each class one.
    #[error(
        "without a column \"label\", each class needs a column of 0 and 1, and {class:?} has none; the first line \
         names: {found}"
    )]
    MissingClass {
        /// The class.
        class: String,
        /// The names that are there.
        found: String,
    },
    /// A cell of a class's own column.
    #[error("line {line}: {value:?} in the column {class:?} is neither 0 nor 1")]
    Flag {
        /// Line number.
        line: u64,
        /// The class.
        class: String,
        /// The value found.
        value: String,
    },
    /// A label and the column of its class.
    #[error("line {line}: the label names {class:?}, but its column says 0; correct one of the two")]
    Contradiction {
        /// Line number.
        line: u64,
        /// The class.
        class: String,
    },
    /// A number of a regression has no column.
    #[error("the number {name:?} needs a column of its name; the first line names: {found}")]
    MissingNumber {
        /// The name.
        name: String,
        /// The names that are there.
        found: String,
    },
    /// A cell that must be a number.
    #[error(
        "line {line}: {value:?} in the column {column:?} is no number; write it as 12.5, or remove the line"
    )]
    Number {
        /// Line number.
        line: u64,
        /// The column.
        column: String,
        /// The value found.
        value: String,
    },
    /// A file is listed again.
    #[error("line {line}: {file:?} was listed before; keep one of the lines")]
    Duplicate {
        /// Line number.
        line: u64,
        /// The file.
        file: String,
    },
    /// A file name leads out of the data set's folder.
    #[error("line {line}: {file:?} must be a file name inside the data set's folder")]
    FileName {
        /// Line number.
        line: u64,
        /// The name found.
        file: String,
    },
}

/// One row of such a table.
pub(super) struct Row {
    /// Line number in the file.
    pub line: u64,
    /// Values by column name.
    values: BTreeMap<String, String>,
}

impl Row {
    /// Takes the value of a column out of the row.
    pub fn take(&mut self, column: &str) -> String {
        self.values.remove(column).unwrap_or_default()
    }

    /// Takes the value of a column that may be missing out of the row.
    pub fn remove(&mut self, column: &str) -> Option<String> {
        self.values.remove(column)
    }

    /// Takes the column `split`.
    pub fn take_split(&mut self) -> Result<Split, TableError> {
        self.take("split").parse().map_err(|source| TableError::Split { line: self.line, source })
    }

    /// Takes a column that must be a finite number.
    pub fn take_number(&mut self, column: &str) -> Result<f32, TableError> {
        let value = self.take(column);
        match value.parse::<f32>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(TableError::Number { line: self.line, column: column.to_owned(), value }),
        }
    }

    /// Takes the column `label`: an index into `classes`.
    pub fn take_class(&mut self, classes: &[String]) -> Result<usize, TableError> {
        let label = self.take("label");
        self.class(&label, classes)
    }

    /// The index of a name that the row holds in `classes`.
    pub fn class(&self, name: &str, classes: &[String]) -> Result<usize, TableError> {
        classes.iter().position(|class| class == name).ok_or_else(|| TableError::Label {
            line: self.line,
            label: name.to_owned(),
            classes: classes.join(", "),
        })
    }

    /// The columns that were not taken.
    pub fn rest(self) -> BTreeMap<String, String> {
        self.values
    }
}

/// Writes a table: `columns` with the values of each row, then the further columns that any row has.
pub(super) fn write<const N: usize>(
    columns: [&str; N],
    rows: &[([&str; N], &BTreeMap<String, String>)],
) -> Result<Vec<u8>, TableError> {
    let more: BTreeSet<&str> = rows.iter().flat_map(|(_, extra)| extra.keys()).map(String::as_str).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().chain(&more))?;
    for (values, extra) in rows {
        let extra = more.iter().map(|name| extra.get(*name).map_or("", String::as_str));
        writer.write_record(values.iter().copied().chain(extra))?;
    }
    writer.into_inner().map_err(|error| TableError::Csv(error.into_error().into()))
}

/// The names of the columns of a table.
pub(super) fn columns(bytes: &[u8]) -> Result<Vec<String>, TableError> {
    Ok(reader(bytes).headers()?.iter().map(str::to_owned).collect())
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    // Spreadsheets put a byte order mark in front of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes)
}

/// Reads a table with `columns`, one of which is `file`: files inside the folder.
pub(super) fn read(bytes: &[u8], columns: &[&'static str]) -> Result<Vec<Row>, TableError> {
    let mut reader = reader(bytes);
    let header = reader.headers()?.clone();
    for column in columns {
        if !header.iter().any(|name| name == *column) {
            let found = header.iter().collect::<Vec<_>>().join(", ");
            return Err(TableError::MissingColumn { column, found });
        }
    }

    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let values: BTreeMap<String, String> =
            header.iter().zip(&record).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let file = values.get("file").cloned().unwrap_or_default();
        if !is_inside_folder(&file) {
            return Err(TableError::FileName { line, file });
        }
        rows.push(Row { line, values });
    }
    Ok(rows)
}

/// As [`read`], for a table with one row per file.
pub(super) fn read_one_per_file(bytes: &[u8], columns: &[&'static str]) -> Result<Vec<Row>, TableError> {
    let rows = read(bytes, columns)?;
    let mut seen = HashSet::new();
    for row in &rows {
        let file = row.values.get("file").map_or("", String::as_str);
        if !seen.insert(file) {
            return Err(TableError::Duplicate { line: row.line, file: file.to_owned() });
        }
    }
    Ok(rows)
}
