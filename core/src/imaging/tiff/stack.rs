//! From the pages of a file to one image.

use super::colour::Pictures;
use super::directory::{Directory, File, directories};
use super::notes::Notes;
use super::page::{Colour, Compression, Kind, Number, Page, Places};
use super::values::{calibrated, narrowed};
use super::{damaged, unsupported};
use crate::imaging::turn::turn;
use crate::imaging::{Format, Geometry, Image, ImageError, Modality, Origin, Pixels};

/// Bytes that may be unpacked beyond eight for each allowed pixel, so that small pictures may have large tiles.
const SPARE_BYTES: usize = 1 << 24;

/// Number of slices that [`decode`] makes, from the directories alone: pixels are neither unpacked nor looked at.
///
/// # Errors
/// As [`decode`], as far as the directories show.
pub(crate) fn count_slices(bytes: &[u8], max_pixels: usize) -> Result<usize, ImageError> {
    Stack::open(bytes, max_pixels).map(|stack| stack.slices)
}

/// Decodes a TIFF.
///
/// The largest page and all pages like it (same size and type) become the slices; thumbnails, masks and
/// smaller versions are left out. Where `ImageJ` or OME-XML says that pages are two or three channels, these
/// become red, green and blue (a missing one is black); more channels become slices. Moments become slices.
///
/// # Errors
/// [`ImageError::TooLarge`] beyond `max_pixels` (columns times rows times slices), [`ImageError::Unsupported`]
/// for layouts that are not read, [`ImageError::Damaged`] where the bytes contradict themselves.
pub(crate) fn decode(bytes: &[u8], max_pixels: usize) -> Result<Image, ImageError> {
    let stack = Stack::open(bytes, max_pixels)?;
    let Stack { first, notes, channels, slices, .. } = &stack;
    let (width, height) = (first.width, first.height);
    let mut allowed = max_pixels.saturating_mul(8).saturating_add(SPARE_BYTES);
    let mut picture = |index: usize| {
        let page = stack.page(index)?;
        allowed = allowed.checked_sub(page.unpacked_bytes()).ok_or_else(|| {
            let what = format!("strips or tiles that unpack to far more than {width} x {height} pixels");
            unsupported(what, "save it with smaller tiles, fewer channels or fewer pages")
        })?;
        Ok(page.pictures(page.values()?))
    };

    let mut all: Option<Pictures> = None;
    for group in stack.order.chunks_exact(*channels) {
        let mut pictures = group.iter().map(|index| picture(*index)).collect::<Result<Vec<_>, _>>()?;
        let next = if *channels == 1 { pictures.swap_remove(0) } else { merge(&pictures)? };
        match &mut all {
            None => all = Some(next),
            Some(all) => append(&mut all.pixels, next.pixels)?,
        }
    }
    let Some(Pictures { channels, mut pixels }) = all else { return Err(damaged("it has no page")) };
    if let (Number::Unsigned | Number::Signed, Pixels::F32(values)) = (first.number, &mut pixels) {
        pixels = narrowed(std::mem::take(values));
    }
    if let Some(line) = notes.calibration.filter(|_| stack.grey) {
        pixels = calibrated(&pixels, line);
    }
    finish(first, notes, [width, height, *slices], channels, pixels)
}

/// What the directories of a file say about its image.
struct Stack<'a> {
    file: File<'a>,
    notes: Notes,
    kind: Kind,
    /// The pages that become slices or channels of these.
    members: Vec<Directory<'a>>,
    first: Page<'a>,
    /// Whether these follow the first without directories of their own.
    hidden: bool,
    grey: bool,
    /// Their order in the image: [`order`].
    order: Vec<usize>,
    /// How many are merged into one slice.
    channels: usize,
    slices: usize,
}

impl<'a> Stack<'a> {
    /// Reads the directories, and checks the size that they claim.
    fn open(bytes: &'a [u8], max_pixels: usize) -> Result<Self, ImageError> {
        let (file, directories) = directories(bytes)?;
        let notes = directories.first().map(Notes::of).unwrap_or_default();
        let (kind, members) = largest(directories)?;
        let first = members.first().ok_or_else(|| damaged("it has no page with a picture"))?;
        let first = Page::new(file, first, kind)?;
        let hidden = hidden_pages(&first, &notes, members.len())?;
        let pages = members.len().max(hidden);

        let grey = first.samples == 1 && first.colour != Colour::Palette;
        let (order, channels) = order(&notes, pages, grey);
        let (width, height) = (first.width, first.height);
        let slices = (pages / channels).saturating_mul(first.slices());
        if width.saturating_mul(height).saturating_mul(slices) > max_pixels {
            return Err(ImageError::TooLarge { width, height, slices, limit: max_pixels });
        }
        Ok(Self { file, notes, kind, members, first, hidden: hidden > 0, grey, order, channels, slices })
    }

    fn page(&self, index: usize) -> Result<Page<'a>, ImageError> {
        if self.hidden {
            return hidden_page(&self.first, index);
        }
        let page = self.members.get(index).ok_or_else(|| damaged("a page is missing"))?;
        Page::new(self.file, page, self.kind)
    }
}

/// Adds what is known beside the pixels.
fn finish(
    page: &Page,
    notes: &Notes,
    size: [usize; 3],
    channels: usize,
    pixels: Pixels,
) -> Result<Image, ImageError> {
    let modality = notes.microscopy.then_some(Modality::Microscopy);
    let (size, pixels) = turn(size, channels, pixels, page.orientation);
    let sideways = page.orientation >= 5;
    let spacing = notes.spacing.map(|[x, y, z]| if sideways { [y, x, z] } else { [x, y, z] });
    let image = Image::volume(size, channels, pixels)?;
    Ok(image
        .with_geometry(Geometry { spacing, affine: None })
        .with_origin(Origin { format: Format::Tiff, modality }))
}

