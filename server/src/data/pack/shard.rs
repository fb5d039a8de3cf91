//! One tar of a packed data set, written and indexed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tar::{Archive, Builder, EntryType, Header};

use super::super::DataError;

/// Limits that no packed data set reaches, so that a hostile one cannot fill the memory.
const MAX_ENTRIES: usize = 1 << 24;
const MAX_JSON_BYTES: u64 = 16 << 20;
const MAX_PICTURE_BYTES: u64 = 256 << 20;

/// Writes a tar whose bytes depend on nothing but names and contents: no times, users or permissions.
pub(super) struct ShardWriter {
    tar: Builder<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
}

impl ShardWriter {
    /// Starts a tar under the name of `path` with `.part` behind it.
    pub fn new(path: &Path) -> io::Result<Self> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let tar = Builder::new(BufWriter::new(File::create(&part)?));
        Ok(Self { tar, part, path: path.to_path_buf() })
    }

    pub fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        self.tar.append_data(&mut header, name, content)
    }

    /// Ends the tar and gives it its name, so that what has the name is whole.
    pub fn finish(self) -> io::Result<()> {
        let writer = self.tar.into_inner()?;
        writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.part, &self.path)
    }
}

/// Where the content of a file lies in a tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub offset: u64,
    pub length: u64,
}

impl Extent {
    /// Reads it.
    pub fn read(self, path: &Path) -> Result<Vec<u8>, DataError> {
        let io = |source| DataError::Io { path: path.to_path_buf(), source };
        let mut file = File::open(path).map_err(io)?;
        file.seek(SeekFrom::Start(self.offset)).map_err(io)?;
        // The length was checked against the file's when the tar was indexed.
        let mut content = vec![0; self.length as usize];
        file.read_exact(&mut content).map_err(io)?;
        Ok(content)
    }
}

/// The files of one record.
#[derive(Debug, Default)]
pub(super) struct RecordFiles {
    pub json: Option<Vec<u8>>,
    pub picture: Option<Extent>,
    pub mask: Option<Extent>,
}

/// Finds the records of a tar, by name; files that are no part of one are passed over.
pub(super) fn index(path: &Path) -> Result<BTreeMap<String, RecordFiles>, DataError> {
    let io = |source| DataError::Io { path: path.to_path_buf(), source };
    let problem = |text: String| DataError::layout(path, format!("{text}; copy or pack the file again"));
    let file = File::open(path).map_err(io)?;
    let file_length = file.metadata().map_err(io)?.len();
    let mut records = BTreeMap::<String, RecordFiles>::new();
    // Raw: headers that rename or inflate the next file are not obeyed, for none is ever written.
    let mut archive = Archive::new(BufReader::new(file));
    for (count, entry) in archive.entries_with_seek().map_err(io)?.raw(true).enumerate() {
        let entry = entry.map_err(io)?;
        if count >= MAX_ENTRIES {
            return Err(problem(format!("more than {MAX_ENTRIES} files")));
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let extent = Extent { offset: entry.raw_file_position(), length: entry.size() };
        if extent.offset.checked_add(extent.length).is_none_or(|end| end > file_length) {
            return Err(problem(format!("the file ends within {name}")));
        }
        if entry.header().entry_type() != EntryType::Regular {
            continue;
        }
        let Some((number, field)) = name.split_once('.') else { continue };
        let limit = if field == "json" { MAX_JSON_BYTES } else { MAX_PICTURE_BYTES };
        if !["json", "jpg", "png", "mask.png"].contains(&field) {
            continue;
        }
        if extent.length > limit {
            return Err(problem(format!("{name} has {} bytes, more than {limit}", extent.length)));
        }
        let record = records.entry(number.to_owned()).or_default();
        let is_new = match field {
            "json" => {
                let mut json = Vec::new();
                entry.take(limit).read_to_end(&mut json).map_err(io)?;
                record.json.replace(json).is_none()
            }
            "mask.png" => record.mask.replace(extent).is_none(),
            _ => record.picture.replace(extent).is_none(),
        };
        if !is_new {
            return Err(problem(format!("{name} is there twice")));
        }
    }
    Ok(records)
}
