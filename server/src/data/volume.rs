//! Files that hold several pictures: volumes, stacks, series of DICOM files, and the sheets of packed data sets.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use medley_core::dataset::formats::nifti_labels;
use medley_core::dataset::{IGNORE, LabelVolume, Mask};
use medley_core::imaging::dicom::{self, DicomInfo};
use medley_core::imaging::{
    AxisMap, DEFAULT_MAX_PIXELS, Format, Geometry, Grid, Image, Pixels, Plane, Window, count_slices, decode,
    nifti,
};

use super::error::read;
use super::pack::PackedSheet;
use super::series::SeriesFolder;
use super::{DataError, VolumeCache};

/// A file with several pictures, and where its labels are.
#[derive(Debug, PartialEq)]
pub struct VolumeFile {
    key: usize,
    content: Content,
}

#[derive(Debug, PartialEq)]
enum Content {
    Files { image: PathBuf, labels: Option<PathBuf> },
    Sheet(PackedSheet),
}

/// What such a file holds.
#[derive(Debug)]
pub struct Volume {
    /// The pictures as slices, in one window.
    pub image: Image,
    /// A class index for each pixel, slice by slice, where there are masks.
    pub labels: Option<Vec<u8>>,
}

impl VolumeFile {
    /// A volume on disk (a file, or the folder of a DICOM series), with the file of its labels where it has such.
    pub(super) fn new(image: PathBuf, labels: Option<PathBuf>) -> Self {
        Self { key: VolumeCache::new_key(), content: Content::Files { image, labels } }
    }

    /// Pictures in the shard of a packed data set.
    pub(super) fn packed(sheet: PackedSheet) -> Self {
        Self { key: VolumeCache::new_key(), content: Content::Sheet(sheet) }
    }

    /// Unique in this process.
    pub(super) fn key(&self) -> usize {
        self.key
    }

    /// Whether its pictures have masks.
    pub fn has_masks(&self) -> bool {
        match &self.content {
            Content::Files { labels, .. } => labels.is_some(),
            Content::Sheet(sheet) => sheet.has_masks(),
        }
    }

    /// The file that holds the pixels.
    pub fn path(&self) -> &Path {
        match &self.content {
            Content::Files { image, .. } => image,
            Content::Sheet(sheet) => sheet.path(),
        }
    }

    /// Reads and decodes all slices. Labels are indices below `classes`; a `window` replaces the one that
    /// the file proposes.
    pub(super) fn read(&self, classes: usize, window: Option<Window>) -> Result<Volume, DataError> {
        match &self.content {
            Content::Files { image, labels } => {
                let (volume, labels) = read_files(image, labels.as_deref(), classes)?;
                // Fixed for all slices: left to each slice, an empty one would be noise at full contrast.
                let window = window.unwrap_or_else(|| volume.display_window());
                Ok(Volume { image: volume.with_window(window), labels })
            }
            Content::Sheet(sheet) => sheet.read(classes),
        }
    }
}

impl Volume {
    /// Memory that it takes.
    pub fn bytes(&self) -> usize {
        let pixels = self.image.pixels();
        pixels.len() * pixels.bits() as usize / 8 + self.labels.as_ref().map_or(0, Vec::len)
    }

    /// The mask of one slice.
    pub fn mask(&self, slice: usize) -> Option<Mask> {
        let (width, height) = (self.image.width(), self.image.height());
        let labels = self.labels.as_ref()?.chunks_exact(width * height).nth(slice)?.to_vec();
        Some(Mask { width, height, labels })
    }

    /// Which slices show any class but the background.
    pub fn labelled_slices(&self) -> Vec<bool> {
        let area = self.image.width() * self.image.height();
        let is_labelled = |slice: &[u8]| slice.iter().any(|label| *label != 0 && *label != IGNORE);
        self.labels.iter().flat_map(|labels| labels.chunks_exact(area).map(is_labelled)).collect()
    }
}

/// The slices that a volume is cut into: across the axis along which its voxels are farthest apart, where a
/// slice shows most detail; across the stored slices where no axis stands out.
fn plane(size: [usize; 3], geometry: &Geometry) -> Plane {
    let grid = Grid::new(size, geometry);
    let spacing = grid.spacing();
    // One tenth, because reconstructions are not exactly isotropic either.
    let across =
        (0..2).rev().fold(2, |best, axis| if spacing[axis] > spacing[best] * 1.1 { axis } else { best });
    match grid.axis_codes().directions()[across].axis() {
        0 => Plane::Sagittal,
        1 => Plane::Coronal,
        _ => Plane::Axial,
    }
}

/// What an image file holds, from its header.
pub(super) struct Contents {
    /// Number of pictures: the slices that [`VolumeFile`] cuts it into.
    pub slices: usize,
    /// The series to which a DICOM file belongs.
    pub series: Option<String>,
}

