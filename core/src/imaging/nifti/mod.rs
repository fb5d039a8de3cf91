//! Volumes as `NIfTI`, versions 1 and 2, plain or packed by gzip (`.nii`, `.nii.gz`).
//!
//! The standard: <https://nifti.nimh.nih.gov/nifti-1> and <https://nifti.nimh.nih.gov/nifti-2>, the comments
//! of `nifti1.h` and `nifti2.h`. Where it leaves a choice, the one of nibabel is taken.

mod encode;
mod header;
mod orientation;
mod read;
mod unpack;
mod voxels;

#[cfg(test)]
mod tests;

pub use encode::{Compression, encode, encode_labels};
pub use read::{is_nifti, outline, read};
