//! One file over HTTP, going on where an earlier attempt broke off (RFC 9110, section 14).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

use super::DownloadError;

/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a broken connection is taken up again without a single new byte.
const VAIN_ATTEMPTS: u32 = 2;

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes on disk.
    pub received: u64,
    /// Bytes of the whole file, where the server says so.
    pub total: Option<u64>,
}

/// A file to be fetched.
pub(super) struct Transfer<'a> {
    /// Where from.
    pub url: &'a str,
    /// Where to; what is there already is taken as the beginning of the file.
    pub part: &'a Path,
    /// More bytes than this are refused.
    pub limit: u64,
}

/// How one attempt ended.
enum Outcome {
    Complete,
    /// The connection broke; what came is kept.
    Broken(io::Error),
    /// What is on disk is not a beginning of the file; it was removed.
    StartAnew,
}

impl Transfer<'_> {
    /// Fetches the rest of the file. Broken connections are taken up again as long as something comes.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses, the disk is full, or the connection keeps breaking; what
    /// came is kept for the next time, unless it cannot be part of the file.
    pub fn run(&self, progress: &mut dyn FnMut(Progress)) -> Result<(), DownloadError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("medley/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .build();
        let agent = Agent::new_with_config(config);
        let mut vain = 0;
        loop {
            let before = self.received()?;
            let outcome = self.attempt(&agent, before, progress)?;
            let received = self.received()?;
            vain = if received > before { 0 } else { vain + 1 };
            match outcome {
                Outcome::Complete => {
                    remove(&self.etag_file())?;
                    return Ok(());
                }
                Outcome::Broken(source) if vain >= VAIN_ATTEMPTS => {
                    return Err(DownloadError::Interrupted { url: self.url.to_owned(), received, source });
                }
                Outcome::StartAnew if vain > VAIN_ATTEMPTS => {
                    let source = io::Error::other("the server sends parts that were not asked for");
                    return Err(DownloadError::Interrupted { url: self.url.to_owned(), received, source });
                }
                Outcome::Broken(_) | Outcome::StartAnew => {}
            }
        }
    }

    fn attempt(
        &self,
        agent: &Agent,
        received: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome, DownloadError> {
        let mut request = agent.get(self.url);
        if received > 0 {
            request = request.header("Range", format!("bytes={received}-"));
            if let Ok(etag) = fs::read_to_string(self.etag_file()) {
                request = request.header("If-Range", etag);
            }
        }
        let response = request.call().map_err(|source| DownloadError::Unreachable {
            url: self.url.to_owned(),
            source: Box::new(source),
        })?;
        match response.status().as_u16() {
            // The whole file: nothing was there, the server knows no parts, or the file is another one now.
            200 => self.receive(response, 0, progress),
            206 if part_begins_at(response.headers()) == Some(received) => {
                self.receive(response, received, progress)
            }
            // Nothing is left to send.
            416 if received > 0 && length_of_whole(response.headers()) == Some(received) => {
                Ok(Outcome::Complete)
            }
            206 | 416 if received > 0 => {
                self.discard()?;
                Ok(Outcome::StartAnew)
            }
            404 | 410 => Err(DownloadError::NotFound { url: self.url.to_owned() }),
            status => Err(DownloadError::Status { url: self.url.to_owned(), status }),
        }
    }

    /// Writes a body behind the first `offset` bytes of the file.
    fn receive(
        &self,
        response: Response<Body>,
        offset: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome, DownloadError> {
        let io = |source| DownloadError::file(self.part, source);
        self.keep_etag(response.headers())?;
        let total = response.body().content_length().map(|rest| offset.saturating_add(rest));
        if total.is_some_and(|total| total > self.limit) {
            return Err(self.too_large());
        }
        let mut file = OpenOptions::new().create(true).append(true).open(self.part).map_err(io)?;
        if file.metadata().map_err(io)?.len() != offset {
            file.set_len(offset).map_err(io)?;
        }

        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; 1 << 16];
        let mut received = offset;
        progress(Progress { received, total });
        let outcome = loop {
            match body.read(&mut buffer) {
                Ok(0) if total.is_none_or(|total| received >= total) => break Outcome::Complete,
                Ok(0) => break Outcome::Broken(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    received += read as u64;
                    if received > self.limit {
                        drop(file);
                        return Err(self.too_large());
                    }
                    file.write_all(&buffer[..read]).map_err(io)?;
                    progress(Progress { received, total });
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Outcome::Broken(error),
            }
        };
        file.sync_all().map_err(io)?;
        Ok(outcome)
    }

    /// Bytes that are on disk.
    fn received(&self) -> Result<u64, DownloadError> {
        match File::open(self.part).and_then(|file| file.metadata()) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(DownloadError::file(self.part, error)),
        }
    }

    /// Removes what is on disk.
    pub fn discard(&self) -> Result<(), DownloadError> {
        remove(self.part)?;
        remove(&self.etag_file())
    }

    fn too_large(&self) -> DownloadError {
        match self.discard() {
            Ok(()) => DownloadError::TooLarge { url: self.url.to_owned(), limit: self.limit },
            Err(error) => error,
        }
    }

    /// Remembers which version of the file this is. Weak ones do not promise equal bytes.
    fn keep_etag(&self, headers: &HeaderMap) -> Result<(), DownloadError> {
        let path = self.etag_file();
        match headers.get("ETag").and_then(|value| value.to_str().ok()) {
            Some(etag) if !etag.starts_with("W/") => {
                fs::write(&path, etag).map_err(|source| DownloadError::file(&path, source))
            }
            _ => remove(&path),
        }
    }

    fn etag_file(&self) -> PathBuf {
        self.part.with_added_extension("etag")
    }
}

fn remove(path: &Path) -> Result<(), DownloadError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DownloadError::file(path, error)),
        _ => Ok(()),
    }
}

/// The first byte of `Content-Range: bytes 5-9/10`.
fn part_begins_at(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get("Content-Range")?.to_str().ok()?.strip_prefix("bytes ")?;
    range.split_once('-')?.0.trim().parse().ok()
}

/// The length in `Content-Range: bytes */10`.
fn length_of_whole(headers: &HeaderMap) -> Option<u64> {
    headers.get("Content-Range")?.to_str().ok()?.rsplit_once('/')?.1.trim().parse().ok()
}
