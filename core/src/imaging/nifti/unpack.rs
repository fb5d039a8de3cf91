//! Opening gzip without trusting it.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::header::{Header, MAX_HEADER, damaged};
use crate::imaging::ImageError;

/// Deflate cannot pack more than this into one byte (258 bytes in 2 bits).
const MAX_RATIO: usize = 1032;

/// Whether the bytes are packed by gzip.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08")
}

/// The first bytes of a file, as many as a header needs.
pub(super) fn start(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ImageError> {
    if is_gzip(bytes) {
        take(&mut MultiGzDecoder::new(bytes), Vec::new(), MAX_HEADER).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(&bytes[..bytes.len().min(MAX_HEADER)]))
    }
}

/// The voxels of a file with this header. What a packed file claims is compared with its size first, and
/// nothing behind the voxels is unpacked, so that its claims and its contents cost no more than the voxels
/// that the caller allowed.
pub(super) fn voxels<'a>(bytes: &'a [u8], header: &Header) -> Result<Cow<'a, [u8]>, ImageError> {
    let claimed = header.data_bytes().and_then(|length| length.checked_add(header.offset));
    let most = if is_gzip(bytes) { bytes.len().saturating_mul(MAX_RATIO) } else { bytes.len() };
    let end = claimed.filter(|end| *end <= most).ok_or_else(cut_off)?;
    if !is_gzip(bytes) {
        return bytes.get(header.offset..end).map(Cow::Borrowed).ok_or_else(cut_off);
    }
    let mut stream = MultiGzDecoder::new(bytes);
    take(&mut stream, Vec::new(), header.offset)?;
    let voxels = take(&mut stream, Vec::new(), end - header.offset)?;
    if voxels.len() < end - header.offset {
        return Err(cut_off());
    }
    // At the end of the stream its checksum is compared.
    take(&mut stream, Vec::new(), 1)?;
    Ok(Cow::Owned(voxels))
}

/// At most `length` bytes; the buffer grows with what really comes.
fn take(stream: &mut impl Read, mut buffer: Vec<u8>, length: usize) -> Result<Vec<u8>, ImageError> {
    stream
        .take(length as u64)
        .read_to_end(&mut buffer)
        .map_err(|error| damaged(&format!("gzip: {error}")))?;
    Ok(buffer)
}

fn cut_off() -> ImageError {
    damaged("it has fewer voxels than its header claims; copy or download it again")
}
