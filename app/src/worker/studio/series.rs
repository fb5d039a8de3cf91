//! Files of a scan, put together as one volume.

use std::collections::HashMap;
use std::rc::Rc;

use medley_core::imaging::ImageError;
use medley_core::imaging::dicom::{DicomInfo, Series};
use medley_core::imaging::nifti::{Compression, encode};

use super::images::{add, put_or_say};
use super::say;
use crate::worker::desk::Desk;
use crate::worker::messages::{MAX_PIXELS, RequestId, StudioAnswer};
use crate::worker::pictures::refusal;

/// Adds files that lie one after the other in `bytes`. A volume of several files is kept as `NIfTI`: the same values in the
/// same place in space, as one file.
pub fn add_all(desk: &Rc<Desk>, id: RequestId, files: &[(String, u32)], bytes: &[u8]) {
    let mut rest = bytes;
    let mut known: HashMap<&str, &[u8]> = HashMap::new();
    let mut headers = Vec::new();
    for (name, length) in files {
        let (file, others) = rest.split_at((*length as usize).min(rest.len()));
        rest = others;
        match DicomInfo::read(file) {
            Ok(info) => {
                known.insert(name, file);
                headers.push((name.clone(), info));
            }
            // Another kind of image, or none.
            Err(_) => add(desk, id, name.clone(), file.to_vec()),
        }
    }
    for series in Series::group(headers) {
        let names: Vec<&str> = series.names().collect();
        let Some(first) = names.first().copied() else { continue };
        let of = |name: &str| known.get(name).copied().unwrap_or_default();
        if names.len() == 1 {
            add(desk, id, first.to_owned(), of(first).to_vec());
            continue;
        }
        let volume = series.decode::<_, ImageError>(MAX_PIXELS as usize, |name| Ok(of(name)));
        let packed = volume.and_then(|image| Ok((encode(&image, Compression::None)?, image)));
        let name = format!("{}.nii", first.rsplit_once('.').map_or(first, |(stem, _)| stem));
        match packed {
            Ok((file, image)) => put_or_say(desk, id, name, file, &image),
            Err(error) => say(id, StudioAnswer::NotAdded { name: first.to_owned(), reason: refusal(error) }),
        }
    }
}
