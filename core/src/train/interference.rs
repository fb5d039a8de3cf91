//! How tasks help and hurt each other: the angles between their gradients of the shared blocks.

use std::collections::BTreeMap;

use burn::tensor::{Device, ExecutionError, Tensor, TensorData};

use crate::dataset::sample_seed;
use crate::model::Named;

/// How the tasks of an update relate.
#[derive(Clone, Debug, PartialEq)]
pub struct Interference {
    /// Cosine of the angle between the shared gradients of two tasks, `[tasks][tasks]`; 0 where a task had no
    /// batch. Below 0, what helps one hurts the other.
    pub cosine: Vec<Vec<f32>>,
    /// Share of each task in the summed gradient: the length of its projection. They sum to 1; a task that
    /// the others overrule has a negative one.
    pub share: Vec<f32>,
}

impl Interference {
    /// From the inner products of the gradients, `[tasks][tasks]`.
    pub fn from_gram(gram: &[Vec<f64>]) -> Self {
        let length = |task: usize| gram[task][task].max(0.0).sqrt();
        let cosine = |a: usize, b: usize| match length(a) * length(b) {
            0.0 => 0.0,
            product => (gram[a][b] / product).clamp(-1.0, 1.0) as f32,
        };
        let tasks = gram.len();
        let total: f64 = gram.iter().flatten().sum();
        let share = |row: &Vec<f64>| if total > 0.0 { row.iter().sum::<f64>() / total } else { 0.0 };
        Self {
            cosine: (0..tasks).map(|a| (0..tasks).map(|b| cosine(a, b)).collect()).collect(),
            share: gram.iter().map(|row| share(row) as f32).collect(),
        }
    }
}

/// Length of a sketch. A cosine of two sketches is off by about `1 / sqrt(length)`.
const LENGTH: usize = 4096;

/// Short stand-ins for the gradients of all tasks, so that measuring them does not make memory grow with the
/// number of tasks: elements get random signs and are summed in as many places as a sketch is long, which
/// keeps inner products in expectation (Charikar et al., "Finding frequent items in data streams", 2002).
/// The signs depend on the parameter's name alone, so that sketches of different devices can be compared.
#[derive(Clone, Debug, Default)]
pub struct Sketches(BTreeMap<usize, Tensor<1>>);

impl Sketches {
    /// Adds gradients of a task.
    pub fn add(&mut self, task: usize, gradients: &Named) {
        for (name, gradient) in gradients {
            self.add_sketch(task, folded(name, gradient.clone()));
        }
    }

    fn add_sketch(&mut self, task: usize, sketch: Tensor<1>) {
        let sum = match self.0.remove(&task) {
            Some(sum) => sum + sketch,
            None => sketch,
        };
        self.0.insert(task, sum);
    }

    /// Adds those of another rank, which are on the same device.
    pub fn join(&mut self, other: Self) {
        other.0.into_iter().for_each(|(task, sketch)| self.add_sketch(task, sketch));
    }

    /// The sketch of each task, `[4096]`, by its number.
    pub fn named(&self) -> Named {
        self.0.iter().map(|(task, sketch)| (task.to_string(), sketch.clone())).collect()
    }

    /// From what [`Self::named`] gave.
    pub fn from_named(named: Named) -> Self {
        Self(named.into_iter().filter_map(|(task, sketch)| Some((task.parse().ok()?, sketch))).collect())
    }

    /// Inner products between `tasks` tasks, `[tasks][tasks]`. `device` is that of the sketches.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn gram(mut self, tasks: usize, device: &Device) -> Result<Vec<Vec<f64>>, ExecutionError> {
        let row = |task| self.0.remove(&task).unwrap_or_else(|| Tensor::zeros([LENGTH], device));
        products((0..tasks).map(row).collect()).await
    }
}

fn folded(name: &str, gradient: Tensor<1>) -> Tensor<1> {
    let (device, [elements]) = (gradient.device(), gradient.dims());
    let signed = gradient * Tensor::from_data(TensorData::new(signs(name, elements), [elements]), &device);
    let padded = elements.next_multiple_of(LENGTH);
    let signed = if padded == elements {
        signed
    } else {
        Tensor::cat(vec![signed, Tensor::zeros([padded - elements], &device)], 0)
    };
    signed.reshape([padded / LENGTH, LENGTH]).sum_dim(0).reshape([LENGTH])
}

