//! What programs note about a file beside TIFF's own fields: sizes, and which page is which channel or slice.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::directory::{Directory, tag};

/// Resolutions up to this many pixels per mm (1200 per inch) say how large to print, not how large things are.
const PRINT_RESOLUTION: f64 = 1200.0 / 25.4;

/// What is known about the pages of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notes {
    /// Written by a program for microscopy.
    pub microscopy: bool,
    /// Channels, slices, moments; none where nobody says.
    pub counts: Option<[usize; 3]>,
    /// Which of the three (0, 1, 2 as in `counts`) changes from page to page fastest, second, slowest.
    pub order: [usize; 3],
    /// Pages; of which `ImageJ` describes the first alone when they are too many bytes.
    pub pages: Option<usize>,
    /// Distances of neighbouring columns, rows and slices in mm. Where the file gives none for slices, that
    /// of columns.
    pub spacing: Option<[f64; 3]>,
    /// Physical values are the first number plus the second times the stored ones.
    pub calibration: Option<[f64; 2]>,
}

impl Notes {
    /// Reads the description of the first page.
    pub(super) fn of(page: &Directory) -> Self {
        let text = page.get(tag::DESCRIPTION).map(|field| String::from_utf8_lossy(field.bytes()));
        let text = text.as_deref().unwrap_or("");
        if text.starts_with("ImageJ=") {
            Self::from_imagej(text, page)
        } else if text.contains("<OME") {
            Self::from_ome(text)
        } else {
            let spacing = fine_resolution(page).and_then(|[x, y]| spacing(Some(x), Some(y), None));
            Self { spacing, ..Self::default() }
        }
    }

    /// `ImageJ`'s lines of `key=value`; its pages run over channels, then slices, then moments, and its
    /// resolution is in pixels per unit.
    fn from_imagej(text: &str, page: &Directory) -> Self {
        let find = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        let count =
            |key: &str| find(key).and_then(|value| value.trim().parse().ok()).unwrap_or(1_usize).max(1);
        let real = |key: &str| find(key)?.trim().parse().ok().filter(|value: &f64| value.is_finite());
        let unit = find("unit").and_then(millimetres);
        let along = |tag: u16| Some(unit? / page.get(tag)?.ratio().filter(|ratio| *ratio > 0.0)?);
        let depth = real("spacing").zip(unit).map(|(depth, unit)| depth.abs() * unit);
        // Function 0 is a straight line; with it ImageJ keeps signed values, Hounsfield units among them.
        let calibration = real("c0").zip(real("c1")).filter(|_| find("cf").map(str::trim) == Some("0"));
        Self {
            microscopy: false,
            counts: Some([count("channels"), count("slices"), count("frames")]),
            order: [0, 1, 2],
            pages: Some(count("images")),
            spacing: spacing(along(tag::X_RESOLUTION), along(tag::Y_RESOLUTION), depth),
            calibration: calibration.map(|(offset, slope)| [offset, slope]),
        }
    }

    /// The first `Pixels` element of OME-XML (schema 2016-06).
    fn from_ome(text: &str) -> Self {
        let unknown = Self { microscopy: true, ..Self::default() };
        let mut reader = Reader::from_str(text.trim_end_matches('\0'));
        loop {
            match reader.read_event() {
                Ok(Event::Start(element) | Event::Empty(element))
                    if element.local_name().into_inner() == "Pixels" =>
                {
                    return Self::from_pixels(&element).unwrap_or(unknown);
                }
                Ok(Event::Eof) | Err(_) => return unknown,
                Ok(_) => {}
            }
        }
    }

    fn from_pixels(element: &BytesStart) -> Option<Self> {
        let find = |key: &str| {
            let attribute = element.try_get_attribute(key).ok()??;
            Some(unescape(&attribute.value).ok()?.into_owned())
        };
        let count = |key: &str| find(key)?.parse().ok().filter(|count: &usize| *count > 0);
        let size = |axis: &str| {
            let value: f64 = find(&format!("PhysicalSize{axis}"))?.parse().ok()?;
            let unit = find(&format!("PhysicalSize{axis}Unit"));
            Some(value * millimetres(unit.as_deref().unwrap_or("µm"))?)
        };
        let order = match find("DimensionOrder")?.as_str() {
            "XYCZT" => [0, 1, 2],
            "XYCTZ" => [0, 2, 1],
            "XYZCT" => [1, 0, 2],
            "XYZTC" => [1, 2, 0],
            "XYTCZ" => [2, 0, 1],
            "XYTZC" => [2, 1, 0],
            _ => return None,
        };
        Some(Self {
            microscopy: true,
            counts: Some([count("SizeC")?, count("SizeZ")?, count("SizeT")?]),
            order,
            pages: None,
            spacing: spacing(size("X"), size("Y"), size("Z")),
            calibration: None,
        })
    }
}

/// Distances that are usable.
fn spacing(x: Option<f64>, y: Option<f64>, z: Option<f64>) -> Option<[f64; 3]> {
    let usable = |distance: &f64| distance.is_finite() && *distance > 0.0;
    let (x, y) = (x.filter(usable)?, y.filter(usable)?);
    Some([x, y, z.filter(usable).unwrap_or(x)])
}

/// TIFF's own resolution as mm between columns and rows, where it is a microscope's.
fn fine_resolution(page: &Directory) -> Option<[f64; 2]> {
    let unit = match page.number(tag::RESOLUTION_UNIT).unwrap_or(2) {
        2 => 25.4,
        3 => 10.0,
        _ => return None,
    };
    let per_mm =
        |tag: u16| page.get(tag)?.ratio().map(|ratio| ratio / unit).filter(|r| *r > PRINT_RESOLUTION);
    Some([1.0 / per_mm(tag::X_RESOLUTION)?, 1.0 / per_mm(tag::Y_RESOLUTION)?])
}

/// A unit of length in mm.
fn millimetres(unit: &str) -> Option<f64> {
    Some(match unit.trim().trim_end_matches('\0') {
        "m" | "meter" => 1000.0,
        "dm" => 100.0,
        "cm" => 10.0,
        "inch" | "in" | "\"" => 25.4,
        "mm" | "millimeter" => 1.0,
        // The micro sign, the Greek letter, and as ImageJ escapes them.
        "um" | "µm" | "μm" | "\\u00B5m" | "\\u00b5m" | "\\u03BCm" | "micron" | "microns" | "micrometer" => {
            1e-3
        }
        "nm" | "nanometer" => 1e-6,
        "pm" => 1e-9,
        "Å" | "\\u00C5" => 1e-7,
        _ => return None,
    })
}
