//! Where slices lie in the patient (PS3.3, C.7.6.2), turned from LPS to RAS+.

use super::super::Geometry;
use super::header::FrameAttributes;
use super::tags::{
    IMAGER_PIXEL_SPACING, ORIENTATION, PIXEL_MEASURES_GROUP, PIXEL_SPACING, PLANE_ORIENTATION_GROUP,
    PLANE_POSITION_GROUP, POSITION, SLICE_THICKNESS, SPACING_BETWEEN_SLICES,
};

/// How much the steps between slices may differ, as a part of a step.
const STEP_TOLERANCE: f64 = 0.05;

/// How far the axes of slices of one volume may differ (cosine).
const SAME_DIRECTION: f64 = 1.0 - 1e-4;

/// How far apart, in mm, two slices are at least.
pub(super) const SAME_PLACE: f64 = 1e-3;

pub(super) type Vector = [f64; 3];

/// What a file says about the place of one slice, in the axes of DICOM: left, posterior, superior.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Plane {
    /// Centre of the first pixel.
    pub position: Option<Vector>,
    /// Unit vectors along a row and along a column.
    pub axes: Option<[Vector; 2]>,
    /// Distances of neighbouring columns and rows in mm.
    pub spacing: Option<[f64; 2]>,
    /// Distance of slices in mm, or their thickness.
    pub step: Option<f64>,
}

impl Plane {
    pub fn read(frame: FrameAttributes<'_>) -> Self {
        let measures = frame.group(PIXEL_MEASURES_GROUP);
        let positive = |value: &f64| *value > 0.0;
        let spacing = measures
            .vector::<2>(PIXEL_SPACING)
            .or_else(|| measures.vector::<2>(IMAGER_PIXEL_SPACING))
            .filter(|spacing| spacing.iter().all(positive))
            // The file gives the distance of rows first.
            .map(|[rows, columns]| [columns, rows]);
        let step = measures.number(SPACING_BETWEEN_SLICES).map(f64::abs).filter(positive);
        Self {
            position: frame.group(PLANE_POSITION_GROUP).vector(POSITION),
            axes: frame.group(PLANE_ORIENTATION_GROUP).vector::<6>(ORIENTATION).and_then(axes),
            spacing,
            step: step.or_else(|| measures.number(SLICE_THICKNESS).filter(positive)),
        }
    }

    /// The unit vector across the slice.
    pub fn normal(&self) -> Option<Vector> {
        self.axes.map(|[row, column]| cross(row, column))
    }

    /// Whether rows and columns run as those of `other`.
    pub fn is_parallel(&self, other: &Self) -> bool {
        match (self.axes, other.axes) {
            (Some(own), Some(others)) => {
                own.iter().zip(others).all(|(own, other)| dot(*own, other) > SAME_DIRECTION)
            }
            (own, others) => own == others,
        }
    }

    /// The distance from the origin along the normal.
    pub fn depth(&self) -> Option<f64> {
        Some(dot(self.position?, self.normal()?))
    }
}

/// The geometry of slices at `planes`, in their order. A picture without thickness counts as 1 mm thick.
/// Where slices do not follow each other in equal steps, or are turned against each other, their place is left out.
pub(super) fn geometry(planes: &[Plane]) -> Geometry {
    let Some(first) = planes.first() else { return Geometry::default() };
    let Some([columns, rows]) = first.spacing else { return Geometry::default() };
    let along = step(planes);
    let slices = along.map(length).or(first.step).unwrap_or(1.0);
    let spacing = Some([columns, rows, slices]);
    let affine = match (first.position, first.axes, first.normal()) {
        (Some(origin), Some([row, column]), Some(normal)) => {
            let along = if planes.len() == 1 { Some(scale(normal, slices)) } else { along };
            along.map(|along| affine([scale(row, columns), scale(column, rows), along], origin))
        }
        _ => None,
    };
    Geometry { spacing, affine }
}

/// The vector from each slice to the next, where all are the same.
pub(super) fn step(planes: &[Plane]) -> Option<Vector> {
    let (first, last) = (planes.first()?, planes.last()?);
    let count = planes.len() - 1;
    if count == 0 || !planes.iter().all(|plane| plane.is_parallel(first) && plane.spacing == first.spacing) {
        return None;
    }
    let origin = first.position?;
    let step = scale(subtract(last.position?, origin), 1.0 / count as f64);
    let tolerance = STEP_TOLERANCE * length(step);
    // A step within the plane is no stack.
    let across = dot(step, first.normal()?).abs();
    let regular = planes.iter().enumerate().all(|(index, plane)| {
        let expected = scale(step, index as f64);
        plane.position.is_some_and(|at| length(subtract(subtract(at, origin), expected)) <= tolerance)
    });
    (regular && across > SAME_PLACE).then_some(step)
}

/// Columns of the matrix and the offset, from left and posterior to right and anterior.
fn affine(columns: [Vector; 3], offset: Vector) -> [[f64; 4]; 3] {
    let [x, y, z] = columns;
    let row = |axis: usize, sign: f64| {
        [x, y, z, offset].map(|vector| sign * vector.get(axis).copied().unwrap_or_default() + 0.0)
    };
    [row(0, -1.0), row(1, -1.0), row(2, 1.0)]
}

/// Two unit vectors at right angles, as far as the file's rounding allows.
fn axes(values: [f64; 6]) -> Option<[Vector; 2]> {
    let [a, b, c, d, e, f] = values;
    let (row, column) = ([a, b, c], [d, e, f]);
    let unit = |vector| (length(vector) - 1.0).abs() < 0.01;
    (unit(row) && unit(column) && dot(row, column).abs() < 0.01).then_some([row, column])
}

fn dot([a, b, c]: Vector, [d, e, f]: Vector) -> f64 {
    a * d + b * e + c * f
}

fn cross([a, b, c]: Vector, [d, e, f]: Vector) -> Vector {
    [b * f - c * e, c * d - a * f, a * e - b * d]
}

fn length(vector: Vector) -> f64 {
    dot(vector, vector).sqrt()
}

fn scale(vector: Vector, factor: f64) -> Vector {
    vector.map(|value| value * factor)
}

fn subtract([a, b, c]: Vector, [d, e, f]: Vector) -> Vector {
    [a - d, b - e, c - f]
}
