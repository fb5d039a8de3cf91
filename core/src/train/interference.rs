//! How tasks help and hurt each other: the angles between their gradients of the shared blocks.

use burn::tensor::{Device, Distribution, ExecutionError, Tensor};

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
#[derive(Clone, Debug)]
pub struct Sketches {
    tasks: Vec<Option<Tensor<1>>>,
    device: Device,
}

impl Sketches {
    /// None yet. `device` is the plain one.
    pub fn new(tasks: usize, device: Device) -> Self {
        Self { tasks: vec![None; tasks], device }
    }

    /// Adds gradients of a task. Draws from the device's random generator after seeding it.
    pub fn add(&mut self, task: usize, gradients: &Named) {
        for (name, gradient) in gradients {
            let folded = self.fold(name, gradient.clone());
            let sum = match self.tasks[task].take() {
                Some(sum) => sum + folded,
                None => folded,
            };
            self.tasks[task] = Some(sum);
        }
    }

    fn fold(&self, name: &str, gradient: Tensor<1>) -> Tensor<1> {
        let [elements] = gradient.dims();
        self.device.seed(seed_of(name));
        let signs = Tensor::<1>::random([elements], Distribution::Bernoulli(0.5), &self.device) * 2.0 - 1.0;
        let signed = gradient * signs;
        let padded = elements.next_multiple_of(LENGTH);
        let signed = if padded == elements {
            signed
        } else {
            Tensor::cat(vec![signed, Tensor::zeros([padded - elements], &self.device)], 0)
        };
        signed.reshape([padded / LENGTH, LENGTH]).sum_dim(0).reshape([LENGTH])
    }

    /// Inner products between all tasks, `[tasks][tasks]`.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn gram(self) -> Result<Vec<Vec<f64>>, ExecutionError> {
        let zero = || Tensor::zeros([LENGTH], &self.device);
        let rows = self.tasks.iter().map(|row| row.clone().unwrap_or_else(zero)).collect();
        products(rows).await
    }
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
    use super::*;

    fn named(device: &Device, parts: [Tensor<1>; 2]) -> Named {
        let _ = device;
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
        let tasks = [a, mixed, opposed].map(|parts| named(&device, parts));
        let mut sketches = Sketches::new(4, device.clone());
        tasks.iter().enumerate().for_each(|(task, gradients)| sketches.add(task, gradients));
        let sketched = Interference::from_gram(&pollster::block_on(sketches.gram()).unwrap());
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
