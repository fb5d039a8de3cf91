//! COCO's JSON as it is written.

use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
pub(super) struct Document {
    pub images: Vec<ImageEntry>,
    pub annotations: Vec<Annotation>,
    pub categories: Vec<Category>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct ImageEntry {
    pub id: u64,
    pub file_name: String,
    pub width: u32,
    pub height: u32,
}

#[derive(Deserialize, Serialize)]
pub(super) struct Annotation {
    #[serde(skip_deserializing)]
    pub id: u64,
    pub image_id: u64,
    pub category_id: u64,
    #[serde(default)]
    pub bbox: Option<[f64; 4]>,
    #[serde(skip_deserializing)]
    pub area: f64,
    #[serde(default)]
    pub iscrowd: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segmentation: Option<Segmentation>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
}

#[derive(Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "segmentation must be a list of polygons ([[x, y, x, y, ...], ...]) or a run-length code \
                 ({\"size\": [rows, columns], \"counts\": ...})"
)]
pub(super) enum Segmentation {
    Rle(RleEntry),
    Polygons(Vec<Vec<f64>>),
}

/// Size is rows, columns.
#[derive(Deserialize, Serialize)]
pub(super) struct RleEntry {
    pub size: [u32; 2],
    pub counts: Counts,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Counts {
    Text(String),
    List(Vec<u32>),
}

#[derive(Deserialize, Serialize)]
pub(super) struct Category {
    pub id: u64,
    pub name: String,
}
