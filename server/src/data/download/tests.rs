//! Downloads from a server on loopback that behaves well, badly, or not at all.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use medley_core::dataset::Split;
use tempfile::TempDir;

use super::*;
use crate::data::DataFolder;

/// 3 + 2 + 2 images of 28 x 28 with two classes; see `make.py` beside it.
const FILE: &[u8] = include_bytes!("../../../../tests/fixtures/download/breastmnist.npz");
const MD5: &str = "b802b2309a40643f8ff58310c53ac976";

/// What a server does with a request.
#[derive(Clone, Copy)]
struct Manners {
    /// Bytes of a body after which it hangs up, for the first this many requests.
    cut: (usize, usize),
    /// Whether it sends parts.
    ranges: bool,
    /// The version that it says the file has.
    etag: Option<&'static str>,
    /// What it sends in place of the file.
    body: &'static [u8],
    /// The status for every request, in place of an answer.
    status: Option<&'static str>,
}

const GOOD: Manners =
    Manners { cut: (usize::MAX, 0), ranges: true, etag: Some("\"v1\""), body: FILE, status: None };

struct Server {
    base: String,
    /// The first line and the headers of each request.
    requests: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Server {
    /// Serves until the test ends.
    fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/files", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), manners, &seen);
            }
        });
        Self { base, requests }
    }

    /// The value of a header in each request.
    fn header(&self, name: &str) -> Vec<Option<String>> {
        let find = |request: &Vec<String>| {
            request.iter().find_map(|line| {
                let (found, value) = line.split_once(": ")?;
                found.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        self.requests.lock().unwrap().iter().map(find).collect()
    }
}

fn answer(mut stream: TcpStream, manners: Manners, seen: &Mutex<Vec<Vec<String>>>) {
    let reader = BufReader::new(stream.try_clone().unwrap());
    let request: Vec<String> =
        reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let header = |name: &str| {
        request.iter().find_map(|line| line.to_lowercase().strip_prefix(name).map(str::to_owned))
    };
    let begin: Option<usize> =
        header("range: bytes=").and_then(|range| range.strip_suffix('-')?.parse().ok());
    let same = header("if-range: ").is_none_or(|etag| Some(etag.as_str()) == manners.etag);
    let count = {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        seen.len()
    };

    let (status, range, body) = match (manners.status, begin.filter(|_| manners.ranges && same)) {
        (Some(status), _) => (status, String::new(), &[][..]),
        (None, Some(begin)) if begin >= manners.body.len() => {
            let range = format!("Content-Range: bytes */{}\r\n", manners.body.len());
            ("416 Range Not Satisfiable", range, &[][..])
        }
        (None, Some(begin)) => {
            let all = manners.body.len();
            let range = format!("Content-Range: bytes {begin}-{}/{all}\r\n", all - 1);
            ("206 Partial Content", range, &manners.body[begin..])
        }
        (None, None) => ("200 OK", String::new(), manners.body),
    };
    let etag = manners.etag.map(|etag| format!("ETag: {etag}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\n{etag}{range}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let (cut, times) = manners.cut;
    let sent = if count <= times { body.len().min(cut) } else { body.len() };
    // The client may hang up first.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..sent]));
}

fn set() -> DataSet {
    let catalogue = Catalogue::built_in().unwrap();
    let mut set = catalogue.find("breastmnist").unwrap().clone();
    set.md5 = BTreeMap::from([(Size::Px28, MD5.to_owned())]);
    set.images = BTreeMap::from([(Split::Train, 3), (Split::Val, 2), (Split::Test, 2)]);
    set
}

fn fetch(server: &Server, folder: &Path) -> Result<Vec<Progress>, DownloadError> {
    let mut reports = Vec::new();
    get(&set(), Size::Px28, &server.base, folder, &mut |progress| reports.push(progress))?;
    Ok(reports)
}

fn files(folder: &TempDir) -> Vec<String> {
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn assert_is_data_set(folder: &TempDir) {
    assert_eq!(files(folder), ["breastmnist.npz", "dataset.json"]);
    assert_eq!(fs::read(folder.path().join("breastmnist.npz")).unwrap(), FILE);
    let opened = DataFolder::open(folder.path()).unwrap();
    assert_eq!(opened.manifest.license, "CC BY 4.0");
    assert_eq!(opened.tasks[0].task.id, "breastmnist-28");
    assert_eq!(Split::ALL.map(|split| opened.tasks[0].items(split).len()), [3, 2, 2]);
}

#[test]
fn a_download_is_a_data_set() {
    let (server, folder) = (Server::start(GOOD), TempDir::new().unwrap());
    let reports = fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);
    let length = FILE.len() as u64;
    assert_eq!(reports.first(), Some(&Progress { received: 0, total: Some(length) }));
    assert_eq!(reports.last(), Some(&Progress { received: length, total: Some(length) }));
    assert_eq!(server.requests.lock().unwrap()[0][0], "GET /files/breastmnist.npz?download=1 HTTP/1.1");

    // What is there is not asked for again.
    fetch(&server, folder.path()).unwrap();
    assert_eq!(server.header("Range"), [None]);
}

#[test]
fn a_cut_connection_is_taken_up_where_it_broke() {
    let server = Server::start(Manners { cut: (1000, 2), ..GOOD });
    let folder = TempDir::new().unwrap();
    fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);
    let ranges = server.header("Range");
    assert_eq!(ranges, [None, Some("bytes=1000-".to_owned()), Some("bytes=2000-".to_owned())]);
    assert_eq!(server.header("If-Range")[1..], [Some("\"v1\"".to_owned()), Some("\"v1\"".to_owned())]);
}

#[test]
fn a_later_run_goes_on_with_what_an_earlier_one_left() {
    let folder = TempDir::new().unwrap();
    let broken = Server::start(Manners { cut: (0, usize::MAX), ..GOOD });
    fs::write(folder.path().join("breastmnist.npz.part"), &FILE[..1500]).unwrap();
    let error = fetch(&broken, folder.path()).unwrap_err();
    assert!(matches!(error, DownloadError::Interrupted { received: 1500, .. }), "{error}");

    let server = Server::start(GOOD);
    fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);
    assert_eq!(server.header("Range"), [Some("bytes=1500-".to_owned())]);
}

#[test]
fn everything_may_be_there_already_but_the_name() {
    let (server, folder) = (Server::start(GOOD), TempDir::new().unwrap());
    fs::write(folder.path().join("breastmnist.npz.part"), FILE).unwrap();
    fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);
}

#[test]
fn a_server_without_parts_or_with_another_version_sends_the_whole() {
    for manners in [Manners { ranges: false, etag: None, ..GOOD }, Manners { etag: Some("\"v2\""), ..GOOD }] {
        let (server, folder) = (Server::start(manners), TempDir::new().unwrap());
        fs::write(folder.path().join("breastmnist.npz.part"), [7; 1500]).unwrap();
        fs::write(folder.path().join("breastmnist.npz.part.etag"), "\"v1\"").unwrap();
        fetch(&server, folder.path()).unwrap();
        assert_is_data_set(&folder);
        assert_eq!(server.requests.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_beginning_that_is_too_long_is_thrown_away() {
    let (server, folder) = (Server::start(GOOD), TempDir::new().unwrap());
    fs::write(folder.path().join("breastmnist.npz.part"), vec![7; FILE.len() + 1]).unwrap();
    fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);
}

#[test]
fn a_wrong_checksum_leaves_nothing_behind() {
    let server = Server::start(Manners { body: b"an error page", ..GOOD });
    let folder = TempDir::new().unwrap();
    let error = fetch(&server, folder.path()).unwrap_err();
    assert!(matches!(error, DownloadError::Checksum { .. }), "{error}");
    assert!(error.to_string().contains(MD5) && error.to_string().contains("run the command again"));
    assert!(files(&folder).is_empty());
}

#[test]
fn a_file_that_is_there_but_wrong_is_replaced() {
    let (server, folder) = (Server::start(GOOD), TempDir::new().unwrap());
    fs::write(folder.path().join("breastmnist.npz"), "damaged").unwrap();
    fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);
}

#[test]
fn more_than_the_data_set_can_have_is_refused() {
    const LARGE: &[u8] = &[0; 1 << 17];
    let server = Server::start(Manners { body: LARGE, ..GOOD });
    let folder = TempDir::new().unwrap();
    let error = fetch(&server, folder.path()).unwrap_err();
    assert!(matches!(error, DownloadError::TooLarge { .. }), "{error}");
    assert!(files(&folder).is_empty());
}

#[test]
fn refusals_and_dead_ends_say_what_to_do() {
    let folder = TempDir::new().unwrap();
    for (status, expected) in
        [("404 Not Found", "does not exist (404)"), ("503 Busy", "status 503; try again later")]
    {
        let server = Server::start(Manners { status: Some(status), ..GOOD });
        let error = fetch(&server, folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    // A port that was free a moment ago and on which nobody listens.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Server { base: format!("http://{address}"), requests: Arc::default() };
    let error = fetch(&nobody, folder.path()).unwrap_err();
    assert!(matches!(error, DownloadError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("check the network"));

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = fetch(&nobody, &file.join("below")).unwrap_err();
    assert!(matches!(error, DownloadError::Io { .. }), "{error}");
}

/// `/dev/full` takes a file's first bytes and answers as a full disk does.
#[test]
#[cfg(unix)]
fn a_full_disk_is_said_and_leaves_nothing_that_looks_whole() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        println!("skipped: this system has no /dev/full");
        return;
    }
    let (server, folder) = (Server::start(GOOD), TempDir::new().unwrap());
    let part = folder.path().join("breastmnist.npz.part");
    std::os::unix::fs::symlink(full, &part).unwrap();
    let error = fetch(&server, folder.path()).unwrap_err();
    assert!(matches!(error, DownloadError::DiskFull(_)), "{error:?}");
    let message = error.to_string();
    assert!(message.contains("breastmnist.npz.part is full; make room"), "{message}");
    assert!(message.contains("--out") && message.contains("run the command again"), "{message}");
    let kept = files(&folder);
    assert!(!kept.contains(&"breastmnist.npz".to_owned()) && !kept.contains(&"dataset.json".to_owned()));
    assert!(DataFolder::open(folder.path()).is_err());

    // With room again, the same command ends well.
    fs::remove_file(&part).unwrap();
    fetch(&server, folder.path()).unwrap();
    assert_is_data_set(&folder);

    // The description is the last thing that is written: without room for it there is none.
    fs::remove_file(folder.path().join("dataset.json")).unwrap();
    std::os::unix::fs::symlink(full, folder.path().join("dataset.json.part")).unwrap();
    let error = fetch(&server, folder.path()).unwrap_err();
    assert!(matches!(error, DownloadError::DiskFull(_)), "{error:?}");
    assert!(!folder.path().join("dataset.json").exists());
}
