//! Small DICOM files made in memory: what the DICOM library is given to read.

/// A file in the making, without preamble.
pub(super) struct Minimal(Vec<u8>);

impl Minimal {
    /// `DICM` and the least file meta information.
    pub fn new(transfer_syntax: &str) -> Self {
        let mut uid = transfer_syntax.as_bytes().to_vec();
        if uid.len() % 2 == 1 {
            uid.push(0);
        }
        let mut file = Self(b"DICM".to_vec());
        file.element([0x0002, 0x0000], *b"UL", &(8 + uid.len() as u32).to_le_bytes());
        file.element([0x0002, 0x0010], *b"UI", &uid);
        file
    }

    /// An element in explicit little endian, of a representation with a short length.
    pub fn element(&mut self, tag: [u16; 2], representation: [u8; 2], value: &[u8]) {
        self.0.extend(tag.iter().flat_map(|half| half.to_le_bytes()));
        self.0.extend(representation);
        self.0.extend((value.len() as u16).to_le_bytes());
        self.0.extend(value);
    }

    /// An `US` element.
    pub fn number(&mut self, tag: dicom_object::Tag, value: u16) {
        self.element([tag.0, tag.1], *b"US", &value.to_le_bytes());
    }

    /// Encapsulated pixels of one fragment, which end the file.
    pub fn pixels(mut self, fragment: &[u8]) -> Vec<u8> {
        self.0.extend(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0");
        let padding = fragment.len() % 2;
        self.0.extend(((fragment.len() + padding) as u32).to_le_bytes());
        self.0.extend(fragment);
        self.0.extend(&[0][..padding]);
        self.0.extend(b"\xfe\xff\xdd\xe0\0\0\0\0");
        self.0
    }

    /// The bytes so far.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
