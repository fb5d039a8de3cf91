//! The attributes that are read (PS3.6).

use dicom_object::Tag;

pub(super) const INSTANCE_UID: Tag = Tag(0x0008, 0x0018);
pub(super) const MODALITY: Tag = Tag(0x0008, 0x0060);
pub(super) const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
pub(super) const SLICE_THICKNESS: Tag = Tag(0x0018, 0x0050);
pub(super) const ECHO_NUMBER: Tag = Tag(0x0018, 0x0086);
pub(super) const SPACING_BETWEEN_SLICES: Tag = Tag(0x0018, 0x0088);
pub(super) const IMAGER_PIXEL_SPACING: Tag = Tag(0x0018, 0x1164);
pub(super) const STUDY_UID: Tag = Tag(0x0020, 0x000D);
pub(super) const SERIES_UID: Tag = Tag(0x0020, 0x000E);
pub(super) const INSTANCE_NUMBER: Tag = Tag(0x0020, 0x0013);
pub(super) const POSITION: Tag = Tag(0x0020, 0x0032);
pub(super) const ORIENTATION: Tag = Tag(0x0020, 0x0037);
pub(super) const TEMPORAL_POSITION: Tag = Tag(0x0020, 0x0100);
pub(super) const PLANE_POSITION_GROUP: Tag = Tag(0x0020, 0x9113);
pub(super) const PLANE_ORIENTATION_GROUP: Tag = Tag(0x0020, 0x9116);
pub(super) const SAMPLES_PER_PIXEL: Tag = Tag(0x0028, 0x0002);
pub(super) const PHOTOMETRIC_INTERPRETATION: Tag = Tag(0x0028, 0x0004);
pub(super) const PLANAR_CONFIGURATION: Tag = Tag(0x0028, 0x0006);
pub(super) const FRAMES: Tag = Tag(0x0028, 0x0008);
pub(super) const ROWS: Tag = Tag(0x0028, 0x0010);
pub(super) const COLUMNS: Tag = Tag(0x0028, 0x0011);
pub(super) const PIXEL_SPACING: Tag = Tag(0x0028, 0x0030);
pub(super) const BITS_ALLOCATED: Tag = Tag(0x0028, 0x0100);
pub(super) const BITS_STORED: Tag = Tag(0x0028, 0x0101);
pub(super) const HIGH_BIT: Tag = Tag(0x0028, 0x0102);
pub(super) const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);
pub(super) const WINDOW_CENTRE: Tag = Tag(0x0028, 0x1050);
pub(super) const WINDOW_WIDTH: Tag = Tag(0x0028, 0x1051);
pub(super) const RESCALE_INTERCEPT: Tag = Tag(0x0028, 0x1052);
pub(super) const RESCALE_SLOPE: Tag = Tag(0x0028, 0x1053);
/// Red; green and blue follow.
pub(super) const PALETTE_DESCRIPTOR: Tag = Tag(0x0028, 0x1101);
/// Red; green and blue follow.
pub(super) const PALETTE_DATA: Tag = Tag(0x0028, 0x1201);
pub(super) const SEGMENTED_PALETTE: Tag = Tag(0x0028, 0x1221);
pub(super) const MODALITY_LUT: Tag = Tag(0x0028, 0x3000);
pub(super) const LUT_DESCRIPTOR: Tag = Tag(0x0028, 0x3002);
pub(super) const LUT_DATA: Tag = Tag(0x0028, 0x3006);
pub(super) const PIXEL_MEASURES_GROUP: Tag = Tag(0x0028, 0x9110);
pub(super) const VOI_LUT_GROUP: Tag = Tag(0x0028, 0x9132);
pub(super) const PIXEL_VALUE_GROUP: Tag = Tag(0x0028, 0x9145);
pub(super) const TOTAL_MATRIX_COLUMNS: Tag = Tag(0x0048, 0x0006);
pub(super) const SHARED_GROUPS: Tag = Tag(0x5200, 0x9229);
pub(super) const PER_FRAME_GROUPS: Tag = Tag(0x5200, 0x9230);
pub(super) const EXTENDED_OFFSET_TABLE: Tag = Tag(0x7FE0, 0x0001);
pub(super) const FLOAT_PIXELS: Tag = Tag(0x7FE0, 0x0008);
pub(super) const DOUBLE_PIXELS: Tag = Tag(0x7FE0, 0x0009);
pub(super) const PIXELS: Tag = Tag(0x7FE0, 0x0010);
