//! Labels keep their place, however their volume is stored, cut and resampled.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;

use super::*;
use crate::dataset::IGNORE;
use crate::dataset::formats::nifti_labels::{self, LabelsError};
use crate::imaging::nifti::{self, Compression};
use crate::imaging::{DEFAULT_MAX_PIXELS, Pixels, decode};

/// A letter F lying in the patient, told by places in RAS+ mm: a stem along superior, two bars of different
/// length to the right, a foot to the front. No mirroring and no turn leaves it as it is.
fn phantom([x, y, z]: [f64; 3]) -> u8 {
    let within = |value: f64, low: f64, high: f64| (low..high).contains(&value);
    let class = [
        (1, within(x, -12.0, -6.0) && within(y, -6.0, 6.0) && within(z, -16.0, 18.0)),
        (2, within(x, -6.0, 12.0) && within(y, -6.0, 6.0) && within(z, 12.0, 18.0)),
        (3, within(x, -6.0, 3.0) && within(y, -6.0, 6.0) && within(z, 0.0, 6.0)),
        (4, within(x, -12.0, -6.0) && within(y, 6.0, 14.0) && within(z, -16.0, -10.0)),
    ];
    class.into_iter().find(|(_, is_inside)| *is_inside).map_or(0, |(class, _)| class)
}

const CLASSES: usize = 5;

/// Millimetres between voxels along right, anterior and superior: all different, so that no two axes can be
/// mistaken for each other.
const SPACING: [f64; 3] = [1.5, 2.0, 3.0];

/// A geometry around the phantom whose axes run as `codes` says, turned by `angle` around the patient's
/// length (oblique).
fn place(codes: AxisCodes, angle: f64) -> ([usize; 3], Geometry) {
    let directions = codes.directions();
    let size = directions.map(|direction| (42.0 / SPACING[direction.axis()]) as usize);
    let mut affine = [[0.0; 4]; 3];
    for (column, direction) in directions.into_iter().enumerate() {
        let step = SPACING[direction.axis()];
        let row = direction.axis();
        affine[row][column] = if direction.is_forwards() { step } else { -step };
        // Not quite at the centre, and no voxel exactly on a border of the phantom.
        affine[row][3] = -affine[row][column] * (size[column] as f64 - 1.0) / 2.0 + 0.37 - 0.23 * row as f64;
    }
    let (sine, cosine) = f64::sin_cos(angle);
    let [a, b, c] = affine;
    let turned = [
        std::array::from_fn(|k| cosine * a[k] - sine * b[k]),
        std::array::from_fn(|k| sine * a[k] + cosine * b[k]),
        c,
    ];
    (size, Geometry::from_affine(turned))
}

/// Every voxel's (column, row, slice).
fn voxels(size: [usize; 3]) -> impl Iterator<Item = [f64; 3]> {
    (0..size[2]).flat_map(move |z| {
        (0..size[1]).flat_map(move |y| (0..size[0]).map(move |x| [x as f64, y as f64, z as f64]))
    })
}

fn labels_at(size: [usize; 3], geometry: &Geometry) -> Vec<u8> {
    voxels(size).map(|voxel| phantom(geometry.position(voxel).unwrap())).collect()
}

/// An image of the phantom: an intensity for each class.
fn scan(size: [usize; 3], geometry: Geometry) -> Image {
    let values = labels_at(size, &geometry).into_iter().map(|class| 100 * i16::from(class) - 50).collect();
    Image::volume(size, 1, Pixels::I16(values)).unwrap().with_geometry(geometry)
}

/// A "model" that sees one picture at a time and names the class of each pixel by its intensity.
fn predict(picture: &Image) -> Mask {
    let labels =
        picture.pixels().values().into_iter().map(|value| ((value + 50.0) / 100.0).round() as u8).collect();
    Mask { width: picture.width(), height: picture.height(), labels }
}

fn predict_slices(volume: &Image) -> LabelVolume {
    // One window for all slices, or each would look for its own in the whole volume.
    let volume = volume.clone().with_window(volume.display_window());
    let masks: Vec<Mask> = (0..volume.slices()).map(|index| predict(&volume.slice(index).unwrap())).collect();
    LabelVolume::from_slices(&masks, volume.geometry()).unwrap()
}

/// Writes, reads, and compares each voxel with the phantom at its place as the file tells it.
fn assert_survives(found: &LabelVolume, image: &Image, what: &str) {
    let bytes = nifti_labels::encode(found, Compression::Gzip).unwrap();
    let read = nifti_labels::parse(&bytes, CLASSES, DEFAULT_MAX_PIXELS).unwrap();
    assert_eq!(read.size(), image.size(), "{what}");
    read.check_image(image).unwrap_or_else(|error| panic!("{what}: {error}"));
    let expected = labels_at(read.size(), read.geometry());
    let wrong = read.labels().iter().zip(&expected).filter(|(a, b)| a != b).count();
    assert_eq!(wrong, 0, "{what}: wrong voxels of {}", expected.len());
}

