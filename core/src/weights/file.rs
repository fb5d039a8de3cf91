//! Arrays in a safetensors file.

use std::collections::{BTreeMap, HashMap};

use half::{bf16, f16};
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

/// A type of numbers that weights are stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatType {
    /// 16 bits, of which 5 for the exponent.
    F16,
    /// 16 bits, the upper half of an [`Self::F32`].
    BF16,
    /// 32 bits.
    F32,
    /// 64 bits.
    F64,
}

impl FloatType {
    /// Numbers of this type, stored one after the other with the lowest byte first.
    pub fn values(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F16 => bytes.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
            Self::BF16 => bytes.as_chunks().0.iter().map(|b| bf16::from_le_bytes(*b).to_f32()).collect(),
            Self::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Self::F64 => bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
        }
    }
}

/// Reads arrays and their metadata. Tensors of whole numbers, such as torchvision's tables of indices, are no
/// weights and left out.
///
/// # Errors
/// When the bytes are not safetensors, or a tensor is of a type that is neither in [`FloatType`] nor whole numbers.
pub fn read(bytes: &[u8]) -> Result<(Arrays, BTreeMap<String, String>), WeightsError> {
    let damaged = |e: safetensors::SafeTensorError| WeightsError::Damaged(e.to_string());
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
    let mut arrays = Arrays::new();
    for (name, view) in file.tensors() {
        let kind = match view.dtype() {
            Dtype::F16 => FloatType::F16,
            Dtype::BF16 => FloatType::BF16,
            Dtype::F32 => FloatType::F32,
            Dtype::F64 => FloatType::F64,
            Dtype::I64 | Dtype::I32 | Dtype::I16 | Dtype::I8 | Dtype::U8 | Dtype::BOOL => continue,
            other => return Err(WeightsError::Precision { name, found: format!("{other:?}") }),
        };
        let values = kind.values(view.data());
        arrays.insert(name, Array { shape: view.shape().to_vec(), values });
    }
    Ok((arrays, metadata))
}
