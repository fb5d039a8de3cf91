//! Turning and resampling, against nibabel and scipy.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::imaging::{Affine, AxisCodes, Geometry, Image, Pixels};

fn reference() -> Value {
    serde_json::from_slice(include_bytes!("../../../../tests/fixtures/nifti/orientations.json")).unwrap()
}

fn get<T: serde::de::DeserializeOwned>(value: &Value, key: &str) -> T {
    serde_json::from_value(value[key].clone()).unwrap()
}

fn image(value: &Value, pixels: Pixels) -> Image {
    let geometry = Geometry::from_affine(get(value, "affine"));
    Image::volume(get(value, "size"), 1, pixels).unwrap().with_geometry(geometry)
}

fn are_close(one: &Affine, other: &Affine) -> bool {
    one.iter().flatten().zip(other.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-9)
}

fn whole(value: &Value) -> Image {
    let values: Vec<f64> = get(value, "values");
    image(value, Pixels::U8(values.into_iter().map(|v| v as u8).collect()))
}

#[test]
fn letters_are_those_of_nibabel() {
    for case in reference()["codes"].as_array().unwrap() {
        let (affine, codes): (Affine, String) = serde_json::from_value(case.clone()).unwrap();
        assert_eq!(AxisCodes::of(&affine).unwrap().to_string(), codes, "{affine:?}");
    }
}

#[test]
fn volumes_turn_as_in_nibabel_and_back() {
    let reference = reference();
    let original = whole(&reference["original"]);
    let cases = reference["reoriented"].as_object().unwrap();
    assert_eq!(cases.len(), 48);
    for (codes, expected) in cases {
        let codes: AxisCodes = codes.parse().unwrap();
        let expected = whole(expected);
        let turned = original.reoriented(codes);
        assert_eq!((turned.size(), turned.pixels()), (expected.size(), expected.pixels()), "{codes}");
        assert!(are_close(&turned.geometry().affine.unwrap(), &expected.geometry().affine.unwrap()));
        assert_eq!(turned.axis_codes(), codes);
        let map = AxisMap::between(original.axis_codes(), codes);
        let back = turned.turned(map.inverse());
        assert_eq!((back.size(), back.pixels()), (original.size(), original.pixels()));
        assert!(are_close(&back.geometry().affine.unwrap(), &original.geometry().affine.unwrap()));
        // The general way gives the same as the exchange of axes.
        let grid = turned.grid();
        assert_eq!(original.resampled(&grid).pixels(), turned.pixels(), "{codes}");
        let Pixels::U8(values) = original.pixels() else { unreachable!() };
        assert_eq!(&Pixels::U8(nearest(values, &original.grid(), &grid, 0)), turned.pixels());
    }
}

#[test]
fn linear_values_are_those_of_scipy() {
    let reference = reference();
    let values: Vec<f64> = get(&reference["linear"], "values");
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min) as f32;
    let source = image(&reference["linear"], Pixels::F32(values.into_iter().map(|v| v as f32).collect()));
    for case in reference["resampled"].as_array().unwrap() {
        let grid = Grid::new(get(case, "size"), &Geometry::from_affine(get(case, "affine")));
        let found = source.resampled(&grid);
        let (expected, inside): (Vec<f64>, Vec<bool>) = (get(case, "values"), get(case, "inside"));
        assert!(inside.iter().filter(|inside| **inside).count() > 60);
        for ((found, expected), inside) in found.pixels().values().into_iter().zip(expected).zip(inside) {
            let expected = if inside { expected as f32 } else { lowest };
            assert!((found - expected).abs() < 1e-3, "{found} is not {expected}");
        }
    }
}

