//! The header: what the bytes that follow mean.

use super::orientation;
use super::voxels::DataType;
use crate::imaging::affine::Affine;
use crate::imaging::{ImageError, Window};

/// Bytes of the longer of the two headers, that of version 2.
pub(super) const MAX_HEADER: usize = 540;

/// More than this between header and voxels is no extension that anyone writes.
const MAX_OFFSET: f64 = (64 << 20) as f64;

/// What is needed of a header, checked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    /// Columns, rows, slices, each at least 1.
    pub size: [usize; 3],
    /// Type of the voxels.
    pub data_type: DataType,
    /// Whether numbers are stored with their highest byte first.
    pub big_endian: bool,
    /// Where the voxels begin in the file.
    pub offset: usize,
    /// Slope and intercept from stored to physical values.
    pub scaling: Option<(f64, f64)>,
    /// From (column, row, slice) to RAS+ mm.
    pub affine: Affine,
    /// The range of values that the file wants to be displayed.
    pub window: Option<Window>,
}

/// The version of the standard and how its numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Version 2.
    pub is_second: bool,
    /// Highest byte first.
    pub big_endian: bool,
    /// The voxels are in a file of their own.
    pub is_pair: bool,
}

impl Kind {
    /// From the first bytes: the header's own size tells the byte order, its magic the version.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let size = bytes.first_chunk::<4>()?;
        let (little, big) = (i32::from_le_bytes(*size), i32::from_be_bytes(*size));
        let is_second = little == 540 || big == 540;
        if !is_second && little != 348 && big != 348 {
            return None;
        }
        let magic = if is_second { bytes.get(4..12)? } else { bytes.get(344..348)? };
        let is_pair = match magic {
            b"n+1\0" | b"n+2\0\r\n\x1a\n" => false,
            b"ni1\0" | b"ni2\0\r\n\x1a\n" => true,
            _ => return None,
        };
        Some(Self { is_second, big_endian: big == 348 || big == 540, is_pair })
    }
}

impl Header {
    /// Reads and checks a header; `bytes` may go on behind it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageError> {
        let kind = Kind::of(bytes).ok_or_else(|| damaged("it has no NIfTI header"))?;
        if kind.is_pair {
            return Err(unsupported("their voxels in a second file (.hdr and .img)"));
        }
        let fields = Fields { bytes, kind };
        fields.header().ok_or_else(|| damaged("it ends within its header"))?
    }

    /// Bytes of all voxels, and of all that is before them; `None` if they cannot be counted.
    pub fn data_bytes(&self) -> Option<usize> {
        self.size.iter().try_fold(self.data_type.bytes(), |bytes, side| bytes.checked_mul(*side))
    }
}

/// The numbers of a header by their place: in version 1 and, wider and elsewhere, in version 2.
struct Fields<'a> {
    bytes: &'a [u8],
    kind: Kind,
}

