//! A mask of labels in little memory that is changed in place.
//!
//! It consists of square tiles, each of one value or packed, so that a stroke unpacks only what it touches.

use thiserror::Error;

use super::rle::{pack, unpack};
use super::{Patch, Rect};
use crate::dataset::{IGNORE, Mask};

/// Side of a tile in pixels.
const TILE: u32 = 128;
/// Sides beyond this are no image's.
const MAX_SIDE: u32 = 1 << 17;
const MAGIC: &[u8; 4] = b"MTM1";

/// The labels of one slice: 0 background, 1 to 254 the ids of classes, 255 unlabelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TiledMask {
    width: u32,
    height: u32,
    tiles: Vec<Tile>,
}

/// The same pixels always make the same tile.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tile {
    Plain(u8),
    Packed(Box<[u8]>),
}

/// Why stored bytes are not a mask.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TilesError {
    /// Not such bytes at all.
    #[error("these are not stored labels, or of a version that this one does not read")]
    Unknown,
    /// Incomplete or changed.
    #[error("the stored labels are damaged or incomplete")]
    Damaged,
    /// Of another image.
    #[error("the stored labels are for {0} x {1} pixels, their image has others")]
    Size(u32, u32),
}

impl TiledMask {
    /// Nothing labelled yet.
    pub fn unlabelled(width: u32, height: u32) -> Self {
        let tiles = width.div_ceil(TILE) as usize * height.div_ceil(TILE) as usize;
        Self { width, height, tiles: vec![Tile::Plain(IGNORE); tiles] }
    }

    /// The labels of a plain mask.
    pub fn of(mask: &Mask) -> Self {
        let mut tiles = Self::unlabelled(mask.width as u32, mask.height as u32);
        tiles.swap(Rect::whole(tiles.width, tiles.height), &mask.labels);
        tiles
    }

    /// Columns and rows.
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// Whether no pixel is labelled.
    pub fn is_unlabelled(&self) -> bool {
        self.tiles.iter().all(|tile| *tile == Tile::Plain(IGNORE))
    }

    /// All labels.
    pub fn to_mask(&self) -> Mask {
        let labels = self.pixels(Rect::whole(self.width, self.height));
        Mask { width: self.width as usize, height: self.height as usize, labels }
    }

    /// The labels in a rectangle; those outside of the mask are unlabelled.
    pub fn patch(&self, rect: Rect) -> Patch {
        Patch { rect, pixels: self.pixels(rect) }
    }

    fn pixels(&self, rect: Rect) -> Vec<u8> {
        let mut pixels = vec![IGNORE; rect.area()];
        for (index, tile) in self.tiles_in(rect) {
            let common = Common::of(rect, tile);
            match self.tiles.get(index) {
                Some(Tile::Plain(value)) => {
                    for (range, _) in common.rows() {
                        pixels[range].fill(*value);
                    }
                }
                Some(Tile::Packed(packed)) => {
                    let labels = unpack(packed, tile.area()).unwrap_or_default();
                    for (range, of_tile) in common.rows() {
                        if let Some(row) = labels.get(of_tile) {
                            pixels[range].copy_from_slice(row);
                        }
                    }
                }
                None => {}
            }
        }
        pixels
    }

    /// Replaces the labels in a rectangle inside the mask; `pixels` must fill it.
    pub fn swap(&mut self, rect: Rect, pixels: &[u8]) {
        debug_assert!(rect.fits(self.width, self.height) && pixels.len() == rect.area());
        for (index, tile) in self.tiles_in(rect) {
            let Some(stored) = self.tiles.get_mut(index) else { continue };
            let mut labels = match stored {
                Tile::Plain(value) => vec![*value; tile.area()],
                Tile::Packed(packed) => {
                    unpack(packed, tile.area()).unwrap_or_else(|| vec![IGNORE; tile.area()])
                }
            };
            for (of_patch, of_tile) in Common::of(rect, tile).rows() {
                if let (Some(from), Some(to)) = (pixels.get(of_patch), labels.get_mut(of_tile)) {
                    to.copy_from_slice(from);
                }
            }
            *stored = Tile::of(&labels);
        }
    }

