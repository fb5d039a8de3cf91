//! What the fields of one page say about its pixels.

use super::directory::{Directory, Field, File, tag};
use super::{damaged, unsupported};
use crate::imaging::ImageError;

/// More channels per pixel than are read.
const MAX_SAMPLES: usize = 64;

const SAVE_PLAIN: &str = "save it uncompressed or with LZW or deflate, e.g. in ImageJ";
const SAVE_RGB: &str = "save it as grey or RGB";
const SAVE_COMMON: &str = "save it with 8 or 16 bits or 32-bit floating point";

/// How the values of a pixel are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Unsigned,
    Signed,
    Float,
}

/// What the first samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
}

impl Colour {
    /// Samples that it takes.
    pub(super) fn samples(self) -> usize {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Cmyk => 4,
        }
    }
}

/// What the first sample beyond the colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// Nothing known: a further channel.
    Channel,
    /// Opacity with which the colours are already multiplied.
    Premultiplied,
    /// Opacity.
    Opacity,
}

/// How strips and tiles are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Lzw,
    Jpeg,
    Deflate,
    PackBits,
}

/// Where the strips or tiles lie.
#[derive(Clone, Copy, Debug)]
pub(super) enum Places<'a> {
    /// As two tables say. Without lengths, which only old files leave out, each is as long as it must be.
    Table { offsets: Field<'a>, lengths: Option<Field<'a>> },
    /// One uncompressed piece at this offset.
    At(usize),
}

/// The layout of one page.
#[derive(Clone, Debug)]
pub(super) struct Page<'a> {
    pub file: File<'a>,
    pub width: usize,
    pub height: usize,
    pub samples: usize,
    pub bits: usize,
    pub number: Number,
    pub colour: Colour,
    pub extra: Extra,
    pub compression: Compression,
    pub predictor: u16,
    /// Whether each sample has strips or tiles of its own.
    pub planar: bool,
    /// Columns and rows of a strip or tile.
    pub piece: [usize; 2],
    pub tiled: bool,
    pub places: Places<'a>,
    pub jpeg_tables: &'a [u8],
    pub palette: Option<Field<'a>>,
    pub orientation: usize,
}

/// Fields in which the pages of one stack agree; compared before anything is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub width: usize,
    pub height: usize,
    rest: [Option<usize>; 6],
}

impl Kind {
    /// Of a page that is a picture; none for thumbnails and masks.
    pub(super) fn of(page: &Directory) -> Option<Self> {
        // Bit 0: a reduced version of another page; bit 2: a mask.
        let aside = page.number(tag::SUBFILE_TYPE).unwrap_or(0) & 0b101 != 0;
        let rest = [
            tag::SAMPLES,
            tag::EXTRA_SAMPLES,
            tag::BITS,
            tag::SAMPLE_FORMAT,
            tag::PHOTOMETRIC,
            tag::ORIENTATION,
        ];
        let (width, height) = (page.number(tag::WIDTH)?, page.number(tag::HEIGHT)?);
        (!aside && width > 0 && height > 0).then(|| Self {
            width,
            height,
            rest: rest.map(|tag| page.number(tag)),
        })
    }
}

impl<'a> Page<'a> {
    /// Checks the fields of a page that is `kind`.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`] for layouts that are not read, [`ImageError::Damaged`] for those that
    /// contradict themselves.
    pub(super) fn new(file: File<'a>, fields: &Directory<'a>, kind: Kind) -> Result<Self, ImageError> {
        let (width, height) = (kind.width, kind.height);
        let samples = fields.number(tag::SAMPLES).unwrap_or(1);
        if samples == 0 || samples > MAX_SAMPLES {
            return Err(unsupported(format!("{samples} samples per pixel"), "keep the channels that matter"));
        }
        if fields.number(tag::FILL_ORDER) == Some(2) {
            return Err(unsupported("bits in reversed order", SAVE_PLAIN));
        }
        let (bits, number) = numbers(fields)?;
        let colour = colour(fields, samples)?;
        if samples < colour.samples() {
            return Err(damaged("it has too few samples per pixel for its colours"));
        }
        let extra = match fields.number(tag::EXTRA_SAMPLES) {
            Some(1) => Extra::Premultiplied,
            Some(2) => Extra::Opacity,
            _ => Extra::Channel,
        };
        let compression = compression(fields)?;
        if compression == Compression::Jpeg && (bits, number) != (8, Number::Unsigned) {
            return Err(unsupported(format!("JPEG compression of {bits} bits"), SAVE_PLAIN));
        }
        let predictor = predictor(fields, compression, bits, number)?;
        let subsampled = colour == Colour::YCbCr
            && fields.get(tag::CHROMA_SUBSAMPLING).is_none_or(|field| field.numbers().any(|by| by != 1));
        if subsampled && compression != Compression::Jpeg {
            return Err(unsupported("YCbCr colours at reduced resolution without JPEG", SAVE_RGB));
        }
        let planar = fields.number(tag::PLANES) == Some(2) && samples > 1;
        let (tiled, piece, places) = places(fields, [width, height], compression)?;
        let page = Self {
            file,
            width,
            height,
            samples,
            bits,
            number,
            colour,
            extra,
            compression,
            predictor,
            planar,
            piece,
            tiled,
            places,
            jpeg_tables: fields.get(tag::JPEG_TABLES).map_or(&[], |field| field.bytes()),
            palette: fields.get(tag::COLOR_MAP),
            orientation: fields.number(tag::ORIENTATION).unwrap_or(1),
        };
        page.check()?;
        Ok(page)
    }

