//! Measurements as tables.

use super::{ImageMeasure, ObjectMeasure, Scale};
use crate::dataset::formats::TableError;

/// An object with its place.
#[derive(Clone, Copy, Debug)]
pub struct ObjectRow<'a> {
    /// Name of the image.
    pub file: &'a str,
    /// Slice, from 0.
    pub slice: u32,
    /// Number in the slice, from 1.
    pub number: usize,
    /// Name of its class.
    pub class: &'a str,
    /// Found by the model, not labelled.
    pub predicted: bool,
    /// The unit of its lengths.
    pub scale: Scale,
    /// The numbers.
    pub object: &'a ObjectMeasure,
}

/// A class of an image with its place.
#[derive(Clone, Copy, Debug)]
pub struct ImageRow<'a> {
    /// Name of the image.
    pub file: &'a str,
    /// Slice, from 0.
    pub slice: u32,
    /// Name of the class.
    pub class: &'a str,
    /// Found by the model, not labelled.
    pub predicted: bool,
    /// The unit of its lengths.
    pub scale: Scale,
    /// The numbers.
    pub measure: ImageMeasure,
}

/// A row per object. Units stand in a column of their own, because images may differ in them; positions are pixels.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn objects_csv(rows: &[ObjectRow]) -> Result<Vec<u8>, TableError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "file", "slice", "number", "class", "source", "pixels", "area", "length", "unit", "mean", "score",
        "x", "y", "left", "top", "right", "bottom",
    ])?;
    for ObjectRow { file, slice, number, class, predicted, scale, object } in rows {
        let optional = |number: Option<f64>| number.map(round).unwrap_or_default();
        let [left, top, right, bottom] = object.bounds.map(round);
        let [x, y] = object.centre.map(round);
        writer.write_record([
            (*file).to_owned(),
            slice.to_string(),
            number.to_string(),
            (*class).to_owned(),
            source(*predicted).to_owned(),
            object.pixels.to_string(),
            round(object.area),
            round(object.length),
            scale.unit().to_owned(),
            optional(object.mean),
            optional(object.score.map(f64::from)),
            x,
            y,
            left,
            top,
            right,
            bottom,
        ])?;
    }
    finish(writer)
}

/// A row per image and class.
///
/// # Errors
/// [`TableError::Csv`] when the table cannot be written.
pub fn images_csv(rows: &[ImageRow]) -> Result<Vec<u8>, TableError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["file", "slice", "class", "source", "objects", "area", "unit", "share"])?;
    for ImageRow { file, slice, class, predicted, scale, measure } in rows {
        writer.write_record([
            (*file).to_owned(),
            slice.to_string(),
            (*class).to_owned(),
            source(*predicted).to_owned(),
            measure.objects.to_string(),
            round(measure.area),
            scale.unit().to_owned(),
            round(measure.share),
        ])?;
    }
    finish(writer)
}

fn source(predicted: bool) -> &'static str {
    if predicted { "prediction" } else { "label" }
}

/// Six significant digits: more than any of the measurements has.
fn round(number: f64) -> String {
    let digits = if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 };
    let factor = 10_f64.powi(5 - digits);
    let rounded = (number * factor).round() / factor;
    if rounded.is_finite() { rounded.to_string() } else { number.to_string() }
}

fn finish(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, TableError> {
    writer.into_inner().map_err(|error| TableError::Csv(error.into_error().into()))
}
