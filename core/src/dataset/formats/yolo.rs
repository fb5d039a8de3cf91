//! YOLO's text files: a line per object, `class cx cy w h` or, for segmentations, `class x y x y x y ...`; all
//! positions and lengths as parts of the image's width and height. The class is an index into a list of names, which
//! comes as one name per line or as `names:` in a `data.yaml`.

use thiserror::Error;

use crate::dataset::BoxLabel;
use crate::dataset::objects::{Area, Polygon};

/// Boxes may reach this part of the image beyond its edge by rounding; what lies further outside is a mistake.
const TOLERANCE: f64 = 0.01;

/// One object.
#[derive(Clone, Debug, PartialEq)]
pub struct YoloObject {
    /// Its box, clipped to the image, and class.
    pub bbox: BoxLabel,
    /// Its outline, in a segmentation.
    pub polygon: Option<Polygon>,
}

impl YoloObject {
    /// The object as an area; a box is a rectangle.
    pub fn area(&self) -> Area {
        let BoxLabel { x0, y0, x1, y1, class } = self.bbox;
        let rectangle = || {
            let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(f64::from);
            Polygon { rings: vec![vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]]] }
        };
        Area { class: Some(class), polygons: vec![self.polygon.clone().unwrap_or_else(rectangle)] }
    }
}

/// Why a label file cannot be used. Lines are counted from 1.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum YoloError {
    /// Not text.
    #[error("not a text file (at byte {0})")]
    Encoding(usize),
    /// Another number of columns.
    #[error(
        "line {line}: {columns} columns; needed are class cx cy w h, or class and x and y of at least three points"
    )]
    Columns {
        /// Line number.
        line: usize,
        /// Columns found.
        columns: usize,
    },
    /// A class that is none.
    #[error("line {line}: the class {found:?} must be a number from 0 to {last}", last = classes.saturating_sub(1))]
    Class {
        /// Line number.
        line: usize,
        /// As found.
        found: String,
        /// Number of classes.
        classes: usize,
    },
    /// A value that is no part of the image.
    #[error(
        "line {line}: {found:?} must be a number from 0 to 1, a part of the image's width or height; \
         pixels must be divided by these"
    )]
    Number {
        /// Line number.
        line: usize,
        /// As found.
        found: String,
    },
    /// Nothing inside the image.
    #[error("line {line}: the object has no area inside the image; correct or remove it")]
    Area {
        /// Line number.
        line: usize,
    },
    /// No list of names.
    #[error("no class names found; needed is one name per line, or names: with a list in a .yaml file")]
    Names,
    /// A name that is missing in the list.
    #[error("line {line}: class names must be numbered from 0 without gaps")]
    Numbering {
        /// Line number.
        line: usize,
    },
}

/// Reads the labels of a `width` x `height` image. No line is a valid answer.
///
/// # Errors
/// [`YoloError`] with the line.
pub fn parse(
    bytes: &[u8],
    classes: usize,
    width: usize,
    height: usize,
) -> Result<Vec<YoloObject>, YoloError> {
    let text = text(bytes)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| object(number, line, classes, (width, height))).collect()
}

