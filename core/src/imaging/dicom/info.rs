//! What a file says about itself, without its pixels.

use super::super::Modality;
use super::ImageError;
use super::file::DicomFile;
use super::format::size;
use super::place::Plane;
use super::tags::{
    ECHO_NUMBER, INSTANCE_NUMBER, INSTANCE_UID, MODALITY, PATIENT_ID, SAMPLES_PER_PIXEL, SERIES_UID,
    STUDY_UID, TEMPORAL_POSITION,
};

/// Most pixels that a deflated header may come with.
const DEFLATED_PIXELS: usize = 1 << 24;

/// The header of a DICOM image.
#[derive(Clone, Debug, PartialEq)]
pub struct DicomInfo {
    /// Patient ID: the same for all images of a patient in one hospital.
    pub patient_id: Option<String>,
    /// Study Instance UID: one visit.
    pub study_uid: Option<String>,
    /// Series Instance UID: one scan.
    pub series_uid: Option<String>,
    /// SOP Instance UID: this file.
    pub instance_uid: Option<String>,
    /// As the file writes it: `CT`, `MR`, `DX`, ...
    pub modality: Option<String>,
    /// The kind of machine that it means, where it is a known one.
    pub machine: Option<Modality>,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Frames; 1 for a single picture.
    pub frames: usize,
    /// Samples per pixel as stored: 1 for grey and palettes, 3 for colours.
    pub samples: usize,
    /// Number within the series.
    pub instance_number: Option<i64>,
    /// Echo and time, which tell apart several volumes of one series.
    pub(super) phase: [Option<i64>; 2],
    pub(super) plane: Plane,
}

impl DicomInfo {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// [`ImageError::UnknownFormat`] for other files, [`ImageError::Unsupported`] for files without an image
    /// and for transfer syntaxes that [`super::decode`] does not read, [`ImageError::Damaged`].
    pub fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        let file = DicomFile::open(bytes, DEFLATED_PIXELS)?;
        let attributes = file.header.attributes();
        let (width, height, frames) = size(attributes)?;
        Ok(Self {
            patient_id: attributes.text(PATIENT_ID),
            study_uid: attributes.text(STUDY_UID),
            series_uid: attributes.text(SERIES_UID),
            instance_uid: attributes.text(INSTANCE_UID),
            modality: attributes.text(MODALITY),
            machine: file.machine(),
            width,
            height,
            frames,
            samples: attributes.integer(SAMPLES_PER_PIXEL).unwrap_or(1).clamp(0, 4) as usize,
            instance_number: attributes.integer(INSTANCE_NUMBER),
            phase: [ECHO_NUMBER, TEMPORAL_POSITION].map(|tag| attributes.integer(tag)),
            plane: Plane::read(file.header.frame(0)),
        })
    }
}
