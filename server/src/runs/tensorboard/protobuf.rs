//! As much of the protocol buffers' wire format as `TensorBoard`'s events need.
//!
//! Field numbers are those of `event.proto` and `summary.proto` of `TensorBoard`. Fields are written in the
//! order of their numbers and left out where they are zero, as the reference implementation does.

use super::super::crc32c::crc32c;

/// A message under construction.
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7F) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A whole number.
    pub fn integer(mut self, field: u64, value: u64) -> Self {
        if value != 0 {
            self.varint(field << 3);
            self.varint(value);
        }
        self
    }

    /// A number of 64 bits.
    pub fn double(mut self, field: u64, value: f64) -> Self {
        self.varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A number of 32 bits.
    pub fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A text, bytes, or a message within this one.
    pub fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// A message within this one.
    pub fn message(self, field: u64, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }

    /// The message as a record of a file: its length, the checksum of that, itself, its checksum.
    pub fn record(&self) -> Vec<u8> {
        let length = (self.0.len() as u64).to_le_bytes();
        [length.as_slice(), &masked(&length), &self.0, &masked(&self.0)].concat()
    }
}

/// The checksum as records hold it: turned and moved, so that a checksum of checksums is no constant.
fn masked(bytes: &[u8]) -> [u8; 4] {
    crc32c(&[bytes]).rotate_right(15).wrapping_add(0xA282_EAD8).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_encoded_as_the_specification_says() {
        // The examples of protobuf.dev's page on encoding: field 1 is 150, field 2 is "testing".
        assert_eq!(Message::default().integer(1, 150).0, [0x08, 0x96, 0x01]);
        let text = Message::default().bytes(2, b"testing");
        assert_eq!(text.0, [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67]);
        assert_eq!(
            Message::default().message(3, &Message::default().integer(1, 150)).0,
            [0x1A, 3, 0x08, 0x96, 1]
        );
        assert_eq!(Message::default().integer(1, u64::MAX).0.len(), 11);
    }
}
