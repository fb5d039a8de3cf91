//! What can be wrong with COCO annotations.

use thiserror::Error;

use super::RleError;

/// Why annotations cannot be used.
#[derive(Debug, Error)]
pub enum CocoError {
    /// Not JSON, or not of COCO's form.
    #[error("not valid COCO JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A category that is no class.
    #[error(
        "category {id} ({name:?}) is none of the classes in dataset.json ({classes}); correct one of the two"
    )]
    Category {
        /// Its id.
        id: u64,
        /// Its name.
        name: String,
        /// The classes there are.
        classes: String,
    },
    /// An annotation refers to something that is not there.
    #[error("annotation {annotation} refers to {what} {id}, which is not in the file")]
    Missing {
        /// Position in the list of annotations, from 0.
        annotation: usize,
        /// `image` or `category`.
        what: &'static str,
        /// The id that is missing.
        id: u64,
    },
    /// A box that is none.
    #[error(
        "annotation {annotation}: the box {bbox:?} must be x, y, width, height in pixels, \
         with an area inside the image; correct or remove it"
    )]
    Box {
        /// Position in the list of annotations, from 0.
        annotation: usize,
        /// As found.
        bbox: [f64; 4],
    },
    /// An outline that is none.
    #[error("annotation {annotation}: the segmentation cannot be used: {source}")]
    Outline {
        /// Position in the list of annotations, from 0.
        annotation: usize,
        /// Why.
        source: OutlineError,
    },
    /// An image entry that is not usable.
    #[error("image {id} ({file:?}): {problem}")]
    Image {
        /// Its id.
        id: u64,
        /// Its name.
        file: String,
        /// What is wrong.
        problem: &'static str,
    },
}

/// Why an outline cannot be used.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OutlineError {
    /// Too few or too many numbers.
    #[error("a polygon has {numbers} numbers; it needs x and y of at least three points")]
    Points {
        /// Numbers found.
        numbers: usize,
    },
    /// Of another image.
    #[error(
        "it is for {columns} columns and {rows} rows, but the image has {width} and {height}; \
         write it for this image"
    )]
    Size {
        /// Its columns.
        columns: u32,
        /// Its rows.
        rows: u32,
        /// Columns of the image.
        width: usize,
        /// Rows of the image.
        height: usize,
    },
    /// A bad run-length code.
    #[error(transparent)]
    Rle(#[from] RleError),
    /// A polygon that cannot be drawn.
    #[error(
        "a polygon leads to positions that no image has, or is absurdly long for this image; \
         correct, simplify or remove it"
    )]
    Polygon,
}
