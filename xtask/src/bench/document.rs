//! docs/benchmarks.md: a section for each measurement, rewritten by the command that makes it.

use std::fs;

use crate::error::Error;
use crate::workspace::Workspace;

/// Puts `body` into the section `name`, at the end of the file where it is new.
pub fn write(workspace: &Workspace, name: &str, body: &str) -> Result<(), Error> {
    let path = workspace.root.join("docs").join("benchmarks.md");
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    fs::write(&path, with_section(&text, name, body)).map_err(Error::file("write", &path))?;
    println!("\nWritten to {}", path.display());
    Ok(())
}

/// `text` with `body` between the markers of `name`.
fn with_section(text: &str, name: &str, body: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let section = format!("{open}\n{}\n{close}", body.trim());
    let place = text.find(&open).and_then(|start| {
        let end = start + text[start..].find(&close)? + close.len();
        Some((start, end))
    });
    match place {
        Some((start, end)) => format!("{}{section}{}", &text[..start], &text[end..]),
        None => format!("{}\n\n{section}\n", text.trim_end()),
    }
}

/// A Markdown table; the first column is text, the others are numbers.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let header: Vec<String> = header.iter().map(ToString::to_string).collect();
    let rule = format!("|---|{}\n", "---:|".repeat(header.len().saturating_sub(1)));
    line(&header) + &rule + &rows.iter().map(|row| line(row)).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_added_once_and_then_replaced() {
        let first = with_section("# Title\n\nWords.\n", "speed", "old\n");
        assert_eq!(first, "# Title\n\nWords.\n\n<!-- speed -->\nold\n<!-- /speed -->\n");
        let both = with_section(&first, "memory", "bytes");
        let again = with_section(&both, "speed", "new");
        assert_eq!(
            again,
            "# Title\n\nWords.\n\n<!-- speed -->\nnew\n<!-- /speed -->\n\n<!-- memory -->\nbytes\n<!-- /memory -->\n"
        );
    }

    #[test]
    fn a_table_has_a_rule_below_its_header() {
        let rows = [vec!["nano".to_owned(), "1".to_owned()]];
        assert_eq!(table(&["preset", "ms"], &rows), "| preset | ms |\n|---|---:|\n| nano | 1 |\n");
    }
}