fn object(
    line: usize,
    text: &str,
    classes: usize,
    (width, height): (usize, usize),
) -> Result<YoloObject, YoloError> {
    let mut columns = text.split_ascii_whitespace();
    let found = columns.next().unwrap_or_default();
    // Some tools write whole numbers as 0.0.
    let class = found.strip_suffix(".0").unwrap_or(found).parse().ok().filter(|class| *class < classes);
    let class = class.ok_or_else(|| YoloError::Class { line, found: found.to_owned(), classes })?;
    let part = |text: &str| {
        let number = text.parse().ok().filter(|part| (-TOLERANCE..=1.0 + TOLERANCE).contains(part));
        number.ok_or_else(|| YoloError::Number { line, found: text.to_owned() })
    };
    let parts: Vec<f64> = columns.map(part).collect::<Result<_, _>>()?;
    let (w, h) = (width as f64, height as f64);
    let (edges, polygon) = match parts[..] {
        [x, y, across, down] => {
            let (x, y, across, down) = (x * w, y * h, across * w / 2.0, down * h / 2.0);
            ([x - across, y - down, x + across, y + down], None)
        }
        ref parts if parts.len() >= 6 && parts.len().is_multiple_of(2) => {
            let ring = parts.as_chunks::<2>().0.iter().map(|[x, y]| [x * w, y * h]).collect();
            let polygon = Polygon { rings: vec![ring] };
            (polygon.bounds().unwrap_or_default(), Some(polygon))
        }
        ref parts => return Err(YoloError::Columns { line, columns: parts.len() + 1 }),
    };
    let bbox = BoxLabel::clipped(edges, width, height, class).ok_or(YoloError::Area { line })?;
    Ok(YoloObject { bbox, polygon })
}

/// Reads the class names out of `classes.txt` (a name per line) or `data.yaml` (`names: [a, b]`, also over several
/// lines, or below `names:` lines `- a` or `0: a`). Of YAML only this much is understood.
///
/// # Errors
/// [`YoloError`] when there are none, or with the line of a number that does not follow.
pub fn parse_names(bytes: &[u8]) -> Result<Vec<String>, YoloError> {
    let text = text(bytes)?;
    let mut lines = (1..).zip(text.lines().map(str::trim_end));
    let start = lines.clone().find_map(|(number, line)| Some((number, line.strip_prefix("names:")?.trim())));
    let names: Vec<String> = match start {
        None => lines.map(|(_, line)| plain(line)).filter(|name| !name.is_empty()).collect(),
        Some((start, list)) if list.starts_with('[') => {
            let more = lines.skip(start).map(|(_, line)| line);
            flow_list(std::iter::once(list).chain(more)).ok_or(YoloError::Names)?
        }
        Some((start, _)) => {
            let mut names = Vec::new();
            for (line, entry) in lines.by_ref().skip(start) {
                let item = entry.trim_start();
                if item.is_empty() || item.starts_with('#') {
                    continue;
                }
                let name = match (item.strip_prefix("- "), item.split_once(':')) {
                    (Some(name), _) => plain(name),
                    // The next key at the left edge ends the list.
                    (None, _)
                        if item.len() == entry.len() && !item.starts_with(|c: char| c.is_ascii_digit()) =>
                    {
                        break;
                    }
                    (None, Some((index, name))) if index.trim().parse() == Ok(names.len()) => plain(name),
                    _ => return Err(YoloError::Numbering { line }),
                };
                names.push(name);
            }
            names
        }
    };
    if names.is_empty() { Err(YoloError::Names) } else { Ok(names) }
}

/// The items of `[a, "b"]`, which may go on over several lines; `None` where it does not end.
fn flow_list<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let (mut items, mut item, mut quote) = (Vec::new(), String::new(), None);
    let mut finish = |item: &mut String| {
        let name = std::mem::take(item).trim().to_owned();
        items.extend(Some(name).filter(|name| !name.is_empty()));
    };
    for (number, line) in lines.enumerate() {
        let line = if number == 0 { line.strip_prefix('[')? } else { line };
        let mut before = ' ';
        for character in line.chars() {
            match (quote, character) {
                (Some(open), _) if character == open => quote = None,
                (None, '\'' | '"') if item.trim().is_empty() => quote = Some(character),
                (None, '#') if before == ' ' => break,
                (None, ',') => finish(&mut item),
                (None, ']') => {
                    finish(&mut item);
                    return Some(items);
                }
                _ => item.push(character),
            }
            before = character;
        }
        item.push(' ');
    }
    None
}

/// A name without quotes and comment.
fn plain(text: &str) -> String {
    let text = text.split(" #").next().unwrap_or_default().trim();
    text.trim_matches(['\'', '"']).to_owned()
}

