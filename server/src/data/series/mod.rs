//! A folder of DICOM files as one volume.

use std::path::{Path, PathBuf};

use medley_core::imaging::dicom::{DicomInfo, Series, SeriesProblem, is_dicom};
use medley_core::imaging::{DEFAULT_MAX_PIXELS, Image, ImageError};

use super::DataError;
use super::error::read;
use super::inspect::catalogue::walk::files;

/// The files of one series below a folder, in the order of their slices.
#[derive(Debug)]
pub struct SeriesFolder {
    folder: PathBuf,
    series: Series,
}

/// Why a series is not decoded: a file that cannot be read, or its content.
enum Failure {
    File(DataError),
    Image(ImageError),
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl SeriesFolder {
    /// Reads the headers of all DICOM files below `folder`; other files are passed over.
    ///
    /// # Errors
    /// When there is none, a header cannot be read, or they are not one volume.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let mut headers = Vec::new();
        for path in files(folder, 64) {
            // The index that comes with a disc of images.
            if path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("DICOMDIR")) {
                continue;
            }
            let bytes = read(&path)?;
            if is_dicom(&bytes) {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
                let info = DicomInfo::read(&bytes).map_err(|source| DataError::Image { path, source })?;
                headers.push((name, info));
            }
        }
        let mut volumes = Series::group(headers);
        match (volumes.pop(), volumes.len()) {
            (Some(series), 0) => Ok(Self { folder: folder.to_path_buf(), series }),
            (None, _) => {
                let problem =
                    "this folder holds no DICOM files; in place of an image it needs those of one series";
                Err(DataError::layout(folder, problem))
            }
            (Some(last), others) => {
                let first = |series: &Series| series.names().next().unwrap_or_default().to_owned();
                let names: Vec<String> = volumes.iter().chain([&last]).take(4).map(first).collect();
                let problem = format!(
                    "its DICOM files are {} volumes and not one (they begin with {}); give each a folder of its own",
                    others + 1,
                    names.join(", ")
                );
                Err(DataError::layout(folder, problem))
            }
        }
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.series.infos().map(|info| info.frames).sum()
    }

    /// The patient that the files name.
    pub fn patient(&self) -> Option<String> {
        self.series.infos().find_map(|info| info.patient_id.clone())
    }

    /// The volume, its slices in their order along the body.
    ///
    /// # Errors
    /// When a file cannot be read or decoded, or all together are too large.
    pub fn decode(&self) -> Result<Image, DataError> {
        let mut at = self.folder.clone();
        let decoded = self.series.decode(DEFAULT_MAX_PIXELS, |name| {
            at = self.folder.join(name);
            read(&at).map_err(Failure::File)
        });
        decoded.map_err(|failure| match failure {
            Failure::File(error) => error,
            Failure::Image(source @ ImageError::TooLarge { .. }) => {
                DataError::Image { path: self.folder.clone(), source }
            }
            Failure::Image(source) => DataError::Image { path: at, source },
        })
    }

    /// What its volume does not show, in words.
    pub fn problems(&self) -> Vec<String> {
        let words = |problem: &SeriesProblem| match problem {
            SeriesProblem::Missing { after, slices } => {
                format!("about {slices} slice(s) are missing behind {after}")
            }
            SeriesProblem::Duplicate { file, of } => {
                format!("{file} lies where {of} does, and is left out")
            }
            SeriesProblem::NoPositions => {
                "its files state no positions; they are ordered by their numbers alone".to_owned()
            }
        };
        self.series.problems().iter().map(words).collect()
    }
}

#[cfg(test)]
mod tests;
