//! What a tuned model differs in from the one that it began from.

use super::lora;
use crate::dataset::sample_seed;
use crate::weights::{Array, Arrays, WeightsError};

/// How the arrays of the shared blocks begin in a model's file.
const SHARED: &str = "foundation.";
/// Ranks that are tried: that of one tuning at low rank, of two and of four, one after the other.
const RANKS: [usize; 3] = [8, 16, 32];
/// Numbers of 16 bits are wrong by at most this part of themselves.
const HALF_ROUNDING: f64 = 1.0 / 2048.0;
/// Rounds of the subspace iteration: changes at low rank stand out from rounding errors so far that few are enough.
const ROUNDS: usize = 3;

/// The arrays of `tuned` that are not those of `base`. Where the encoder was changed at low rank alone (see
/// [`Lora`](super::Lora)), its matrices are left out; instead there are `NAME.a` `[input, rank]` and `NAME.b`
/// `[rank, output]`, whose product is the change but for the rounding of numbers of 16 bits.
pub fn difference(base: &Arrays, tuned: Arrays) -> Arrays {
    let changed: Arrays = tuned.into_iter().filter(|(name, array)| base.get(name) != Some(array)).collect();
    let shared = |name: &str| name.strip_prefix(SHARED).unwrap_or_default().to_owned();
    // Where all of the encoder learns, its norms change too, and no rank is low.
    let is_whole = |name: &String| shared(name).starts_with("encoder.") && !lora::is_target(&shared(name));
    let at_low_rank = !changed.keys().any(is_whole);
    let mut difference = Arrays::new();
    for (name, array) in changed {
        let before = base.get(&name).filter(|_| at_low_rank && lora::is_target(&shared(&name)));
        match before.and_then(|before| factors(before, &array)) {
            Some([a, b]) => difference.extend([(format!("{name}.a"), a), (format!("{name}.b"), b)]),
            None => difference.extend([(name, array)]),
        }
    }
    difference
}

/// `base` with what [`difference`] found.
///
/// # Errors
/// [`WeightsError`] for factors of a matrix that `base` does not have, or of another size.
pub fn with_difference(base: Arrays, difference: &Arrays) -> Result<Arrays, WeightsError> {
    let mut all = base;
    for (name, array) in difference {
        let of = |end: &str, other: &str| {
            let weight = name.strip_suffix(end)?;
            difference.get(&format!("{weight}{other}")).map(|other| (weight, other))
        };
        if let Some((weight, b)) = of(".a", ".b") {
            let matrix = all.get_mut(weight).ok_or_else(|| WeightsError::Missing(weight.to_owned()))?;
            add_product(matrix, array, b).ok_or_else(|| WeightsError::Shape {
                name: weight.to_owned(),
                expected: matrix.shape.clone(),
                found: [array.shape.as_slice(), &b.shape].concat(),
            })?;
        } else if of(".b", ".a").is_none() {
            all.insert(name.clone(), array.clone());
        }
    }
    Ok(all)
}

