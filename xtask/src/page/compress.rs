//! Brotli at its best quality, done once when the page is built instead of at every request.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use brotli::enc::BrotliEncoderParams;

use super::sync::{compressed, files};
use crate::error::Error;

/// Kinds of file that shrink; images and fonts are compressed already.
const COMPRESSIBLE: [&str; 8] = ["html", "js", "css", "wasm", "json", "svg", "txt", "webmanifest"];

/// A file of the page, in bytes.
pub struct Size {
    /// Relative to the page's folder.
    pub name: PathBuf,
    /// As it is.
    pub raw: u64,
    /// In brotli, where that form exists.
    pub brotli: Option<u64>,
}

impl Size {
    /// What goes over the wire to a browser that accepts brotli.
    pub fn transferred(&self) -> u64 {
        self.brotli.unwrap_or(self.raw)
    }
}

/// Writes the missing `.br` files of a folder, all at the same time: the two large ones take a minute each.
pub fn all(folder: &Path) -> Result<(), Error> {
    let missing: Vec<PathBuf> = files(folder)?
        .into_iter()
        .filter(|name| name.extension().and_then(|e| e.to_str()).is_some_and(|e| COMPRESSIBLE.contains(&e)))
        .map(|name| folder.join(name))
        .filter(|file| !compressed(file).exists())
        .collect();
    thread::scope(|scope| {
        let threads: Vec<_> = missing.iter().map(|file| scope.spawn(|| one(file))).collect();
        // A thread that panicked has printed why; its file then has no compressed form.
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

fn one(file: &Path) -> Result<(), Error> {
    let bytes = fs::read(file).map_err(Error::file("read", file))?;
    // Quality 11 and a window of 16 MB, the largest that every browser takes.
    let parameters =
        BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: bytes.len(), ..Default::default() };
    let mut squeezed = Vec::new();
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut squeezed, &parameters)
        .map_err(Error::file("compress", file))?;
    // Under another name until it is whole: an interrupted build leaves no half file.
    let (unfinished, finished) = (file.with_extension("unfinished"), compressed(file));
    fs::write(&unfinished, squeezed).map_err(Error::file("write", &unfinished))?;
    fs::rename(&unfinished, &finished).map_err(Error::file("write", &finished))
}

/// All files of the page with their sizes.
pub fn sizes(folder: &Path) -> Result<Vec<Size>, Error> {
    let length = |file: &Path| fs::metadata(file).map(|metadata| metadata.len());
    files(folder)?
        .into_iter()
        .filter(|name| name.extension().is_none_or(|extension| extension != "br"))
        .map(|name| {
            let file = folder.join(&name);
            let raw = length(&file).map_err(Error::file("read", &file))?;
            Ok(Size { name, raw, brotli: length(&compressed(&file)).ok() })
        })
        .collect()
}
