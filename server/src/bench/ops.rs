//! The time of single operations at the shapes of a step, each written as the network writes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::module::Param;
use burn::nn::conv::Conv2dConfig;
use burn::nn::{LayerNormConfig, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::{gelu, relu, softmax};
use burn::tensor::{Device, Distribution, Tensor};
use medley_core::model::operations::{OneGroupNorm, roll, unit, upsample};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{median, milliseconds};
use crate::device::DeviceChoice;

/// Runs that warm up, and runs that are timed.
const WARM_UP: usize = 2;
const REPEATS: usize = 5;
/// Places by which rows and columns are rolled: half a window.
const SHIFT: usize = 4;

/// An operation of the list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Op {
    name: String,
    /// How often a step has it.
    count: u32,
    /// Shape of its input.
    input: Vec<usize>,
    #[serde(flatten)]
    kind: Kind,
}

/// What it computes; in the list, `"op"`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Kind {
    /// Over the last axis, with bias.
    Linear {
        outputs: usize,
    },
    /// Of `[B, C, H, W]`, with bias.
    Conv {
        outputs: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
        gradients: Option<Gradients>,
    },
    Gelu,
    Relu,
    /// Over the last axis.
    Softmax,
    /// Over the last axis, with scale and shift.
    LayerNorm,
    /// Of `[B, C, H, W]`, one group, with scale and shift per channel.
    GroupNorm,
    /// By a second tensor.
    Matmul {
        other: Vec<usize>,
    },
    /// Vectors of the last axis to length one.
    Normalize,
    /// Nearest neighbours, to twice the sides.
    Upsample,
    /// Of axes 1 and 2.
    Roll,
}

/// Gradients that are taken where it is not all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gradients {
    Weight,
}

/// Medians in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    name: String,
    count: u32,
    forward_ms: f64,
    backward_ms: f64,
}

/// Why a list cannot be timed.
#[derive(Debug, Error)]
pub enum OpsError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The list.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no list of operations, or an operation in it is unknown.
    #[error("entry {number} of the list of operations, {name}: {source}")]
    Entry {
        /// Counted from 1.
        number: usize,
        /// Its name, if it has one.
        name: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The file is no JSON list.
    #[error("{} is not a JSON list of operations: {source}", path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A shape has the wrong number of axes.
    #[error("operation `{name}`: it cannot be done on a shape of {axes} axes, {shape:?}")]
    Shape {
        /// Its name.
        name: String,
        /// Number of axes.
        axes: usize,
        /// The shape of the list.
        shape: Vec<usize>,
    },
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(String),
}

/// Times every operation of the list.
///
/// # Errors
/// When the list cannot be read, an operation in it is unknown or has an impossible shape, or the device fails.
pub fn run(list: &Path, device: DeviceChoice) -> Result<Vec<Times>, OpsError> {
    let text = fs::read_to_string(list).map_err(|source| OpsError::Read { path: list.to_owned(), source })?;
    let entries: Vec<serde_json::Value> =
        serde_json::from_str(&text).map_err(|source| OpsError::List { path: list.to_owned(), source })?;
    let device = device.open().autodiff();
    parse(entries)?.iter().map(|op| measure(op, &device)).collect()
}

fn parse(entries: Vec<serde_json::Value>) -> Result<Vec<Op>, OpsError> {
    let op = |(index, entry): (usize, serde_json::Value)| {
        let name = entry.get("name").and_then(|name| name.as_str()).unwrap_or("without a name").to_owned();
        serde_json::from_value(entry).map_err(|source| OpsError::Entry { number: index + 1, name, source })
    };
    entries.into_iter().enumerate().map(op).collect()
}

fn measure(op: &Op, device: &Device) -> Result<Times, OpsError> {
    let (forward_ms, backward_ms) = match op.input.len() {
        2 => on_any::<2>(op, device),
        3 => on_any::<3>(op, device),
        4 => on_maps(op, device),
        _ => Err(wrong_shape(op, &op.input)),
    }?;
    Ok(Times { name: op.name.clone(), count: op.count, forward_ms, backward_ms })
}

/// Operations on tensors of four axes, and those that do not care.
fn on_maps(op: &Op, device: &Device) -> Result<(f64, f64), OpsError> {
    let input = || leaf::<4>(op, &op.input, device);
    match &op.kind {
        Kind::Conv { outputs, kernel, stride, padding, gradients } => {
            let channels = [op.input[1], *outputs];
            let mut conv = Conv2dConfig::new(channels, [*kernel; 2])
                .with_stride([*stride; 2])
                .with_padding(PaddingConfig2d::Explicit(*padding, *padding, *padding, *padding))
                .init(device);
            let mut x = input()?;
            if *gradients == Some(Gradients::Weight) {
                x = x.detach();
                conv.bias = conv.bias.map(|bias| Param::from_tensor(bias.val()).set_require_grad(false));
            }
            time(|| conv.forward(x.clone()), device)
        }
        Kind::GroupNorm => {
            let (x, norm) = (input()?, OneGroupNorm::new(op.input[1], device));
            time(|| norm.forward(x.clone()), device)
        }
        Kind::Matmul { other } => {
            let (x, other) = (input()?, leaf::<4>(op, other, device)?);
            time(|| x.clone().matmul(other.clone()), device)
        }
        Kind::Normalize => {
            let x = input()?;
            time(|| unit(x.clone()), device)
        }
        Kind::Upsample => {
            let (x, height, width) = (input()?, 2 * op.input[2], 2 * op.input[3]);
            time(|| upsample(x.clone(), height, width), device)
        }
        Kind::Roll => {
            let x = input()?;
            time(|| roll(roll(x.clone(), 1, SHIFT), 2, SHIFT), device)
        }
        _ => on_any::<4>(op, device),
    }
}

