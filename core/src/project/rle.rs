//! Labels in few bytes: each run as its value and its length, seven bits a byte, low ones first, the high bit set
//! where more follow. Fast, without loss, and the same bytes for the same labels.

/// The labels packed.
pub(super) fn pack(labels: &[u8]) -> Box<[u8]> {
    let mut packed = Vec::new();
    for run in labels.chunk_by(|a, b| a == b) {
        packed.extend(run.first());
        let mut length = run.len();
        while length >= 128 {
            packed.push(length as u8 | 128);
            length >>= 7;
        }
        packed.push(length as u8);
    }
    packed.into_boxed_slice()
}

/// The labels again; `None` if the bytes are not `count` labels packed.
pub(super) fn unpack(packed: &[u8], count: usize) -> Option<Vec<u8>> {
    let mut labels = Vec::with_capacity(count);
    let mut bytes = packed.iter();
    while let Some(value) = bytes.next() {
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = *bytes.next()?;
            length |= usize::from(byte & 127).checked_shl(shift).filter(|_| shift < 28)?;
            shift += 7;
            if byte < 128 {
                break;
            }
        }
        if length > count - labels.len() {
            return None;
        }
        labels.resize(labels.len() + length, *value);
    }
    (labels.len() == count).then_some(labels)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(runs in prop::collection::vec((any::<u8>(), 1_usize..40_000), 0..9)) {
            let labels: Vec<u8> = runs.into_iter().flat_map(|(value, length)| vec![value; length]).collect();
            let packed = pack(&labels);
            prop_assert!(packed.len() <= 40);
            prop_assert_eq!(unpack(&packed, labels.len()), Some(labels));
        }

        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), count in 0_usize..9000) {
            if let Some(labels) = unpack(&bytes, count) {
                prop_assert_eq!(labels.len(), count);
            }
        }
    }
}
