//! The process that drives the browser.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running chromedriver; ends when dropped.
pub struct Chromedriver {
    process: Child,
    /// Held open, so that the driver can go on writing.
    _output: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: String,
}

impl Chromedriver {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let program = find(&["chromedriver"]).expect("chromedriver is on the PATH");
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        let port = loop {
            let before = said.len();
            assert!(
                output.read_line(&mut said).unwrap() > 0,
                "chromedriver ended before it listened: {said}"
            );
            // "ChromeDriver was started successfully on port 12345."
            if let Some((_, port)) = said[before..].split_once("successfully on port ") {
                break port.trim_end().trim_end_matches('.').to_owned();
            }
        };
        Self { process, _output: output, address: format!("http://127.0.0.1:{port}") }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // It may have ended by itself, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The browser.
pub fn chromium() -> Option<PathBuf> {
    let applications = ["Chromium", "Google Chrome"]
        .map(|name| PathBuf::from(format!("/Applications/{name}.app/Contents/MacOS/{name}")));
    find(&["chromium", "chromium-browser", "google-chrome"])
        .or_else(|| applications.into_iter().find(|file| file.is_file()))
}

/// The first of the programs that is on the `PATH`.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}
