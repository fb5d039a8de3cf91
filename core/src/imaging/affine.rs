//! Affine maps between places: three rows of `[x, y, z, offset]`.

/// Three rows of `[x, y, z, offset]`; the fourth row of the matrix, `[0, 0, 0, 1]`, is left out.
pub type Affine = [[f64; 4]; 3];

/// Where `affine` takes `point`.
pub fn apply(affine: &Affine, point: [f64; 3]) -> [f64; 3] {
    let [x, y, z] = point;
    affine.map(|[a, b, c, offset]| a * x + b * y + c * z + offset)
}

/// First `inner`, then `outer`.
pub fn compose(outer: &Affine, inner: &Affine) -> Affine {
    outer.map(|[a, b, c, offset]| {
        let [x, y, z] = inner;
        std::array::from_fn(|k| a * x[k] + b * y[k] + c * z[k] + if k == 3 { offset } else { 0.0 })
    })
}

/// What a step along input axis `axis` does.
pub fn column(affine: &Affine, axis: usize) -> [f64; 3] {
    affine.map(|row| row[axis])
}

/// How far a step along each input axis leads.
pub fn column_lengths(affine: &Affine) -> [f64; 3] {
    std::array::from_fn(|axis| length(column(affine, axis)))
}

/// Signed volume that a unit cube is taken to.
pub fn determinant(affine: &Affine) -> f64 {
    dot(column(affine, 0), cross(column(affine, 1), column(affine, 2)))
}

/// The way back; `None` where there is none (values that are not finite, or axes in one plane).
pub fn inverse(affine: &Affine) -> Option<Affine> {
    let columns: [[f64; 3]; 3] = std::array::from_fn(|axis| column(affine, axis));
    let determinant = determinant(affine);
    // Compared with the axes' lengths, so that the unit does not matter.
    let scale: f64 = column_lengths(affine).iter().product();
    let finite = affine.iter().flatten().all(|value| value.is_finite()) && scale.is_finite();
    if !finite || determinant.abs() <= scale * 1e-6 || determinant.recip().is_infinite() {
        return None;
    }
    let [a, b, c] = columns;
    let rows = [cross(b, c), cross(c, a), cross(a, b)].map(|row| row.map(|value| value / determinant));
    let offset = column(affine, 3);
    Some(rows.map(|row| [row[0], row[1], row[2], -dot(row, offset)]))
}

/// Length of a vector.
pub fn length(vector: [f64; 3]) -> f64 {
    dot(vector, vector).sqrt()
}

/// Scalar product.
pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
