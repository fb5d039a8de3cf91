//! Inner loops of the network on a processor, where the CPU engine has no fast ones: plain slices in, plain slices
//! out. A crate of its own because they are compiled for speed, also in the page, whose other code is compiled for
//! size.

mod convolution;
mod gelu;
mod vector;

pub use convolution::convolve;
pub use gelu::{gelu, gelu_backward};
