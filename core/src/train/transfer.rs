//! Vectors on their way from one device to another, through the host's memory: the one way that every pair of
//! devices has, a local and a remote one included.

use burn::tensor::{Device, ExecutionError, Tensor};

use crate::model::Named;
use crate::weights::{Array, Arrays};

/// Reads all vectors of one device at once: a remote one is asked a single time.
///
/// # Errors
/// When the device fails or is no longer there.
pub async fn read_together(named: Named) -> Result<Arrays, ExecutionError> {
    if named.is_empty() {
        return Ok(Arrays::new());
    }
    let names: Vec<(String, usize)> = named.iter().map(|(name, t)| (name.clone(), t.dims()[0])).collect();
    let joined = Tensor::cat(named.into_values().collect(), 0).into_data_async().await?;
    let mut values = joined.iter::<f32>();
    let array = |(name, length): (String, usize)| {
        let values: Vec<f32> = values.by_ref().take(length).collect();
        (name, Array { shape: vec![length], values })
    };
    Ok(names.into_iter().map(array).collect())
}

/// Puts names under `prefix` and a dot.
pub fn prefixed(named: Named, prefix: &str) -> impl Iterator<Item = (String, Tensor<1>)> {
    named.into_iter().map(move |(name, tensor)| (format!("{prefix}.{name}"), tensor))
}

/// All arrays whose names begin with `prefix` and a dot, without it, on `device`.
pub fn placed(arrays: &Arrays, prefix: &str, device: &Device) -> Named {
    let prefix = format!("{prefix}.");
    arrays
        .range(prefix.clone()..)
        .take_while(|(name, _)| name.starts_with(&prefix))
        .map(|(name, array)| {
            let values = Tensor::from_floats(array.values.as_slice(), device);
            (name[prefix.len()..].to_owned(), values)
        })
        .collect()
}
