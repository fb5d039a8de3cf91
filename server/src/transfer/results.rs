//! The results on disk: a table with a row per measurement, complete after each.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

use super::{Cell, Mode, Percent, TransferError};
use crate::runs::{RunError, write_atomically};

/// The columns before the metrics.
const COLUMNS: [&str; 8] = ["percent", "mode", "init", "seed", "train", "watch", "updates", "seconds"];

/// One measurement that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The part of the training data.
    pub fraction: Percent,
    /// How much of the model learnt.
    pub mode: Mode,
    /// Name of the weights it started from.
    pub init: String,
    /// Its seed.
    pub seed: u64,
    /// Images it learnt from.
    pub train: usize,
    /// Images it was stopped by.
    pub watch: usize,
    /// Updates until the weights that were tested.
    pub updates: u64,
    /// Time that learning took.
    pub seconds: f64,
    /// The value of each metric on the test part, where it is defined.
    pub scores: Vec<Option<f64>>,
}

/// All measurements that were made, in a CSV file.
#[derive(Clone, Debug)]
pub struct Results {
    path: PathBuf,
    metrics: Vec<String>,
    rows: Vec<Row>,
}

impl Results {
    /// Reads the table at `path`, if there is one; its columns after the common ones must be `metrics`.
    ///
    /// # Errors
    /// When it has other columns, or a row that makes no sense.
    pub fn open(path: &Path, metrics: Vec<String>) -> Result<Self, TransferError> {
        let mut results = Self { path: path.to_path_buf(), metrics, rows: Vec::new() };
        if path.exists() {
            let bytes = fs::read(path).map_err(RunError::io("read", path))?;
            results.rows = results.parse(&bytes)?;
        }
        Ok(results)
    }

    /// The names of the metrics.
    pub fn metrics(&self) -> &[String] {
        &self.metrics
    }

    /// The measurements in the order in which they were made.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether a measurement was made.
    pub fn has(&self, cell: &Cell) -> bool {
        let name = cell.init.name();
        self.rows.iter().any(|row| {
            (row.fraction, row.mode, row.seed) == (cell.fraction, cell.mode, cell.seed) && row.init == name
        })
    }

    /// Adds a measurement. The file has all rows before or all rows after, never half of one.
    ///
    /// # Errors
    /// When the file cannot be written; the measurement is then not added.
    pub fn add(&mut self, row: Row) -> Result<(), TransferError> {
        self.rows.push(row);
        let written = self.to_csv().and_then(|bytes| Ok(write_atomically(&self.path, &bytes)?));
        if written.is_err() {
            self.rows.pop();
        }
        written
    }

    fn header(&self) -> Vec<&str> {
        COLUMNS.into_iter().chain(self.metrics.iter().map(String::as_str)).collect()
    }

    fn to_csv(&self) -> Result<Vec<u8>, TransferError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let broken = |error: csv::Error| TransferError::from(RunError::io("write", &self.path)(error.into()));
        writer.write_record(self.header()).map_err(broken)?;
        for row in &self.rows {
            let common = [
                row.fraction.to_string(),
                row.mode.name().to_owned(),
                row.init.clone(),
                row.seed.to_string(),
                row.train.to_string(),
                row.watch.to_string(),
                row.updates.to_string(),
                format!("{:.1}", row.seconds),
            ];
            let scores =
                row.scores.iter().map(|score| score.map(|value| value.to_string()).unwrap_or_default());
            writer.write_record(common.into_iter().chain(scores)).map_err(broken)?;
        }
        writer.into_inner().map_err(|error| broken(error.into_error().into()))
    }

    fn parse(&self, bytes: &[u8]) -> Result<Vec<Row>, TransferError> {
        let path = || self.path.clone();
        let invalid = |line, problem: String| TransferError::Results { path: path(), line, problem };
        let at = |error: &csv::Error| error.position().map_or(1, csv::Position::line);
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().map_err(|error| invalid(at(&error), error.to_string()))?;
        if header.iter().ne(self.header()) {
            let found: Vec<&str> = header.iter().collect();
            let difference = format!("columns {} then, {} now", found.join(","), self.header().join(","));
            return Err(TransferError::OtherSettings { path: path(), difference });
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| invalid(at(&error), error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(row(&record).map_err(|problem| invalid(line, problem))?);
        }
        Ok(rows)
    }
}

fn row(record: &csv::StringRecord) -> Result<Row, String> {
    let text = |column: usize| record.get(column).unwrap_or_default();
    let scores = record.iter().skip(COLUMNS.len());
    Ok(Row {
        fraction: text(0).parse()?,
        mode: Mode::from_str(text(1), false)?,
        init: text(2).to_owned(),
        seed: number(text(3))?,
        train: number(text(4))?,
        watch: number(text(5))?,
        updates: number(text(6))?,
        seconds: number(text(7))?,
        scores: scores
            .map(|score| (!score.is_empty()).then(|| number(score)).transpose())
            .collect::<Result<_, _>>()?,
    })
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not a number that can be here"))
}
