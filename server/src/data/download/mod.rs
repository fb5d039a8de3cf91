//! Public data sets by name: fetched, checked, and laid out as a data set folder.

mod catalogue;
mod checksum;
mod error;
#[cfg(test)]
mod tests;
mod transfer;

use std::fs;
use std::path::{Path, PathBuf};

pub use catalogue::{Catalogue, DataSet, Labels, Size};
pub use error::DownloadError;
pub use transfer::Progress;

use self::checksum::md5_of;
use self::transfer::Transfer;

/// Downloads a data set into the folder `folder` and describes it there in `dataset.json`. A file that is
/// there with the right checksum is kept; one that is there in part is completed. `base` is the address under
/// which the published files are.
///
/// # Errors
/// When it cannot be downloaded or written, or is not what was published: see [`DownloadError`].
pub fn get(
    set: &DataSet,
    size: Size,
    base: &str,
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, DownloadError> {
    fs::create_dir_all(folder).map_err(|source| DownloadError::file(folder, source))?;
    let path = folder.join(set.file(size));
    let expected = set.md5.get(&size).map_or("", String::as_str);
    if md5_of(&path).is_ok_and(|found| found == expected) {
        describe(set, size, folder)?;
        return Ok(path);
    }

    let url = format!("{}/{}?download=1", base.trim_end_matches('/'), set.file(size));
    let part = path.with_added_extension("part");
    let transfer = Transfer { url: &url, part: &part, limit: set.most_bytes(size) };
    transfer.run(progress)?;
    let found = md5_of(&part).map_err(|source| DownloadError::file(&part, source))?;
    if found != expected {
        transfer.discard()?;
        return Err(DownloadError::Checksum { path, expected: expected.to_owned(), found });
    }
    fs::rename(&part, &path).map_err(|source| DownloadError::file(&path, source))?;
    describe(set, size, folder)?;
    Ok(path)
}

/// Writes `dataset.json`, whole or not at all.
fn describe(set: &DataSet, size: Size, folder: &Path) -> Result<(), DownloadError> {
    let path = folder.join("dataset.json");
    let part = path.with_added_extension("part");
    let text = serde_json::to_string_pretty(&set.manifest(size))
        .map_err(|source| DownloadError::file(&path, source.into()))?;
    fs::write(&part, text + "\n").map_err(|source| DownloadError::file(&part, source))?;
    fs::rename(&part, &path).map_err(|source| DownloadError::file(&path, source))
}
