//! Models and training states survive being written and read.

use std::collections::BTreeMap;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::dataset::TaskKind;
use medley_core::imaging::{Image, Pixels};
use medley_core::task::Prediction;
use medley_core::train::Trainer;
use medley_core::weights::{Arrays, ModelMetadata, Precision, Provenance, Source, WeightsError, read, write};

use crate::learning::{losses, trainer};

const KINDS: [TaskKind; 4] =
    [TaskKind::Segmentation, TaskKind::Detection, TaskKind::Classification, TaskKind::Regression];

fn model(trainer: &Trainer) -> Medley {
    let metadata = ModelMetadata {
        preset: None,
        config: trainer.network.config.clone(),
        tasks: trainer.network.tasks.clone(),
        provenance: Provenance {
            sources: vec![Source { id: "shapes".into(), license: "CC0".into() }],
            updates: trainer.update,
            seed: 7,
            program: "test".into(),
        },
        license: "CC BY 4.0".into(),
    };
    Medley::new(&trainer.network, metadata, &Device::flex())
}

fn picture() -> Image {
    let pixels = (0..100 * 70).map(|i| ((i % 100) * 2) as u8).collect();
    Image::new(100, 70, 1, Pixels::U8(pixels)).unwrap()
}

#[test]
fn a_model_file_gives_the_same_answers() {
    let mut trainer = trainer(&KINDS, 20);
    for _ in 0..3 {
        losses(&mut trainer);
    }
    let before = model(&trainer);
    let bytes = pollster::block_on(before.to_bytes()).unwrap();
    let after = Medley::from_bytes(&bytes, &Device::flex()).unwrap();
    assert_eq!(after.metadata(), before.metadata());
    // Once in half precision, weights no longer change.
    // (The order of the metadata is not fixed, so bytes are not compared.)
    let again = pollster::block_on(after.to_bytes()).unwrap();
    assert!(read(&again).unwrap() == read(&bytes).unwrap());
    for task in before.tasks() {
        let [a, b] = [&before, &after].map(|m| pollster::block_on(m.predict(&task.id, &picture())).unwrap());
        match (a, b) {
            (Prediction::Classes(a), Prediction::Classes(b)) => {
                assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.01));
                assert!((a.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
            (Prediction::Values(a), Prediction::Values(b)) => {
                // In the unit of the data, where the mean is that of the training part.
                assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.1), "{a:?} {b:?}");
                assert!((a[0] - 13.0).abs() < 3.0 * 2.236, "{a:?}");
            }
            (Prediction::Mask(a), Prediction::Mask(b)) => {
                assert_eq!((a.width, a.height), (100, 70));
                let different = a.labels.iter().zip(&b.labels).filter(|(a, b)| a != b).count();
                assert!(different < 70, "{different} of 7000 pixels differ");
            }
            (Prediction::Boxes(a), Prediction::Boxes(b)) => assert!(a.len().abs_diff(b.len()) <= 2),
            _ => panic!("the kind of answer changed"),
        }
    }
}

#[test]
fn a_resumed_run_repeats_the_uninterrupted_one_bit_for_bit() {
    let mut uninterrupted = trainer(&KINDS, 40);
    for _ in 0..5 {
        losses(&mut uninterrupted);
    }
    let bytes = pollster::block_on(uninterrupted.to_bytes()).unwrap();
    let mut resumed = Trainer::from_bytes(&bytes, &Device::flex()).unwrap();
    assert_eq!(resumed.drawn, uninterrupted.drawn);
    // The device's random state is shared within a process, so the runs follow each other.
    let expected: Vec<Vec<f32>> = (0..20).map(|_| losses(&mut uninterrupted)).collect();
    let actual: Vec<Vec<f32>> = (0..20).map(|_| losses(&mut resumed)).collect();
    assert_eq!(actual, expected);
}

#[test]
fn damaged_and_foreign_files_say_what_is_wrong() {
    let trainer = trainer(&[TaskKind::Classification], 5);
    let bytes = pollster::block_on(model(&trainer).to_bytes()).unwrap();
    let open = |bytes: &[u8]| Medley::from_bytes(bytes, &Device::flex()).unwrap_err();
    assert!(matches!(open(b"not a model"), WeightsError::Damaged(_)));
    assert!(matches!(open(&bytes[..bytes.len() / 2]), WeightsError::Damaged(_)));

    let (arrays, metadata) = read(&bytes).unwrap();
    let rewrite =
        |arrays: &Arrays, metadata: &BTreeMap<_, _>| write(arrays, metadata, Precision::Half).unwrap();
    let nothing = BTreeMap::new();
    assert!(matches!(open(&rewrite(&arrays, &nothing)), WeightsError::NotAModel("medley.format")));
    let mut newer = metadata.clone();
    newer.insert("medley.format".into(), "99".into());
    assert!(matches!(open(&rewrite(&arrays, &newer)), WeightsError::TooNew { found: 99, .. }));
    let mut fewer = arrays.clone();
    fewer.pop_first();
    assert!(matches!(open(&rewrite(&fewer, &metadata)), WeightsError::Missing(_)));
    let mut other = arrays.clone();
    other.first_entry().unwrap().get_mut().shape.push(1);
    assert!(matches!(open(&rewrite(&other, &metadata)), WeightsError::Shape { .. }));
    assert!(Trainer::from_bytes(&bytes, &Device::flex()).is_err());
}