/// Adds `a b`; `None` where the sizes do not fit.
fn add_product(matrix: &mut Array, a: &Array, b: &Array) -> Option<()> {
    let (&[input, output], &[rows, rank], &[inner, columns]) =
        (matrix.shape.as_slice(), a.shape.as_slice(), b.shape.as_slice())
    else {
        return None;
    };
    if (rows, rank, columns) != (input, inner, output) || rank == 0 || output == 0 {
        return None;
    }
    for (row, weights) in matrix.values.chunks_exact_mut(output).zip(a.values.chunks_exact(rank)) {
        for (weight, line) in weights.iter().zip(b.values.chunks_exact(output)) {
            row.iter_mut().zip(line).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    Some(())
}

/// Narrow matrices whose product is the change; `None` where they would not be much smaller.
fn factors(before: &Array, after: &Array) -> Option<[Array; 2]> {
    let &[input, output] = after.shape.as_slice() else { return None };
    if before.shape != after.shape || after.values.is_empty() {
        return None;
    }
    let change: Vec<f64> =
        after.values.iter().zip(&before.values).map(|(new, old)| f64::from(*new) - f64::from(*old)).collect();
    let after: Vec<f64> = after.values.iter().copied().map(f64::from).collect();
    let allowed = HALF_ROUNDING * dot(&after, &after).sqrt();
    let fits = |rank: &usize| 2 * rank * (input + output) <= input * output;
    RANKS.into_iter().filter(fits).find_map(|rank| {
        let (a, b) = narrow(&change, output, rank);
        // The columns of `a` are of length 1 and at right angles: what is left out is told by the lengths.
        let kept: f64 = b.iter().map(|row| dot(row, row)).sum();
        let left_out = (dot(&change, &change) - kept).max(0.0).sqrt();
        (left_out <= allowed).then(|| balanced(&a, &b))
    })
}

/// The columns of `a` and the rows of `b` whose product comes closest to `matrix` (rows of `output` numbers), by
/// subspace iteration (Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011, algorithm 4.4).
fn narrow(matrix: &[f64], output: usize, rank: usize) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let random =
        |column: usize, row: usize| sample_seed(0, column as u64, row) as f64 / u64::MAX as f64 - 0.5;
    let start = |column: usize| (0..output).map(|row| random(column, row)).collect();
    let mut rows: Vec<Vec<f64>> = (0..rank).map(start).collect();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for _ in 0..ROUNDS {
        orthonormal(&mut rows);
        columns =
            rows.iter().map(|row| matrix.chunks_exact(output).map(|line| dot(line, row)).collect()).collect();
        orthonormal(&mut columns);
        rows = columns.iter().map(|column| across(matrix, output, column)).collect();
    }
    (columns, rows)
}

/// The rows of a matrix, weighted by a column and added up.
fn across(matrix: &[f64], output: usize, column: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; output];
    for (line, weight) in matrix.chunks_exact(output).zip(column) {
        sum.iter_mut().zip(line).for_each(|(sum, value)| *sum += weight * value);
    }
    sum
}

/// Makes vectors of length 1 that are at right angles to each other (Gram-Schmidt); those that bring nothing new become 0.
fn orthonormal(vectors: &mut [Vec<f64>]) {
    for index in 0..vectors.len() {
        let (before, rest) = vectors.split_at_mut(index);
        let Some(vector) = rest.first_mut() else { continue };
        let length = dot(vector, vector).sqrt();
        // Twice: the first time leaves rounding errors.
        for _ in 0..2 {
            for other in before.iter() {
                let along = dot(other, vector);
                vector.iter_mut().zip(other).for_each(|(value, other)| *value -= along * other);
            }
        }
        let left = dot(vector, vector).sqrt();
        let factor = if left > 1e-9 * length { left.recip() } else { 0.0 };
        vector.iter_mut().for_each(|value| *value *= factor);
    }
}

