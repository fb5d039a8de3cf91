//! The page's words. Every language is a value of the one struct [`Words`], so that a missing word does
//! not compile.

mod en;
mod ja;
mod names;
mod numbers;
mod runs;
mod studio;

pub use names::{class_name, task_name};
pub use numbers::{count, megabytes, milliseconds, percent, seconds, three_digits};
pub use runs::RunWords;
pub use studio::StudioWords;

use crate::worker::messages::{LoadFailure, Scene};

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 日本語.
    Japanese,
}

impl Language {
    /// As in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// The language for a tag such as `ja-JP`; English where it is another.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_lowercase().starts_with("ja") { Self::Japanese } else { Self::English }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Japanese,
            Self::Japanese => Self::English,
        }
    }

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::Japanese => &ja::WORDS,
        }
    }
}

/// Everything the page says.
pub struct Words {
    /// The browser tab's title.
    pub title: &'static str,
    /// The other language, in that language.
    pub switch_language: &'static str,
    /// Name of the button that changes the colours.
    pub switch_theme: &'static str,
    /// Name of the help button and panel.
    pub help: &'static str,
    /// Close a panel or message.
    pub close: &'static str,
    /// There is no network.
    pub offline: &'static str,
    /// And it is not needed.
    pub offline_hint: &'static str,
    /// A newer page has been fetched.
    pub update_ready: &'static str,
    /// Uses it.
    pub update_reload: &'static str,

    /// Heading of the built-in images.
    pub samples: &'static str,
    /// Name of a built-in image.
    pub scene: fn(Scene) -> &'static str,
    /// Heading of the visitor's images.
    pub your_images: &'static str,
    /// Button that opens files.
    pub add_images: &'static str,
    /// What else works.
    pub drop_hint: &'static str,
    /// Over the picture while a file is dragged.
    pub drop_here: &'static str,
    /// The promise.
    pub privacy: &'static str,
    /// The other promise.
    pub not_medical: &'static str,

    /// Name of the picture's region.
    pub picture: &'static str,
    /// What the picture's canvas is, for those who cannot see it.
    pub canvas: fn(name: &str, width: u32, height: u32) -> String,
    /// Before the first picture.
    pub no_picture: &'static str,
    /// Zoom button.
    pub zoom_in: &'static str,
    /// Zoom button.
    pub zoom_out: &'static str,
    /// Zoom button.
    pub fit: &'static str,
    /// Button held to hide the overlay.
    pub hide_overlay: &'static str,

    /// Heading of the task panel.
    pub task: &'static str,
    /// Label type.
    pub segmentation: &'static str,
    /// Label type.
    pub detection: &'static str,
    /// Label type.
    pub classification: &'static str,
    /// Heading of the legend.
    pub classes: &'static str,
    /// Heading of the result.
    pub result: &'static str,
    /// While the model computes.
    pub computing: &'static str,
    /// Under a number of objects.
    pub objects: fn(usize) -> &'static str,
    /// The count and its noun, for the status line.
    pub count: fn(usize) -> String,
    /// The most probable class and its probability, for the status line.
    pub best: fn(class: &str, probability: &str) -> String,
    /// Where and how long: `0.38 s on the CPU`.
    pub took: fn(seconds: &str, device: &str) -> String,
    /// The slider of the overlay.
    pub opacity: &'static str,
    /// The slider of the boxes.
    pub score_at_least: &'static str,
    /// Heading of the bars.
    pub probabilities: &'static str,
    /// Share of the picture, in the legend.
    pub of_picture: fn(&str) -> String,
    /// Link that saves the mask.
    pub download_mask: &'static str,
    /// Where nothing was found.
    pub nothing_found: &'static str,
    /// Before the first result.
    pub no_result: &'static str,
    /// A caution beside every result.
    pub caution: &'static str,

    /// Start-up: the page's own code is on its way.
    pub starting: &'static str,
    /// Start-up: the model is on its way.
    pub downloading: &'static str,
    /// Progress of the download, where the total is known.
    pub of_total: fn(received: &str, total: &str) -> String,
    /// Start-up: the GPU is tried.
    pub preparing_gpu: &'static str,
    /// All is ready.
    pub ready: &'static str,
    /// Name of the CPU.
    pub cpu: &'static str,
    /// Name of the GPU.
    pub gpu: &'static str,
    /// Heading of the device panel.
    pub device: &'static str,
    /// Button.
    pub copy: &'static str,
    /// After the button.
    pub copied: &'static str,
    /// The check's conclusions, in one line each.
    pub verdict: VerdictWords,
    /// Rows of the device panel.
    pub report: ReportWords,

