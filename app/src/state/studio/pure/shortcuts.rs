//! What a key does in the studio.

/// A tool for the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Moves the image.
    Move,
    /// Paints the chosen class.
    #[default]
    Brush,
    /// Takes labels away.
    Eraser,
    /// Paints the inside of a polygon.
    Polygon,
    /// Fills connected pixels.
    Fill,
    /// Draws and changes boxes.
    Box,
    /// Takes the object that the model proposes.
    Smart,
}

impl Tool {
    /// In the order of their buttons.
    pub const ALL: [Self; 7] =
        [Self::Move, Self::Brush, Self::Eraser, Self::Polygon, Self::Fill, Self::Box, Self::Smart];

    /// The word in the page's attributes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Brush => "brush",
            Self::Eraser => "eraser",
            Self::Polygon => "polygon",
            Self::Fill => "fill",
            Self::Box => "box",
            Self::Smart => "smart",
        }
    }

    /// Its key.
    pub fn key(self) -> char {
        match self {
            Self::Move => 'V',
            Self::Brush => 'B',
            Self::Eraser => 'E',
            Self::Polygon => 'P',
            Self::Fill => 'F',
            Self::Box => 'R',
            Self::Smart => 'G',
        }
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take a tool.
    Take(Tool),
    /// A smaller brush.
    Smaller,
    /// A larger brush.
    Larger,
    /// The class with this place, from 0.
    Class(usize),
    /// Take the last change back.
    Undo,
    /// Make it again.
    Redo,
    /// The slice before.
    SliceBack,
    /// The slice after.
    SliceOn,
    /// The image before.
    ImageBack,
    /// The image after.
    ImageOn,
    /// Take the prediction as label.
    Accept,
    /// Hide the overlay while the key is held.
    Hide,
    /// Start fine-tuning.
    Tune,
    /// Open the help sheet.
    Help,
    /// Delete the chosen box, or the polygon's last corner.
    Delete,
    /// Close the polygon.
    Finish,
    /// Give up what was begun.
    Cancel,
    /// Zoom in.
    ZoomIn,
    /// Zoom out.
    ZoomOut,
    /// Show the whole image.
    Fit,
}

/// A key as the browser names it, with the modifiers that count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stroke<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// Ctrl or ⌘.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or Option.
    pub alt: bool,
}

/// What the stroke asks for, if anything.
pub fn command(stroke: Stroke) -> Option<Command> {
    let lower = stroke.key.to_lowercase();
    if stroke.alt {
        return None;
    }
    if stroke.command {
        return match lower.as_str() {
            "z" if stroke.shift => Some(Command::Redo),
            "z" => Some(Command::Undo),
            "y" => Some(Command::Redo),
            _ => None,
        };
    }
    if let Some(digit) = lower.parse::<usize>().ok().filter(|_| lower.len() == 1) {
        return Some(if digit == 0 { Command::Fit } else { Command::Class(digit - 1) });
    }
    if let Some(tool) = Tool::ALL.into_iter().find(|tool| tool.key().to_string().to_lowercase() == lower) {
        return Some(Command::Take(tool));
    }
    Some(match lower.as_str() {
        "[" => Command::Smaller,
        "]" => Command::Larger,
        "," => Command::SliceBack,
        "." => Command::SliceOn,
        "arrowleft" => Command::ImageBack,
        "arrowright" => Command::ImageOn,
        "a" => Command::Accept,
        "h" => Command::Hide,
        "t" => Command::Tune,
        "?" => Command::Help,
        "delete" | "backspace" => Command::Delete,
        "enter" => Command::Finish,
        "escape" => Command::Cancel,
        "+" | "=" => Command::ZoomIn,
        "-" => Command::ZoomOut,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Command, Stroke, Tool, command};

    fn plain(key: &str) -> Option<Command> {
        command(Stroke { key, ..Stroke::default() })
    }

    #[test]
    fn every_tool_has_a_key_of_its_own() {
        for tool in Tool::ALL {
            let key = tool.key().to_string();
            assert_eq!(plain(&key), Some(Command::Take(tool)));
            assert_eq!(plain(&key.to_lowercase()), Some(Command::Take(tool)));
        }
    }

    #[test]
    fn undo_and_redo_need_a_modifier() {
        let held = |key, shift| command(Stroke { key, command: true, shift, alt: false });
        assert_eq!(held("z", false), Some(Command::Undo));
        assert_eq!(held("Z", true), Some(Command::Redo));
        assert_eq!(plain("z"), None);
        assert_eq!(held("b", false), None, "the browser keeps its own keys");
    }

    #[test]
    fn digits_choose_classes() {
        assert_eq!(plain("1"), Some(Command::Class(0)));
        assert_eq!(plain("9"), Some(Command::Class(8)));
        assert_eq!(plain("0"), Some(Command::Fit));
        assert_eq!(plain("F5"), None);
    }
}
