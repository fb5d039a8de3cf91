//! Changes of labels, and what they led to.

use serde::{Deserialize, Serialize};

use super::{EntryCard, EntryId, TaskId};

/// A change of labels of one slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// Some pixels take a label. In the buffer, per pixel of the rectangle, row by row: 1 where it takes the label, 0
    /// where it stays as it is. The page shows it already.
    Paint {
        /// All pixels that take it lie in it.
        rect: Rect,
        /// The label, [`UNLABELLED`](super::UNLABELLED) among them.
        label: u8,
    },
    /// The inside of a polygon; corners in pixels.
    Polygon {
        /// Corners, (x, y).
        points: Vec<(f32, f32)>,
        /// New label, [`UNLABELLED`](super::UNLABELLED) among them.
        class: u8,
    },
    /// The connected pixels of the same label around a pixel.
    Flood {
        /// Column.
        x: u32,
        /// Row.
        y: u32,
        /// New label.
        class: u8,
    },
    /// The object around a pixel that the model's pixel embedding proposes.
    Smart {
        /// Column.
        x: u32,
        /// Row.
        y: u32,
        /// New label.
        class: u8,
        /// How far pixels may differ from the one clicked: 0 takes nearly nothing, 1 nearly all.
        reach: f32,
    },
    /// What the model says becomes the label. Boxes below the score are left out.
    Accept {
        /// Least score of a box.
        score: f32,
        /// What was labelled by hand stays, instead of being replaced: a prediction fills what is unlabelled and replaces
        /// what an earlier one gave. A box is added where it overlaps none by half.
        only_unlabelled: bool,
    },
    /// All labels of the slice go away.
    Clear,
    /// All boxes of the slice.
    Boxes(Vec<LabelBox>),
    /// The class of the image, by its [number](ProjectClass::id); none takes it away.
    Class(Option<u8>),
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// Left column.
    pub x: u32,
    /// Top row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// A box that a person drew, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
    /// [Number](ProjectClass::id) of its class.
    pub class: u8,
}

/// What an edit led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditState {
    /// The image.
    pub entry: EntryId,
    /// The slice.
    pub slice: u32,
    /// The task.
    pub task: TaskId,
    /// What has changed of a mask; its pixels are in the buffer, unless the page painted them itself.
    pub rect: Option<Rect>,
    /// All boxes, where the task is a detection.
    pub boxes: Option<Vec<LabelBox>>,
    /// The class, where the task is a classification.
    pub class: Option<u8>,
    /// The entry's card afterwards.
    pub card: EntryCard,
    /// There is something to take back.
    pub can_undo: bool,
    /// There is something to make again.
    pub can_redo: bool,
}
