//! Paint that is ahead of the Worker: which pixels take which label. What is not touched is not told, so that an older
//! label on the screen never overwrites a newer one in the project.

use super::mask::Mask;
use super::rect::Rect;
use super::shapes;

/// Pixels that take a label. All others stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coat {
    /// All touched pixels lie in it.
    pub rect: Rect,
    /// What they become.
    pub label: u8,
    /// Per pixel of the rectangle, row by row, 1 where it takes the label and 0 elsewhere.
    pub touched: Vec<u8>,
}

impl Coat {
    /// Gives the touched pixels of a mask the label.
    pub fn lay_on(&self, mask: &mut Mask) {
        mask.cover(self.rect, &self.touched, self.label);
    }
}

/// A coat that is being painted into a mask.
#[derive(Clone, Debug)]
pub struct Stroke {
    label: u8,
    rect: Rect,
    /// As large as the mask; 1 where something was painted.
    touched: Mask,
    /// The mask without the stroke.
    under: Mask,
}

impl Stroke {
    /// A stroke that has not touched anything.
    pub fn on(mask: &Mask, label: u8) -> Self {
        let touched = Mask::plain(mask.width(), mask.height(), 0);
        Self { label, rect: Rect::default(), touched, under: mask.clone() }
    }

    /// Paints a shape. Returns the rectangle around it.
    pub fn paint(&mut self, mask: &mut Mask, shape: impl Fn(&mut Mask, u8) -> Rect) -> Rect {
        shape(&mut self.touched, 1);
        let rect = shape(mask, self.label);
        self.rect = self.rect.union(rect);
        rect
    }

    /// Paints the connected pixels around a place that have its label. Returns the rectangle around them.
    pub fn fill(&mut self, mask: &mut Mask, at: (u32, u32)) -> Rect {
        let rect = shapes::fill(mask, at, self.label);
        // A fill changes all that it touches.
        let (before, after) = (self.under.cut(rect), mask.cut(rect));
        let changed: Vec<u8> =
            before.iter().zip(&after).map(|(before, after)| u8::from(before != after)).collect();
        self.touched.cover(rect, &changed, 1);
        self.rect = self.rect.union(rect);
        rect
    }

    /// Takes the stroke off its mask. Returns what it had touched.
    pub fn lift(&self, mask: &mut Mask) -> Rect {
        mask.paste(self.rect, &self.under.cut(self.rect));
        self.rect
    }

    /// Lays the stroke on a mask that has changed below it.
    pub fn lay_again(&mut self, mask: &mut Mask) {
        self.under.clone_from(mask);
        self.coat().lay_on(mask);
    }

    /// What there is of it.
    pub fn coat(&self) -> Coat {
        Coat { rect: self.rect, label: self.label, touched: self.touched.cut(self.rect) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask::UNLABELLED;
    use super::{Mask, Rect, Stroke, shapes};

    fn row(y: i64) -> impl Fn(&mut Mask, u8) -> Rect {
        move |mask, value| mask.fill_row(y, 1, 5, value)
    }

    #[test]
    fn a_coat_leaves_what_it_does_not_touch() {
        let mut mine = Mask::new(8, 6);
        let mut stroke = Stroke::on(&mine, 2);
        stroke.paint(&mut mine, row(1));
        stroke.paint(&mut mine, row(3));
        let coat = stroke.coat();
        assert_eq!(coat.rect, Rect { x: 1, y: 1, width: 4, height: 3 });
        // The project has something between the two lines that the page did not know of.
        let mut project = Mask::new(8, 6);
        project.fill_row(2, 0, 8, 1);
        coat.lay_on(&mut project);
        assert_eq!(project.cut(Rect { x: 2, y: 0, width: 1, height: 5 }), [UNLABELLED, 2, 1, 2, UNLABELLED]);
    }

    #[test]
    fn a_pixel_that_had_the_label_already_is_touched_too() {
        let mut mask = Mask::plain(8, 6, 2);
        let mut stroke = Stroke::on(&mask, 2);
        stroke.paint(&mut mask, row(1));
        let mut emptied = Mask::new(8, 6);
        stroke.coat().lay_on(&mut emptied);
        assert_eq!(emptied.cut(Rect { x: 0, y: 1, width: 3, height: 1 }), [UNLABELLED, 2, 2]);
    }

    #[test]
    fn a_stroke_stays_on_top_of_a_newer_mask_and_can_be_lifted() {
        let mut mask = Mask::new(8, 6);
        let mut stroke = Stroke::on(&mask, 3);
        stroke.paint(&mut mask, row(1));
        let mut newer = Mask::plain(8, 6, 1);
        stroke.lay_again(&mut newer);
        assert_eq!((newer.get(1, 1), newer.get(0, 1)), (Some(3), Some(1)));
        stroke.lift(&mut newer);
        assert_eq!(newer, Mask::plain(8, 6, 1));
    }

    #[test]
    fn a_fill_touches_what_it_changes() {
        let mut mask = Mask::new(9, 9);
        shapes::polygon(&mut mask, &[(2.0, 2.0), (7.0, 2.0), (7.0, 7.0), (2.0, 7.0)], 1);
        let mut stroke = Stroke::on(&mask, 4);
        stroke.fill(&mut mask, (0, 0));
        let coat = stroke.coat();
        assert_eq!(coat.touched.iter().map(|touched| usize::from(*touched)).sum::<usize>(), 81 - 25);
        let mut other = Mask::plain(9, 9, 7);
        coat.lay_on(&mut other);
        assert_eq!((other.get(0, 0), other.get(4, 4)), (Some(4), Some(7)));
    }
}
