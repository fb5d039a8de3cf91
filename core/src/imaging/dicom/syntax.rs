//! Transfer syntaxes: how a data set and its pixels are written (PS3.5, annex A).

use super::{ImageError, unsupported};

/// How the elements of a data set are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

impl Encoding {
    /// The transfer syntax that stands for this encoding alone, without compression.
    pub fn uid(self) -> &'static str {
        match self {
            Self::ImplicitLittle => "1.2.840.10008.1.2",
            Self::ExplicitLittle => "1.2.840.10008.1.2.1",
            Self::ExplicitBig => "1.2.840.10008.1.2.2",
        }
    }
}

/// How pixels are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// As they are.
    Native,
    /// Run lengths of bytes.
    Rle,
    /// Lossy and lossless JPEG.
    Jpeg,
    /// JPEG 2000, lossy and lossless.
    Jpeg2000,
}

/// A transfer syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    pub encoding: Encoding,
    /// Whether all of the data set is compressed.
    pub deflated: bool,
    pub codec: Codec,
    /// For a JPEG codec: what a file of one frame declares.
    pub uid: &'static str,
}

impl Syntax {
    pub const IMPLICIT: Self = Self::plain(Encoding::ImplicitLittle);
    pub const EXPLICIT: Self = Self::plain(Encoding::ExplicitLittle);

    const fn plain(encoding: Encoding) -> Self {
        Self { encoding, deflated: false, codec: Codec::Native, uid: "" }
    }

    const fn compressed(codec: Codec, uid: &'static str) -> Self {
        Self { encoding: Encoding::ExplicitLittle, deflated: false, codec, uid }
    }

    /// The transfer syntax with this identifier.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`] with its name and a way out where Medley cannot read it.
    pub fn from_uid(uid: &str) -> Result<Self, ImageError> {
        const TO_JPEG2000: &str = "convert them with `gdcmconv --j2k` or `gdcmconv --raw` and try again";
        let named = |name: &str| Err(unsupported(format!("{name} ({uid})"), TO_JPEG2000));
        Ok(match uid {
            "1.2.840.10008.1.2" => Self::IMPLICIT,
            // The second is uncompressed too, only in fragments.
            "1.2.840.10008.1.2.1" | "1.2.840.10008.1.2.1.98" => Self::EXPLICIT,
            "1.2.840.10008.1.2.1.99" => Self { deflated: true, ..Self::EXPLICIT },
            "1.2.840.10008.1.2.2" => Self::plain(Encoding::ExplicitBig),
            "1.2.840.10008.1.2.5" => Self::compressed(Codec::Rle, ""),
            "1.2.840.10008.1.2.4.50" | "1.2.840.10008.1.2.4.51" => {
                Self::compressed(Codec::Jpeg, "1.2.840.10008.1.2.4.50")
            }
            "1.2.840.10008.1.2.4.57" | "1.2.840.10008.1.2.4.70" => {
                Self::compressed(Codec::Jpeg, "1.2.840.10008.1.2.4.70")
            }
            "1.2.840.10008.1.2.4.90" | "1.2.840.10008.1.2.4.91" => {
                Self::compressed(Codec::Jpeg2000, "1.2.840.10008.1.2.4.91")
            }
            "1.2.840.10008.1.2.4.80" | "1.2.840.10008.1.2.4.81" => return named("JPEG-LS compression"),
            "1.2.840.10008.1.2.4.92" | "1.2.840.10008.1.2.4.93" => {
                return named("multi-component JPEG 2000 compression");
            }
            "1.2.840.10008.1.2.4.110" | "1.2.840.10008.1.2.4.111" | "1.2.840.10008.1.2.4.112" => {
                return named("JPEG XL compression");
            }
            "1.2.840.10008.1.2.4.201" | "1.2.840.10008.1.2.4.202" | "1.2.840.10008.1.2.4.203" => {
                return named("high-throughput JPEG 2000 compression");
            }
            video if is_video(video) => {
                return Err(unsupported(
                    format!("a video stream ({uid})"),
                    "export its frames as PNG, or as DICOM without compression, and try again",
                ));
            }
            _ => return named("an unknown transfer syntax"),
        })
    }
}

/// MPEG-2, MPEG-4 and HEVC.
fn is_video(uid: &str) -> bool {
    uid.strip_prefix("1.2.840.10008.1.2.4.10")
        .and_then(|rest| rest.get(..1))
        .is_some_and(|digit| digit.bytes().all(|digit| digit.is_ascii_digit()))
}
