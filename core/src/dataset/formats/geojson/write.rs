//! Objects as `GeoJSON`.

use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject, Position};
use serde_json::json;

use super::{GeoJsonError, IGNORED};
use crate::dataset::class_color;
use crate::dataset::objects::{Area, Polygon, mask_value};

/// The objects of one image as a `FeatureCollection` that `QuPath` opens as annotations, with the colours of
/// [`class_color`]. `classes` are without background; a class beyond them is written as its number.
///
/// # Errors
/// [`GeoJsonError::Json`] for numbers that JSON does not have.
pub fn write(areas: &[Area], classes: &[String]) -> Result<Vec<u8>, GeoJsonError> {
    let features: FeatureCollection = areas.iter().map(|area| feature(area, classes)).collect();
    Ok(serde_json::to_vec(&features)?)
}

fn feature(area: &Area, classes: &[String]) -> Feature {
    let (name, color) = match area.class {
        Some(class) => {
            (classes.get(class).cloned().unwrap_or_else(|| class.to_string()), class_color(mask_value(class)))
        }
        None => (IGNORED.to_owned(), [180; 3]),
    };
    let mut properties = JsonObject::new();
    properties.insert("objectType".to_owned(), json!("annotation"));
    properties.insert("classification".to_owned(), json!({ "name": name, "color": color }));
    let geometry = match &area.polygons[..] {
        [polygon] => GeometryValue::Polygon { coordinates: rings(polygon) },
        polygons => GeometryValue::MultiPolygon { coordinates: polygons.iter().map(rings).collect() },
    };
    Feature { geometry: Some(Geometry::new(geometry)), properties: Some(properties), ..Feature::default() }
}

/// Rings whose last point repeats the first.
fn rings(polygon: &Polygon) -> Vec<Vec<Position>> {
    let closed =
        |ring: &Vec<[f64; 2]>| ring.iter().chain(ring.first()).map(|point| Position::from(*point)).collect();
    polygon.rings.iter().map(closed).collect()
}
