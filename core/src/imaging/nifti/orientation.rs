//! From the three ways in which a header can place a volume in space to one affine.

use crate::imaging::affine::{Affine, column, column_lengths, determinant, dot, inverse};

/// What a header says about the place of its voxels.
#[derive(Clone, Debug)]
pub(super) struct Placement {
    /// Columns, rows, slices as claimed.
    pub size: [i64; 3],
    /// `qfac`, then the lengths of voxels.
    pub pixdim: [f64; 4],
    /// Whether there is a qform: not 0.
    pub qform_code: i32,
    /// b, c, d of a unit quaternion.
    pub quaternion: [f64; 3],
    /// Place of the first voxel.
    pub quaternion_offset: [f64; 3],
    /// Whether there is an sform: not 0.
    pub sform_code: i32,
    /// The affine as such.
    pub sform: Affine,
    /// `xyzt_units`.
    pub units: i32,
}

/// The affine to RAS+ mm: of the sform, or else the qform, or where a file has neither of them, of the voxels'
/// lengths alone. A form that is no orientation (not finite, or flat) counts as absent if there is the other
/// one; `None` where there is nothing else.
///
/// With lengths alone the orientation is unknown; as in nibabel (and SPM) columns then run to the left, and the
/// centre of the volume is the origin.
pub(super) fn affine(placement: &Placement) -> Option<Affine> {
    let valid = |affine: &Affine| inverse(affine).is_some();
    let affine = if placement.sform_code == 0 && placement.qform_code == 0 {
        Some(from_lengths(placement)).filter(valid)
    } else {
        let sform = (placement.sform_code != 0).then_some(placement.sform).filter(valid);
        sform.or_else(|| (placement.qform_code != 0).then(|| from_quaternion(placement)).filter(valid))
    };
    // NIFTI_UNITS_METER, _MM (also where it is unknown), _MICRON.
    let scale = match placement.units & 7 {
        1 => 1e3,
        3 => 1e-3,
        _ => 1.0,
    };
    affine.map(|affine| affine.map(|row| row.map(|value| value * scale))).filter(valid)
}

/// Lengths that are wrong are repaired as nibabel does: 0 becomes 1, and a sign is dropped.
fn lengths(placement: &Placement) -> [f64; 3] {
    let [_, x, y, z] = placement.pixdim;
    [x, y, z].map(|length| if length == 0.0 { 1.0 } else { length.abs() })
}

fn from_lengths(placement: &Placement) -> Affine {
    let mut affine = [[0.0; 4]; 3];
    let lengths = lengths(placement);
    for (axis, row) in affine.iter_mut().enumerate() {
        let step = if axis == 0 { -lengths[axis] } else { lengths[axis] };
        row[axis] = step;
        row[3] = -step * (placement.size[axis] as f64 - 1.0) / 2.0;
    }
    affine
}

/// `nifti_quatern_to_mat44` of the standard's reference code. A `qfac` other than -1 counts as 1.
fn from_quaternion(placement: &Placement) -> Affine {
    let [b, c, d] = placement.quaternion;
    let squares = b * b + c * c + d * d;
    // Rounding may leave a little less than nothing for a; then b, c and d are all there is.
    let (a, scale) =
        if squares > 1.0 - 1e-7 { (0.0, squares.sqrt().recip()) } else { ((1.0 - squares).sqrt(), 1.0) };
    let [b, c, d] = [b, c, d].map(|part| part * scale);
    let rotation = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
    ];
    let [x, y, z] = lengths(placement);
    let steps = [x, y, if placement.pixdim[0] == -1.0 { -z } else { z }];
    std::array::from_fn(|row| {
        let [i, j, k] = rotation[row];
        [i * steps[0], j * steps[1], k * steps[2], placement.quaternion_offset[row]]
    })
}

/// The way back for a writer: `qfac` and the quaternion's b, c, d of an affine whose axes are at right angles;
/// `None` for others, which no qform can express.
pub(super) fn quaternion(affine: &Affine) -> Option<(f64, [f64; 3])> {
    inverse(affine)?;
    let lengths = column_lengths(affine);
    let mut unit = affine.map(|row| [row[0] / lengths[0], row[1] / lengths[1], row[2] / lengths[2], 0.0]);
    let is_rectangular = [(0, 1), (1, 2), (2, 0)]
        .into_iter()
        .all(|(one, other)| dot(column(&unit, one), column(&unit, other)).abs() < 1e-4);
    if !is_rectangular {
        return None;
    }
    let qfac = if determinant(&unit) < 0.0 { -1.0 } else { 1.0 };
    for row in &mut unit {
        row[2] *= qfac;
    }

    // The largest of the four parts is found first, so that nothing is divided by a small number.
    let [[xx, xy, xz, _], [yx, yy, yz, _], [zx, zy, zz, _]] = unit;
    let squares = [1.0 + xx + yy + zz, 1.0 + xx - yy - zz, 1.0 - xx + yy - zz, 1.0 - xx - yy + zz];
    let largest = (0..4).max_by(|one, other| squares[*one].total_cmp(&squares[*other]))?;
    let half = squares[largest].sqrt() / 2.0;
    let quarter = 0.25 / half;
    let [a, b, c, d] = match largest {
        0 => [half, (zy - yz) * quarter, (xz - zx) * quarter, (yx - xy) * quarter],
        1 => [(zy - yz) * quarter, half, (xy + yx) * quarter, (xz + zx) * quarter],
        2 => [(xz - zx) * quarter, (xy + yx) * quarter, half, (yz + zy) * quarter],
        _ => [(yx - xy) * quarter, (xz + zx) * quarter, (yz + zy) * quarter, half],
    };
    // The file holds b, c and d; a is taken to be positive.
    Some((qfac, [b, c, d].map(|part| if a < 0.0 { -part } else { part })))
}
