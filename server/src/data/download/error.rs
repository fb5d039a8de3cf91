//! What can stop a download.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a data set could not be downloaded.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// No data set has this name.
    #[error("there is no data set named {name}; `medley data get --list` shows all names")]
    Unknown {
        /// As given.
        name: String,
    },
    /// The built-in list is not readable.
    #[error("the built-in list of data sets is damaged; install Medley again")]
    Catalogue(#[source] Box<toml::de::Error>),
    /// The server was not reached.
    #[error("cannot reach {url}; check the network and run the command again")]
    Unreachable {
        /// The address.
        url: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// The connection broke.
    #[error(
        "the download of {url} broke off after {received} bytes; run the command again to go on from there"
    )]
    Interrupted {
        /// The address.
        url: String,
        /// Bytes that are on disk.
        received: u64,
        /// Why.
        source: io::Error,
    },
    /// The address is wrong.
    #[error("{url} does not exist (404); the publisher may have moved it, a newer Medley may know where to")]
    NotFound {
        /// The address.
        url: String,
    },
    /// The server refused.
    #[error("{url} answered with the status {status}; try again later")]
    Status {
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// The file is not the published one.
    #[error("{url} sends more than the {limit} bytes that the data set can have; nothing was kept")]
    TooLarge {
        /// The address.
        url: String,
        /// Bytes that are allowed.
        limit: u64,
    },
    /// The file is damaged or not the published one.
    #[error(
        "{} does not have its published checksum ({found}, expected {expected}) and was removed; run the command again, and if it happens again, the published file has changed", path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// MD5 as published.
        expected: String,
        /// MD5 of what came.
        found: String,
    },
    /// No room.
    #[error("the disk of {} is full; make room, or choose another folder with --out, and run the command again", .0.display())]
    DiskFull(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot write {}; check that the folder may be written to", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DownloadError {
    /// What went wrong with a file.
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path.to_path_buf()),
            _ => Self::Io { path: path.to_path_buf(), source },
        }
    }
}