#[test]
fn planes_look_as_radiologists_look_at_them() {
    // A volume of 2 voxels along each axis; each value says where it is: 1 right, 2 anterior, 4 superior.
    let ras = Geometry::from_affine([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
    let volume = Image::volume([2; 3], 1, Pixels::U8((0..8).collect())).unwrap().with_geometry(ras);
    let first = |plane| volume.view(plane).slice(0).unwrap().pixels().clone();
    // The lowest slice: right on the left hand, front at the top.
    assert_eq!(first(Plane::Axial), Pixels::U8(vec![3, 2, 1, 0]));
    // The front slice: right on the left hand, head at the top.
    assert_eq!(first(Plane::Coronal), Pixels::U8(vec![7, 6, 3, 2]));
    // The leftmost slice: front on the left hand, head at the top.
    assert_eq!(first(Plane::Sagittal), Pixels::U8(vec![6, 4, 2, 0]));
}

#[test]
fn a_spacing_is_taken_around_the_centre_within_limits() {
    let geometry = Geometry::from_affine([[-2.0, 0.0, 0.0, 7.0], [0.0, 0.0, 3.0, 8.0], [0.0, 1.5, 0.0, 9.0]]);
    let volume = Image::volume([10, 20, 7], 1, Pixels::U8(vec![9; 1400])).unwrap().with_geometry(geometry);
    let grid = volume.grid().with_spacing([1.0, 1.0, 1.0], 20 * 30 * 21).unwrap();
    assert_eq!((grid.size(), grid.spacing()), ([20, 30, 21], [1.0; 3]));
    assert_eq!(grid.axis_codes(), volume.axis_codes());
    assert_eq!(grid.position([9.5, 14.5, 10.0]), volume.grid().position([4.5, 9.5, 3.0]));
    let resampled = volume.resampled(&grid);
    assert_eq!((resampled.pixels(), resampled.geometry()), (&Pixels::U8(vec![9; 12600]), &grid.geometry()));
    let error = volume.grid().with_spacing([1.0; 3], 12_599).unwrap_err();
    assert!(matches!(error, GridError::TooLarge { voxels: 12600.0, .. }), "{error}");
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(volume.grid().with_spacing([1.0, wrong, 1.0], 1 << 20), Err(GridError::Spacing(_))));
    }
    assert!(volume.grid().with_spacing([1e-300; 3], usize::MAX).is_err());
}

#[test]
fn a_larger_spacing_takes_the_mean_and_colours_stay_apart() {
    // Stripes of one voxel: taking every second would be all black or all white.
    let stripes: Vec<u8> = (0..16).flat_map(|column| [200 * (column % 2), 10, 0]).collect();
    let image = Image::new(16, 1, 3, Pixels::U8(stripes)).unwrap();
    let half = image.resampled(&image.grid().with_spacing([2.0, 1.0, 1.0], 100).unwrap());
    let Pixels::U8(values) = half.pixels() else { unreachable!() };
    assert_eq!((half.size(), values.len()), ([8, 1, 1], 24));
    assert!(values.chunks_exact(3).skip(1).take(6).all(|pixel| pixel == [100, 10, 0]), "{values:?}");
}

proptest! {
    #[test]
    fn values_stay_within_the_range_of_the_volume(
        size in prop::array::uniform3(1_usize..7),
        spacing in prop::array::uniform3(0.3_f64..4.0),
        turn in -1.0_f64..1.0,
        seed: u64,
    ) {
        let count = size.iter().product::<usize>() as u64;
        let values: Vec<i16> = (0..count).map(|i| (i.wrapping_mul(seed | 1) >> 50) as i16 - 8000).collect();
        let (low, high) = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
        let volume = Image::volume(size, 1, Pixels::I16(values.clone())).unwrap();
        let grid = volume.grid().with_spacing(spacing, 1 << 20).unwrap();
        let [a, b, c] = grid.geometry().affine.unwrap();
        let (sine, cosine) = turn.sin_cos();
        let turned: Affine = [
            std::array::from_fn(|k| cosine * a[k] - sine * b[k]),
            std::array::from_fn(|k| sine * a[k] + cosine * b[k]),
            c,
        ];
        for grid in [grid, Grid::new(grid.size(), &Geometry::from_affine(turned))] {
            let resampled = volume.resampled(&grid);
            let Pixels::I16(found) = resampled.pixels() else { unreachable!() };
            prop_assert_eq!(found.len(), grid.voxels());
            prop_assert!(found.iter().all(|value| (low..=high).contains(value)));
            let labels = nearest(&values, &volume.grid(), &grid, i16::MAX);
            prop_assert!(labels.iter().all(|label| *label == i16::MAX || values.contains(label)));
        }
    }
}
