//! Boxes under the pointer: which is hit and where, and what dragging does to it.

/// Corners in image pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left.
    pub x0: f32,
    /// Top.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Bottom.
    pub y1: f32,
}

/// What of a box is dragged: its sides (-1 left or top, 1 right or bottom, 0 neither), or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// The whole box.
    Inside,
    /// A side or a corner.
    Edge {
        /// The side across.
        x: i8,
        /// The side down.
        y: i8,
    },
}

impl Grip {
    /// The pointer's form over it, as in CSS.
    pub fn cursor(self) -> &'static str {
        match self {
            Self::Inside => "move",
            Self::Edge { x: 0, .. } => "ns-resize",
            Self::Edge { y: 0, .. } => "ew-resize",
            Self::Edge { x, y } if x == y => "nwse-resize",
            Self::Edge { .. } => "nesw-resize",
        }
    }
}

impl Frame {
    /// The box between two corners, within an image of `size`.
    pub fn between(a: (f32, f32), b: (f32, f32), size: (f32, f32)) -> Self {
        let cut = |value: f32, limit: f32| value.clamp(0.0, limit);
        Self {
            x0: cut(a.0.min(b.0), size.0),
            y0: cut(a.1.min(b.1), size.1),
            x1: cut(a.0.max(b.0), size.0),
            y1: cut(a.1.max(b.1), size.1),
        }
    }

    /// Columns.
    pub fn width(self) -> f32 {
        self.x1 - self.x0
    }

    /// Rows.
    pub fn height(self) -> f32 {
        self.y1 - self.y0
    }

    /// What of the box lies under a place; `reach` is how near an edge has to be, in image pixels.
    pub fn grip(self, at: (f32, f32), reach: f32) -> Option<Grip> {
        let (x, y) = at;
        if x < self.x0 - reach || x > self.x1 + reach || y < self.y0 - reach || y > self.y1 + reach {
            return None;
        }
        // Of a small box the nearer side counts.
        let side = |value: f32, low: f32, high: f32| {
            let (from_low, from_high) = ((value - low).abs(), (value - high).abs());
            match () {
                () if from_low <= reach && from_low <= from_high => -1,
                () if from_high <= reach => 1,
                () => 0,
            }
        };
        Some(match (side(x, self.x0, self.x1), side(y, self.y0, self.y1)) {
            (0, 0) => Grip::Inside,
            (x, y) => Grip::Edge { x, y },
        })
    }

    /// The box after its grip was moved by `by`, within an image of `size`.
    pub fn dragged(self, grip: Grip, by: (f32, f32), size: (f32, f32)) -> Self {
        match grip {
            Grip::Inside => {
                let dx = by.0.clamp(-self.x0, (size.0 - self.x1).max(-self.x0));
                let dy = by.1.clamp(-self.y0, (size.1 - self.y1).max(-self.y0));
                Self { x0: self.x0 + dx, y0: self.y0 + dy, x1: self.x1 + dx, y1: self.y1 + dy }
            }
            Grip::Edge { x, y } => {
                let moved = |side: i8, low: f32, high: f32, by: f32| match side {
                    -1 => (low + by, high),
                    1 => (low, high + by),
                    _ => (low, high),
                };
                let (x0, x1) = moved(x, self.x0, self.x1, by.0);
                let (y0, y1) = moved(y, self.y0, self.y1, by.1);
                Self::between((x0, y0), (x1, y1), size)
            }
        }
    }
}

/// The box under a place: the smallest of those hit, so that boxes within others can be reached.
pub fn hit(frames: &[Frame], at: (f32, f32), reach: f32) -> Option<(usize, Grip)> {
    let hits = frames.iter().enumerate().filter_map(|(i, frame)| Some((i, frame.grip(at, reach)?, frame)));
    let smallest = hits.min_by(|a, b| {
        let area = |frame: &Frame| frame.width() * frame.height();
        area(a.2).total_cmp(&area(b.2))
    });
    smallest.map(|(index, grip, _)| (index, grip))
}

#[cfg(test)]
mod tests {
    use super::{Frame, Grip, hit};

    const SIZE: (f32, f32) = (100.0, 80.0);
    const FRAME: Frame = Frame { x0: 20.0, y0: 10.0, x1: 60.0, y1: 50.0 };

    #[test]
    fn corners_edges_and_the_inside_are_told_apart() {
        let grip = |x, y| FRAME.grip((x, y), 3.0);
        assert_eq!(grip(40.0, 30.0), Some(Grip::Inside));
        assert_eq!(grip(21.0, 30.0), Some(Grip::Edge { x: -1, y: 0 }));
        assert_eq!(grip(59.0, 52.0), Some(Grip::Edge { x: 1, y: 1 }));
        assert_eq!(grip(64.0, 30.0), None);
    }

    #[test]
    fn a_box_stays_in_the_image() {
        let moved = FRAME.dragged(Grip::Inside, (90.0, -90.0), SIZE);
        assert_eq!(moved, Frame { x0: 60.0, y0: 0.0, x1: 100.0, y1: 40.0 });
        let wider = FRAME.dragged(Grip::Edge { x: 1, y: 0 }, (90.0, 9.0), SIZE);
        assert_eq!(wider, Frame { x1: 100.0, ..FRAME });
    }

    #[test]
    fn an_edge_drawn_over_the_other_turns_the_box_around() {
        let turned = FRAME.dragged(Grip::Edge { x: -1, y: 0 }, (50.0, 0.0), SIZE);
        assert_eq!(turned, Frame { x0: 60.0, x1: 70.0, ..FRAME });
    }

    #[test]
    fn the_smaller_of_two_boxes_is_hit() {
        let inner = Frame { x0: 30.0, y0: 20.0, x1: 50.0, y1: 40.0 };
        assert_eq!(hit(&[FRAME, inner], (40.0, 30.0), 2.0), Some((1, Grip::Inside)));
        assert_eq!(hit(&[FRAME, inner], (25.0, 45.0), 2.0), Some((0, Grip::Inside)));
        assert_eq!(hit(&[], (25.0, 45.0), 2.0), None);
    }
}