    /// What needs several fields to be known.
    fn check(&self) -> Result<(), ImageError> {
        let unsigned = self.number == Number::Unsigned && self.bits <= 16;
        let byte_or_word = self.number == Number::Unsigned && matches!(self.bits, 8 | 16);
        let possible = match self.colour {
            Colour::BlackIsZero => true,
            Colour::WhiteIsZero | Colour::Palette => unsigned,
            Colour::Rgb => self.bits >= 8,
            Colour::Cmyk => byte_or_word,
            Colour::YCbCr => byte_or_word && self.bits == 8,
        };
        if !possible {
            let what = format!("{:?} colours of {} bits ({:?})", self.colour, self.bits, self.number);
            return Err(unsupported(what, SAVE_RGB));
        }
        if self.colour == Colour::Palette && self.palette.is_none_or(|map| map.len() < 3 << self.bits) {
            return Err(damaged("its palette is missing or too short"));
        }
        let enough = |table: Field| self.pieces().is_some_and(|pieces| table.len() >= pieces);
        let listed = match self.places {
            Places::Table { offsets, lengths } => enough(offsets) && lengths.is_none_or(enough),
            Places::At(_) => true,
        };
        if listed { Ok(()) } else { Err(damaged("the list of its strips or tiles is too short")) }
    }

    /// Strips or tiles beside and above each other.
    pub(super) fn grid(&self) -> [usize; 2] {
        [self.width.div_ceil(self.piece[0]), self.height.div_ceil(self.piece[1])]
    }

    /// Number of all strips or tiles.
    fn pieces(&self) -> Option<usize> {
        let [across, down] = self.grid();
        across.checked_mul(down)?.checked_mul(if self.planar { self.samples } else { 1 })
    }

    /// Bytes that are unpacked for the page: its tiles with all that lies beyond its edges.
    pub(super) fn unpacked_bytes(&self) -> usize {
        let rows = if self.tiled { self.piece[1].saturating_mul(self.grid()[1]) } else { self.height };
        let planes = if self.planar { self.samples } else { 1 };
        let sizes = [self.grid()[0], self.row_bytes(self.piece[0]), rows, planes];
        sizes.into_iter().fold(1, usize::saturating_mul)
    }

    /// Bytes of `columns` pixels in a row of a strip or tile.
    pub(super) fn row_bytes(&self, columns: usize) -> usize {
        let samples = if self.planar { 1 } else { self.samples };
        columns.saturating_mul(samples).saturating_mul(self.bits).div_ceil(8)
    }
}

/// Bits per value and their meaning.
fn numbers(fields: &Directory) -> Result<(usize, Number), ImageError> {
    let same = |tag: u16, default: usize| {
        let field = fields.get(tag)?;
        let first = field.number(0).unwrap_or(default);
        field.numbers().all(|value| value == first).then_some(Ok(first)).or(Some(Err(())))
    };
    let bits = same(tag::BITS, 1).unwrap_or(Ok(1));
    let format = same(tag::SAMPLE_FORMAT, 1).unwrap_or(Ok(1));
    let (Ok(bits), Ok(format)) = (bits, format) else {
        return Err(unsupported("channels of different types", SAVE_COMMON));
    };
    match (format, bits) {
        (1 | 4, 1..=16 | 32 | 64) => Ok((bits, Number::Unsigned)),
        (2, 8 | 16 | 32 | 64) => Ok((bits, Number::Signed)),
        (3, 16 | 32 | 64) => Ok((bits, Number::Float)),
        (5 | 6, _) => Err(unsupported("complex numbers", SAVE_COMMON)),
        _ => Err(unsupported(format!("{bits} bits per value"), SAVE_COMMON)),
    }
}