impl Fields<'_> {
    /// `None` where the bytes end too early.
    fn header(&self) -> Option<Result<Header, ImageError>> {
        let dims = self.dims()?;
        let code = self.i16(if self.kind.is_second { 12 } else { 70 })?;
        let vox_offset = if self.kind.is_second { self.i64(168)? as f64 } else { self.real(108, 0)? };
        let slope = self.real(112, 176)?;
        let intercept = self.real(116, 184)?;
        let (brightest, darkest) = (self.real(124, 192)?, self.real(128, 200)?);
        let affine = orientation::affine(&self.placement(dims)?);
        Some((|| {
            Ok(Header {
                size: size(dims)?,
                data_type: DataType::from_code(code)?,
                big_endian: self.kind.big_endian,
                offset: offset(vox_offset, self.kind)?,
                scaling: scaling(slope, intercept)?,
                affine: affine.ok_or_else(|| {
                    damaged("its orientation (sform and qform) is not one; correct it with another program")
                })?,
                window: (brightest > darkest && darkest.is_finite() && brightest.is_finite())
                    .then(|| Window::from_range(darkest as f32, brightest as f32)),
            })
        })())
    }

    /// Number of dimensions, and the length of each.
    fn dims(&self) -> Option<[i64; 8]> {
        let mut dims = [0; 8];
        for (index, dim) in dims.iter_mut().enumerate() {
            *dim = if self.kind.is_second {
                self.i64(16 + 8 * index)?
            } else {
                i64::from(self.i16(40 + 2 * index)?)
            };
        }
        Some(dims)
    }

    fn placement(&self, dims: [i64; 8]) -> Option<orientation::Placement> {
        let [qform_code, sform_code] = if self.kind.is_second {
            [self.i32(344)?, self.i32(348)?]
        } else {
            [i32::from(self.i16(252)?), i32::from(self.i16(254)?)]
        };
        let units = if self.kind.is_second { self.i32(500)? } else { i32::from(*self.bytes.get(123)?) };
        Some(orientation::Placement {
            size: std::array::from_fn(|axis| if axis as i64 >= dims[0] { 1 } else { dims[axis + 1] }),
            pixdim: self.reals(76, 104)?,
            qform_code,
            quaternion: self.reals(256, 352)?,
            quaternion_offset: self.reals(268, 376)?,
            sform_code,
            sform: [self.reals(280, 400)?, self.reals(296, 432)?, self.reals(312, 464)?],
            units,
        })
    }

    /// `N` reals from here on: 32 bits each at `first` of version 1, 64 bits at `second` of version 2.
    fn reals<const N: usize>(&self, first: usize, second: usize) -> Option<[f64; N]> {
        let mut reals = [0.0; N];
        for (index, real) in reals.iter_mut().enumerate() {
            *real = self.real(first + 4 * index, second + 8 * index)?;
        }
        Some(reals)
    }

    fn real(&self, first: usize, second: usize) -> Option<f64> {
        if self.kind.is_second {
            Some(f64::from_le_bytes(self.number(second)?))
        } else {
            Some(f64::from(f32::from_le_bytes(self.number(first)?)))
        }
    }

    fn i16(&self, at: usize) -> Option<i16> {
        self.number(at).map(i16::from_le_bytes)
    }

    fn i32(&self, at: usize) -> Option<i32> {
        self.number(at).map(i32::from_le_bytes)
    }

    fn i64(&self, at: usize) -> Option<i64> {
        self.number(at).map(i64::from_le_bytes)
    }

    /// The bytes of a number, lowest first.
    fn number<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let mut number = *self.bytes.get(at..)?.first_chunk::<N>()?;
        if self.kind.big_endian {
            number.reverse();
        }
        Some(number)
    }
}

/// Columns, rows and slices, when there is nothing beyond.
fn size(dims: [i64; 8]) -> Result<[usize; 3], ImageError> {
    let used = match dims[0] {
        count @ 1..=7 => &dims[1..=count as usize],
        other => return Err(damaged(&format!("it claims {other} dimensions"))),
    };
    let lengths: Vec<usize> = used.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
    if lengths.contains(&0) {
        return Err(damaged(&format!("it claims dimensions of {used:?}")));
    }
    // Taking one of several volumes silently could be the wrong one.
    if lengths.iter().skip(3).any(|length| *length > 1) {
        return Err(unsupported(&format!("more than one volume (dimensions {lengths:?})")));
    }
    Ok(std::array::from_fn(|axis| lengths.get(axis).copied().unwrap_or(1)))
}

/// As nibabel: no slope means unscaled, a slope without an intercept is an error.
fn scaling(slope: f64, intercept: f64) -> Result<Option<(f64, f64)>, ImageError> {
    if slope == 0.0 || !slope.is_finite() || (slope == 1.0 && intercept == 0.0) {
        return Ok(None);
    }
    if !intercept.is_finite() {
        return Err(damaged(&format!("its values are scaled by {slope} with an intercept of {intercept}")));
    }
    Ok(Some((slope, intercept)))
}

/// Voxels follow header and extensions; 0 means at once.
fn offset(offset: f64, kind: Kind) -> Result<usize, ImageError> {
    let smallest = if kind.is_second { 544.0 } else { 352.0 };
    match offset {
        0.0 => Ok(smallest as usize),
        offset if (smallest..=MAX_OFFSET).contains(&offset) => Ok(offset as usize),
        _ => Err(damaged(&format!("its voxels are said to begin at byte {offset}"))),
    }
}

pub(super) fn damaged(what: &str) -> ImageError {
    ImageError::Damaged(what.to_owned())
}

fn unsupported(what: &str) -> ImageError {
    ImageError::Unsupported {
        format: "NIfTI",
        what: what.to_owned(),
        hint: "save the one volume that you need as a file of its own (.nii or .nii.gz)",
    }
}