#[test]
fn the_phantom_is_no_mirror_image_of_itself() {
    let (size, geometry) = place(AxisCodes::RAS, 0.0);
    let phantom = LabelVolume::new(size, labels_at(size, &geometry), geometry).unwrap();
    for class in 0..CLASSES as u8 {
        assert!(phantom.labels().contains(&class), "{class}");
    }
    for codes in AxisCodes::all().filter(|codes| *codes != AxisCodes::RAS) {
        let turned = phantom.reoriented(codes);
        // What a program would see that mistook the orientation.
        let mistaken = turned.size() == size && turned.labels() == phantom.labels();
        assert!(!mistaken, "{codes}");
        let mistaken = LabelVolume { geometry: place(codes, 0.0).1, ..phantom.clone() };
        assert_ne!(mistaken.labels(), labels_at(mistaken.size(), mistaken.geometry()), "{codes}");
    }
}

#[test]
fn predictions_on_slices_return_unflipped_in_all_48_orientations() {
    for codes in AxisCodes::all() {
        for angle in [0.0, 0.3] {
            // The image goes through a file as well.
            let (size, geometry) = place(codes, angle);
            let bytes = nifti::encode(&scan(size, geometry), Compression::Gzip).unwrap();
            let image = decode(&bytes, DEFAULT_MAX_PIXELS).unwrap();
            assert_eq!(image.axis_codes(), codes);
            for plane in [Plane::Axial, Plane::Coronal, Plane::Sagittal] {
                let what = format!("{codes}, turned by {angle}, {plane:?}");
                let view = image.view(plane);
                assert_eq!(view.axis_codes(), plane.axis_codes(), "{what}");
                let predicted = predict_slices(&view);
                // Each picture shows what is at its place.
                assert_eq!(predicted.labels(), labels_at(view.size(), view.geometry()), "{what}");
                assert_survives(&predicted.resampled(&image.grid(), IGNORE), &image, &what);
                assert_survives(&predicted.reoriented(image.axis_codes()), &image, &what);
            }
        }
    }
}

#[test]
fn predictions_at_another_spacing_return_unflipped() {
    // All 48 at the own spacing, above; here each order of the axes, in different directions.
    for codes in AxisCodes::all().step_by(5) {
        let (size, geometry) = place(codes, 0.2);
        let image = scan(size, geometry);
        let view = image.view(Plane::Axial);
        let spacing = view.geometry().spacing.unwrap();
        // A third of the spacing: every voxel's centre is also one of the finer grid, so nothing may be lost.
        let fine =
            view.resampled(&view.grid().with_spacing(spacing.map(|step| step / 3.0), 1 << 24).unwrap());
        assert_eq!(fine.size(), view.size().map(|side| side * 3));
        let back = predict_slices(&fine).resampled(&image.grid(), IGNORE);
        assert_survives(&back, &image, &codes.to_string());

        // 1 mm in all directions, labels from the phantom itself: only what touches a border can differ.
        let cube = view.grid().with_spacing([1.0; 3], 1 << 24).unwrap();
        let labels = labels_at(cube.size(), &cube.geometry());
        let back =
            LabelVolume::new(cube.size(), labels, cube.geometry()).unwrap().resampled(&image.grid(), IGNORE);
        back.check_image(&image).unwrap();
        let mut checked = 0;
        for (voxel, label) in voxels(size).zip(back.labels()) {
            let [x, y, z] = geometry.position(voxel).unwrap();
            let near = [-0.9, 0.0, 0.9]
                .map(|d| [phantom([x + d, y, z]), phantom([x, y + d, z]), phantom([x, y, z + d])]);
            let is_inner = near.as_flattened().iter().all(|other| *other == phantom([x, y, z]));
            // In the corners, three such steps add up.
            let corners = (0..8).all(|corner| {
                let d = |axis: usize| if corner >> axis & 1 == 1 { 0.9 } else { -0.9 };
                phantom([x + d(0), y + d(1), z + d(2)]) == phantom([x, y, z])
            });
            if is_inner && corners {
                assert_eq!(*label, phantom([x, y, z]), "{codes} at {x}, {y}, {z}");
                checked += 1;
            }
        }
        assert!(checked > size.iter().product::<usize>() * 3 / 4, "{codes}: {checked}");
    }
}