    /// Why there is no model, and what to do.
    pub load_failed: fn(&LoadFailure) -> String,
    /// Button after a failure.
    pub try_again: &'static str,
    /// Why a file was not opened, and what would work.
    pub refused: RefusedWords,
    /// The model could not answer.
    pub predict_failed: fn(&str) -> String,
    /// The Worker ended; a new one is starting.
    pub restarting: &'static str,
    /// The Worker ended too often.
    pub stopped: &'static str,

    /// About runs.
    pub runs: RunWords,
    /// About the studio.
    pub studio: StudioWords,
    /// Rows of the help panel.
    pub keys: KeyWords,
    /// Drawer button.
    pub show_images: &'static str,
    /// Drawer button.
    pub show_task: &'static str,
}

/// Conclusions of the start-up check.
pub struct VerdictWords {
    /// The GPU is used.
    pub gpu_faster: &'static str,
    /// The CPU is used although the GPU works.
    pub gpu_slower: &'static str,
    /// The GPU computes wrongly.
    pub gpu_wrong: &'static str,
    /// The GPU is an emulation.
    pub gpu_software: &'static str,
    /// There is no WebGPU.
    pub no_gpu: &'static str,
    /// The GPU failed.
    pub gpu_failed: &'static str,
    /// The address decided.
    pub forced: &'static str,
    /// The check has not ended.
    pub checking: &'static str,
}

/// Rows of the device panel.
pub struct ReportWords {
    /// Chosen device.
    pub chosen: &'static str,
    /// Adapter.
    pub adapter: &'static str,
    /// The browser does not name the adapter.
    pub unnamed: &'static str,
    /// Largest difference and its limit.
    pub difference: &'static str,
    /// Passed.
    pub passed: &'static str,
    /// Not passed.
    pub failed: &'static str,
    /// Speed row of the CPU.
    pub cpu_time: fn(side: u32) -> String,
    /// Speed row of the GPU.
    pub gpu_time: fn(side: u32) -> String,
    /// Version row.
    pub version: &'static str,
    /// Model row.
    pub model: &'static str,
    /// Row: the studio's storage and how many images are in it.
    pub storage: &'static str,
    /// Row: what the GPU can do.
    pub features: &'static str,
    /// Row: connections to other computers.
    pub connections: &'static str,
    /// Browser row.
    pub browser: &'static str,
    /// An error text.
    pub reason: &'static str,
}

/// Why a file was not opened.
pub struct RefusedWords {
    /// None of the formats that are read.
    pub format: fn(name: &str) -> String,
    /// The decoder stopped: damaged, or a kind of the format that is not read.
    pub damaged: fn(name: &str) -> String,
    /// Too many pixels.
    pub too_large: fn(name: &str, width: u32, height: u32, limit: u32) -> String,
    /// The offer to make it smaller.
    pub scale_to: fn(width: u32, height: u32) -> String,
    /// The browser could not read the file.
    pub unreadable: fn(name: &str) -> String,
    /// The clipboard or the drop held no file.
    pub no_file: &'static str,
    /// Name of an image that came from the clipboard.
    pub pasted: &'static str,
}

/// Rows of the help panel.
pub struct KeyWords {
    /// What the page does, in a sentence or two.
    pub intro: &'static str,
    /// Heading.
    pub heading: &'static str,
    /// Wheel.
    pub wheel: &'static str,
    /// Zoom.
    pub zoom: &'static str,
    /// Drag.
    pub drag: &'static str,
    /// Pan.
    pub pan: &'static str,
    /// Arrows.
    pub arrows: &'static str,
    /// Fit.
    pub fit: &'static str,
    /// Hide.
    pub hide: &'static str,
    /// Paste key.
    pub paste_key: &'static str,
    /// Paste.
    pub paste: &'static str,
    /// Help.
    pub help: &'static str,
}