/// Random signs for the elements of a parameter. Made here and not by a device's generator: engines differ in theirs.
fn signs(name: &str, elements: usize) -> Vec<f32> {
    let seed = seed_of(name);
    let words = (0..elements.div_ceil(64)).map(|word| sample_seed(seed, 0, word));
    let signs = words.flat_map(|bits| (0..64).map(move |bit| if bits >> bit & 1 == 0 { 1.0 } else { -1.0 }));
    signs.take(elements).collect()
}

/// Inner products between the gradients of all tasks, `[tasks][tasks]`, exactly.
///
/// # Errors
/// When the device fails.
pub async fn gram(gradients: &[Named], device: &Device) -> Result<Vec<Vec<f64>>, ExecutionError> {
    let tasks = gradients.len();
    let mut names: Vec<(&String, usize)> =
        gradients.iter().flatten().map(|(name, gradient)| (name, gradient.dims()[0])).collect();
    names.sort_unstable();
    names.dedup();
    let mut sum: Tensor<2> = Tensor::zeros([tasks, tasks], device);
    for (name, elements) in names {
        let zero = || Tensor::zeros([elements], device);
        let rows: Vec<Tensor<1>> =
            gradients.iter().map(|named| named.get(name).cloned().unwrap_or_else(zero)).collect();
        let rows: Tensor<2> = Tensor::stack(rows, 0);
        sum = sum + rows.clone().matmul(rows.transpose());
    }
    square(sum).await
}

async fn products(rows: Vec<Tensor<1>>) -> Result<Vec<Vec<f64>>, ExecutionError> {
    let rows: Tensor<2> = Tensor::stack(rows, 0);
    square(rows.clone().matmul(rows.transpose())).await
}

async fn square(matrix: Tensor<2>) -> Result<Vec<Vec<f64>>, ExecutionError> {
    let [_, columns] = matrix.dims();
    let values: Vec<f64> = matrix.into_data_async().await?.iter::<f64>().collect();
    Ok(values.chunks_exact(columns.max(1)).map(<[f64]>::to_vec).collect())
}

/// A number for a name (FNV-1a), the same in every run.
fn seed_of(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Distribution;

    use super::*;

    fn named(parts: [Tensor<1>; 2]) -> Named {
        ["a", "b"].into_iter().map(str::to_owned).zip(parts).collect()
    }

    #[test]
    fn sketches_keep_angles() {
        let device = Device::flex();
        device.seed(3);
        let normal = |n: usize| Tensor::<1>::random([n], Distribution::Normal(0.0, 1.0), &device);
        let (a, b) = ([normal(50_000), normal(700)], [normal(50_000), normal(700)]);
        // At 60 degrees to the first, and opposed to it.
        let mixed = [0, 1].map(|i| a[i].clone() * 0.5 + b[i].clone() * 0.75_f32.sqrt());
        let opposed = a.clone().map(|part| -part);
        let tasks = [a, mixed, opposed].map(named);
        // Of two ranks, of which one has two tasks.
        let mut sketches = [Sketches::default(), Sketches::default()];
        tasks.iter().enumerate().for_each(|(task, gradients)| sketches[task / 2].add(task, gradients));
        let [mut all, other] = sketches.map(|rank| Sketches::from_named(rank.named()));
        all.join(other);
        let sketched = Interference::from_gram(&pollster::block_on(all.gram(4, &device)).unwrap());
        let exact = Interference::from_gram(&pollster::block_on(gram(&tasks, &device)).unwrap());
        for a in 0..3 {
            for b in 0..3 {
                assert!((sketched.cosine[a][b] - exact.cosine[a][b]).abs() < 0.05, "{sketched:?} {exact:?}");
            }
        }
        assert!((exact.cosine[0][1] - 0.5).abs() < 0.02 && exact.cosine[0][2] < -0.999);
        assert_eq!((sketched.cosine[0][3], sketched.share[3]), (0.0, 0.0), "a task without a batch");
    }

    #[test]
    fn shares_sum_to_one_and_tell_who_is_overruled() {
        // Lengths 3 and 1, opposed.
        let opposed = Interference::from_gram(&[vec![9.0, -3.0], vec![-3.0, 1.0]]);
        assert_eq!(opposed.cosine, [[1.0, -1.0], [-1.0, 1.0]]);
        assert_eq!(opposed.share, [1.5, -0.5]);
        let none = Interference::from_gram(&[vec![0.0]]);
        assert_eq!((none.cosine, none.share), (vec![vec![0.0]], vec![0.0]));
    }
}
