//! A first walk over a data set, before anything believes it.
//!
//! The library that reads values calls itself for every nested sequence and allocates what an element
//! claims to hold. This walk needs no memory and no stack: it checks that every length lies inside what
//! holds it, that sequences are closed and not nested too deep, and finds the pixels, which are then used
//! where they lie.

use std::ops::Range;

use super::syntax::Encoding;
use super::tags::{DOUBLE_PIXELS, FLOAT_PIXELS, PIXELS};
use super::{ImageError, damaged};

/// Deepest nesting of sequences that is read; structured reports reach about ten.
const MAX_DEPTH: usize = 32;

/// Most elements and items that are read; an enhanced image has some fifty for each frame.
const MAX_ELEMENTS: usize = 1 << 20;

/// A length that is not known beforehand; a delimiter ends the value.
const UNDEFINED: u32 = u32::MAX;

const ITEM: [u16; 2] = [0xFFFE, 0xE000];
const ITEM_END: [u16; 2] = [0xFFFE, 0xE00D];
const SEQUENCE_END: [u16; 2] = [0xFFFE, 0xE0DD];

/// Where things lie in a data set.
#[derive(Debug)]
pub(super) struct Outline {
    /// Where the pixels' element starts: everything before it is the header.
    pub header: usize,
    pub pixels: PixelData,
}

/// Where the pixels lie.
#[derive(Debug)]
pub(super) enum PixelData {
    /// There are none.
    Absent,
    /// Uncompressed; `words`: written as 16-bit words, which matters for big endian.
    Native { range: Range<usize>, words: bool },
    /// 32-bit floating point.
    Float(Range<usize>),
    /// 64-bit floating point.
    Double(Range<usize>),
    /// In fragments; `table` is the Basic Offset Table.
    Encapsulated { table: Range<usize>, fragments: Vec<Range<usize>> },
}

/// Something open: a sequence, one of its items, or encapsulated pixels of an icon inside an item.
struct Level {
    kind: Kind,
    /// Where it ends, or must end at the latest.
    end: usize,
    /// Whether it ends there, and not by a delimiter.
    defined: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Sequence,
    Item,
    Fragments,
}

struct Element {
    tag: [u16; 2],
    sequence: bool,
    words: bool,
    length: u32,
    value: usize,
}

impl Outline {
    /// Walks over the header of `data` up to its pixels.
    ///
    /// # Errors
    /// [`ImageError::Damaged`] with what is wrong with its structure.
    pub fn of(data: &[u8], encoding: Encoding) -> Result<Self, ImageError> {
        let walk = Walk { data, encoding };
        let mut levels: Vec<Level> = Vec::new();
        let mut at = 0;
        for _ in 0..MAX_ELEMENTS {
            while levels.last().is_some_and(|level| level.defined && level.end == at) {
                levels.pop();
            }
            let end = levels.last().map_or(data.len(), |level| level.end);
            let Some(open) = levels.last().map(|level| (level.kind, level.defined)) else {
                if at == end {
                    return Ok(Self { header: at, pixels: PixelData::Absent });
                }
                let element = walk.element(at, end)?;
                if let Some(pixels) = walk.pixels(&element)? {
                    return Ok(Self { header: at, pixels });
                }
                at = enter(&element, end, &mut levels)?;
                continue;
            };
            let tag = walk.tag(at, end)?;
            match open {
                (Kind::Sequence | Kind::Fragments, defined) if tag != ITEM => {
                    if tag != SEQUENCE_END || defined {
                        return Err(damaged("a sequence holds something that is not an item"));
                    }
                    levels.pop();
                    at += 8;
                }
                (Kind::Sequence, _) => {
                    let length = walk.u32(at + 4)?;
                    at = open_level(&mut levels, Kind::Item, at + 8, length, end)?;
                }
                (Kind::Fragments, _) => at = inside(at + 8, walk.u32(at + 4)?, end)?,
                (Kind::Item, defined) if tag == ITEM_END => {
                    if defined {
                        return Err(damaged("an item ends twice"));
                    }
                    levels.pop();
                    at += 8;
                }
                (Kind::Item, _) => at = enter(&walk.element(at, end)?, end, &mut levels)?,
            }
        }
        Err(damaged(format!("its header has more than {MAX_ELEMENTS} elements")))
    }
}

struct Walk<'a> {
    data: &'a [u8],
    encoding: Encoding,
}

