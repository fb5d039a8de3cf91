//! Objects out of `GeoJSON`.

use geojson::{Feature, GeoJson, GeometryValue, JsonObject, JsonValue, PolygonType};

use super::{GeoJsonError, IGNORED};
use crate::dataset::objects::{Area, Polygon};

/// Reads the objects of one image; `classes` are without background. No object is a valid answer. Whether the outlines can
/// be drawn in the image is found out when they are.
///
/// # Errors
/// [`GeoJsonError`], naming the feature.
pub fn parse(bytes: &[u8], classes: &[String]) -> Result<Vec<Area>, GeoJsonError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let features: Vec<Feature> = if bytes.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(bytes)?
    } else {
        match serde_json::from_slice(bytes)? {
            GeoJson::FeatureCollection(collection) => collection.features,
            GeoJson::Feature(feature) => vec![feature],
            GeoJson::Geometry(_) => return Err(GeoJsonError::Bare),
        }
    };
    features.into_iter().enumerate().map(|(index, feature)| area(index, feature, classes)).collect()
}

fn area(index: usize, feature: Feature, classes: &[String]) -> Result<Area, GeoJsonError> {
    let name = feature.properties.as_ref().and_then(class_name);
    let class = match name {
        Some(name) if name == IGNORED => None,
        Some(name) => match classes.iter().position(|class| *class == name) {
            Some(class) => Some(class),
            None => return Err(GeoJsonError::Class { feature: index, name, classes: classes.join(", ") }),
        },
        None if classes.len() == 1 => Some(0),
        None => return Err(GeoJsonError::Unclassified { feature: index, classes: classes.join(", ") }),
    };
    let kind = |kind| GeoJsonError::Kind { feature: index, kind };
    let geometry = feature.geometry.ok_or(kind("feature without a geometry"))?;
    let parts = match geometry.value {
        GeometryValue::Polygon { coordinates } => vec![coordinates],
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        other => return Err(kind(other.type_name())),
    };
    let polygons = parts.into_iter().map(polygon).collect::<Option<Vec<_>>>();
    let polygons = polygons.filter(|parts| !parts.is_empty()).ok_or(GeoJsonError::Ring { feature: index })?;
    Ok(Area { class, polygons })
}

fn polygon(rings: PolygonType) -> Option<Polygon> {
    let ring = |points: Vec<geojson::Position>| {
        let mut ring = points
            .iter()
            .map(|point| match point.as_slice() {
                [x, y, ..] => Some([*x, *y]),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()?;
        // The last point repeats the first.
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        (ring.len() >= 3).then_some(ring)
    };
    let rings = rings.into_iter().map(ring).collect::<Option<Vec<_>>>()?;
    (!rings.is_empty()).then_some(Polygon { rings })
}

/// `classification.name`, or its `names` joined; `None` where the object has no class.
fn class_name(properties: &JsonObject) -> Option<String> {
    let classification = properties.get("classification")?;
    if let Some(name) = classification.get("name").and_then(JsonValue::as_str) {
        return Some(name.to_owned());
    }
    let names = classification.get("names")?.as_array()?;
    let names: Vec<&str> = names.iter().filter_map(JsonValue::as_str).collect();
    (!names.is_empty()).then(|| names.join(": "))
}
