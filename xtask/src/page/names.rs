//! Leaves the names of functions out of the page's modules: a fifth of their size. A panic still names its file and line.

use std::fs;
use std::path::Path;

use wasmparser::{BinaryReaderError, Parser, Payload};

use super::sync::files;
use crate::error::Error;

/// Removes the names from all modules of a folder.
pub fn remove(page: &Path) -> Result<(), Error> {
    for name in files(page)?.iter().filter(|name| name.extension().is_some_and(|kind| kind == "wasm")) {
        let path = page.join(name);
        let module = fs::read(&path).map_err(Error::file("read", &path))?;
        let nameless =
            without_names(&module).map_err(|source| Error::Module { path: path.clone(), source })?;
        fs::write(&path, nameless).map_err(Error::file("write", &path))?;
    }
    Ok(())
}

/// The module without its section `name` (WebAssembly core specification, appendix "Name Section").
fn without_names(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut kept = Vec::with_capacity(module.len());
    let mut start = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        // The range is that of the contents: a section's number and length lie before it.
        let end = match &payload {
            Payload::Version { range, .. } => range.end,
            payload => match payload.as_section() {
                Some((_, range)) => range.end,
                None => continue,
            },
        };
        let end = usize::try_from(end).unwrap_or(module.len());
        let is_names = matches!(&payload, Payload::CustomSection(section) if section.name() == "name");
        if !is_names {
            kept.extend_from_slice(&module[start..end]);
        }
        start = end;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::without_names;

    /// A module without contents.
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";
    /// A custom section "name" that names the module "m".
    const NAMES: &[u8] = b"\0\x09\x04name\0\x02\x01m";
    /// A custom section "kept" with one byte.
    const OTHER: &[u8] = b"\0\x06\x04kept\x07";
    /// A type section with one function type, that takes and gives nothing.
    const TYPES: &[u8] = b"\x01\x04\x01\x60\0\0";

    #[test]
    fn names_go_and_all_else_stays() {
        let module = [EMPTY, TYPES, NAMES, OTHER].concat();
        assert_eq!(without_names(&module).unwrap(), [EMPTY, TYPES, OTHER].concat());
        let nameless = [EMPTY, TYPES].concat();
        assert_eq!(without_names(&nameless).unwrap(), nameless);
    }

    #[test]
    fn a_cut_module_is_an_error() {
        let module = [EMPTY, TYPES, NAMES].concat();
        assert!(without_names(&module[..module.len() - 1]).is_err());
    }
}
