//! Which way the axes of a volume run in the patient.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::affine::{Affine, column, inverse, length};

/// One of the six directions of the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the patient's right.
    Right,
    /// Towards the patient's left.
    Left,
    /// Towards the front.
    Anterior,
    /// Towards the back.
    Posterior,
    /// Towards the head.
    Superior,
    /// Towards the feet.
    Inferior,
}

impl Direction {
    /// With the letter of each.
    const ALL: [(Self, char); 6] = [
        (Self::Right, 'R'),
        (Self::Left, 'L'),
        (Self::Anterior, 'A'),
        (Self::Posterior, 'P'),
        (Self::Superior, 'S'),
        (Self::Inferior, 'I'),
    ];

    /// Along axis 0 (right), 1 (anterior) or 2 (superior) of space, or against it.
    fn new(axis: usize, forwards: bool) -> Self {
        match (axis, forwards) {
            (0, true) => Self::Right,
            (0, false) => Self::Left,
            (1, true) => Self::Anterior,
            (1, false) => Self::Posterior,
            (_, true) => Self::Superior,
            (_, false) => Self::Inferior,
        }
    }

    /// The axis of space (0 right, 1 anterior, 2 superior) that it runs along or against.
    pub fn axis(self) -> usize {
        match self {
            Self::Right | Self::Left => 0,
            Self::Anterior | Self::Posterior => 1,
            Self::Superior | Self::Inferior => 2,
        }
    }

    /// Whether it runs along its axis of space, and not against it.
    pub fn is_forwards(self) -> bool {
        matches!(self, Self::Right | Self::Anterior | Self::Superior)
    }
}

/// Where columns, rows and slices of a volume lead when their number grows, as three letters: in `LPS` the
/// columns run to the patient's left, the rows to the back, the slices to the head.
///
/// Each of the three axes of space occurs once. The letters name where an axis leads to (as in nibabel and
/// `NIfTI`), not where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisCodes([Direction; 3]);

/// Letters that are no orientation.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error(
    "{0:?} is no orientation; give three letters, one each of R or L, A or P, S or I, for example RAS or LPS"
)]
pub struct UnknownAxisCodes(String);

impl AxisCodes {
    /// Right, anterior, superior.
    pub const RAS: Self = Self([Direction::Right, Direction::Anterior, Direction::Superior]);
    /// Left, posterior, superior: an axial series as it is looked at.
    pub const LPS: Self = Self([Direction::Left, Direction::Posterior, Direction::Superior]);
    /// Left, inferior, posterior: coronal slices as they are looked at.
    pub(super) const LIP: Self = Self([Direction::Left, Direction::Inferior, Direction::Posterior]);
    /// Posterior, inferior, right: sagittal slices as they are looked at.
    pub(super) const PIR: Self = Self([Direction::Posterior, Direction::Inferior, Direction::Right]);

    /// The orientation closest to `affine` (to RAS+ mm); `None` where it cannot be inverted.
    ///
    /// The axis that is closest to one of the axes of space is named first, so that oblique volumes get
    /// three different letters (as `io_orientation` of nibabel does).
    pub fn of(affine: &Affine) -> Option<Self> {
        inverse(affine)?;
        let cosines: [[f64; 3]; 3] = std::array::from_fn(|axis| {
            let direction = column(affine, axis);
            direction.map(|value| value / length(direction))
        });
        let mut named = [None; 3];
        for _ in 0..3 {
            let free = (0..9).map(|index| (index / 3, index % 3)).filter(|(axis, space)| {
                let is_taken = |direction: &Option<Direction>| {
                    direction.is_some_and(|direction| direction.axis() == *space)
                };
                named[*axis].is_none() && !named.iter().any(is_taken)
            });
            // The first of several that are as close, so that ties are always broken alike.
            let (axis, space) = free.reduce(|best, next| {
                let strength = |(axis, space): (usize, usize)| cosines[axis][space].abs();
                if strength(next) > strength(best) + 1e-9 { next } else { best }
            })?;
            named[axis] = Some(Direction::new(space, cosines[axis][space] >= 0.0));
        }
        let [Some(columns), Some(rows), Some(slices)] = named else { return None };
        Some(Self([columns, rows, slices]))
    }

    /// Where columns, rows and slices lead.
    pub fn directions(self) -> [Direction; 3] {
        self.0
    }

    /// All 48: six orders of the axes, each of which can run two ways.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        orders.into_iter().flat_map(|order| {
            (0..8).map(move |flips| {
                Self(std::array::from_fn(|axis| Direction::new(order[axis], flips >> axis & 1 == 0)))
            })
        })
    }
}

impl fmt::Display for AxisCodes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|direction| {
            let letter = Direction::ALL.iter().find(|(other, _)| other == direction);
            letter.map_or(Ok(()), |(_, letter)| write!(formatter, "{letter}"))
        })
    }
}

impl FromStr for AxisCodes {
    type Err = UnknownAxisCodes;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let direction = |letter: char| {
            Direction::ALL
                .iter()
                .find(|(_, name)| *name == letter.to_ascii_uppercase())
                .map(|(found, _)| *found)
        };
        let directions: Option<Vec<Direction>> = text.chars().take(4).map(direction).collect();
        let codes = directions.and_then(|directions| <[Direction; 3]>::try_from(directions).ok());
        codes
            .filter(|[a, b, c]| a.axis() != b.axis() && b.axis() != c.axis() && a.axis() != c.axis())
            .map(Self)
            .ok_or_else(|| UnknownAxisCodes(text.chars().take(20).collect()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn letters_and_axes_say_the_same() {
        let mut seen = std::collections::HashSet::new();
        for codes in AxisCodes::all() {
            let mut affine = [[0.0; 4]; 3];
            for (axis, direction) in codes.directions().into_iter().enumerate() {
                let length = 0.5 + axis as f64;
                affine[direction.axis()][axis] = if direction.is_forwards() { length } else { -length };
            }
            assert_eq!(AxisCodes::of(&affine), Some(codes));
            assert_eq!(codes.to_string().parse(), Ok(codes));
            assert!(seen.insert(codes.to_string()));
        }
        assert_eq!(seen.len(), 48);
    }

    #[test]
    fn what_is_no_orientation_is_refused() {
        for text in ["", "RA", "RAR", "RLA", "RASS", "XYZ", "日本語"] {
            assert!(text.parse::<AxisCodes>().is_err(), "{text}");
        }
        assert_eq!("lps".parse(), Ok(AxisCodes::LPS));
        assert_eq!(AxisCodes::of(&[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0; 4]]), None);
        assert_eq!(AxisCodes::of(&[[f64::NAN; 4]; 3]), None);
    }
}
