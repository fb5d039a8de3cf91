//! Between modules and plain arrays.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::WeightsError;
use crate::model::{map_parameters, parameters};

/// Plain numbers with a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// Row by row.
    pub values: Vec<f32>,
}

/// Arrays by name.
pub type Arrays = BTreeMap<String, Array>;

/// Reads all parameters of `module` back from its device; names get `prefix` and a dot before them.
///
/// # Errors
/// When the device fails.
pub async fn export<M: Module>(module: &M, prefix: &str, into: &mut Arrays) -> Result<(), WeightsError> {
    for parameter in parameters(module) {
        let values = read_back(parameter.values).await?;
        into.insert(format!("{prefix}.{}", parameter.name), Array { shape: parameter.shape, values });
    }
    Ok(())
}

/// Reads a flat tensor back from its device.
///
/// # Errors
/// When the device fails.
pub async fn read_back(values: Tensor<1>) -> Result<Vec<f32>, WeightsError> {
    let data = values.into_data_async().await.map_err(|e| WeightsError::Device(e.to_string()))?;
    data.try_to_vec().map_err(|e| WeightsError::Device(format!("{e:?}")))
}

/// Sets every parameter of `module` from `arrays`, where it is named with `prefix` and a dot before it.
///
/// # Errors
/// When a parameter is missing or has another shape; the module is lost then.
pub fn import<M: Module>(
    module: M,
    prefix: &str,
    arrays: &Arrays,
    device: &Device,
) -> Result<M, WeightsError> {
    let plain = device.clone().inner();
    let mut failure = None;
    let module =
        map_parameters(module, |name, shape, _| match find(arrays, &format!("{prefix}.{name}"), shape) {
            Ok(array) => Some(Tensor::from_floats(array.values.as_slice(), &plain)),
            Err(error) => {
                failure.get_or_insert(error);
                None
            }
        });
    failure.map_or(Ok(module), Err)
}

/// The array `name`, if it has `shape`.
pub(super) fn find<'a>(arrays: &'a Arrays, name: &str, shape: &[usize]) -> Result<&'a Array, WeightsError> {
    let array = arrays.get(name).ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
    if array.shape == shape {
        Ok(array)
    } else {
        let (expected, found) = (shape.to_vec(), array.shape.clone());
        Err(WeightsError::Shape { name: name.to_owned(), expected, found })
    }
}
