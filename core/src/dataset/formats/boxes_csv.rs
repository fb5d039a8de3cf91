//! Boxes as a table: columns `file,label,x0,y0,x1,y1` in pixels (right and bottom exclusive), a row per object.
//! `score` is written and kept where there is one, other columns are for people.

use thiserror::Error;

use super::table::{self, Row, TableError};
use crate::dataset::BoxLabel;

const COLUMNS: [&str; 6] = ["file", "label", "x0", "y0", "x1", "y1"];

/// One object of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxRow {
    /// The image.
    pub file: String,
    /// Where it is, and its class.
    pub bbox: BoxLabel,
    /// How sure a model is of it, in [0, 1]; none for labels by people.
    pub score: Option<f32>,
}

/// Why a table of boxes cannot be used. Lines are counted from 1, the header is line 1.
#[derive(Debug, Error)]
pub enum BoxesCsvError {
    /// As in the other tables.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A number that is none.
    #[error("line {line}: {column} must be a number, not {value:?}")]
    Number {
        /// Line number.
        line: u64,
        /// The column.
        column: &'static str,
        /// As found.
        value: String,
    },
    /// A box without an area.
    #[error("line {line}: the box must have x0 < x1 and y0 < y1, in pixels from 0; correct or remove it")]
    Box {
        /// Line number.
        line: u64,
    },
}

/// Reads a table of boxes; `classes` are without background. Boxes may reach beyond the image, whose size is not
/// known here.
///
/// # Errors
/// [`BoxesCsvError`] with the line.
pub fn parse(bytes: &[u8], classes: &[String]) -> Result<Vec<BoxRow>, BoxesCsvError> {
    table::read(bytes, &COLUMNS)?.into_iter().map(|row| box_row(row, classes)).collect()
}

fn box_row(mut row: Row, classes: &[String]) -> Result<BoxRow, BoxesCsvError> {
    let line = row.line;
    let number = |column: &'static str, value: String| {
        let number = value.parse::<f32>().ok().filter(|number| number.is_finite());
        number.ok_or(BoxesCsvError::Number { line, column, value })
    };
    let (file, class) = (row.take("file"), row.take_class(classes)?);
    let mut edge = |column| number(column, row.take(column));
    let bbox = BoxLabel { x0: edge("x0")?, y0: edge("y0")?, x1: edge("x1")?, y1: edge("y1")?, class };
    if !(bbox.x0 >= 0.0 && bbox.y0 >= 0.0 && bbox.x0 < bbox.x1 && bbox.y0 < bbox.y1) {
        return Err(BoxesCsvError::Box { line });
    }
    let score = Some(row.take("score")).filter(|score| !score.is_empty());
    let score = score.map(|score| number("score", score)).transpose()?;
    Ok(BoxRow { file, bbox, score })
}

/// The table of `rows`; a class beyond `classes` is written as its number.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn write(rows: &[BoxRow], classes: &[String]) -> Result<Vec<u8>, TableError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let scores = rows.iter().any(|row| row.score.is_some());
    writer.write_record(COLUMNS.into_iter().chain(scores.then_some("score")))?;
    for BoxRow { file, bbox, score } in rows {
        let label = classes.get(bbox.class).cloned().unwrap_or_else(|| bbox.class.to_string());
        let numbers = [bbox.x0, bbox.y0, bbox.x1, bbox.y1].map(|edge| edge.to_string());
        let score = scores.then(|| score.map(|score| score.to_string()).unwrap_or_default());
        writer.write_record([file.clone(), label].into_iter().chain(numbers).chain(score))?;
    }
    writer.into_inner().map_err(|error| TableError::Csv(error.into_error().into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn classes() -> Vec<String> {
        vec!["red, round".to_owned(), "white".to_owned()]
    }

    #[test]
    fn columns_may_come_in_any_order() {
        let text = "label,file,note,x0,x1,y0,y1\nwhite,a.png,seen,1,4.5,2,3\nwhite,a.png,,0,1,0,1\n";
        let rows = parse(text.as_bytes(), &classes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].bbox, BoxLabel { x0: 1.0, y0: 2.0, x1: 4.5, y1: 3.0, class: 1 });
        assert_eq!(rows[0].score, None);
    }

    #[test]
    fn errors_name_the_line() {
        for (row, expected) in [
            ("a.png,blue,0,0,1,1", "line 2: \"blue\" is none"),
            ("../a.png,white,0,0,1,1", "line 2: \"../a.png\" must be"),
            ("a.png,white,0,zero,1,1", "line 2: y0 must be a number"),
            ("a.png,white,0,0,NaN,1", "line 2: x1 must be a number"),
            ("a.png,white,4,0,4,1", "line 2: the box must have"),
            ("a.png,white,4", "not a valid CSV table"),
        ] {
            let text = format!("file,label,x0,y0,x1,y1\n{row}\n");
            let message = parse(text.as_bytes(), &classes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
        let message = parse(b"file,label,x0\n", &classes()).unwrap_err().to_string();
        assert!(message.starts_with("the first line must name the column \"y0\""), "{message}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec(
                ("[a-z\",=]{1,5}", (0.0_f32..50.0, 0.0_f32..50.0), (50.1_f32..99.0, 50.1_f32..99.0), 0_usize..2),
                0..6,
            ),
            score in prop::option::of(0.0_f32..1.0),
        ) {
            let row = |(file, (x0, y0), (x1, y1), class)| {
                BoxRow { file, bbox: BoxLabel { x0, y0, x1, y1, class }, score }
            };
            let rows: Vec<BoxRow> = rows.into_iter().map(row).collect();
            let bytes = write(&rows, &classes()).unwrap();
            prop_assert_eq!(parse(&bytes, &classes()).unwrap(), rows);
        }

        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &classes());
            let _ = parse(&[b"file,label,x0,y0,x1,y1\n".as_slice(), &bytes].concat(), &classes());
        }
    }
}
