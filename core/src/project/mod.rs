//! A project of the studio as a value: images, tasks, labels, their history, and what is made of them.
//!
//! Every change is an [`Edit`] and can be undone. Labels name classes by their [id](ClassInfo::id), which stays the
//! same when other classes are added or removed; the model's dense indices are made of them for training
//! ([`ProjectTask::index_of`]) and turned back afterwards ([`ProjectTask::labels_of`]).
//!
//! The bytes of the images and the weights of models live outside: the caller stores them under an entry's or a
//! run's id.

pub mod archive;
mod document;
pub mod draw;
mod edit;
mod entry;
pub mod export;
mod history;
mod ids;
mod leftovers;
pub mod measure;
mod patch;
pub mod report;
mod rle;
mod run;
mod step;
mod studio;
mod task;
mod tiles;
pub mod training;
pub mod uncertainty;

pub use document::{Document, DocumentError};
pub use edit::{Change, Edit, EditError, NewEntry, NewTask};
pub use entry::{BoxesLabel, Entry, PredictionState};
pub use ids::{EntryId, Place, TaskId};
pub use patch::{Patch, Rect};
pub use run::{CurvePoint, RunScore, TaskResult, TuningRun};
pub use studio::Project;
pub use task::{ClassInfo, ProjectTask};
pub use tiles::{TiledMask, TilesError};
