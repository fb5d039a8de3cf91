//! Language and colours, remembered; and what the page's address asks for.

use leptos::prelude::*;
use web_sys::UrlSearchParams;

use super::App;
use crate::locales::Language;
use crate::worker::messages::{DeviceKind, Scene};

const LANGUAGE_KEY: &str = "medley.language";
const THEME_KEY: &str = "medley.theme";

/// The page's colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// As in `<html data-theme>`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What the address asks for: `?device=cpu&sample=fluorescence&size=64&lang=ja&task=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Compute here, whatever the probe says.
    pub device: Option<DeviceKind>,
    /// The sample that opens first.
    pub sample: Option<Scene>,
    /// Side of the samples in pixels.
    pub size: Option<u32>,
    /// Language.
    pub language: Option<Language>,
    /// The task that is chosen first.
    pub task: Option<String>,
}

impl Address {
    /// Reads the browser's address.
    pub fn read() -> Self {
        let search = window().location().search().unwrap_or_default();
        let Ok(params) = UrlSearchParams::new_with_str(&search) else { return Self::default() };
        Self {
            device: params.get("device").and_then(|id| DeviceKind::from_id(&id)),
            sample: params.get("sample").and_then(|id| Scene::from_id(&id)),
            size: params.get("size").and_then(|n| n.parse().ok()).filter(|n| (32..=2048).contains(n)),
            language: params.get("lang").map(|tag| Language::from_tag(&tag)),
            task: params.get("task"),
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The address's, else the remembered, else the browser's language.
pub fn initial_language(address: &Address) -> Language {
    let remembered = storage().and_then(|storage| storage.get_item(LANGUAGE_KEY).ok().flatten());
    let tag = remembered.or_else(|| window().navigator().language()).unwrap_or_default();
    address.language.unwrap_or_else(|| Language::from_tag(&tag))
}

/// The remembered, else the system's colours.
pub fn initial_theme() -> Theme {
    let remembered = storage().and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
    let dark = match remembered.as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|m| m.matches()),
    };
    if dark { Theme::Dark } else { Theme::Light }
}

impl App {
    /// Switches to the other language and remembers it.
    pub fn switch_language(self) {
        self.language.update(|language| *language = language.other());
        remember(LANGUAGE_KEY, self.language.get_untracked().tag());
    }

    /// Switches between light and dark and remembers it.
    pub fn switch_theme(self) {
        let theme = if self.theme.get_untracked() == Theme::Dark { Theme::Light } else { Theme::Dark };
        self.theme.set(theme);
        remember(THEME_KEY, theme.id());
    }
}

fn remember(key: &str, value: &str) {
    // Where storage is refused the choice lasts as long as the page, which is no reason to complain.
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}
