//! Several files as one.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::ArchiveError;

/// A zip file in the making. The same files in the same order give the same bytes.
pub struct Bundle {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Default for Bundle {
    fn default() -> Self {
        Self::new()
    }
}

impl Bundle {
    /// Without files.
    pub fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    /// Adds a file of text.
    ///
    /// # Errors
    /// [`ArchiveError::Zip`] for a name that is there already, or too much data.
    pub fn add_text(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.add_as(name, bytes, CompressionMethod::Deflated)
    }

    /// Adds a file that is packed already, as images are.
    ///
    /// # Errors
    /// As [`Self::add_text`].
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.add_as(name, bytes, CompressionMethod::Stored)
    }

    fn add_as(&mut self, name: &str, bytes: &[u8], method: CompressionMethod) -> Result<(), ArchiveError> {
        self.zip.start_file(name, SimpleFileOptions::default().compression_method(method))?;
        let written = self.zip.write_all(bytes);
        written.map_err(|problem| ArchiveError::Damaged { name: name.to_owned(), problem })
    }

    /// The bytes of the zip file.
    ///
    /// # Errors
    /// [`ArchiveError::Zip`] for too much data.
    pub fn finish(self) -> Result<Vec<u8>, ArchiveError> {
        Ok(self.zip.finish()?.into_inner())
    }
}