/// The kind of the largest page, and all pages of this kind: at least one.
fn largest(directories: Vec<Directory<'_>>) -> Result<(Kind, Vec<Directory<'_>>), ImageError> {
    let kinds: Vec<Option<Kind>> = directories.iter().map(Kind::of).collect();
    let area = |kind: &Kind| kind.width.saturating_mul(kind.height);
    // The first among equals: `max_by_key` would take the last.
    let largest = kinds
        .iter()
        .flatten()
        .copied()
        .reduce(|best, kind| if area(&kind) > area(&best) { kind } else { best });
    let kind = largest.ok_or_else(|| damaged("it has no page with a picture"))?;
    let alike = directories.into_iter().zip(kinds).filter(|(_, found)| *found == Some(kind));
    Ok((kind, alike.map(|(page, _)| page).collect()))
}

/// The number of pages that follow the first without a directory of their own, as `ImageJ` writes them beyond
/// 4 GB; 0 where all have one.
fn hidden_pages(first: &Page, notes: &Notes, described: usize) -> Result<usize, ImageError> {
    let Some(pages) = notes.pages.filter(|pages| described == 1 && *pages > 1) else { return Ok(0) };
    if first.compression != Compression::None || first.tiled || first.planar {
        return Ok(0);
    }
    match hidden_place(first, pages - 1) {
        Some(last)
            if last.checked_add(page_bytes(first)).is_some_and(|end| end <= first.file.bytes.len()) =>
        {
            Ok(pages)
        }
        _ => Err(damaged(format!("it ends before the last of its {pages} pages"))),
    }
}

fn page_bytes(page: &Page) -> usize {
    page.row_bytes(page.width).saturating_mul(page.height)
}

/// Where page number `index` of those that lie one after the other begins.
fn hidden_place(first: &Page, index: usize) -> Option<usize> {
    match first.places {
        Places::Table { offsets, .. } => {
            offsets.number(0)?.checked_add(page_bytes(first).checked_mul(index)?)
        }
        Places::At(_) => None,
    }
}

/// Pages in the order of the image: slice by slice, the channels of a slice side by side; and how many
/// channels are merged, 1 to 3.
fn order(notes: &Notes, pages: usize, grey: bool) -> (Vec<usize>, usize) {
    let as_stored = ((0..pages).collect(), 1);
    let Some(counts) = notes.counts.filter(|_| grey) else { return as_stored };
    let all = counts.iter().fold(1, |all: usize, count| all.saturating_mul(*count));
    if all != pages || !(2..=3).contains(&counts[0]) {
        return as_stored;
    }
    let mut strides = [0; 3];
    let mut stride = 1;
    for axis in notes.order {
        strides[axis] = stride;
        stride *= counts[axis];
    }
    let mut order = Vec::with_capacity(pages);
    for moment in 0..counts[2] {
        for slice in 0..counts[1] {
            order.extend((0..counts[0]).map(|c| c * strides[0] + slice * strides[1] + moment * strides[2]));
        }
    }
    (order, counts[0])
}

/// Page number `index` of those without a directory.
fn hidden_page<'a>(first: &Page<'a>, index: usize) -> Result<Page<'a>, ImageError> {
    let place = hidden_place(first, index).ok_or_else(|| damaged("a page has no place"))?;
    Ok(Page { places: Places::At(place), piece: [first.width, first.height], ..first.clone() })
}

/// Two or three grey pictures of one slice as its red, green and blue.
fn merge(pictures: &[Pictures]) -> Result<Pictures, ImageError> {
    fn interleave<'a, T: Copy + Default + 'a>(
        pictures: &'a [Pictures],
        values: impl Fn(&'a Pixels) -> Option<&'a Vec<T>>,
    ) -> Result<Vec<T>, ImageError> {
        let parts: Option<Vec<_>> = pictures.iter().map(|picture| values(&picture.pixels)).collect();
        let parts = parts.ok_or_else(mixed)?;
        let mut out = vec![T::default(); parts[0].len() * 3];
        for (channel, part) in parts.iter().enumerate() {
            out[channel..].iter_mut().step_by(3).zip(*part).for_each(|(out, value)| *out = *value);
        }
        Ok(out)
    }
    macro_rules! merged {
        ($kind:path) => {
            $kind(interleave(pictures, |pixels| match pixels {
                $kind(values) => Some(values),
                _ => None,
            })?)
        };
    }
    let pixels = match &pictures[0].pixels {
        Pixels::U8(_) => merged!(Pixels::U8),
        Pixels::U16(_) => merged!(Pixels::U16),
        Pixels::I16(_) => merged!(Pixels::I16),
        Pixels::F32(_) => merged!(Pixels::F32),
    };
    Ok(Pictures { channels: 3, pixels })
}

fn append(all: &mut Pixels, next: Pixels) -> Result<(), ImageError> {
    match (all, next) {
        (Pixels::U8(all), Pixels::U8(next)) => all.extend(next),
        (Pixels::U16(all), Pixels::U16(next)) => all.extend(next),
        (Pixels::I16(all), Pixels::I16(next)) => all.extend(next),
        (Pixels::F32(all), Pixels::F32(next)) => all.extend(next),
        _ => return Err(mixed()),
    }
    Ok(())
}

fn mixed() -> ImageError {
    unsupported("pages of different types", "save its pages as files of their own")
}
