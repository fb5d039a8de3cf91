//! Line icons, 20 x 20, in the colour of the text.

use leptos::prelude::*;

/// Which drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A sun and a moon in one.
    Theme,
    /// A question mark.
    Help,
    /// A plus.
    Plus,
    /// A minus.
    Minus,
    /// A frame's corners.
    Fit,
    /// An eye.
    Eye,
    /// A cross.
    Close,
    /// A closed lock.
    Lock,
    /// Three lines.
    List,
    /// Two sliders.
    Sliders,
    /// An arrow down to a line.
    Download,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Theme => "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM10 3v14M10 6a4 4 0 0 1 0 8M10 10h4",
            Self::Help => "M7.2 7.4a2.9 2.9 0 1 1 4.3 2.5c-1 .6-1.5 1.1-1.5 2.3M10 15v.2",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Minus => "M4 10h12",
            Self::Fit => "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
            Self::Eye => {
                "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 7.6a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 0 0 0-4.8z"
            }
            Self::Close => "M5 5l10 10M15 5L5 15",
            Self::Lock => "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
            Self::List => "M3 5h14M3 10h14M3 15h14",
            Self::Sliders => "M3 6h7M14 6h3M12 4v4M3 14h3M10 14h7M8 12v4",
            Self::Download => "M10 3v9M6 9l4 4l4-4M4 17h12",
        }
    }
}

/// Draws it; the button around it carries the name.
#[component]
pub fn Glyph(
    /// Which.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="glyph" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d=icon.path() fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
