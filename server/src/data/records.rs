//! CSV as it comes: records with their lines, and fields.

/// The records of a CSV text with the numbers of their first lines; line ends inside quotes belong to the
/// record. Empty lines are left out.
pub(super) fn records(bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut records = Vec::new();
    let (mut line, mut first, mut start, mut quoted) = (1, 1, 0, false);
    for (at, byte) in bytes.iter().chain(b"\n").enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted || at == bytes.len() => {
                let record = bytes[start..at].trim_ascii();
                if !record.is_empty() {
                    records.push((first, record));
                }
                line += 1;
                (first, start) = (line, at + 1);
            }
            b'\n' => line += 1,
            _ => {}
        }
    }
    records
}

/// The fields of a record, without quotes and spaces around; commas or semicolons lie between.
pub(super) fn fields(record: &[u8], delimiter: char) -> Vec<String> {
    let text = String::from_utf8_lossy(record);
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // Two quotes inside quotes are one.
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            other if other == delimiter && !quoted => {
                fields.push(std::mem::take(&mut field).trim().to_owned());
            }
            other => field.push(other),
        }
    }
    fields.push(field.trim().to_owned());
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_know_their_lines() {
        let text = b"file,note\r\na,1\n\nb,\"two\nlines\"\nc,\"open";
        let lines: Vec<_> = records(text).into_iter().map(|(line, record)| (line, record.len())).collect();
        assert_eq!(lines, [(1, 9), (2, 3), (4, 13), (6, 7)]);
        assert!(records(b"").is_empty());
    }

    #[test]
    fn fields_lose_their_quotes() {
        assert_eq!(fields("\u{feff}a, \"b,\"\"c\" ,".as_bytes(), ','), ["a", "b,\"c", ""]);
        assert_eq!(fields(b"a;b,c", ';'), ["a", "b,c"]);
    }
}
