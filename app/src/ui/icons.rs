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
    /// A folder.
    Folder,
    /// A tick.
    Check,
    /// A bin.
    Bin,
    /// A ruler.
    Ruler,
    /// Four arrows.
    Move,
    /// A brush.
    Brush,
    /// An eraser.
    Eraser,
    /// A polygon.
    Polygon,
    /// A pot of paint.
    Fill,
    /// A rectangle with corners.
    Box,
    /// A star over an object.
    Smart,
    /// An arrow back.
    Undo,
    /// An arrow on.
    Redo,
    /// A table.
    Table,
    /// A corner to the left.
    Back,
    /// A corner to the right.
    On,
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
            Self::Folder => "M2.5 6V4.5h5l1.8 2h8.2v9.5h-15z",
            Self::Check => "M4 10.5l4 4l8-9",
            Self::Bin => "M4 6h12M8 6V4h4v2M5.5 6l.8 11h7.4l.8-11M8.5 9v5M11.5 9v5",
            Self::Ruler => "M2.5 13l10.5-10.5l4.5 4.5L7 17.5zM6 9.5l1.8 1.8M8.5 7l2.5 2.5M11 4.5l1.8 1.8",
            Self::Move => {
                "M10 2.5v15M2.5 10h15M10 2.5l-2 2M10 2.5l2 2M10 17.5l-2-2M10 17.5l2-2M2.5 10l2-2M2.5 10l2 2M17.5 10l-2-2M17.5 10l-2 2"
            }
            Self::Brush => {
                "M16.8 3.2c-3 1.2-6.6 5-8.3 7.8l1.8 1.7c2.7-1.7 5.6-5.5 6.5-9.500zM7.6 11.800c-2.2 0-2.6 1.7-2.8 3c-.1.9-.8 1.5-1.8 1.700c2.8 1 6.3.3 6.3-2.700z"
            }
            Self::Eraser => {
                "M7.5 16.500l-4.5-4.500l8-8.500l5.5 5.500l-7.5 7.500zM7.2 7.600l5.5 5.500M9 16.500h8"
            }
            Self::Polygon => "M10 3l7 5.200l-2.7 8.300h-8.600L3 8.200z",
            Self::Fill => {
                "M9.5 3.500l7 7l-6.5 6l-6.8-6.500zM7.5 2l3.5 3.500M3.5 10h12.500M17.5 13.500c1 1.5 1 3 0 3s-1-1.5 0-3z"
            }
            Self::Box => {
                "M4 5h12v10H4zM2.8 5h2.400M4 3.800v2.400M14.8 15h2.400M16 13.800v2.400M14.8 5h2.400M16 3.800v2.400M2.8 15h2.400M4 13.800v2.4"
            }
            Self::Smart => {
                "M8 8.500a4.5 4.5 0 1 0 4 7.500M13.5 2.500l1.2 3.300l3.3 1.200l-3.3 1.200l-1.2 3.300l-1.2-3.300L9 7l3.3-1.200z"
            }
            Self::Undo => "M4 8h8a4.5 4.5 0 0 1 0 9H8M4 8l3.5-3.500M4 8l3.5 3.5",
            Self::Redo => "M16 8H8a4.5 4.5 0 0 0 0 9h4M16 8l-3.5-3.500M16 8l-3.5 3.5",
            Self::Back => "M12.5 4l-6 6l6 6",
            Self::On => "M7.5 4l6 6l-6 6",
            Self::Table => "M3 4h14v12H3zM3 8h14M3 12h14M8.5 4v12",
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
