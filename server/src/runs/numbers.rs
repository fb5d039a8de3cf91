//! Numbers that JSON cannot hold: `null` is read back as NaN.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// A number, or `null` for one that is not finite.
#[derive(Deserialize)]
#[serde(transparent)]
struct OrNan<T>(Option<T>);

impl From<OrNan<f32>> for f32 {
    fn from(value: OrNan<Self>) -> Self {
        value.0.unwrap_or(Self::NAN)
    }
}

impl From<OrNan<f64>> for f64 {
    fn from(value: OrNan<Self>) -> Self {
        value.0.unwrap_or(Self::NAN)
    }
}

fn vector(values: Vec<OrNan<f32>>) -> Vec<f32> {
    values.into_iter().map(f32::from).collect()
}

pub(super) fn vec_or_nan<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
    Vec::deserialize(from).map(vector)
}

pub(super) fn rows_or_nan<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Vec<f32>>, D::Error> {
    let rows: Vec<Vec<OrNan<f32>>> = Vec::deserialize(from)?;
    Ok(rows.into_iter().map(vector).collect())
}

pub(super) fn map_or_nan<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, f32>, D::Error> {
    let map: BTreeMap<String, OrNan<f32>> = BTreeMap::deserialize(from)?;
    Ok(map.into_iter().map(|(name, value)| (name, value.into())).collect())
}

pub(super) fn nested_map_or_nan<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, BTreeMap<String, f64>>, D::Error> {
    let maps: BTreeMap<String, BTreeMap<String, OrNan<f64>>> = BTreeMap::deserialize(from)?;
    let numbers =
        |map: BTreeMap<String, OrNan<f64>>| map.into_iter().map(|(name, v)| (name, v.into())).collect();
    Ok(maps.into_iter().map(|(name, map)| (name, numbers(map))).collect())
}