    /// How many pixels have each label.
    pub fn counts(&self) -> [u64; 256] {
        let mut counts = [0; 256];
        for (index, tile) in self.tiles_in(Rect::whole(self.width, self.height)) {
            match self.tiles.get(index) {
                Some(Tile::Plain(value)) => counts[usize::from(*value)] += tile.area() as u64,
                Some(Tile::Packed(packed)) => {
                    for label in unpack(packed, tile.area()).unwrap_or_default() {
                        counts[usize::from(label)] += 1;
                    }
                }
                None => {}
            }
        }
        counts
    }

    /// The mask for storage: fast to write, the same bytes for the same labels.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [MAGIC.as_slice(), &self.width.to_le_bytes(), &self.height.to_le_bytes()].concat();
        for tile in &self.tiles {
            match tile {
                Tile::Plain(value) => bytes.extend([0, 0, 0, 0, *value]),
                Tile::Packed(packed) => {
                    bytes.extend((packed.len() as u32).to_le_bytes());
                    bytes.extend(&packed[..]);
                }
            }
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`TilesError`]: other bytes, or damaged ones.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TilesError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(TilesError::Unknown)?;
        let (width, rest) = number(rest)?;
        let (height, mut rest) = number(rest)?;
        let tiles = u64::from(width.div_ceil(TILE)) * u64::from(height.div_ceil(TILE));
        // Each tile takes five bytes at least, so that no claimed size allocates more than the bytes given.
        if width > MAX_SIDE || height > MAX_SIDE || tiles * 5 > rest.len() as u64 {
            return Err(TilesError::Damaged);
        }
        let mut mask = Self::unlabelled(width, height);
        let whole: Vec<_> = mask.tiles_in(Rect::whole(width, height)).collect();
        for (index, tile) in whole {
            let (length, behind) = number(rest)?;
            let length = if length == 0 { 1 } else { length as usize };
            let (data, behind) = behind.split_at_checked(length).ok_or(TilesError::Damaged)?;
            let read = match data {
                [value] => Tile::Plain(*value),
                packed => Tile::of(&unpack(packed, tile.area()).ok_or(TilesError::Damaged)?),
            };
            if let Some(stored) = mask.tiles.get_mut(index) {
                *stored = read;
            }
            rest = behind;
        }
        if rest.is_empty() { Ok(mask) } else { Err(TilesError::Damaged) }
    }

    /// The tiles that a rectangle touches: their positions in the list and their own rectangles.
    fn tiles_in(&self, rect: Rect) -> impl Iterator<Item = (usize, Rect)> + use<> {
        let (width, height) = (self.width, self.height);
        let range = |from: u32, length: u32, side: u32| {
            let end = from.saturating_add(length).min(side);
            if from < end { from / TILE..end.div_ceil(TILE) } else { 0..0 }
        };
        let columns = range(rect.x, rect.width, width);
        range(rect.y, rect.height, height).flat_map(move |row| {
            columns.clone().map(move |column| {
                let (x, y) = (column * TILE, row * TILE);
                let tile = Rect { x, y, width: TILE.min(width - x), height: TILE.min(height - y) };
                (row as usize * width.div_ceil(TILE) as usize + column as usize, tile)
            })
        })
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), TilesError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(TilesError::Damaged)?;
    Ok((u32::from_le_bytes(*number), rest))
}

impl Tile {
    fn of(labels: &[u8]) -> Self {
        match labels.split_first() {
            Some((first, rest)) if rest.iter().all(|label| label == first) => Self::Plain(*first),
            _ => Self::Packed(pack(labels)),
        }
    }
}

/// The pixels that a patch and a tile have in common.
struct Common {
    patch: Rect,
    tile: Rect,
    /// Left, right, top, bottom, exclusive.
    x: std::ops::Range<u32>,
    y: std::ops::Range<u32>,
}

impl Common {
    fn of(patch: Rect, tile: Rect) -> Self {
        let x = patch.x.max(tile.x)..patch.x.saturating_add(patch.width).min(tile.x + tile.width);
        let y = patch.y.max(tile.y)..patch.y.saturating_add(patch.height).min(tile.y + tile.height);
        Self { patch, tile, x, y }
    }

    /// For each row where its pixels are in the patch and in the tile.
    fn rows(&self) -> impl Iterator<Item = (std::ops::Range<usize>, std::ops::Range<usize>)> {
        let range = |rect: Rect, y: u32| {
            let row = (y - rect.y) as usize * rect.width as usize;
            row + (self.x.start - rect.x) as usize..row + (self.x.end - rect.x) as usize
        };
        self.y.clone().map(move |y| (range(self.patch, y), range(self.tile, y)))
    }
}