/// Both as arrays with numbers of about the same size: very small ones would lose digits in 16 bits.
fn balanced(columns: &[Vec<f64>], rows: &[Vec<f64>]) -> [Array; 2] {
    let largest =
        |vectors: &[Vec<f64>]| vectors.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
    let factor = (largest(rows) / largest(columns)).sqrt();
    let factor = if factor.is_normal() { factor } else { 1.0 };
    let (input, output) = (columns.first().map_or(0, Vec::len), rows.first().map_or(0, Vec::len));
    let a = (0..input).flat_map(|row| columns.iter().map(move |column| (column[row] * factor) as f32));
    let b = rows.iter().flatten().map(|value| (value / factor) as f32);
    [
        Array { shape: vec![input, columns.len()], values: a.collect() },
        Array { shape: vec![rows.len(), output], values: b.collect() },
    ]
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::weights::{Precision, read, write};

    const MATRIX: &str = "foundation.encoder.stages.2.blocks.0.expand.weight";
    const NORM: &str = "foundation.encoder.stages.2.blocks.0.norm.gamma";
    const DECODER: &str = "foundation.pixel.weight";

    fn noise(seed: u64, shape: [usize; 2], size: f32) -> Array {
        let number = |index| sample_seed(seed, 0, index) as f32 / u64::MAX as f32 - 0.5;
        let values = (0..shape[0] * shape[1]).map(|index| size * number(index)).collect();
        Array { shape: shape.to_vec(), values }
    }

    /// As a model's file has them.
    fn stored(arrays: &Arrays) -> Vec<u8> {
        write(arrays, &BTreeMap::new(), Precision::Half).unwrap()
    }

    fn rounded(arrays: &Arrays) -> Arrays {
        read(&stored(arrays)).unwrap().0
    }

    fn base() -> Arrays {
        let arrays = [
            (MATRIX.to_owned(), noise(1, [128, 512], 0.2)),
            (NORM.to_owned(), noise(2, [1, 128], 1.0)),
            (DECODER.to_owned(), noise(3, [16, 16], 0.2)),
        ];
        rounded(&Arrays::from(arrays))
    }

    /// Changed at rank 8, and one array of the decoder as a whole.
    fn tuned() -> Arrays {
        let mut tuned = base();
        let matrix = tuned.get_mut(MATRIX).unwrap();
        add_product(matrix, &noise(4, [128, 8], 0.1), &noise(5, [8, 512], 0.1)).unwrap();
        tuned.insert(DECODER.to_owned(), noise(6, [16, 16], 0.2));
        rounded(&tuned)
    }

    #[test]
    fn a_change_at_low_rank_is_stored_by_its_factors_and_comes_back() {
        let (base, tuned) = (base(), tuned());
        let difference = difference(&base, tuned.clone());
        let names: Vec<&str> = difference.keys().map(String::as_str).collect();
        let expected = [format!("{MATRIX}.a"), format!("{MATRIX}.b"), DECODER.to_owned()];
        assert_eq!(names, expected, "what is as before is left out");
        assert_eq!(difference[&expected[0]].shape, [128, 8]);
        assert_eq!(difference[&expected[1]].shape, [8, 512]);

        // 8 x (128 + 512) numbers instead of 128 x 512.
        let encoder = stored(&Arrays::from([(MATRIX.to_owned(), tuned[MATRIX].clone())])).len();
        let small = stored(&difference).len();
        assert!(small * 8 < encoder, "{small} bytes against {encoder}");

        let again = rounded(&with_difference(base.clone(), &rounded(&difference)).unwrap());
        assert_eq!(again[NORM], base[NORM]);
        assert_eq!(again[DECODER], tuned[DECODER]);
        let [error, size] = [&again, &base].map(|arrays| {
            let pairs = arrays[MATRIX].values.iter().zip(&tuned[MATRIX].values);
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0_f32, f32::max)
        });
        assert!(error < 2e-4 && size > 5e-3, "wrong by {error} of a change by {size}");
    }

    #[test]
    fn an_encoder_that_learnt_as_a_whole_is_stored_as_a_whole() {
        let (base, mut tuned) = (base(), tuned());
        tuned.insert(NORM.to_owned(), noise(7, [1, 128], 1.0));
        let difference = difference(&base, tuned.clone());
        assert_eq!(difference, tuned);
        assert_eq!(with_difference(base, &difference).unwrap(), tuned);
    }

    #[test]
    fn a_change_of_no_low_rank_is_stored_as_it_is() {
        let (base, mut tuned) = (base(), base());
        tuned.insert(MATRIX.to_owned(), noise(8, [128, 512], 0.2));
        let difference = difference(&base, tuned.clone());
        assert_eq!(difference, Arrays::from([(MATRIX.to_owned(), tuned[MATRIX].clone())]));
    }

    #[test]
    fn factors_that_do_not_fit_are_refused() {
        let pair = |weight: &str, a, b| {
            Arrays::from([
                (format!("{weight}.a"), noise(1, a, 1.0)),
                (format!("{weight}.b"), noise(1, b, 1.0)),
            ])
        };
        let refused = |pair: &Arrays| with_difference(base(), pair).unwrap_err();
        for (a, b) in [([128, 8], [9, 512]), ([127, 8], [8, 512]), ([128, 8], [8, 511]), ([128, 0], [0, 512])]
        {
            assert!(matches!(refused(&pair(MATRIX, a, b)), WeightsError::Shape { .. }), "{a:?} {b:?}");
        }
        assert!(matches!(refused(&pair("other", [1, 1], [1, 1])), WeightsError::Missing(_)));
    }
}