impl Walk<'_> {
    fn u16(&self, at: usize) -> Result<u16, ImageError> {
        let bytes = *self.data.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
        Ok(if self.encoding == Encoding::ExplicitBig {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn u32(&self, at: usize) -> Result<u32, ImageError> {
        let bytes = *self.data.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
        Ok(if self.encoding == Encoding::ExplicitBig {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    /// The tag of an element or item whose eight bytes end before `end`.
    fn tag(&self, at: usize, end: usize) -> Result<[u16; 2], ImageError> {
        if at + 8 > end {
            return Err(cut());
        }
        Ok([self.u16(at)?, self.u16(at + 2)?])
    }

    fn element(&self, at: usize, end: usize) -> Result<Element, ImageError> {
        let tag = self.tag(at, end)?;
        if tag[0] == 0xFFFE {
            return Err(damaged("an item stands outside of a sequence"));
        }
        if self.encoding == Encoding::ImplicitLittle {
            let (length, value) = (self.u32(at + 4)?, at + 8);
            // Without a dictionary, a sequence of known length is told by its first item.
            let sequence =
                length >= 8 && length != UNDEFINED && self.tag(value, end).is_ok_and(|tag| tag == ITEM);
            return Ok(Element { tag, sequence, words: true, length, value });
        }
        let representation = self.data.get(at + 4..at + 6).unwrap_or_default();
        let (length, value) = if has_short_length(representation) {
            (u32::from(self.u16(at + 6)?), at + 8)
        } else if at + 12 <= end {
            (self.u32(at + 8)?, at + 12)
        } else {
            return Err(cut());
        };
        Ok(Element { tag, sequence: representation == b"SQ", words: representation != b"OB", length, value })
    }

    /// The pixels, where `element` of the outermost level is these.
    fn pixels(&self, element: &Element) -> Result<Option<PixelData>, ImageError> {
        let tag = element.tag;
        if ![PIXELS, FLOAT_PIXELS, DOUBLE_PIXELS].iter().any(|pixels| [pixels.0, pixels.1] == tag) {
            return Ok(None);
        }
        if element.length == UNDEFINED {
            return self.fragments(element.value).map(Some);
        }
        // Cut pixels are found, and named, when they are compared with the size of the image.
        let end = element.value.saturating_add(element.length as usize).min(self.data.len());
        let range = element.value..end;
        Ok(Some(if tag == [FLOAT_PIXELS.0, FLOAT_PIXELS.1] {
            PixelData::Float(range)
        } else if tag == [DOUBLE_PIXELS.0, DOUBLE_PIXELS.1] {
            PixelData::Double(range)
        } else {
            PixelData::Native { range, words: element.words }
        }))
    }

    /// The Basic Offset Table and the fragments from `at` on (PS3.5, A.4).
    fn fragments(&self, mut at: usize) -> Result<PixelData, ImageError> {
        let mut items = Vec::new();
        // A missing delimiter at the end is common and harmless.
        while at + 8 <= self.data.len() {
            let tag = self.tag(at, self.data.len())?;
            if tag == SEQUENCE_END {
                break;
            }
            if tag != ITEM {
                return Err(damaged("its compressed pixels hold something that is not a fragment"));
            }
            let end = inside(at + 8, self.u32(at + 4)?, self.data.len())?;
            items.push(at + 8..end);
            at = end;
        }
        if items.is_empty() {
            return Err(damaged("it has no pixels"));
        }
        let fragments = items.split_off(1);
        Ok(PixelData::Encapsulated { table: items.remove(0), fragments })
    }
}

/// Where to go on: inside of a sequence, behind any other value.
fn enter(element: &Element, end: usize, levels: &mut Vec<Level>) -> Result<usize, ImageError> {
    if element.length == UNDEFINED && element.tag == [PIXELS.0, PIXELS.1] {
        open_level(levels, Kind::Fragments, element.value, UNDEFINED, end)
    } else if element.sequence || element.length == UNDEFINED {
        open_level(levels, Kind::Sequence, element.value, element.length, end)
    } else {
        inside(element.value, element.length, end)
    }
}

fn open_level(
    levels: &mut Vec<Level>,
    kind: Kind,
    at: usize,
    length: u32,
    end: usize,
) -> Result<usize, ImageError> {
    // A sequence and its item are one step deeper.
    if levels.len() >= 2 * MAX_DEPTH {
        return Err(damaged(format!("its sequences are nested more than {MAX_DEPTH} deep")));
    }
    let defined = length != UNDEFINED;
    let end = if defined { inside(at, length, end)? } else { end };
    levels.push(Level { kind, end, defined });
    Ok(at)
}

/// Behind a value of `length` bytes, which must end before `end`.
fn inside(at: usize, length: u32, end: usize) -> Result<usize, ImageError> {
    at.checked_add(length as usize).filter(|behind| *behind <= end).ok_or_else(cut)
}

/// Value representations with a length of 16 bits (PS3.5, table 7.1-2).
fn has_short_length(representation: &[u8]) -> bool {
    const SHORT: [&[u8; 2]; 21] = [
        b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN", b"SH",
        b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US",
    ];
    SHORT.iter().any(|short| short.as_slice() == representation)
}

fn cut() -> ImageError {
    damaged("it ends early, or an element claims to be longer than the file")
}
