//! The state dict of a torchvision model: safetensors, or what `torch.save` writes.

use std::path::{Path, PathBuf};

use medley_core::weights::{Array, Arrays, FloatType, WeightsError, read};
use pytorch_reader::{DType, PytorchError, PytorchReader};
use thiserror::Error;

/// A tensor that every Swin V2 of torchvision has; checkpoints of training scripts put a prefix before it.
const FIRST: &str = "features.0.0.weight";

/// Why a file holds no weights of a Swin V2.
#[derive(Debug, Error)]
pub enum StateDictError {
    /// It cannot be read.
    #[error("cannot read {}: check the name and your permission", .0.display())]
    Read(PathBuf, #[source] std::io::Error),
    /// It is no safetensors file.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// It is no checkpoint of `PyTorch`, or damaged.
    #[error(
        "{} is no PyTorch checkpoint that can be read, or is damaged; download it again, or write it with \
         `torch.save(model.state_dict(), file)`", .0.display()
    )]
    Checkpoint(PathBuf, #[source] Box<PytorchError>),
    /// The numbers of a tensor are not in the file.
    #[error("{} is damaged or incomplete: download it again", .0.display())]
    Damaged(PathBuf, #[source] std::io::Error),
    /// It holds something else.
    #[error(
        "{} has no tensor {FIRST}, which the Swin V2 models of torchvision have; name a state dict of one of them",
        .0.display()
    )]
    OtherModel(PathBuf),
}

/// The weights in `path` under torchvision's names. A `.pth` file is a pickle; it is parsed, and nothing in it executed.
///
/// # Errors
/// When the file cannot be read, is damaged, or holds another model.
pub fn read_swin_v2(path: &Path) -> Result<Arrays, StateDictError> {
    let arrays = if is_safetensors(path) {
        let bytes = std::fs::read(path).map_err(|error| StateDictError::Read(path.to_path_buf(), error))?;
        read(&bytes)?.0
    } else {
        read_checkpoint(path)?
    };
    let prefix = arrays.keys().find_map(|name| name.strip_suffix(FIRST)).map(str::to_owned);
    let prefix = prefix.ok_or_else(|| StateDictError::OtherModel(path.to_path_buf()))?;
    let own = |(name, array): (String, Array)| Some((name.strip_prefix(&prefix)?.to_owned(), array));
    Ok(arrays.into_iter().filter_map(own).collect())
}

fn is_safetensors(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("safetensors"))
}

fn read_checkpoint(path: &Path) -> Result<Arrays, StateDictError> {
    let refused = |error| match error {
        PytorchError::Io(source) if !path.is_file() => StateDictError::Read(path.to_path_buf(), source),
        other => StateDictError::Checkpoint(path.to_path_buf(), Box::new(other)),
    };
    let reader = PytorchReader::new(path).map_err(refused)?;
    let mut arrays = Arrays::new();
    for (name, tensor) in reader.into_tensors() {
        let kind = match tensor.dtype() {
            DType::F16 => FloatType::F16,
            DType::BF16 => FloatType::BF16,
            DType::F32 => FloatType::F32,
            DType::F64 => FloatType::F64,
            // Tables of indices and counters.
            _ => continue,
        };
        let bytes = tensor.read().map_err(|error| StateDictError::Damaged(path.to_path_buf(), error))?;
        arrays.insert(name, Array { shape: tensor.shape().to_vec(), values: kind.values(&bytes) });
    }
    Ok(arrays)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use medley_core::weights::{Precision, write};

    use super::*;

    #[test]
    fn a_file_that_is_no_checkpoint_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.pth");
        let missing = read_swin_v2(&path).unwrap_err();
        assert!(matches!(missing, StateDictError::Read(..)), "{missing:?}");
        for bytes in [b"".as_slice(), b"PK\x03\x04 not an archive", b"\x80\x02}q\x00", b"not a pickle"] {
            std::fs::write(&path, bytes).unwrap();
            let error = read_swin_v2(&path).unwrap_err();
            let is_named = matches!(error, StateDictError::Checkpoint(..) | StateDictError::OtherModel(_));
            assert!(is_named, "{bytes:?}: {error:?}");
            assert!(error.to_string().contains("weights.pth"), "{error}");
        }
    }

    #[test]
    fn a_prefix_before_all_names_is_taken_off() {
        let array = Array { shape: vec![2], values: vec![1.0, -2.0] };
        let arrays: Arrays = [("model.features.0.0.weight", &array), ("optimizer.rate", &array)]
            .map(|(name, array)| (name.to_owned(), array.clone()))
            .into();
        let path = tempfile::tempdir().unwrap().keep().join("weights.safetensors");
        std::fs::write(&path, write(&arrays, &[].into(), Precision::Full).unwrap()).unwrap();
        assert_eq!(read_swin_v2(&path).unwrap(), [(FIRST.to_owned(), array)].into());
        let other: Arrays = [("conv.weight".to_owned(), Array { shape: vec![1], values: vec![0.0] })].into();
        std::fs::write(&path, write(&other, &[].into(), Precision::Full).unwrap()).unwrap();
        assert!(matches!(read_swin_v2(&path).unwrap_err(), StateDictError::OtherModel(_)));
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
