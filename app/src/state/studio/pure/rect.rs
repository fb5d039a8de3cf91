//! A rectangle of whole pixels.

/// Columns `x..x + width` and rows `y..y + height`, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Left column.
    pub x: u32,
    /// Top row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rect {
    /// The part of `left..right` x `top..bottom` (pixels, may reach beyond) within `width` x `height`.
    pub fn within(left: f64, top: f64, right: f64, bottom: f64, width: u32, height: u32) -> Self {
        let low = |value: f64, limit: u32| value.floor().clamp(0.0, f64::from(limit)) as u32;
        let high = |value: f64, limit: u32| value.ceil().clamp(0.0, f64::from(limit)) as u32;
        let (x, y) = (low(left, width), low(top, height));
        Self {
            x,
            y,
            width: high(right, width).saturating_sub(x),
            height: high(bottom, height).saturating_sub(y),
        }
    }

    /// The whole of an image.
    pub fn whole(width: u32, height: u32) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// Nothing is in it.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The smallest rectangle around both.
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// Pixels in it.
    pub fn area(self) -> usize {
        self.width as usize * self.height as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Rect;

    #[test]
    fn what_reaches_beyond_is_cut_off() {
        let rect = Rect::within(-3.5, 2.2, 4.1, 99.0, 10, 8);
        assert_eq!(rect, Rect { x: 0, y: 2, width: 5, height: 6 });
        assert!(Rect::within(20.0, 0.0, 30.0, 5.0, 10, 8).is_empty());
    }

    #[test]
    fn a_union_holds_both_and_ignores_nothing() {
        let (a, b) = (Rect { x: 1, y: 2, width: 3, height: 4 }, Rect { x: 6, y: 0, width: 1, height: 1 });
        assert_eq!(a.union(b), Rect { x: 1, y: 0, width: 6, height: 6 });
        assert_eq!(a.union(Rect::default()), a);
        assert_eq!(Rect::default().union(b), b);
    }
}
