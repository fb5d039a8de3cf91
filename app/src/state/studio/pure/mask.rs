//! The label of a segmentation task: one byte per pixel.

use super::rect::Rect;

/// A pixel that nobody has labelled; the loss ignores it.
pub const UNLABELLED: u8 = 255;

/// An index mask, row by row: 0 is background painted on purpose, 1 and up are classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Mask {
    /// A mask in which nothing is labelled.
    pub fn new(width: u32, height: u32) -> Self {
        Self::plain(width, height, UNLABELLED)
    }

    /// A mask of one value.
    pub fn plain(width: u32, height: u32, value: u8) -> Self {
        Self { width, height, pixels: vec![value; width as usize * height as usize] }
    }

    /// A mask from its pixels; `None` where there are not `width * height` of them.
    pub fn from_pixels(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        (pixels.len() == width as usize * height as usize).then_some(Self { width, height, pixels })
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// One pixel; `None` beyond the border.
    pub fn get(&self, x: u32, y: u32) -> Option<u8> {
        let inside = x < self.width && y < self.height;
        inside.then(|| self.pixels.get(self.index(x, y)).copied()).flatten()
    }

    fn index(&self, x: u32, y: u32) -> usize {
        y as usize * self.width as usize + x as usize
    }

    /// Gives the columns `left..right` (beyond the border: cut off) of a row the value. Returns what was filled.
    pub fn fill_row(&mut self, y: i64, left: i64, right: i64, value: u8) -> Rect {
        let limit = i64::from(self.width);
        let (left, right) = (left.clamp(0, limit), right.clamp(0, limit));
        if y < 0 || y >= i64::from(self.height) || left >= right {
            return Rect::default();
        }
        let (x, y) = (left as u32, y as u32);
        let start = self.index(x, y);
        let length = (right - left) as usize;
        if let Some(row) = self.pixels.get_mut(start..start + length) {
            row.fill(value);
        }
        Rect { x, y, width: length as u32, height: 1 }
    }

    /// A copy of the pixels of a rectangle, row by row; the rectangle lies within the mask.
    pub fn cut(&self, rect: Rect) -> Vec<u8> {
        let mut pixels = Vec::with_capacity(rect.area());
        for y in rect.y..rect.y + rect.height {
            let start = self.index(rect.x, y);
            pixels.extend_from_slice(self.pixels.get(start..start + rect.width as usize).unwrap_or_default());
        }
        pixels
    }

    /// Puts pixels back into a rectangle. Nothing happens where their number or place does not fit.
    pub fn paste(&mut self, rect: Rect, pixels: &[u8]) {
        self.row_by_row(rect, pixels, <[u8]>::copy_from_slice);
    }

    /// Gives those pixels of a rectangle a value that are not 0 in `touched`. Nothing happens where their number or
    /// place does not fit.
    pub fn cover(&mut self, rect: Rect, touched: &[u8], value: u8) {
        self.row_by_row(rect, touched, |own, touched| {
            for (pixel, _) in own.iter_mut().zip(touched).filter(|(_, touched)| **touched != 0) {
                *pixel = value;
            }
        });
    }

    /// Changes each row of a rectangle by the row of `other`.
    fn row_by_row(&mut self, rect: Rect, other: &[u8], change: impl Fn(&mut [u8], &[u8])) {
        let fits = rect.x + rect.width <= self.width && rect.y + rect.height <= self.height;
        if rect.is_empty() || !fits || other.len() != rect.area() {
            return;
        }
        for (y, row) in (rect.y..).zip(other.chunks_exact(rect.width as usize)) {
            let start = self.index(rect.x, y);
            if let Some(own) = self.pixels.get_mut(start..start + row.len()) {
                change(own, row);
            }
        }
    }

    /// Gives the pixels another value wherever `change` names one. Returns the rectangle around the changes.
    pub fn change(&mut self, change: impl Fn(usize, u8) -> Option<u8>) -> Rect {
        let (mut left, mut right, mut top, mut bottom) = (self.width, 0, None, 0);
        let width = self.width.max(1) as usize;
        for (y, row) in (0..).zip(self.pixels.chunks_exact_mut(width)) {
            for (x, pixel) in (0..).zip(row) {
                let index = y as usize * width + x as usize;
                if let Some(value) = change(index, *pixel).filter(|value| value != pixel) {
                    *pixel = value;
                    (left, right, bottom) = (left.min(x), right.max(x + 1), y + 1);
                    top = top.or(Some(y));
                }
            }
        }
        top.map(|y| Rect { x: left, y, width: right - left, height: bottom - y }).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Mask, Rect, UNLABELLED};

    #[test]
    fn rows_are_cut_off_at_the_border() {
        let mut mask = Mask::new(5, 4);
        assert_eq!(mask.fill_row(1, -2, 3, 7), Rect { x: 0, y: 1, width: 3, height: 1 });
        assert!(mask.fill_row(4, 0, 5, 7).is_empty() && mask.fill_row(-1, 0, 5, 7).is_empty());
        assert_eq!(mask.pixels().iter().map(|pixel| usize::from(*pixel == 7)).sum::<usize>(), 3);
    }

    #[test]
    fn what_is_cut_out_can_be_put_back() {
        let mut mask = Mask::new(6, 5);
        mask.fill_row(2, 1, 5, 3);
        let before = mask.clone();
        let rect = Rect { x: 1, y: 1, width: 4, height: 3 };
        let old = mask.cut(rect);
        mask.fill_row(3, 0, 6, 9);
        mask.fill_row(3, 0, 1, UNLABELLED);
        mask.fill_row(3, 5, 6, UNLABELLED);
        mask.paste(rect, &old);
        assert_eq!(mask, before);
        mask.paste(Rect { x: 4, ..rect }, &old);
        assert_eq!(mask, before, "a patch beyond the border is refused");
    }

    #[test]
    fn the_rectangle_holds_exactly_what_changed() {
        let mut mask = Mask::from_pixels(4, 3, vec![0, 1, 2, 1, 0, 2, 2, 0, 0, 0, 0, 0]).unwrap();
        let rect = mask.change(|_, pixel| (pixel == 2).then_some(5));
        assert_eq!(rect, Rect { x: 1, y: 0, width: 2, height: 2 });
        assert_eq!(mask.cut(rect), [1, 5, 5, 5]);
        assert!(mask.change(|_, pixel| Some(pixel)).is_empty());
    }
}
