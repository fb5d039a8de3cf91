//! Numbers as files store them: their types, and the order of their bytes.

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl NumberType {
    /// Bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }
}

/// The numbers that follow each other in `bytes`, each converted from its bytes, the highest first.
pub(super) fn numbers<const N: usize, T>(
    bytes: &[u8],
    big_endian: bool,
    from_big_endian: impl Fn([u8; N]) -> T,
) -> impl Iterator<Item = T> {
    bytes.as_chunks::<N>().0.iter().map(move |number| {
        let mut number = *number;
        if !big_endian {
            number.reverse();
        }
        from_big_endian(number)
    })
}
