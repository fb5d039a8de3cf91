//! Objects in label images: instance masks, connected parts, outlines and areas.

mod area;
mod components;
mod instances;
mod outline;
mod polygon;

pub(in crate::dataset) use area::mask_value;
pub use area::{Area, AreaError, areas_to_boxes, areas_to_instances, areas_to_mask};
pub use components::{Connectivity, components};
pub use instances::Instances;
pub use outline::outlines;
pub use polygon::{Polygon, PolygonError, Span};
