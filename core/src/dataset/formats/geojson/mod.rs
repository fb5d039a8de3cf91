//! `GeoJSON` as `QuPath` reads and writes it: the outlined objects of one image.
//!
//! A `FeatureCollection`, a bare list of features, or one feature. Areas are read (`Polygon`, `MultiPolygon`, with holes;
//! rectangles and ellipses are polygons too), in pixels of the full image with (0, 0) at the outer corner of the first
//! one. The class is `properties.classification.name`, derived classes joined by `": "`. `QuPath`'s class `Ignore*` marks
//! regions that shall not count. Where there is one class only, objects without a class are of it.

mod read;
mod write;

use thiserror::Error;

pub use read::parse;
pub use write::write;

/// Why a file cannot be used. Features are counted from 0.
#[derive(Debug, Error)]
pub enum GeoJsonError {
    /// Not JSON, or not of this form.
    #[error("not valid GeoJSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A shape without its properties.
    #[error("this is a bare geometry; export the objects as a FeatureCollection, which has their classes")]
    Bare,
    /// Not an area.
    #[error("feature {feature} is a {kind}, which has no area; outline the object, or leave the feature out")]
    Kind {
        /// Which one.
        feature: usize,
        /// What it is.
        kind: &'static str,
    },
    /// A ring that is none.
    #[error("feature {feature}: each ring needs at least three points of x and y; correct or remove it")]
    Ring {
        /// Which one.
        feature: usize,
    },
    /// Without a class.
    #[error("feature {feature} has no class; set one of {classes}")]
    Unclassified {
        /// Which one.
        feature: usize,
        /// The classes there are.
        classes: String,
    },
    /// A class that is none.
    #[error(
        "feature {feature}: {name:?} is none of the classes in dataset.json ({classes}); correct one of the two"
    )]
    Class {
        /// Which one.
        feature: usize,
        /// As found.
        name: String,
        /// The classes there are.
        classes: String,
    },
}

/// `QuPath`'s name for regions that shall not count.
const IGNORED: &str = "Ignore*";

#[cfg(test)]
mod tests;
