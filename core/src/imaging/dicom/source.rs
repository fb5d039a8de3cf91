//! From a file's bytes to its data set: preamble, file meta information, deflate (PS3.10, section 7).

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;

use super::syntax::{Encoding, Syntax};
use super::{ImageError, damaged};

/// Where `DICM` stands in a file with a preamble.
const PREAMBLE: usize = 128;

/// What a data set may hold beside its pixels once it is inflated.
const HEADER_ALLOWANCE: usize = 16 << 20;

/// Most bytes that a pixel takes: three channels of 16 bits, or one of 64.
const LARGEST_PIXEL: usize = 8;

/// A data set, inflated where it was deflated.
pub(super) struct Source<'a> {
    pub syntax: Syntax,
    pub data: Cow<'a, [u8]>,
}

/// Whether these bytes are a DICOM file: `DICM` behind a preamble or in front, file meta information without
/// either, or a bare data set as old software writes it.
pub fn is_dicom(bytes: &[u8]) -> bool {
    meta_start(bytes).is_some() || bare_encoding(bytes).is_some()
}

impl<'a> Source<'a> {
    /// Finds the data set; `max_pixels` limits what it may inflate to.
    ///
    /// # Errors
    /// [`ImageError::UnknownFormat`], [`ImageError::Unsupported`] for its transfer syntax,
    /// [`ImageError::Damaged`].
    pub fn open(bytes: &'a [u8], max_pixels: usize) -> Result<Self, ImageError> {
        let Some(start) = meta_start(bytes) else {
            let encoding = bare_encoding(bytes).ok_or(ImageError::UnknownFormat)?;
            let syntax = Syntax { encoding, ..Syntax::EXPLICIT };
            return Ok(Self { syntax, data: Cow::Borrowed(bytes) });
        };
        let (uid, end) = read_meta(bytes, start)?;
        let mut syntax = Syntax::from_uid(&uid)?;
        let rest = bytes.get(end..).unwrap_or_default();
        if syntax.deflated {
            let limit = max_pixels.saturating_mul(LARGEST_PIXEL).saturating_add(HEADER_ALLOWANCE);
            return Ok(Self { syntax, data: Cow::Owned(inflate(rest, limit)?) });
        }
        // Some writers declare one little-endian encoding and use the other.
        if syntax.encoding != Encoding::ExplicitBig
            && let Some(actual) = bare_encoding(rest)
        {
            syntax.encoding = actual;
        }
        Ok(Self { syntax, data: Cow::Borrowed(rest) })
    }
}

fn meta_start(bytes: &[u8]) -> Option<usize> {
    if bytes.get(PREAMBLE..PREAMBLE + 4) == Some(b"DICM") {
        return Some(PREAMBLE + 4);
    }
    if bytes.starts_with(b"DICM") {
        return Some(4);
    }
    // (0002,0000) File Meta Information Group Length, an UL of four bytes.
    bytes.starts_with(b"\x02\0\0\0UL\x04\0").then_some(0)
}

/// The encoding of a bare data set, which starts with an element of group 0008 below 0020.
fn bare_encoding(bytes: &[u8]) -> Option<Encoding> {
    let head: &[u8; 8] = bytes.first_chunk()?;
    if head[..2] != [8, 0] || head[3] != 0 || head[2] > 0x20 {
        return None;
    }
    if head[4].is_ascii_uppercase() && head[5].is_ascii_uppercase() {
        return Some(Encoding::ExplicitLittle);
    }
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    (length <= 256 && length <= bytes.len()).then_some(Encoding::ImplicitLittle)
}

/// The transfer syntax in the file meta information, which is always explicit little endian, and where the
/// data set starts. The group's own length is not trusted: it is wrong in many files.
fn read_meta(bytes: &[u8], start: usize) -> Result<(String, usize), ImageError> {
    let mut uid = None;
    let mut at = start;
    while let Some([2, 0, e0, e1, v0, v1, l0, l1]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let (length, value) = if matches!(&[*v0, *v1], b"OB" | b"OW" | b"UN" | b"UT" | b"UR" | b"UC" | b"SQ")
        {
            let length = bytes.get(at + 8..).and_then(<[u8]>::first_chunk).map(|l| u32::from_le_bytes(*l));
            (length.ok_or_else(cut)? as usize, at + 12)
        } else {
            (usize::from(u16::from_le_bytes([*l0, *l1])), at + 8)
        };
        let end = value.checked_add(length).ok_or_else(cut)?;
        let value = bytes.get(value..end).ok_or_else(cut)?;
        if [*e0, *e1] == [0x10, 0x00] {
            uid = Some(String::from_utf8_lossy(value).trim_matches(['\0', ' ']).to_owned());
        }
        at = end;
    }
    // Without one, the default transfer syntax (PS3.5, 10.1).
    Ok((uid.unwrap_or_else(|| Encoding::ImplicitLittle.uid().to_owned()), at))
}

fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, ImageError> {
    let mut data = Vec::new();
    let mut reader = DeflateDecoder::new(bytes).take(limit as u64 + 1);
    reader.read_to_end(&mut data).map_err(|error| damaged(format!("it does not inflate: {error}")))?;
    if data.len() > limit {
        return Err(damaged(format!("it inflates to more than the {limit} bytes that are allowed")));
    }
    Ok(data)
}

fn cut() -> ImageError {
    damaged("it ends inside its file meta information")
}
