//! Arrays in a safetensors file.

use std::collections::{BTreeMap, HashMap};

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::{Array, Arrays, WeightsError};

/// How numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 16 bits: models.
    Half,
    /// 32 bits: training states, which must come back exactly.
    Full,
}

/// Writes arrays and their metadata.
///
/// # Errors
/// When an array's shape does not fit its values.
pub fn write(
    arrays: &Arrays,
    metadata: &BTreeMap<String, String>,
    precision: Precision,
) -> Result<Vec<u8>, WeightsError> {
    let stored: Vec<(&String, Vec<usize>, Vec<u8>)> = arrays
        .iter()
        .map(|(name, array)| {
            let bytes = match precision {
                Precision::Half => {
                    array.values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect()
                }
                Precision::Full => array.values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            };
            (name, array.shape.clone(), bytes)
        })
        .collect();
    let dtype = match precision {
        Precision::Half => Dtype::F16,
        Precision::Full => Dtype::F32,
    };
    let damaged = |e: safetensors::SafeTensorError| WeightsError::Damaged(e.to_string());
    let views = stored
        .iter()
        .map(|(name, shape, bytes)| {
            Ok((name.as_str(), TensorView::new(dtype, shape.clone(), bytes).map_err(damaged)?))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let metadata: HashMap<String, String> = metadata.clone().into_iter().collect();
    safetensors::serialize(views, Some(metadata)).map_err(damaged)
}

/// Reads arrays and their metadata.
///
/// # Errors
/// When the bytes are not safetensors, or a tensor is neither F16 nor F32.
pub fn read(bytes: &[u8]) -> Result<(Arrays, BTreeMap<String, String>), WeightsError> {
    let damaged = |e: safetensors::SafeTensorError| WeightsError::Damaged(e.to_string());
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
    let mut arrays = Arrays::new();
    for (name, view) in file.tensors() {
        let values = match view.dtype() {
            Dtype::F32 => view.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Dtype::F16 => view.data().as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
            other => return Err(WeightsError::Precision { name, found: format!("{other:?}") }),
        };
        arrays.insert(name, Array { shape: view.shape().to_vec(), values });
    }
    Ok((arrays, metadata))
}
