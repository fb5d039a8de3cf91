//! Pascal VOC XML: the boxes of one image.
//!
//! Read are `size` (`width`, `height`) and of each `object` its `name`, `bndbox`, `difficult` and `truncated`; its
//! `part`s are not. VOC counts pixels from 1 and its `xmax` and `ymax` are the last pixels of the object, so that the
//! box `xmin = ymin = xmax = ymax = 1` is the first pixel: (0, 0) to (1, 1) here. Boxes are clipped to the image.
//! Fractions are accepted and shifted alike.

use quick_xml::events::{BytesRef, Event};
use quick_xml::{Reader, escape};
use thiserror::Error;

use crate::dataset::BoxLabel;

/// Elements may be nested this deep; VOC has five levels.
const MAX_DEPTH: usize = 32;

/// The annotation of one image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VocImage {
    /// Name of the image file, where stated.
    pub file: Option<String>,
    /// Columns and rows: those given, or else those stated.
    pub size: (usize, usize),
    /// The objects in the order of the file.
    pub objects: Vec<VocObject>,
}

/// One object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VocObject {
    /// Its box and class.
    pub bbox: BoxLabel,
    /// Hard to recognise: left out of VOC's evaluation.
    pub difficult: bool,
    /// Part of it lies outside the image or behind something else.
    pub truncated: bool,
}

/// Why an annotation cannot be used. Lines and objects are counted from 1.
#[derive(Debug, Error)]
pub enum VocError {
    /// Not UTF-8.
    #[error("not UTF-8 text (at byte {0}); save the annotation with the encoding UTF-8")]
    Encoding(usize),
    /// Not XML.
    #[error("line {line}: not valid XML: {source}")]
    Xml {
        /// Line number.
        line: usize,
        /// Why.
        source: quick_xml::Error,
    },
    /// An entity that XML itself does not have.
    #[error("line {line}: the entity &{name}; is not supported; write the text itself")]
    Entity {
        /// Line number.
        line: usize,
        /// Its name.
        name: String,
    },
    /// Deep nesting.
    #[error("line {line}: elements are nested more than {MAX_DEPTH} deep; this is no VOC annotation")]
    Depth {
        /// Line number.
        line: usize,
    },
    /// The file ends too early, or is none of VOC.
    #[error("the element <annotation> is missing or not closed; this is no whole VOC annotation")]
    Annotation,
    /// Nowhere a size.
    #[error("<size> has no width and height, and the size of the image is not known")]
    Size,
    /// An element that is missing or no number.
    #[error("object {object}: <{element}> must be {needed}, not {found:?}")]
    Element {
        /// Which object.
        object: usize,
        /// The element.
        element: &'static str,
        /// What would do.
        needed: &'static str,
        /// As found, empty if missing.
        found: String,
    },
    /// A name that is no class.
    #[error(
        "object {object}: {name:?} is none of the classes in dataset.json ({classes}); correct one of the two"
    )]
    Class {
        /// Which object.
        object: usize,
        /// As found.
        name: String,
        /// The classes there are.
        classes: String,
    },
    /// A box that is none.
    #[error(
        "object {object}: the box {bbox:?} must be xmin, ymin, xmax, ymax in pixels from 1, \
         with an area inside the image; correct or remove it"
    )]
    Box {
        /// Which object.
        object: usize,
        /// As found.
        bbox: [f64; 4],
    },
}

/// Reads an annotation; `classes` are without background. `size` (columns, rows) is that of the image, where it is
/// known; what the file says is believed otherwise.
///
/// # Errors
/// [`VocError`] with the line or the object.
pub fn parse(bytes: &[u8], classes: &[String], size: Option<(usize, usize)>) -> Result<VocImage, VocError> {
    let text = std::str::from_utf8(bytes).map_err(|error| VocError::Encoding(error.valid_up_to()))?;
    let found = Elements::read(text.trim_start_matches('\u{feff}'))?;
    let side = |text: &str| text.trim().parse().ok().filter(|side| (1..=1 << 20).contains(side));
    let size = size.or_else(|| Some((side(&found.width)?, side(&found.height)?))).ok_or(VocError::Size)?;
    let objects = (1..).zip(&found.objects).map(|(number, object)| object.check(number, classes, size));
    let objects = objects.collect::<Result<_, _>>()?;
    let file = Some(found.file.trim().to_owned()).filter(|file| !file.is_empty());
    Ok(VocImage { file, size, objects })
}

/// The text of the elements that count.
#[derive(Default)]
struct Elements {
    file: String,
    width: String,
    height: String,
    objects: Vec<ObjectElements>,
}

#[derive(Default)]
struct ObjectElements {
    name: String,
    difficult: String,
    truncated: String,
    /// xmin, ymin, xmax, ymax.
    edges: [String; 4],
}