/// Looks into an image file, or the folder of a DICOM series.
pub(super) fn contents(path: &Path) -> Result<Contents, DataError> {
    if path.is_dir() {
        return Ok(Contents { slices: SeriesFolder::open(path)?.slices(), series: None });
    }
    let bytes = read(path)?;
    let failed = |source| DataError::Image { path: path.to_path_buf(), source };
    if dicom::is_dicom(&bytes) {
        let info = DicomInfo::read(&bytes).map_err(failed)?;
        return Ok(Contents { slices: info.frames, series: info.series_uid });
    }
    if !nifti::is_nifti(&bytes) {
        let slices = count_slices(&bytes, DEFAULT_MAX_PIXELS).map_err(failed)?;
        return Ok(Contents { slices, series: None });
    }
    let (size, geometry) = nifti::outline(&bytes).map_err(failed)?;
    let from = Grid::new(size, &geometry).axis_codes();
    let slices = AxisMap::between(from, plane(size, &geometry).axis_codes()).size(size)[2];
    Ok(Contents { slices, series: None })
}

fn read_files(
    image: &Path,
    labels: Option<&Path>,
    classes: usize,
) -> Result<(Image, Option<Vec<u8>>), DataError> {
    let volume = read_volume(image)?;
    let labels = match labels {
        Some(path) => Some(read_labels(path, &volume, classes)?),
        None => None,
    };
    if volume.origin().format != Format::Nifti {
        return Ok((volume, labels.map(|labels| labels.labels().to_vec())));
    }
    // Other formats store slices as they are looked at; NIfTI stores voxels in any orientation.
    let plane = plane(volume.size(), volume.geometry());
    let labels = labels.map(|labels| labels.view(plane).labels().to_vec());
    Ok((volume.view(plane), labels))
}

fn read_volume(path: &Path) -> Result<Image, DataError> {
    if path.is_dir() {
        return SeriesFolder::open(path)?.decode();
    }
    decode(&read(path)?, DEFAULT_MAX_PIXELS)
        .map_err(|source| DataError::Image { path: path.to_path_buf(), source })
}

fn read_labels(path: &Path, image: &Image, classes: usize) -> Result<LabelVolume, DataError> {
    let bytes = read(path)?;
    let failed = |error: &dyn Display| DataError::layout(path, error.to_string());
    let volume = if nifti::is_nifti(&bytes) {
        let labels = nifti_labels::parse(&bytes, classes, DEFAULT_MAX_PIXELS).map_err(|e| failed(&e))?;
        // Programs that write NIfTI turn the axes of what they read from DICOM.
        let labels = match (labels.geometry().affine, image.geometry().axis_codes()) {
            (Some(_), Some(codes)) => labels.reoriented(codes),
            _ => labels,
        };
        labels.check_image(image).map_err(|error| failed(&error))?;
        labels
    } else {
        let labels = read_volume(path)?;
        if labels.size() != image.size() || labels.channels() != 1 {
            let size = image.size();
            return Err(failed(&format!("the labels must be grey, with {size:?} columns, rows and slices")));
        }
        let indices = class_indices(labels.pixels(), classes).map_err(|value| {
            failed(&format!("the value {value} is no class: there are {classes}, and 255 for unlabelled"))
        })?;
        LabelVolume::new(image.size(), indices, *image.geometry()).map_err(|error| failed(&error))?
    };
    Ok(volume)
}

/// The values as class indices, or the first one that is none.
fn class_indices(pixels: &Pixels, classes: usize) -> Result<Vec<u8>, f32> {
    let index = |value: f32| {
        let index = value as u8;
        let is_class = usize::from(index) < classes || index == IGNORE;
        if is_class && f32::from(index) == value { Ok(index) } else { Err(value) }
    };
    pixels.values().into_iter().map(index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_lie_across_the_longest_step_and_else_as_stored() {
        let geometry = |steps: [[f64; 3]; 3]| Geometry::from_affine(steps.map(|[x, y, z]| [x, y, z, 0.0]));
        let size = [10, 20, 30];
        let isotropic = geometry([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.05]]);
        assert_eq!(plane(size, &isotropic), Plane::Axial);
        // Stored sagittally: columns to the back, rows to the head, slices to the right.
        let sagittal = geometry([[0.0, 0.0, 4.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
        assert_eq!(plane(size, &sagittal), Plane::Sagittal);
        // Thick along the rows, which lead to the front.
        let coronal = geometry([[1.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 1.0]]);
        assert_eq!(plane(size, &coronal), Plane::Coronal);
        assert_eq!(plane(size, &Geometry::default()), Plane::Axial);
    }
}