fn colour(fields: &Directory, samples: usize) -> Result<Colour, ImageError> {
    let name = match fields.number(tag::PHOTOMETRIC) {
        Some(0) => return Ok(Colour::WhiteIsZero),
        Some(1) => return Ok(Colour::BlackIsZero),
        Some(2) => return Ok(Colour::Rgb),
        Some(3) => return Ok(Colour::Palette),
        Some(5) if fields.number(tag::INK_SET).unwrap_or(1) == 1 => return Ok(Colour::Cmyk),
        Some(6) => return Ok(Colour::YCbCr),
        // Required, yet missing in some files.
        None => return Ok(if matches!(samples, 3 | 4) { Colour::Rgb } else { Colour::BlackIsZero }),
        Some(4) => "a transparency mask".to_owned(),
        Some(5) => "inks other than CMYK".to_owned(),
        Some(8..=10) => "L*a*b* colours".to_owned(),
        Some(32803 | 34892) => "raw sensor data".to_owned(),
        Some(32844 | 32845) => "LogLuv colours".to_owned(),
        Some(other) => format!("colours of kind {other}"),
    };
    Err(unsupported(name, SAVE_RGB))
}

fn compression(fields: &Directory) -> Result<Compression, ImageError> {
    let name = match fields.number(tag::COMPRESSION).unwrap_or(1) {
        1 => return Ok(Compression::None),
        5 => return Ok(Compression::Lzw),
        7 => return Ok(Compression::Jpeg),
        8 | 32946 => return Ok(Compression::Deflate),
        32773 => return Ok(Compression::PackBits),
        2..=4 => "fax",
        6 => "old-style JPEG",
        33003 | 33004 | 33005 | 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        34892 => "lossy DNG",
        34933 => "PNG",
        22610 | 34934 => "JPEG XR",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 | 52546 => "JPEG XL",
        other => return Err(unsupported(format!("compression of kind {other}"), SAVE_PLAIN)),
    };
    Err(unsupported(format!("{name} compression"), SAVE_PLAIN))
}

fn predictor(
    fields: &Directory,
    compression: Compression,
    bits: usize,
    number: Number,
) -> Result<u16, ImageError> {
    // Elsewhere the field has no meaning.
    if !matches!(compression, Compression::Lzw | Compression::Deflate) {
        return Ok(1);
    }
    match (fields.number(tag::PREDICTOR).unwrap_or(1), number) {
        (1, _) => Ok(1),
        (2, _) if matches!(bits, 8 | 16 | 32 | 64) => Ok(2),
        (3, Number::Float) => Ok(3),
        (other, _) => Err(unsupported(format!("predictor {other} for values of {bits} bits"), SAVE_PLAIN)),
    }
}

/// Whether there are tiles, their columns and rows, and where they lie.
fn places<'a>(
    fields: &Directory<'a>,
    [width, height]: [usize; 2],
    compression: Compression,
) -> Result<(bool, [usize; 2], Places<'a>), ImageError> {
    let tiled = fields.get(tag::TILE_OFFSETS);
    let lengths = fields.get(if tiled.is_some() { tag::TILE_LENGTHS } else { tag::STRIP_LENGTHS });
    let piece = if tiled.is_some() {
        [fields.number(tag::TILE_WIDTH).unwrap_or(0), fields.number(tag::TILE_HEIGHT).unwrap_or(0)]
    } else {
        [width, fields.number(tag::ROWS_PER_STRIP).unwrap_or(height).min(height)]
    };
    let Some(offsets) = tiled.or_else(|| fields.get(tag::STRIP_OFFSETS)) else {
        return Err(damaged("the list of its strips or tiles is missing"));
    };
    if piece.contains(&0) || (lengths.is_none() && compression != Compression::None) {
        return Err(damaged("its strips or tiles have no size"));
    }
    Ok((tiled.is_some(), piece, Places::Table { offsets, lengths }))
}
