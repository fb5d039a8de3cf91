//! `attribution.csv`: the licence of each image, where a data set mixes several. Columns `file,license`;
//! others (`url`, `doi`) are for people.

use std::collections::BTreeMap;

use super::table::{self, TableError};

/// Reads the licence of each file.
///
/// # Errors
/// [`TableError`] for a missing column, a file that is listed twice or lies outside the folder.
pub fn parse(bytes: &[u8]) -> Result<BTreeMap<String, String>, TableError> {
    let rows = table::read_one_per_file(bytes, &["file", "license"])?;
    Ok(rows.into_iter().map(|mut row| (row.take("file"), row.take("license"))).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_licence_of_each_file_is_found() {
        let licenses = parse(b"file,license,url\na.png,CC BY,http://a\nb.png,CC BY-NC,\n").unwrap();
        assert_eq!(licenses.len(), 2);
        assert_eq!(licenses["b.png"], "CC BY-NC");
        assert!(parse(b"file,licence\na.png,CC BY\n").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            let _ = parse(&[b"file,license\n".as_slice(), &bytes].concat());
        }
    }
}
