//! What the model learns from: samples with targets, tasks, manifests, augmentation, batches.

mod augment;
mod batch;
mod display;
pub mod formats;
mod label_volume;
mod license;
mod manifest;
pub mod objects;
mod order;
mod palette;
mod prepared;
mod sample;
mod scaling;
mod split;
mod subset;
mod task;

pub use augment::{AugmentConfig, AugmentError, Augmentation, Orientation};
pub use batch::{Batch, batch_size_for, collate, collate_cases};
pub use display::DataWindow;
pub use label_volume::{LabelVolume, LabelVolumeError};
pub use license::is_non_commercial;
pub use manifest::{Manifest, ManifestError};
pub use order::{epoch_order, sample_seed};
pub use palette::class_color;
pub use prepared::{Prepared, scaled_size};
pub use sample::{BoxLabel, Detection, IGNORE, Mask, Sample, Target};
pub use scaling::Scaling;
pub use split::{Split, UnknownSplit};
pub use subset::{SubsetMember, Subsets};
pub use task::{Task, TaskKind};
