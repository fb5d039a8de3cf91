//! Event files for `TensorBoard`, so that a run can be watched beside runs of other programs.

mod protobuf;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{Cursor, ErrorKind, Write};
use std::path::{Path, PathBuf};

use image::{ImageDecoder, ImageReader};

use super::{Event, RunError, RunFolder, TimedEvent};
use protobuf::Message;

/// Writes the events of a run to a file of its own: `loss/<task>`, `metric/<task>/<metric>`, `share/<task>`,
/// `rate`, `images_per_second`, `memory` (bytes), `gradient_norm`, `criterion`, and pictures.
#[derive(Debug)]
pub struct TensorBoard {
    root: PathBuf,
    /// The file and its name, once there was an event.
    file: Option<(File, PathBuf)>,
}

impl TensorBoard {
    /// In the folder of a run; its file is made at the first event.
    pub fn new(run: &RunFolder) -> Self {
        Self { root: run.root().to_path_buf(), file: None }
    }

    /// Writes what `TensorBoard` can show of an event.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, timed: &TimedEvent) -> Result<(), RunError> {
        let Some(event) = self.encode(timed) else { return Ok(()) };
        let (mut file, path) = match self.file.take() {
            Some(file) => file,
            None => create(&self.root, timed.time)?,
        };
        let written = file.write_all(&event.record()).map_err(RunError::io("write", &path));
        // After a torn record nothing more would be read: a failed write ends the file, the next begins one.
        self.file = written.is_ok().then_some((file, path));
        written
    }

    fn encode(&self, timed: &TimedEvent) -> Option<Message> {
        let step = timed.event.update();
        let values: Vec<Message> = match &timed.event {
            Event::Start { update, .. } => return Some(restart(timed.time, *update)),
            Event::Rollback { to, .. } => return Some(restart(timed.time, *to)),
            Event::Progress { losses, rate, images_per_second, memory, gradient_norm, .. } => {
                let losses = losses.iter().map(|(task, loss)| scalar(&format!("loss/{task}"), *loss));
                let speed = [("rate", *rate), ("images_per_second", *images_per_second)];
                let memory = memory.map(|bytes| scalar("memory", bytes as f32));
                let norm = gradient_norm.map(|norm| scalar("gradient_norm", norm));
                let speed = speed.map(|(tag, value)| scalar(tag, value as f32));
                losses.chain(speed).chain(memory).chain(norm).collect()
            }
            Event::Interference { tasks, share, .. } => {
                let shares = tasks.iter().zip(share);
                shares.map(|(task, share)| scalar(&format!("share/{task}"), *share)).collect()
            }
            Event::Validation { update, scores, criterion, pictures, .. } => {
                let metrics = scores.iter().flat_map(|(task, metrics)| {
                    let finite = metrics.iter().filter(|(_, value)| value.is_finite());
                    finite.map(move |(name, value)| scalar(&format!("metric/{task}/{name}"), *value as f32))
                });
                let criterion = criterion.map(|value| scalar("criterion", value as f32));
                let pictures = pictures.iter().filter_map(|name| picture(&self.root, name, *update));
                metrics.chain(criterion).chain(pictures).collect()
            }
            Event::Checkpoint { .. } | Event::End { .. } => return None,
        };
        let summary = values.iter().fold(Message::default(), |summary, value| summary.message(1, value));
        Some(Message::default().double(1, timed.time).integer(2, step).message(5, &summary))
    }
}

/// Tells that what was reported beyond `update` updates is void.
fn restart(time: f64, update: u64) -> Message {
    let start = Message::default().integer(1, 1);
    Message::default().double(1, time).integer(2, update + 1).message(7, &start)
}

fn scalar(tag: &str, value: f32) -> Message {
    Message::default().bytes(1, tag.as_bytes()).float(2, value)
}

/// A PNG file of the run; one that is missing or no picture is left out.
fn picture(root: &Path, name: &str, update: u64) -> Option<Message> {
    let png = fs::read(root.join(name)).ok()?;
    let decoder = ImageReader::new(Cursor::new(&png)).with_guessed_format().ok()?.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let channels = decoder.color_type().channel_count();
    drop(decoder);
    let image = Message::default()
        .integer(1, u64::from(height))
        .integer(2, u64::from(width))
        .integer(3, u64::from(channels))
        .bytes(4, &png);
    Some(Message::default().bytes(1, picture_tag(name, update).as_bytes()).message(4, &image))
}

/// The name without the update, so that pictures of one thing at different times come under one tag.
fn picture_tag(name: &str, update: u64) -> String {
    let is_update = |part: &&str| part.parse() == Ok(update);
    let stem = name.strip_suffix(".png").unwrap_or(name);
    stem.split('/').filter(|part| !is_update(part)).collect::<Vec<_>>().join("/")
}

/// A new file, in whose first record the version stands. `TensorBoard` reads the files of a folder in the
/// order of their names.
fn create(folder: &Path, time: f64) -> Result<(File, PathBuf), RunError> {
    const PREFIX: &str = "events.out.tfevents.";
    let entries = fs::read_dir(folder).map_err(RunError::io("read", folder))?.flatten();
    let times = entries.filter_map(|entry| {
        let name = entry.file_name();
        name.to_str()?.strip_prefix(PREFIX)?.split('.').next()?.parse::<u64>().ok()
    });
    // Later by name than those of earlier starts, also within one second.
    let mut second = times.max().map_or(0, |last| last + 1).max(time as u64);
    loop {
        let path = folder.join(format!("{PREFIX}{second:010}.medley"));
        match OpenOptions::new().create_new(true).append(true).open(&path) {
            Ok(mut file) => {
                let version = Message::default().double(1, time).bytes(3, b"brain.Event:2");
                file.write_all(&version.record()).map_err(RunError::io("write", &path))?;
                return Ok((file, path));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => second += 1,
            Err(error) => return Err(RunError::io("create", &path)(error)),
        }
    }
}
