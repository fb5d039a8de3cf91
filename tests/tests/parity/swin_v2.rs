//! The encoder against torchvision's: the same weights and images, every level of the pyramid.
//! `fixtures/make_swin_v2.py` describes the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use burn::tensor::{Device, Tensor};
use medley_core::model::{Preset, SwinConfig, SwinV2};
use medley_core::weights::{Array, Arrays, import_swin_v2, read};

use medley_server::weights::read_swin_v2;

use crate::{fixture, gpu};

/// Torchvision's weights, and its pyramids by height and width of the image.
struct Reference {
    config: SwinConfig,
    state: Arrays,
    pyramids: BTreeMap<(usize, usize), [Array; 4]>,
}

fn reference(file: &Path) -> Reference {
    let bytes = std::fs::read(file).unwrap();
    let (arrays, metadata) = read(&bytes).unwrap();
    let config = SwinConfig {
        width: metadata["embed_dim"].parse().unwrap(),
        depths: serde_json::from_str(&metadata["depths"]).unwrap(),
        heads: serde_json::from_str(&metadata["num_heads"]).unwrap(),
        window: metadata["window"].parse().unwrap(),
    };
    let sizes = arrays.keys().filter_map(|name| name.strip_prefix("pyramid.")?.strip_suffix(".0"));
    let pyramids = sizes.map(|size| {
        let (height, width) = size.split_once('x').unwrap();
        let levels = [0, 1, 2, 3].map(|level| arrays[&format!("pyramid.{size}.{level}")].clone());
        ((height.parse().unwrap(), width.parse().unwrap()), levels)
    });
    let pyramids = pyramids.collect();
    let own_name = |name: &String| name.strip_prefix("state.").map(str::to_owned);
    let state = arrays.iter().filter_map(|(name, array)| Some((own_name(name)?, array.clone()))).collect();
    Reference { config, state, pyramids }
}

/// The input, by the formula in the fixture's script.
fn picture(height: usize, width: usize, device: &Device) -> Tensor<4> {
    let value = |i: usize| {
        let (c, y, x) = (i / (height * width), i / width % height, i % width);
        let (c, y, x) = (c as f64, y as f64, x as f64);
        (0.5 + 0.5 * (0.37 * x + 0.23 * y + 0.011 * x * y + 1.1 * c).sin()) as f32
    };
    let values: Vec<f32> = (0..3 * height * width).map(value).collect();
    Tensor::<1>::from_floats(values.as_slice(), device).reshape([1, 3, height, width])
}

fn check(file: &Path, device: &Device, tolerance: f32) {
    let Reference { config, state, pyramids } = reference(file);
    let uneven = |side: usize| !(side / 4).is_multiple_of(config.window);
    assert!(pyramids.keys().any(|(h, w)| uneven(*h) || uneven(*w)), "no size that windows do not fit");
    let encoder = import_swin_v2(SwinV2::new(&config, device), &state, device).unwrap();
    for ((height, width), expected) in pyramids {
        let levels = encoder.forward(picture(height, width, device));
        for (level, (ours, theirs)) in levels.into_iter().zip(expected).enumerate() {
            // Theirs keep the channels last.
            let ours = ours.permute([0, 2, 3, 1]);
            assert_eq!(ours.dims().as_slice(), theirs.shape, "{height}x{width}, level {level}");
            let ours: Vec<f32> = ours.into_data().iter().collect();
            let gaps = ours.iter().zip(&theirs.values).map(|(a, b)| (a - b).abs());
            // In the total order NaN is above all numbers.
            let largest = gaps.max_by(f32::total_cmp).unwrap();
            println!("{height}x{width}, level {level}: largest difference {largest:.1e}");
            assert!(largest <= tolerance, "{height}x{width}, level {level}: {largest} > {tolerance}");
        }
    }
}

fn small() -> PathBuf {
    fixture("swin_v2.safetensors")
}

/// The whole `swin_v2_t`, with random weights that torchvision makes for the occasion.
#[test]
fn torchvision_agrees_on_the_full_configuration() {
    let python = std::env::var("MEDLEY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_torchvision = Command::new(&python).args(["-c", "import torchvision, safetensors"]).output();
    if !has_torchvision.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: {python} has no torchvision; name one that has in MEDLEY_PYTHON");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("swin_v2_t.safetensors");
    let script = fixture("make_swin_v2.py");
    let made = Command::new(&python).arg(script).arg("--full").arg(&file).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    check(&file, &Device::flex(), 2e-4);
    let Reference { config, state, .. } = reference(&file);
    assert_eq!(config, Preset::Tiny.config().encoder, "the preset is that of torchvision");
    the_checkpoint_holds_the_same(&file.with_extension("pth"), &state);
}

/// What `torch.save` wrote has every weight of the safetensors file, and so gives the same features; cut off, it is
/// refused.
fn the_checkpoint_holds_the_same(file: &Path, state: &Arrays) {
    let read = read_swin_v2(file).unwrap();
    // The classifier is in the checkpoint alone.
    let more: Vec<_> = read.keys().filter(|name| !state.contains_key(*name)).collect();
    assert_eq!(more, ["head.bias", "head.weight"]);
    assert!(state.iter().all(|(name, array)| read.get(name) == Some(array)));
    let bytes = std::fs::read(file).unwrap();
    let cut = file.with_file_name("cut.pth");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let error = read_swin_v2(&cut).unwrap_err();
    assert!(error.to_string().contains("cut.pth is no PyTorch checkpoint"), "{error}");
    // A bit of the weights, not of the directory.
    let mut damaged = bytes;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x40;
    std::fs::write(&cut, damaged).unwrap();
    let error = read_swin_v2(&cut).unwrap_err();
    assert!(error.to_string().contains("cut.pth is damaged"), "{error}");
}

#[test]
fn torchvision_agrees_on_the_cpu() {
    check(&small(), &Device::flex(), 1e-4);
}

#[test]
fn torchvision_agrees_on_the_gpu() {
    if let Some(device) = gpu() {
        check(&small(), &device, 1e-3);
    }
}

#[test]
fn weights_of_another_shape_are_refused() {
    let Reference { config, mut state, .. } = reference(&small());
    let device = Device::flex();
    let wider = SwinConfig { width: 2 * config.width, ..config.clone() };
    assert!(import_swin_v2(SwinV2::new(&wider, &device), &state, &device).is_err());
    state.pop_first();
    assert!(import_swin_v2(SwinV2::new(&config, &device), &state, &device).is_err());
}
