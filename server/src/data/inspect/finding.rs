//! What can be wrong with a data set: the checks, how grave each is, and what to do.

use serde::Serialize;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something cannot be used, or scores would be false.
    Error,
    /// It can be used, but is probably not what was meant.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// Which check found it.
    pub check: Check,
    /// The file it is about, below the data set's folder; empty where it is about all of it.
    pub file: String,
    /// What was found there.
    pub problem: String,
}

impl Finding {
    /// A finding of `check`.
    pub fn new(check: Check, file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { severity: check.severity(), check, file: file.into(), problem: problem.into() }
    }
}

/// Declares the checks: name, severity, title, and what to do.
macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident: $severity:ident, $title:literal, $advice:literal;)*) => {
        /// What is looked at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Check { $($(#[$doc])* $name,)* }

        impl Check {
            /// Every check, errors first.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// How grave its findings are.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What it finds, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What to do about its findings.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }
    };
}

checks! {
    /// The folder or its `dataset.json`.
    Manifest: Error, "no usable dataset.json",
        "write one (id, modality, task, classes, license), or let `medley data import` make it";
    /// A label file as a whole.
    LabelFile: Error, "label file that cannot be used",
        "correct the file, or export it again from the tool that made it";
    /// A row of a table, an entry of COCO.
    Entry: Error, "label that cannot be used",
        "correct or remove the entry; the others are used";
    /// A class that is none of the manifest's.
    UnknownClass: Error, "unknown class",
        "correct the name, or add it to `classes` in dataset.json";
    /// A file that is listed more than once.
    ListedTwice: Error, "listed twice",
        "keep one of the entries; the first one is used";
    /// An image that is listed, but not there.
    MissingImage: Error, "listed image that is missing",
        "put the file into images/, or remove its entry";
    /// A mask that is not there.
    MissingMask: Error, "missing mask",
        "add a mask with the name of its image, or remove the image from split.csv";
    /// An image that does not open.
    Unreadable: Error, "image that cannot be read",
        "replace it by an intact copy or convert it; it is left out";
    /// A mask that does not open.
    UnreadableMask: Error, "mask that cannot be read",
        "save it again as an 8-bit grey PNG, or as NIfTI, whose values are class indices";
    /// Image and label of different sizes.
    SizeMismatch: Error, "image and label differ in size",
        "export the label again at the size of the image; neither is rescaled silently";
    /// A mask with values beyond the classes.
    ClassRange: Error, "mask with values that are no class",
        "name the missing classes in dataset.json, or correct the mask (255 means unlabelled)";
    /// A box without an area.
    EmptyBox: Error, "box without area",
        "correct or remove it (x, y, width, height in pixels, width and height above 0)";
    /// A box beyond the image.
    BoxOutside: Error, "box outside the image",
        "check that the boxes belong to this image, and to this size of it";
    /// The same image in different splits, by its tasks.
    SplitDisagreement: Error, "in different splits for different tasks",
        "give the image one split; otherwise one task is tested on what the other has learnt from";
    /// A patient in several splits.
    PatientLeak: Error, "patient in several splits",
        "move all images of the patient to one split; scores are too good otherwise";
    /// The same picture in several splits.
    DuplicateLeak: Error, "same picture in several splits",
        "keep one of them; scores are too good otherwise";
    /// The same picture with different labels.
    Contradiction: Error, "same picture with different labels",
        "find out which label is right, and keep that one";
    /// Nearly the same picture in several splits.
    NearDuplicateLeak: Warning, "nearly the same picture in several splits",
        "look at them; if they show the same object, move them to one split, as scores are too good otherwise";
    /// A class that a split lacks.
    ClassWithoutImages: Warning, "class that is missing in a split",
        "add images, or split anew by class; the class is neither learnt nor measured there";
    /// The same picture twice.
    Duplicate: Warning, "same picture twice",
        "keep one of them; it counts twice otherwise";
    /// An image that no label file names.
    NotListed: Warning, "file that is not listed",
        "add it to the label file, or remove it; it is not used";
    /// One value everywhere.
    Constant: Warning, "image without content",
        "check the export; an image of one value teaches nothing";
    /// Nearly one value everywhere.
    NearlyConstant: Warning, "image with hardly any content",
        "look at it: more than 99.5 % of its pixels have one value";
    /// Files of a DICOM series that are missing or too many.
    Series: Warning, "series that is not whole",
        "get the missing files from where the images come from, and remove those that are not of this series";
    /// Values that are no numbers.
    NotFinite: Warning, "values that are not numbers",
        "check the export; they are shown black";
    /// Different depths of values.
    MixedDepth: Warning, "mixed bit depths",
        "export all images alike; the same tissue may look different otherwise";
    /// Grey and colour.
    MixedChannels: Warning, "grey and colour images mixed",
        "export all images alike, unless both kinds are meant";
    /// A mask of background.
    EmptyMask: Warning, "mask without an object",
        "check that nothing is to be marked there; if so, it is right and teaches the background";
    /// A box that leaves the image in part.
    BoxClipped: Warning, "box that reaches beyond the image",
        "clip it; the part inside is used";
    /// The same object twice.
    DuplicateBox: Warning, "object with two boxes",
        "keep one of them; the other counts as a further object";
    /// Classes of very different size.
    Imbalance: Warning, "classes of very different size",
        "collect more of the rare classes, and read scores per class; accuracy misleads here";
    /// Numbers that the manifest promises.
    Counts: Warning, "other numbers than dataset.json states",
        "correct `splits` in dataset.json, or find the images that are missing";
    /// No licence.
    License: Warning, "licence not stated",
        "write the licence into dataset.json (or attribution.csv); without one the data may not be passed on";
    /// Nearly the same picture twice, in one split.
    NearDuplicate: Note, "nearly the same picture twice",
        "keep them together when splitting; they add little";
    /// Patients are not known.
    NoPatients: Note, "patients not stated",
        "add a column `patient`, so that a leak between splits can be found; read scores with care without it";
    /// Deep files with shallow values.
    UnusedDepth: Note, "fewer bits used than stored",
        "check the export: 16-bit files with values of 8 bits are either masks or lost their depth";
    /// Colour files of grey pictures.
    GreyAsColour: Note, "grey stored as colour",
        "nothing to do: three equal channels cost space only";
    /// Images without boxes.
    NoObjects: Note, "images without boxes",
        "nothing to do if there is nothing to find on them; annotate them otherwise";
    /// Classes with very few pixels.
    RareClass: Note, "class with very few pixels",
        "expect a low score; look at it per class";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_in_order_of_severity() {
        assert!(Check::ALL.is_sorted_by_key(|check| check.severity()));
        assert!(Check::ALL.is_sorted());
    }
}
