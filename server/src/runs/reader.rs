//! Reading the event log, also while it grows.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::{RunError, TimedEvent};

/// All events of a log. Lines that are none (half-written ones of a killed process, those of a later
/// version) are passed over; without a file there are no events.
///
/// # Errors
/// When the file cannot be read.
pub fn read_events(path: &Path) -> Result<Vec<TimedEvent>, RunError> {
    EventReader::new(path).read()
}

/// Follows a log while another process writes to it.
#[derive(Debug)]
pub struct EventReader {
    path: PathBuf,
    /// Bytes read so far: whole lines.
    position: u64,
}

impl EventReader {
    /// At the beginning of the log, which need not exist yet.
    pub fn new(path: &Path) -> Self {
        Self::at(path, 0)
    }

    /// Behind the first `position` bytes, as [`Self::position`] told after an earlier read.
    pub fn at(path: &Path, position: u64) -> Self {
        Self { path: path.to_path_buf(), position }
    }

    /// Bytes read so far.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The events of the whole lines written since the last call. When the file was replaced by a
    /// shorter one, it is read from its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&mut self) -> Result<Vec<TimedEvent>, RunError> {
        let error = || RunError::io("read", &self.path);
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(error()(e)),
        };
        if file.metadata().map_err(error())?.len() < self.position {
            self.position = 0;
        }
        file.seek(SeekFrom::Start(self.position)).map_err(error())?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(error())?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.position += whole as u64;
        let lines = bytes[..whole].split(|byte| *byte == b'\n');
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;
    use std::io::Write;

    use super::*;
    use crate::runs::{Event, EventLog};

    fn end(update: u64) -> TimedEvent {
        TimedEvent { time: update as f64, event: Event::End { update, complete: false, reason: None } }
    }

    #[test]
    fn a_growing_log_is_followed_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let mut reader = EventReader::new(&path);
        assert_eq!(reader.read().unwrap(), []);
        let mut log = EventLog::open(&path).unwrap();
        log.append(&end(1)).unwrap();
        assert_eq!(reader.read().unwrap(), [end(1)]);
        assert_eq!(reader.read().unwrap(), []);

        // Half a line is left for the next time.
        let line = serde_json::to_string(&end(2)).unwrap();
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&line.as_bytes()[..10]).unwrap();
        assert_eq!(reader.read().unwrap(), []);
        file.write_all(&line.as_bytes()[10..]).unwrap();
        file.write_all(b"\n").unwrap();
        assert_eq!(reader.read().unwrap(), [end(2)]);

        fs::remove_file(&path).unwrap();
        EventLog::open(&path).unwrap().append(&end(3)).unwrap();
        assert_eq!(reader.read().unwrap(), [end(3)]);
    }

    #[test]
    fn wherever_a_writer_was_killed_only_its_last_line_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let line = serde_json::to_string(&end(2)).unwrap();
        for kept in 0..line.len() {
            let text = format!("{}\n{}", serde_json::to_string(&end(1)).unwrap(), &line[..kept]);
            fs::write(&path, text).unwrap();
            assert_eq!(read_events(&path).unwrap(), [end(1)]);
            // The process that goes on does not write into the half line.
            EventLog::open(&path).unwrap().append(&end(3)).unwrap();
            assert_eq!(read_events(&path).unwrap(), [end(1), end(3)]);
        }
    }

    #[test]
    fn events_of_later_versions_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let later = "{\"time\":1.0,\"event\":\"eclipse\",\"update\":3}\n";
        fs::write(&path, format!("{later}{}\n", serde_json::to_string(&end(4)).unwrap())).unwrap();
        assert_eq!(read_events(&path).unwrap(), [end(4)]);
    }

    /// `/dev/full` takes no byte, as a full disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        let error =
            EventLog::open(Path::new("/dev/full")).and_then(|mut log| log.append(&end(1))).unwrap_err();
        assert!(error.to_string().contains("the disk is full"), "{error}");
    }
}
