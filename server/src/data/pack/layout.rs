//! How several pictures of one size lie on one sheet.

use medley_core::imaging::{Image, Pixels};

/// JPEG works on squares of this side; pictures that do not share one do not disturb each other.
const BLOCK: usize = 8;

/// Pictures side by side, row by row, about as many in a row as there are rows. With more than one, each
/// picture's place is rounded up to multiples of 8 pixels and filled by repeating its last column and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    width: usize,
    height: usize,
    count: usize,
}

impl Layout {
    /// `count` pictures of `width` x `height`; none of the numbers may be 0.
    pub fn new(width: usize, height: usize, count: usize) -> Self {
        Self { width, height, count }
    }

    /// Pictures on the sheet.
    pub fn count(self) -> usize {
        self.count
    }

    /// (width, height) of the sheet.
    pub fn size(self) -> (usize, usize) {
        let (width, height) = self.place();
        let columns = self.columns();
        (columns.saturating_mul(width), self.count.div_ceil(columns).saturating_mul(height))
    }

    /// Puts pictures of `channels` interleaved values onto a sheet; unused places are 0.
    pub fn compose(self, pictures: &[&[u8]], channels: usize) -> Vec<u8> {
        let (sheet_width, sheet_height) = self.size();
        let mut sheet = vec![0; sheet_width * sheet_height * channels];
        let (place_width, place_height) = self.place();
        let row_length = self.width * channels;
        for (index, picture) in pictures.iter().enumerate() {
            let (left, top) = self.corner(index);
            for y in 0..place_height {
                let source = y.min(self.height - 1) * row_length;
                let row = &picture[source..source + row_length];
                let start = ((top + y) * sheet_width + left) * channels;
                let (line, border) = sheet[start..start + place_width * channels].split_at_mut(row_length);
                line.copy_from_slice(row);
                for pixel in border.chunks_exact_mut(channels) {
                    pixel.copy_from_slice(&row[row_length - channels..]);
                }
            }
        }
        sheet
    }

    /// Takes the pictures off a sheet: one after the other, without their borders. `sheet` must have the size
    /// of this layout.
    pub fn cut(self, sheet: &[u8], channels: usize) -> Vec<u8> {
        if self.count == 1 {
            return sheet.to_vec();
        }
        let (sheet_width, _) = self.size();
        let row_length = self.width * channels;
        let mut pictures = Vec::with_capacity(self.count * self.height * row_length);
        for index in 0..self.count {
            let (left, top) = self.corner(index);
            for y in 0..self.height {
                let start = ((top + y) * sheet_width + left) * channels;
                pictures.extend_from_slice(&sheet[start..start + row_length]);
            }
        }
        pictures
    }

    /// The pictures of a sheet as slices; none where it has another size or more than 8 bits.
    pub fn slices(self, sheet: &Image) -> Option<Image> {
        let Pixels::U8(values) = sheet.pixels() else { return None };
        if (sheet.width(), sheet.height(), sheet.slices()) != (self.size().0, self.size().1, 1) {
            return None;
        }
        let pixels = Pixels::U8(self.cut(values, sheet.channels()));
        Image::volume([self.width, self.height, self.count], sheet.channels(), pixels).ok()
    }

    fn columns(self) -> usize {
        let root = self.count.isqrt();
        if root * root < self.count { root + 1 } else { root }
    }

    /// (width, height) of a picture's place.
    fn place(self) -> (usize, usize) {
        if self.count == 1 {
            return (self.width, self.height);
        }
        (self.width.next_multiple_of(BLOCK), self.height.next_multiple_of(BLOCK))
    }

    /// Left and top of a picture.
    fn corner(self, index: usize) -> (usize, usize) {
        let (width, height) = self.place();
        (index % self.columns() * width, index / self.columns() * height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_picture_is_its_own_sheet() {
        assert_eq!(Layout::new(30, 20, 1).size(), (30, 20));
        assert_eq!(Layout::new(30, 20, 2).size(), (64, 24));
        assert_eq!(Layout::new(30, 20, 5).size(), (96, 48));
    }

    #[test]
    fn borders_repeat_the_picture() {
        let layout = Layout::new(1, 1, 2);
        let sheet = layout.compose(&[&[7], &[9]], 1);
        assert_eq!(sheet.len(), 8 * 16);
        assert!(sheet.chunks_exact(16).all(|row| row[..8] == [7; 8] && row[8..] == [9; 8]));
    }

    #[test]
    fn what_is_composed_is_cut() {
        for (width, height, channels) in [(1, 1, 1), (8, 16, 3), (13, 7, 1), (5, 20, 3)] {
            for count in 1..12 {
                let area = width * height * channels;
                let values: Vec<u8> = (0..count * area).map(|index| (index * 31 % 251) as u8).collect();
                let layout = Layout::new(width, height, count);
                let sheet = layout.compose(&values.chunks_exact(area).collect::<Vec<_>>(), channels);
                assert_eq!(sheet.len(), layout.size().0 * layout.size().1 * channels);
                assert_eq!(layout.cut(&sheet, channels), values);
            }
        }
    }
}
