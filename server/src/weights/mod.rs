//! Weights that others trained, from the files in which they are handed around.

mod state_dict;

pub use state_dict::{StateDictError, read_swin_v2};