impl Elements {
    fn read(text: &str) -> Result<Self, VocError> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut elements = Self::default();
        let mut path: Vec<String> = Vec::new();
        let mut complete = false;
        loop {
            let event = reader.read_event();
            // Lines are counted when they are needed only: counting for each event would be quadratic.
            let line = |at: u64| 1 + text.bytes().take(at as usize).filter(|byte| *byte == b'\n').count();
            let event =
                event.map_err(|source| VocError::Xml { line: line(reader.error_position()), source })?;
            let here = || line(reader.buffer_position());
            match event {
                Event::Start(start) => {
                    if path.len() >= MAX_DEPTH {
                        return Err(VocError::Depth { line: here() });
                    }
                    path.push(start.name().as_ref().to_owned());
                    if path == ["annotation", "object"] {
                        elements.objects.push(ObjectElements::default());
                    }
                }
                Event::End(_) => {
                    path.pop();
                    complete |= path.is_empty();
                }
                Event::Text(part) => elements.add(&path, &part.xml10_content()),
                Event::CData(part) => elements.add(&path, &part.xml10_content()),
                Event::GeneralRef(entity) => {
                    let name = || entity.to_string();
                    let part =
                        resolve(&entity).ok_or_else(|| VocError::Entity { line: here(), name: name() })?;
                    elements.add(&path, &part);
                }
                Event::Eof => break,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        if complete && path.is_empty() { Ok(elements) } else { Err(VocError::Annotation) }
    }

    /// Adds text to the element at `path`, if it is one that counts.
    fn add(&mut self, path: &[String], part: &str) {
        let mut names = path.iter().map(String::as_str);
        if names.next() != Some("annotation") {
            return;
        }
        let names: Vec<&str> = names.collect();
        let place = match (names.as_slice(), self.objects.last_mut()) {
            (["filename"], _) => &mut self.file,
            (["size", "width"], _) => &mut self.width,
            (["size", "height"], _) => &mut self.height,
            (["object", "name"], Some(object)) => &mut object.name,
            (["object", "difficult"], Some(object)) => &mut object.difficult,
            (["object", "truncated"], Some(object)) => &mut object.truncated,
            (["object", "bndbox", edge], Some(object)) => match *edge {
                "xmin" => &mut object.edges[0],
                "ymin" => &mut object.edges[1],
                "xmax" => &mut object.edges[2],
                "ymax" => &mut object.edges[3],
                _ => return,
            },
            _ => return,
        };
        place.push_str(part);
    }
}

/// The character of `&#65;` or one of the five entities of XML itself. Others are not expanded: a document may
/// define them by one another, to grow without end.
fn resolve(entity: &BytesRef<'_>) -> Option<String> {
    match entity.resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => escape::resolve_predefined_entity(entity).map(str::to_owned),
        Err(_) => None,
    }
}

