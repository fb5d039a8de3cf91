//! `labels.csv` of a regression: columns `file` and `split`, and one column of numbers per name. A single number may
//! be in a column `label`. More columns are kept.

use std::collections::BTreeMap;

use super::table::{self, TableError};
use crate::dataset::Split;

/// One image of a regression.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueRow {
    /// Name below `images/`.
    pub file: String,
    /// Its numbers, all finite, in the order of the names.
    pub values: Vec<f32>,
    /// Part of the data set.
    pub split: Split,
    /// Further columns by name, `patient` for example.
    pub extra: BTreeMap<String, String>,
}

/// Reads such a table.
///
/// # Errors
/// [`TableError`] with the line, for a missing column, a cell that is no finite number, an unknown split, a file that
/// is listed twice or lies outside the folder.
pub fn parse(bytes: &[u8], names: &[String]) -> Result<Vec<ValueRow>, TableError> {
    let header = table::columns(bytes)?;
    let has = |name: &str| header.iter().any(|column| column == name);
    let column = |name: &String| match (has(name), names.len()) {
        (true, _) => Ok(name.clone()),
        (false, 1) if has("label") => Ok("label".to_owned()),
        _ => Err(TableError::MissingNumber { name: name.clone(), found: header.join(", ") }),
    };
    let columns = names.iter().map(column).collect::<Result<Vec<String>, _>>()?;
    table::read_one_per_file(bytes, &["file", "split"])?
        .into_iter()
        .map(|mut row| {
            let (file, split) = (row.take("file"), row.take_split()?);
            let values = columns.iter().map(|column| row.take_number(column)).collect::<Result<_, _>>()?;
            Ok(ValueRow { file, values, split, extra: row.rest() })
        })
        .collect()
}

/// The table of `rows`, with the further columns that any of them has.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn write(rows: &[ValueRow], names: &[String]) -> Result<Vec<u8>, TableError> {
    let numbers = |row: &ValueRow| {
        let numbers = names.iter().cloned().zip(row.values.iter().map(f32::to_string));
        row.extra.clone().into_iter().chain(numbers).collect::<BTreeMap<String, String>>()
    };
    let more: Vec<BTreeMap<String, String>> = rows.iter().map(numbers).collect();
    let rows: Vec<_> =
        rows.iter().zip(&more).map(|(row, more)| ([row.file.as_str(), row.split.name()], more)).collect();
    table::write(["file", "split"], &rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_are_in_columns_of_their_names_or_one_is_the_label() {
        let text = "file,split,age in years,weight,sex\na.png,train,7.5,-3e1,f\n";
        let rows = parse(text.as_bytes(), &names(&["weight", "age in years"])).unwrap();
        assert_eq!((rows[0].values.clone(), rows[0].extra["sex"].as_str()), (vec![-30.0, 7.5], "f"));
        let rows = parse(b"file,label,split\na.png,42,test\n", &names(&["age"])).unwrap();
        assert_eq!((rows[0].values.clone(), rows[0].split), (vec![42.0], Split::Test));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            ("file,split\n", "the number \"age\" needs a column of its name"),
            ("file,split,age\na,train,7\nb,train,old\n", "line 3: \"old\" in the column \"age\""),
            ("file,split,age\na,train,NaN\n", "line 2: \"NaN\" in the column \"age\""),
            ("file,split,age\na,train,\n", "line 2: \"\" in the column \"age\""),
            ("file,split,age\na,train,1e99\n", "line 2: \"1e99\" in the column \"age\""),
            ("file,split,age\na,train,1\na,val,1\n", "line 3: \"a\" was listed before"),
        ] {
            let message = parse(text.as_bytes(), &names(&["age"])).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            values in prop::collection::vec((any::<f32>(), any::<f32>(), 0_usize..3), 0..6),
        ) {
            let finite = |value: f32| if value.is_finite() { value } else { 0.5 };
            let row = |(index, (a, b, split)): (usize, (f32, f32, usize))| ValueRow {
                file: format!("{index}.png"),
                values: vec![finite(a), finite(b)],
                split: Split::ALL[split],
                extra: BTreeMap::from([("patient".to_owned(), index.to_string())]),
            };
            let rows: Vec<ValueRow> = values.into_iter().enumerate().map(row).collect();
            let names = names(&["volume, ml", "age"]);
            prop_assume!(!rows.is_empty());
            prop_assert_eq!(parse(&write(&rows, &names).unwrap(), &names).unwrap(), rows);
        }

        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &names(&["a"]));
            let with_header = [b"file,a,split\n".as_slice(), &bytes].concat();
            if let Ok(rows) = parse(&with_header, &names(&["a"])) {
                prop_assert!(rows.iter().all(|row| row.values.len() == 1 && row.values[0].is_finite()));
            }
        }
    }
}
