//! Where the tokens of attention windows are.

/// A map of tokens `[B, height, width, C]` cut into shifted windows of `side` x `side`. The map is padded at its bottom
/// and right to whole windows and moved cyclically towards its start before it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Rows and columns of tokens.
    pub size: [usize; 2],
    /// Side of a window.
    pub side: usize,
    /// Places by which rows and columns are moved.
    pub shift: [usize; 2],
}

/// Some rows of a map, each with its place in a row of windows.
pub type Band<'a, T> = Vec<(usize, &'a mut [T])>;

impl Windows {
    fn padded(&self, axis: usize) -> usize {
        self.size[axis].next_multiple_of(self.side)
    }

    /// Rows and columns of windows.
    pub fn counts(&self) -> [usize; 2] {
        [0, 1].map(|axis| self.padded(axis) / self.side)
    }

    /// Where the token at `place` of window number `window` comes from along an axis; none where the map was padded.
    pub fn source(&self, axis: usize, window: usize, place: usize) -> Option<usize> {
        let source = (window * self.side + place + self.shift[axis]) % self.padded(axis);
        (source < self.size[axis]).then_some(source)
    }

    /// The side of the map from which a token was moved: those of different sides are no neighbours.
    pub fn region(&self, axis: usize, window: usize, place: usize) -> usize {
        let (padded, shift) = (self.padded(axis), self.shift[axis]);
        let position = window * self.side + place;
        usize::from(position >= padded - self.side) + usize::from(shift > 0 && position >= padded - shift)
    }

    /// Whether anything was moved.
    pub fn is_shifted(&self) -> bool {
        self.shift != [0, 0]
    }

    /// The rows of `maps`, `row` numbers each, shared out to the rows of windows of every image.
    pub fn bands<'a, T>(&self, maps: &'a mut [T], row: usize) -> Vec<Band<'a, T>> {
        let [height, _] = self.size;
        let [bands, _] = self.counts();
        let images = maps.len() / (height * row);
        let mut found: Vec<Band<'a, T>> = (0..images * bands).map(|_| Vec::new()).collect();
        for (index, values) in maps.chunks_exact_mut(row).enumerate() {
            let (image, y) = (index / height, index % height);
            let moved = (y + self.padded(0) - self.shift[0]) % self.padded(0);
            found[image * bands + moved / self.side].push((moved % self.side, values));
        }
        found
    }
}