fn text(bytes: &[u8]) -> Result<&str, YoloError> {
    let text = std::str::from_utf8(bytes).map_err(|error| YoloError::Encoding(error.valid_up_to()))?;
    Ok(text.trim_start_matches('\u{feff}'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::dataset::objects::areas_to_mask;

    #[test]
    fn parts_of_the_image_become_pixels() {
        let objects = parse(b"1 0.5 0.25 0.5 0.5\r\n\n0.0 0.95 0.5 0.12 1\n", 2, 40, 20).unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0].bbox, BoxLabel { x0: 10.0, y0: 0.0, x1: 30.0, y1: 10.0, class: 1 });
        assert_eq!((objects[1].bbox.x1, objects[1].bbox.class), (40.0, 0));
        assert!(parse(b"", 2, 40, 20).unwrap().is_empty());
    }

    #[test]
    fn polygons_are_segmentations() {
        let objects = parse(b"0 0.25 0 0.75 0 0.75 0.5 0.25 0.5\n", 1, 4, 2).unwrap();
        assert_eq!(objects[0].bbox, BoxLabel { x0: 1.0, y0: 0.0, x1: 3.0, y1: 1.0, class: 0 });
        let mask = areas_to_mask(&[objects[0].area()], 4, 2).unwrap();
        assert_eq!(mask.labels, [0, 1, 1, 0, 0, 0, 0, 0]);
        let boxes = parse(b"0 0.5 0.25 0.5 0.5\n", 1, 4, 2).unwrap();
        assert_eq!(areas_to_mask(&[boxes[0].area()], 4, 2).unwrap(), mask);
    }

    #[test]
    fn names_come_as_lines_or_yaml() {
        for text in [
            "red cell\nwhite\n\n",
            "path: ../data\nnc: 2\nnames: ['red cell', \"white\"]  # two\n",
            "names: ['red cell',  # erythrocyte, [RBC]\n        white]\nnc: 2\n",
            "names:\n  0: red cell\n  1: white # leucocyte\nnc: 2\n",
            "train: a\nnames:\n- red cell\n\n- 'white'\ntest: b\n",
        ] {
            assert_eq!(parse_names(text.as_bytes()).unwrap(), ["red cell", "white"], "{text}");
        }
        assert_eq!(parse_names(b"names: [\"a, b\", c's]\n").unwrap(), ["a, b", "c's"]);
        assert_eq!(parse_names(b"names: []\n"), Err(YoloError::Names));
        assert_eq!(parse_names(b"names: [a,\nb\n"), Err(YoloError::Names));
        assert_eq!(parse_names(b"names:\n  0: a\n  2: b\n"), Err(YoloError::Numbering { line: 3 }));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            ("0 0.5 0.5 0.5\n", "line 1: 4 columns"),
            ("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1 0.9", "line 2: 6 columns"),
            ("2 0.5 0.5 0.1 0.1\n", "line 1: the class \"2\" must be a number from 0 to 1"),
            ("-1 0.5 0.5 0.1 0.1\n", "line 1: the class \"-1\""),
            ("0 320 240 40 40\n", "line 1: \"320\" must be a number from 0 to 1"),
            ("0 nan 0.5 0.1 0.1\n", "line 1: \"nan\" must be"),
            ("0 0.5 0.5 0 0.1\n", "line 1: the object has no area"),
        ] {
            let message = parse(text.as_bytes(), 2, 40, 20).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
        assert_eq!(parse(b"0 \xff", 2, 40, 20), Err(YoloError::Encoding(2)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (parse(&bytes, 3, 9, 9), parse_names(&bytes));
        }

        #[test]
        fn any_text_is_an_answer_not_a_panic(text in "(names:)?[0-9. :\\[\\]\n#,'-]{0,60}") {
            let _ = parse_names(text.as_bytes());
            for object in parse(text.as_bytes(), 3, 9, 9).unwrap_or_default() {
                prop_assert!(areas_to_mask(&[object.area()], 9, 9).is_ok());
            }
        }
    }
}
