//! Where an image came from.

/// The file format that an image was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// Windows bitmap.
    Bmp,
    /// WebP.
    WebP,
    /// Tagged Image File Format.
    Tiff,
    /// Digital Imaging and Communications in Medicine.
    Dicom,
    /// Neuroimaging Informatics Technology Initiative, versions 1 and 2.
    Nifti,
    /// Made by a program, or read from an array.
    #[default]
    Array,
}

/// What kind of machine made an image, where its file says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modality {
    /// Computed tomography: values are Hounsfield units.
    Ct,
    /// Magnetic resonance: values have no fixed unit.
    Mr,
    /// Projection radiography, mammography among it.
    Radiograph,
    /// Ultrasound.
    Ultrasound,
    /// Microscopy.
    Microscopy,
    /// Emission tomography and scintigraphy.
    Nuclear,
}

/// Where an image came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// File format.
    pub format: Format,
    /// Kind of machine, where known.
    pub modality: Option<Modality>,
}

impl Origin {
    /// The kind of image in words, as a task's modality has it. A medical file that does not say is taken for tomography,
    /// any other picture for microscopy.
    pub fn words(self) -> &'static str {
        match (self.modality, self.format) {
            (Some(Modality::Ct), _) => "computed tomography",
            (Some(Modality::Mr), _) => "magnetic resonance",
            (Some(Modality::Radiograph), _) => "radiograph",
            (Some(Modality::Ultrasound), _) => "ultrasound",
            (Some(Modality::Nuclear), _) | (None, Format::Dicom | Format::Nifti) => "tomography",
            (Some(Modality::Microscopy) | None, _) => "microscopy",
        }
    }
}