/// Operations on tensors of any number of axes.
fn on_any<const D: usize>(op: &Op, device: &Device) -> Result<(f64, f64), OpsError> {
    let x = leaf::<D>(op, &op.input, device)?;
    let channels = op.input[D - 1];
    match &op.kind {
        Kind::Linear { outputs } => {
            let linear = LinearConfig::new(channels, *outputs).init(device);
            time(|| linear.forward(x.clone()), device)
        }
        Kind::LayerNorm => {
            let norm = LayerNormConfig::new(channels).init(device);
            time(|| norm.forward(x.clone()), device)
        }
        Kind::Gelu => time(|| gelu(x.clone()), device),
        Kind::Relu => time(|| relu(x.clone()), device),
        Kind::Softmax => time(|| softmax(x.clone(), D - 1), device),
        _ => Err(wrong_shape(op, &op.input)),
    }
}

fn wrong_shape(op: &Op, shape: &[usize]) -> OpsError {
    OpsError::Shape { name: op.name.clone(), axes: shape.len(), shape: shape.to_owned() }
}

/// Normal numbers whose gradient is taken.
fn leaf<const D: usize>(op: &Op, shape: &[usize], device: &Device) -> Result<Tensor<D>, OpsError> {
    let shape = <[usize; D]>::try_from(shape).map_err(|_| wrong_shape(op, shape))?;
    Ok(Tensor::random(shape, Distribution::Normal(0.0, 1.0), device).require_grad())
}

/// Medians of the forward pass, recorded for gradients, and of the backward pass.
fn time<const D: usize>(run: impl Fn() -> Tensor<D>, device: &Device) -> Result<(f64, f64), OpsError> {
    let inner = device.clone().inner();
    let wait = || inner.sync().map_err(|error| OpsError::Device(format!("{error:?}")));
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    for repeat in 0..WARM_UP + REPEATS {
        wait()?;
        let begin = Instant::now();
        let output = run();
        wait()?;
        let of_forward = milliseconds(begin);
        let begin = Instant::now();
        // From a gradient of ones.
        let gradients = output.backward();
        wait()?;
        let of_backward = milliseconds(begin);
        drop(gradients);
        if repeat >= WARM_UP {
            forward.push(of_forward);
            backward.push(of_backward);
        }
    }
    Ok((median(forward), median(backward)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn list(text: &str) -> Result<Vec<Op>, OpsError> {
        parse(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn every_operation_of_the_committed_list_is_known() {
        let ops = list(include_str!("../../../xtask/src/bench/ops.json")).unwrap();
        assert!(ops.len() > 100);
        assert_eq!(
            ops[0].kind,
            Kind::Conv { outputs: 32, kernel: 4, stride: 4, padding: 0, gradients: None }
        );
        assert_eq!((ops[0].count, ops[0].input.as_slice()), (3, [4, 3, 224, 224].as_slice()));
    }

    #[test]
    fn an_unknown_operation_is_named() {
        let text = r#"[{"op": "gelu", "name": "a", "count": 1, "input": [2, 2]},
            {"op": "fold", "name": "folding", "count": 1, "input": [2, 2]}]"#;
        let message = list(text).unwrap_err().to_string();
        assert!(message.starts_with("entry 2 of the list of operations, folding: unknown variant `fold`"));
    }

    #[test]
    fn every_kind_is_timed_and_shapes_are_checked() {
        let text = r#"[
            {"op": "linear", "name": "1", "count": 1, "input": [2, 3], "outputs": 4},
            {"op": "layer_norm", "name": "2", "count": 1, "input": [2, 3, 4]},
            {"op": "softmax", "name": "3", "count": 1, "input": [2, 3, 4]},
            {"op": "gelu", "name": "4", "count": 1, "input": [2, 3, 4, 4]},
            {"op": "relu", "name": "5", "count": 1, "input": [2, 3]},
            {"op": "conv", "name": "6", "count": 0, "input": [1, 2, 4, 4], "outputs": 2, "kernel": 3, "stride": 1,
             "padding": 1, "gradients": "weight"},
            {"op": "group_norm", "name": "7", "count": 1, "input": [1, 2, 4, 4]},
            {"op": "matmul", "name": "8", "count": 1, "input": [1, 1, 4, 2], "other": [1, 1, 2, 4]},
            {"op": "normalize", "name": "9", "count": 1, "input": [1, 1, 4, 2]},
            {"op": "upsample", "name": "10", "count": 1, "input": [1, 2, 4, 4]},
            {"op": "roll", "name": "11", "count": 1, "input": [1, 8, 8, 2]}]"#;
        let device = DeviceChoice::Cpu.open().autodiff();
        for op in list(text).unwrap() {
            let times = measure(&op, &device).unwrap();
            assert!(times.forward_ms > 0.0 && times.backward_ms > 0.0, "{times:?}");
        }
        let flat = &list(r#"[{"op": "roll", "name": "flat", "count": 1, "input": [4, 4]}]"#).unwrap()[0];
        let message = measure(flat, &device).unwrap_err().to_string();
        assert_eq!(message, "operation `flat`: it cannot be done on a shape of 2 axes, [4, 4]");
    }
}
