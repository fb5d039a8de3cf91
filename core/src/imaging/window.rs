//! Window and level: which values are shown from black to white.

use super::percentile::percentiles;
use super::{Format, Image, Modality, Pixels};

/// A range of values, given as radiologists do: its middle and its extent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// The value shown as middle grey, also called level.
    pub centre: f32,
    /// The extent from black to white, above 0.
    pub width: f32,
}

impl Window {
    /// Lung in CT, in Hounsfield units.
    pub const LUNG: Self = Self { centre: -600.0, width: 1500.0 };
    /// Bone in CT.
    pub const BONE: Self = Self { centre: 400.0, width: 1800.0 };
    /// Brain in CT.
    pub const BRAIN: Self = Self { centre: 40.0, width: 80.0 };
    /// Soft tissue in CT.
    pub const SOFT_TISSUE: Self = Self { centre: 40.0, width: 400.0 };

    /// The window from `black` to `white`. Where they are equal, the value is middle grey.
    pub fn from_range(black: f32, white: f32) -> Self {
        Self { centre: f32::midpoint(black, white), width: (white - black).max(f32::MIN_POSITIVE) }
    }

    /// The windows of CT by the names that `dataset.json` uses, in the order in which a list shows them.
    pub const PRESETS: [(&str, Self); 4] = [
        ("lung", Self::LUNG),
        ("bone", Self::BONE),
        ("brain", Self::BRAIN),
        ("soft-tissue", Self::SOFT_TISSUE),
    ];

    /// The window from the `low`-th to the `high`-th percentile of `pixels` (0 to 100, linear between
    /// neighbours as in `numpy.percentile`); values that are not finite do not count.
    pub fn from_percentiles(pixels: &Pixels, low: f64, high: f64) -> Self {
        let [black, white] = percentiles(pixels, [low, high]).unwrap_or([0.0, 1.0]);
        Self::from_range(black, white)
    }

    /// The window for an image whose file proposes none: all of the range for pictures of 8 bits, soft tissue for
    /// CT, the 2.5th to the 97.5th percentile for other tomography (a `NIfTI` volume of 8 bits, whose neighbour
    /// may have 16, among it), and for other deep images (microscopy, radiographs) the 0.1th to the 99.9th,
    /// because few pixels may hold all there is to see.
    pub fn for_image(image: &Image) -> Self {
        let origin = image.origin();
        match (image.pixels(), origin.modality, origin.format) {
            (pixels, None, Format::Nifti) if image.channels() == 1 => {
                Self::from_percentiles(pixels, 2.5, 97.5)
            }
            (Pixels::U8(_), _, _) => Self::from_range(0.0, 255.0),
            (_, Some(Modality::Ct), _) => Self::SOFT_TISSUE,
            (pixels, Some(Modality::Mr | Modality::Nuclear), _) | (pixels, None, Format::Dicom) => {
                Self::from_percentiles(pixels, 2.5, 97.5)
            }
            (pixels, _, _) => Self::from_percentiles(pixels, 0.1, 99.9),
        }
    }

    /// A value in this window: 0 at and below black, 1 at and above white. What is not a number is black.
    pub fn unit(self, value: f32) -> f32 {
        // From black, not from the centre: so 8 bits in all of their range are exactly value / 255.
        let unit = (value - (self.centre - self.width / 2.0)) / self.width;
        // A window without extent: its own value is middle grey.
        let unit = if value == self.centre { 0.5 } else { unit };
        if unit.is_nan() { 0.0 } else { unit.clamp(0.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::imaging::Origin;

    #[test]
    fn values_outside_are_black_and_white() {
        let window = Window::SOFT_TISSUE;
        assert_eq!([-1000.0, -160.0, 40.0, 240.0, 3000.0].map(|v| window.unit(v)), [0.0, 0.0, 0.5, 1.0, 1.0]);
        assert_eq!(window.unit(f32::NAN), 0.0);
        assert_eq!([6.9, 7.0, 7.1].map(|v| Window::from_range(7.0, 7.0).unit(v)), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn eight_bits_are_exact() {
        let image = Image::new(256, 1, 1, Pixels::U8((0..=255).collect())).unwrap();
        let expected: Vec<f32> = (0..=255_u8).map(|value| f32::from(value) / 255.0).collect();
        assert_eq!(image.to_unit_planes(), expected.repeat(3));
    }

    #[test]
    fn percentiles_make_a_window() {
        let window =
            Window::from_percentiles(&Pixels::F32(vec![4.0, 1.0, f32::NAN, 3.0, 2.0, 10.0]), 2.5, 97.5);
        assert!((window.centre - 5.25).abs() < 1e-5 && (window.width - 8.3).abs() < 1e-5);
        assert_eq!(
            Window::from_percentiles(&Pixels::F32(Vec::new()), 0.0, 100.0),
            Window::from_range(0.0, 1.0)
        );
    }

    #[test]
    fn a_ct_is_shown_as_soft_tissue_unless_its_file_knows_better() {
        let image = Image::new(2, 1, 1, Pixels::I16(vec![40, -1000])).unwrap();
        let ct = image.with_origin(Origin { format: Format::Dicom, modality: Some(Modality::Ct) });
        assert_eq!(ct.to_unit_planes(), [0.5, 0.0].repeat(3));
        let lung = ct.with_window(Window::from_range(-1000.0, 40.0));
        assert_eq!(lung.to_unit_planes(), [1.0, 0.0].repeat(3));
    }

    #[test]
    fn a_slice_keeps_the_window_of_its_volume() {
        let volume = Image::volume([1, 1, 3], 1, Pixels::U16(vec![0, 500, 1000])).unwrap();
        let middle = volume.slice(1).unwrap();
        assert_eq!(middle.display_window(), volume.display_window());
        assert!((middle.to_unit_planes()[0] - 0.5).abs() < 1e-6);
        assert!(volume.slice(3).is_none());
    }
}