impl ObjectElements {
    fn check(
        &self,
        object: usize,
        classes: &[String],
        (width, height): (usize, usize),
    ) -> Result<VocObject, VocError> {
        let name = self.name.trim();
        let class = classes.iter().position(|class| class == name).ok_or_else(|| VocError::Class {
            object,
            name: name.to_owned(),
            classes: classes.join(", "),
        })?;
        let mut bbox = [0.0; 4];
        let names = ["xmin", "ymin", "xmax", "ymax"];
        for ((edge, text), element) in bbox.iter_mut().zip(&self.edges).zip(names) {
            let text = text.trim();
            *edge = text.parse().ok().filter(|edge: &f64| edge.is_finite()).ok_or_else(|| {
                VocError::Element { object, element, needed: "a number", found: text.to_owned() }
            })?;
        }
        let flag = |text: &str, element| match text.trim().to_ascii_lowercase().as_str() {
            "" | "0" | "false" | "unspecified" => Ok(false),
            "1" | "true" => Ok(true),
            _ => Err(VocError::Element { object, element, needed: "0 or 1", found: text.to_owned() }),
        };
        let (difficult, truncated) =
            (flag(&self.difficult, "difficult")?, flag(&self.truncated, "truncated")?);
        let [x_first, y_first, x_last, y_last] = bbox;
        let edges = [x_first - 1.0, y_first - 1.0, x_last, y_last];
        let in_order = x_first <= x_last && y_first <= y_last;
        let label = BoxLabel::clipped(edges, width, height, class).filter(|_| in_order);
        let bbox = label.ok_or(VocError::Box { object, bbox })?;
        Ok(VocObject { bbox, difficult, truncated })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn classes() -> Vec<String> {
        vec!["RBC".to_owned(), "A & B".to_owned()]
    }

    fn document(objects: &str) -> String {
        format!(
            "\u{feff}<?xml version=\"1.0\"?>\n<annotation verified=\"yes\">\n<filename>a.jpg</filename>\n\
             <size><width>64</width><height>48</height><depth>3</depth></size>\n{objects}</annotation>\n"
        )
    }

    fn object(name: &str, edges: [&str; 4]) -> String {
        let [x0, y0, x1, y1] = edges;
        format!(
            "<object>\n<name>{name}</name><pose/><truncated>1</truncated>\n<difficult>0</difficult>\
             <bndbox><xmin> {x0} </xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox>\
             <part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part>\
             </object>\n"
        )
    }

    #[test]
    fn pixels_from_1_become_edges_from_0() {
        let objects = object("A &amp; B", ["1", "1", "1", "1"]) + &object("RBC", ["11", "21.5", "90", "48"]);
        let image = parse(document(&objects).as_bytes(), &classes(), None).unwrap();
        assert_eq!((image.file.as_deref(), image.size), (Some("a.jpg"), (64, 48)));
        let boxes: Vec<BoxLabel> = image.objects.iter().map(|object| object.bbox).collect();
        assert_eq!(
            boxes,
            [
                BoxLabel { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0, class: 1 },
                BoxLabel { x0: 10.0, y0: 20.5, x1: 64.0, y1: 48.0, class: 0 },
            ]
        );
        assert!(image.objects.iter().all(|object| object.truncated && !object.difficult));
        assert!(parse(document("").as_bytes(), &classes(), None).unwrap().objects.is_empty());
    }

    #[test]
    fn the_size_of_the_image_counts_more_than_the_stated_one() {
        let text = document(&object("RBC", ["11", "21", "90", "48"]));
        let image = parse(text.as_bytes(), &classes(), Some((100, 100))).unwrap();
        assert_eq!(image.objects[0].bbox.x1, 90.0);
        let text = text.replace("<width>64</width>", "<width>0</width>");
        assert!(matches!(parse(text.as_bytes(), &classes(), None), Err(VocError::Size)));
    }

    #[test]
    fn errors_name_the_object_or_the_line() {
        let good = || object("RBC", ["1", "1", "9", "9"]);
        for (objects, expected) in [
            (good() + &object("WBC", ["1", "1", "2", "2"]), "object 2: \"WBC\" is none of the classes"),
            (object("RBC", ["1", "one", "2", "2"]), "object 1: <ymin> must be a number, not \"one\""),
            (object("RBC", ["1", "NaN", "2", "2"]), "object 1: <ymin> must be a number"),
            (object("RBC", ["1", "", "2", "2"]), "object 1: <ymin> must be a number, not \"\""),
            (object("RBC", ["5", "1", "2", "2"]), "object 1: the box"),
            (object("RBC", ["65", "1", "70", "2"]), "object 1: the box"),
            ("<object><name></object>".to_owned(), "line 5: not valid XML"),
            ("<x>".repeat(40) + &"</x>".repeat(40), "line 5: elements are nested"),
        ] {
            let message = parse(document(&objects).as_bytes(), &classes(), None).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
        assert!(matches!(parse(b"", &classes(), None), Err(VocError::Annotation)));
        assert!(matches!(parse(b"<annotation>", &classes(), None), Err(VocError::Annotation)));
        assert!(matches!(parse(b"<annotation>\xff", &classes(), None), Err(VocError::Encoding(12))));
    }

    #[test]
    fn entities_of_the_document_are_not_expanded() {
        let entity = |level: u32| format!("<!ENTITY e{level} \"&e{0};&e{0};\">", level - 1);
        let bomb = format!(
            "<!DOCTYPE annotation [<!ENTITY e0 \"RBC\">{}]>\n<annotation><object><name>&e29;</name></object></annotation>",
            (1..30).map(entity).collect::<String>()
        );
        let message = parse(bomb.as_bytes(), &classes(), Some((9, 9))).unwrap_err().to_string();
        assert!(message.starts_with("line 2: the entity &e29; is not supported"), "{message}");
        let outside = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><annotation>&x;</annotation>";
        assert!(matches!(parse(outside.as_bytes(), &classes(), None), Err(VocError::Entity { .. })));
        let text = document(&object("&#x52;B&#67;", ["1", "1", "9", "9"]));
        assert_eq!(parse(text.as_bytes(), &classes(), None).unwrap().objects[0].bbox.class, 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &classes(), None);
        }

        #[test]
        fn a_changed_or_cut_file_never_panics(at in 0_usize..900, value in 32_u8..127, cut in 0_usize..900) {
            let mut bytes = document(&(object("RBC", ["1", "1", "9", "9"]) + &object("&lt;", ["1", "1", "9", "9"])))
                .into_bytes();
            if let Some(place) = bytes.get_mut(at) {
                *place = value;
            }
            let _ = parse(&bytes, &classes(), None);
            bytes.truncate(cut);
            let _ = parse(&bytes, &classes(), None);
        }
    }
}
