//! The files of a scan, put together as one volume.

use super::super::{Image, ImageError};
use super::damaged;
use super::file::DicomFile;
use super::info::DicomInfo;
use super::place::SAME_PLACE;
use super::slices::Slices;

/// How much of a step between slices makes a gap.
const GAP: f64 = 1.5;

/// Something about a series that its volume does not show.
#[derive(Clone, Debug, PartialEq)]
pub enum SeriesProblem {
    /// Slices are missing between two files.
    Missing {
        /// The file before the gap.
        after: String,
        /// How many slices of the usual distance would fit.
        slices: usize,
    },
    /// A file lies where another does and is left out.
    Duplicate {
        /// The file that is left out.
        file: String,
        /// The file that is used.
        of: String,
    },
    /// Files without a position are ordered by their instance number alone.
    NoPositions,
}

/// Files that make one volume, in the order of their slices: along the normal of the slices (towards
/// which the right hand's thumb points when its fingers go from rows to columns).
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    members: Vec<(String, DicomInfo)>,
    problems: Vec<SeriesProblem>,
}

impl Series {
    /// Divides named files into volumes: by series, size, direction, echo and time. Files without a series
    /// and files of several frames stand alone. The order of the result is that of the files.
    pub fn group(files: impl IntoIterator<Item = (String, DicomInfo)>) -> Vec<Self> {
        let mut groups: Vec<Vec<(String, DicomInfo)>> = Vec::new();
        for file in files {
            let group = groups
                .iter_mut()
                .find(|group| group.first().is_some_and(|first| together(&first.1, &file.1)));
            match group {
                Some(group) => group.push(file),
                None => groups.push(vec![file]),
            }
        }
        groups.into_iter().map(Self::order).collect()
    }

    fn order(mut members: Vec<(String, DicomInfo)>) -> Self {
        members.sort_by(|a, b| (a.1.instance_number, &a.0).cmp(&(b.1.instance_number, &b.0)));
        let mut problems = Vec::new();
        let depths: Option<Vec<f64>> = members.iter().map(|(_, info)| info.plane.depth()).collect();
        let Some(depths) = depths else {
            if members.len() > 1 {
                problems.push(SeriesProblem::NoPositions);
            }
            return Self { members, problems };
        };
        let mut placed: Vec<(f64, (String, DicomInfo))> = depths.into_iter().zip(members).collect();
        // Stable: of slices at one place, that with the lowest instance number comes first and is used.
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut kept: Vec<(f64, (String, DicomInfo))> = Vec::with_capacity(placed.len());
        for file in placed {
            match kept.last().filter(|last| file.0 - last.0 < SAME_PLACE) {
                Some((_, (of, _))) => {
                    problems.push(SeriesProblem::Duplicate { file: file.1.0, of: of.clone() });
                }
                None => kept.push(file),
            }
        }
        problems.extend(gaps(&kept));
        Self { members: kept.into_iter().map(|(_, file)| file).collect(), problems }
    }

    /// The names of the files, slice by slice.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// The headers, slice by slice.
    pub fn infos(&self) -> impl Iterator<Item = &DicomInfo> {
        self.members.iter().map(|(_, info)| info)
    }

    /// What is wrong with it.
    pub fn problems(&self) -> &[SeriesProblem] {
        &self.problems
    }

    /// Decodes the volume; `read` gives the bytes of a file by its name and is asked slice by slice.
    ///
    /// Where slices are missing, the volume has the others, and no place in space.
    ///
    /// # Errors
    /// Those of `read`; [`ImageError::TooLarge`] when all slices together have more than `max_pixels`, and
    /// those of [`super::decode`].
    pub fn decode<B, E>(
        &self,
        max_pixels: usize,
        mut read: impl FnMut(&str) -> Result<B, E>,
    ) -> Result<Image, E>
    where
        B: AsRef<[u8]>,
        E: From<ImageError>,
    {
        let first =
            self.members.first().map(|(_, info)| info).ok_or_else(|| damaged("a series without files"))?;
        let (width, height) = (first.width, first.height);
        let slices = self.infos().map(|info| info.frames).sum::<usize>();
        if width.saturating_mul(height).saturating_mul(slices) > max_pixels {
            return Err(ImageError::TooLarge { width, height, slices, limit: max_pixels }.into());
        }
        let mut volume: Option<Slices> = None;
        for name in self.names() {
            let bytes = read(name)?;
            let slices = Slices::of(&DicomFile::open(bytes.as_ref(), max_pixels)?, max_pixels)?;
            match &mut volume {
                None => volume = Some(slices),
                Some(volume) => append(volume, slices)?,
            }
        }
        let volume = volume.ok_or_else(|| damaged("a series without files"))?;
        Ok(volume.into_image()?)
    }
}

fn append(volume: &mut Slices, slices: Slices) -> Result<(), ImageError> {
    let [width, height, more] = slices.size;
    let [columns, rows, count] = &mut volume.size;
    if (*columns, *rows, volume.channels) != (width, height, slices.channels) {
        return Err(damaged("the files of a series differ in size or channels"));
    }
    *count += more;
    volume.values.append(slices.values);
    volume.narrow &= slices.narrow;
    volume.signed |= slices.signed;
    volume.planes.extend(slices.planes);
    Ok(())
}

/// Whether two files belong to one volume.
fn together(a: &DicomInfo, b: &DicomInfo) -> bool {
    let key = |info: &DicomInfo| (info.width, info.height, info.samples, info.phase);
    a.series_uid.is_some()
        && (&a.study_uid, &a.series_uid) == (&b.study_uid, &b.series_uid)
        && key(a) == key(b)
        && a.frames == 1
        && b.frames == 1
        && a.plane.is_parallel(&b.plane)
}

/// Where the distance of neighbours is larger than usual.
fn gaps(placed: &[(f64, (String, DicomInfo))]) -> Vec<SeriesProblem> {
    let steps = || placed.iter().zip(placed.iter().skip(1)).map(|(a, b)| b.0 - a.0);
    let mut sorted: Vec<f64> = steps().collect();
    sorted.sort_by(f64::total_cmp);
    // The lower median: two of three slices may be missing one.
    let Some(usual) = sorted.get((sorted.len().saturating_sub(1)) / 2).copied() else { return Vec::new() };
    let wide = placed.iter().zip(steps()).filter(|(_, step)| *step > GAP * usual);
    wide.map(|((_, (after, _)), step)| {
        let slices = (step / usual).round() as usize - 1;
        SeriesProblem::Missing { after: after.clone(), slices: slices.max(1) }
    })
    .collect()
}
