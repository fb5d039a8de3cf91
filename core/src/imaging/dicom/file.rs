//! One file: its data set, the outline of it, its header.

use super::super::Modality as Machine;
use super::ImageError;
use super::header::Header;
use super::outline::Outline;
use super::source::Source;
use super::tags::MODALITY;

/// A file whose header has been read.
pub(super) struct DicomFile<'a> {
    pub source: Source<'a>,
    pub outline: Outline,
    pub header: Header,
}

impl<'a> DicomFile<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ImageError::UnknownFormat`], [`ImageError::Unsupported`], [`ImageError::Damaged`].
    pub fn open(bytes: &'a [u8], max_pixels: usize) -> Result<Self, ImageError> {
        let source = Source::open(bytes, max_pixels)?;
        let outline = Outline::of(&source.data, source.syntax.encoding)?;
        let header = Header::read(&source, &outline)?;
        Ok(Self { source, outline, header })
    }

    /// What kind of machine made it.
    pub fn machine(&self) -> Option<Machine> {
        Some(match self.header.attributes().text(MODALITY)?.as_str() {
            "CT" => Machine::Ct,
            "MR" => Machine::Mr,
            "CR" | "DX" | "MG" | "XA" | "RF" | "IO" | "PX" | "XC" | "RG" => Machine::Radiograph,
            "US" | "IVUS" | "BDUS" => Machine::Ultrasound,
            "SM" | "GM" => Machine::Microscopy,
            "NM" | "PT" => Machine::Nuclear,
            _ => return None,
        })
    }
}
