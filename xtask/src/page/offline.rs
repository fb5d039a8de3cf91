//! Tells the service worker which files the page has, and their version.

use std::fs;
use std::path::Path;

use super::fingerprint;
use super::sync::files;
use crate::error::Error;

/// The service worker.
const SCRIPT: &str = "offline.js";
/// Encloses what is filled in.
const MARK: &str = "/* page */";

/// Fills version and files of the page in the folder `page` into its service worker.
pub fn complete(page: &Path) -> Result<(), Error> {
    let script = page.join(SCRIPT);
    let source = fs::read_to_string(&script).map_err(Error::file("read", &script))?;
    let parts: Vec<&str> = source.split(MARK).collect();
    let [before, _, after] = parts[..] else { return Err(Error::NoMark(script)) };
    // The script counts too, as it is before this; the `.br` files are other forms of the same.
    let names: Vec<String> = files(page)?
        .iter()
        .filter(|name| name.extension().is_none_or(|kind| kind != "br"))
        .map(|name| name.to_string_lossy().replace('\\', "/"))
        .collect();
    let version = fingerprint::of_files(page, &names)?;
    let kept: Vec<&str> = names
        .iter()
        .filter(|name| *name != SCRIPT)
        // A server may answer the file's own name with a redirection to the folder, which has no place in a cache.
        .map(|name| if name == "index.html" { "./" } else { name })
        .collect();
    let list = serde_json::json!({ "version": version, "files": kept });
    fs::write(&script, format!("{before}{MARK} {list} {MARK}{after}")).map_err(Error::file("write", &script))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::complete;
    use crate::page::sync::tests::Folder;

    const SCRIPT: &str = "const page = /* page */ {} /* page */;";

    #[test]
    fn files_are_listed_and_another_content_is_another_version() {
        let folder = Folder::new("offline");
        let filled = |style: &str| {
            fs::write(folder.path().join("offline.js"), SCRIPT).unwrap();
            fs::write(folder.path().join("index.html"), "").unwrap();
            fs::write(folder.path().join("style.css"), style).unwrap();
            complete(folder.path()).unwrap();
            fs::read_to_string(folder.path().join("offline.js")).unwrap()
        };
        let one = filled("a");
        assert!(one.contains(r#""files":["./","style.css"]"#), "{one}");
        assert_eq!(one, filled("a"));
        assert_ne!(one, filled("b"));
    }

    #[test]
    fn a_script_without_a_place_for_them_is_an_error() {
        let folder = Folder::new("offline-mark");
        fs::write(folder.path().join("offline.js"), "").unwrap();
        assert!(complete(folder.path()).is_err());
    }
}