#[test]
fn a_stack_without_a_place_is_cut_and_put_together_again() {
    let values: Vec<u8> = (0..60).collect();
    let image = Image::volume([3, 4, 5], 1, Pixels::U8(values.clone())).unwrap();
    let labels = LabelVolume::new([3, 4, 5], values, Geometry::default()).unwrap();
    // It counts as an axial series: its slices are looked at as they are.
    assert_eq!(image.view(Plane::Axial).pixels(), image.pixels());
    for plane in [Plane::Axial, Plane::Coronal, Plane::Sagittal] {
        let view = labels.view(plane);
        assert_eq!(view.size(), image.view(plane).size());
        let map = AxisMap::between(labels.axis_codes(), plane.axis_codes());
        let back = view.turned(map.inverse());
        assert_eq!((back.size(), back.labels()), (labels.size(), labels.labels()));
        let masks: Vec<Mask> = (0..view.size()[2]).map(|index| view.slice(index).unwrap()).collect();
        assert_eq!(LabelVolume::from_slices(&masks, view.geometry()).unwrap(), view);
        // The view of the image tells where its slices were.
        let predicted = LabelVolume::from_slices(&masks, image.view(plane).geometry()).unwrap();
        assert_eq!(predicted.resampled(&image.grid(), IGNORE).labels(), labels.labels(), "{plane:?}");
        assert!(view.slice(masks.len()).is_none());
    }
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let geometry = Geometry::default();
    assert!(LabelVolume::new([2, 2, 2], vec![0; 7], geometry).is_err());
    assert!(LabelVolume::new([0, 2, 2], vec![], geometry).is_err());
    assert!(LabelVolume::new([usize::MAX, 2, 2], vec![0; 4], geometry).is_err());
    assert_eq!(LabelVolume::from_slices(&[], &geometry), Err(LabelVolumeError::Slices));
    let mask = |width| Mask { width, height: 1, labels: vec![0; width] };
    assert_eq!(LabelVolume::from_slices(&[mask(2), mask(3)], &geometry), Err(LabelVolumeError::Slices));

    let (size, geometry) = place(AxisCodes::LPS, 0.0);
    let image = scan(size, geometry);
    let labels = vec![0; size.iter().product()];
    let mirrored = geometry.affine.map(|[[a, b, c, d], y, z]| [[-a, b, c, -d], y, z]).unwrap();
    let beside = LabelVolume::new(size, labels.clone(), Geometry::from_affine(mirrored)).unwrap();
    let message = beside.check_image(&image).unwrap_err().to_string();
    assert!(message.contains("orientation RPS, the image's is LPS"), "{message}");
    let turned = LabelVolume::new(size, labels, geometry).unwrap().view(Plane::Coronal);
    assert!(matches!(turned.check_image(&image), Err(LabelVolumeError::Size { .. })));

    let pixels = Pixels::F32(vec![0.0, 1.0, 2.0, 255.0, 0.0, 0.5, 1.0, 0.0]);
    let bytes = nifti::encode(&Image::volume([2; 3], 1, pixels).unwrap(), Compression::None).unwrap();
    let error = nifti_labels::parse(&bytes, 3, 8).unwrap_err();
    assert!(matches!(error, LabelsError::Value { value: 0.5, voxel: [1, 0, 1], classes: 3 }), "{error}");
    let pixels = Pixels::I16(vec![0, 1, 2, 255, -1, 0, 1, 0]);
    let bytes = nifti::encode(&Image::volume([2; 3], 1, pixels).unwrap(), Compression::None).unwrap();
    let message = nifti_labels::parse(&bytes, 3, 8).unwrap_err().to_string();
    assert!(message.contains("value -1 at column 0, row 0, slice 1"), "{message}");
    let pixels = Pixels::F32(vec![0.0, 1.0, 2.0, 255.0, 0.0, 1.0, 1.0, 0.0]);
    let bytes = nifti::encode(&Image::volume([2; 3], 1, pixels).unwrap(), Compression::None).unwrap();
    assert_eq!(nifti_labels::parse(&bytes, 3, 8).unwrap().labels(), [0, 1, 2, IGNORE, 0, 1, 1, 0]);
    assert!(matches!(nifti_labels::parse(&bytes, 2, 8), Err(LabelsError::Value { value: 2.0, .. })));
    assert!(matches!(nifti_labels::parse(&bytes, 3, 7), Err(LabelsError::Image(_))));
}

#[test]
fn every_label_volume_of_msd_hippocampus_fits_its_image() {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let folder = std::env::var_os("MEDLEY_DATA").map_or(beside, PathBuf::from).join("msd-hippocampus");
    if !folder.is_dir() {
        println!("skipped: no data at {}; set MEDLEY_DATA", folder.display());
        return;
    }
    let (mut volumes, mut voxels) = (0, [0_usize; 3]);
    for entry in std::fs::read_dir(folder.join("labels")).unwrap() {
        let path = entry.unwrap().path();
        let labels = nifti_labels::parse(&std::fs::read(&path).unwrap(), 3, DEFAULT_MAX_PIXELS).unwrap();
        let image = std::fs::read(folder.join("images").join(path.file_name().unwrap())).unwrap();
        let image = decode(&image, DEFAULT_MAX_PIXELS).unwrap();
        labels.check_image(&image).unwrap();
        labels.labels().iter().for_each(|label| voxels[usize::from(*label)] += 1);
        volumes += 1;
        let view = labels.view(Plane::Sagittal);
        assert_eq!(view.resampled(&image.grid(), IGNORE).labels(), labels.labels());
    }
    assert_eq!(volumes, 200);
    // 94.7, 2.8 and 2.5 % in the README (of the training volumes).
    let share = |class: usize| voxels[class] as f64 / voxels.iter().sum::<usize>() as f64;
    assert!((share(1) - 0.028).abs() < 0.002 && (share(2) - 0.025).abs() < 0.002, "{voxels:?}");
}
