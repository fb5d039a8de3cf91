//! TOML with comments.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

/// Writes comments above keys and tables. A path is the names joined by dots, `train.learning_rate`; in an
/// array of tables, `data.input_size`, the first occurrence gets the comment. Comments may have several
/// lines. Paths that do not occur are passed over, text that is no TOML comes back as it is.
pub fn annotate(toml: &str, comments: &[(&str, &str)]) -> String {
    let Ok(document) = DeTable::parse(toml) else { return toml.to_owned() };
    let mut places = BTreeMap::new();
    find_keys(document.get_ref(), "", &mut places);
    let line_of = |path: &str| {
        let key = *places.get(path)?;
        let line = toml[..key].rfind('\n').map_or(0, |end| end + 1);
        // Not within the value of another key, where a comment would stand in the wrong place.
        let before = toml[line..key].trim_start();
        (before.is_empty() || before.starts_with('[')).then_some(line)
    };
    let mut found: Vec<(usize, &str)> =
        comments.iter().filter_map(|(path, comment)| Some((line_of(path)?, *comment))).collect();
    found.sort_by_key(|(line, _)| *line);

    let mut out = String::with_capacity(toml.len() * 2);
    let mut copied = 0;
    for (line, comment) in found {
        out += &toml[copied..line];
        copied = line;
        for text in comment.lines() {
            out += format!("# {}", text.trim()).trim_end();
            out.push('\n');
        }
    }
    out + &toml[copied..]
}

/// Where each key is first written, by path.
fn find_keys(table: &DeTable<'_>, above: &str, places: &mut BTreeMap<String, usize>) {
    for (key, value) in table {
        let path =
            if above.is_empty() { key.get_ref().to_string() } else { format!("{above}.{}", key.get_ref()) };
        let at = key.span().start;
        places.entry(path.clone()).and_modify(|first| *first = at.min(*first)).or_insert(at);
        match value.get_ref() {
            DeValue::Table(inner) => find_keys(inner, &path, places),
            DeValue::Array(values) => {
                for value in values {
                    if let DeValue::Table(inner) = value.get_ref() {
                        find_keys(inner, &path, places);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "\
preset = \"nano\"
text = '''
rate = 3
'''

[train]
rate = 0.1

[train.weights]
cells = 2.0

[[data]]
path = \"a\"
sizes = [
    { rate = 1 },
]

[[data]]
path = \"b\"
";

    #[test]
    fn comments_stand_above_what_they_are_about() {
        let comments = [
            ("data", "A data set."),
            ("train", "The loop."),
            ("train.rate", "Peak rate.\n\n  Per update."),
            ("train.weights", "Factors."),
            ("train.weights.cells", "Of one task."),
            ("data.path", "Its folder."),
            ("preset", "Size."),
            ("data.sizes.rate", "Within a value."),
            ("rate", "Nowhere."),
        ];
        let annotated = annotate(TEXT, &comments);
        assert_eq!(
            annotated,
            "\
# Size.
preset = \"nano\"
text = '''
rate = 3
'''

# The loop.
[train]
# Peak rate.
#
# Per update.
rate = 0.1

# Factors.
[train.weights]
# Of one task.
cells = 2.0

# A data set.
[[data]]
# Its folder.
path = \"a\"
sizes = [
    { rate = 1 },
]

[[data]]
path = \"b\"
"
        );
        let values = |text: &str| text.parse::<toml::Table>().unwrap();
        assert_eq!(values(&annotated), values(TEXT));
    }

    #[test]
    fn a_table_only_named_within_a_longer_header_keeps_its_place() {
        let text = "[train.weights]\ncells = 1\n";
        assert_eq!(annotate(text, &[("train.weights", "Factors.")]), format!("# Factors.\n{text}"));
    }

    #[test]
    fn text_that_is_no_toml_is_left_alone() {
        assert_eq!(annotate("a = = 3", &[("a", "A.")]), "a = = 3");
        assert_eq!(annotate("", &[("a", "A.")]), "");
    }
}
