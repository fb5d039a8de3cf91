//! Weights of torchvision's Swin V2 models.

use burn::tensor::{Device, Tensor};

use super::arrays::find;
use super::{Array, Arrays, WeightsError};
use crate::model::{SwinV2, map_parameters};

/// Sets `encoder` from the state dict of a torchvision `SwinTransformer` with `SwinTransformerBlockV2`.
/// Its classifier and last norm, which the pyramid does not use, are ignored.
///
/// # Errors
/// When a parameter is missing or has another shape; the encoder is lost then.
pub fn import_swin_v2(encoder: SwinV2, state: &Arrays, device: &Device) -> Result<SwinV2, WeightsError> {
    let plain = device.clone().inner();
    let mut failure = None;
    let encoder = map_parameters(encoder, |name, shape, _| match convert(name, shape, state) {
        Ok(values) => Some(Tensor::from_floats(values.as_slice(), &plain)),
        Err(error) => {
            failure.get_or_insert(error);
            None
        }
    });
    failure.map_or(Ok(encoder), Err)
}

fn convert(name: &str, shape: &[usize], state: &Arrays) -> Result<Vec<f32>, WeightsError> {
    let theirs = torchvision_name(name).ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
    if name.ends_with("logit_scale") {
        return Ok(find(state, &theirs, &[shape[0], 1, 1])?.values.clone());
    }
    match *shape {
        // Linear layers: theirs are [out, in].
        [input, output] => Ok(transposed(find(state, &theirs, &[output, input])?)),
        _ => Ok(find(state, &theirs, shape)?.values.clone()),
    }
}

fn transposed(array: &Array) -> Vec<f32> {
    let (rows, columns) = (array.shape[0], array.shape[1]);
    (0..columns).flat_map(|c| (0..rows).map(move |r| array.values[r * columns + c])).collect()
}

/// `stages.1.blocks.0.norm1.gamma` is `features.3.0.norm1.weight` there: patch embedding, stages and merging
/// layers are numbered through, and norms call their scale and shift weight and bias.
fn torchvision_name(name: &str) -> Option<String> {
    let name = name.replace(".gamma", ".weight").replace(".beta", ".bias");
    let Some(rest) = name.strip_prefix("stages.") else {
        return Some(name.replace("patch.", "features.0.0.").replace("norm.", "features.0.2."));
    };
    let (stage, rest) = rest.split_once('.')?;
    let stage: usize = stage.parse().ok()?;
    if let Some(rest) = rest.strip_prefix("merging.") {
        return Some(format!("features.{}.{rest}", 2 * stage));
    }
    let rest = rest
        .strip_prefix("blocks.")?
        .replace("attention.position.hidden", "attn.cpb_mlp.0")
        .replace("attention.position.heads", "attn.cpb_mlp.2")
        .replace("attention.", "attn.")
        .replace("expand.", "mlp.0.")
        .replace("contract.", "mlp.3.");
    Some(format!("features.{}.{rest}", 2 * stage + 1))
}
