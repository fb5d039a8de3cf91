//! Connected parts of a mask, in linear time (two passes with union-find).

use super::Instances;
use crate::dataset::{IGNORE, Mask};

/// Which neighbours belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that share an edge.
    Four,
    /// Those that share an edge or a corner.
    Eight,
}

/// The connected parts of each class, numbered from 1 in the order in which their first pixels come, and the
/// class of each (of part `id` at `id - 1`). Background and [`IGNORE`] make no parts.
pub fn components(mask: &Mask, connectivity: Connectivity) -> (Instances, Vec<u8>) {
    let plain: Vec<u32> =
        mask.labels.iter().map(|label| if *label == IGNORE { 0 } else { u32::from(*label) }).collect();
    let (instances, values) = connected(mask.width, mask.height, &plain, connectivity);
    (instances, values.into_iter().map(|value| value as u8).collect())
}

/// The connected parts of equal values other than 0, and the value of each.
pub(super) fn connected(
    width: usize,
    height: usize,
    values: &[u32],
    connectivity: Connectivity,
) -> (Instances, Vec<u32>) {
    let mut parts = Parts { parents: vec![0] };
    let mut ids = vec![0_u32; values.len()];
    for index in 0..values.len() {
        let value = values[index];
        if value == 0 {
            continue;
        }
        let x = index % width;
        let mut part = 0;
        let mut join = |neighbour: usize| {
            if values[neighbour] == value {
                part = if part == 0 { ids[neighbour] } else { parts.union(part, ids[neighbour]) };
            }
        };
        if x > 0 {
            join(index - 1);
        }
        if index >= width {
            join(index - width);
            if connectivity == Connectivity::Eight {
                if x > 0 {
                    join(index - width - 1);
                }
                if x + 1 < width {
                    join(index - width + 1);
                }
            }
        }
        ids[index] = if part == 0 { parts.add() } else { part };
    }

    let mut numbers = vec![0_u32; parts.parents.len()];
    let mut part_values = Vec::new();
    for (id, value) in ids.iter_mut().zip(values).filter(|(id, _)| **id != 0) {
        let root = parts.find(*id) as usize;
        if numbers[root] == 0 {
            part_values.push(*value);
            numbers[root] = part_values.len() as u32;
        }
        *id = numbers[root];
    }
    (Instances { width, height, ids }, part_values)
}

/// Union-find: each part points to one that was seen before it, a root to itself.
struct Parts {
    parents: Vec<u32>,
}

impl Parts {
    fn add(&mut self) -> u32 {
        let part = self.parents.len() as u32;
        self.parents.push(part);
        part
    }

    /// The root of a part. Halves the path on the way, so that finding stays practically constant.
    fn find(&mut self, mut part: u32) -> u32 {
        while self.parents[part as usize] != part {
            let grandparent = self.parents[self.parents[part as usize] as usize];
            self.parents[part as usize] = grandparent;
            part = grandparent;
        }
        part
    }

    fn union(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.find(a), self.find(b));
        let root = a.min(b);
        self.parents[a.max(b) as usize] = root;
        root
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn corners_join_only_with_eight_neighbours() {
        let mask = Mask { width: 3, height: 3, labels: vec![1, 0, 2, 0, 1, 2, 1, 255, 1] };
        let (four, classes) = components(&mask, Connectivity::Four);
        assert_eq!(four.ids, [1, 0, 2, 0, 3, 2, 4, 0, 5]);
        assert_eq!(classes, [1, 2, 1, 1, 1]);
        let (eight, classes) = components(&mask, Connectivity::Eight);
        assert_eq!(eight.ids, [1, 0, 2, 0, 1, 2, 1, 0, 1]);
        assert_eq!(classes, [1, 2]);
    }

    /// The slow and obvious way: spread ids to neighbours until nothing changes.
    fn spread(width: usize, values: &[u8], connectivity: Connectivity) -> Vec<u32> {
        let mut ids: Vec<u32> =
            (1..).zip(values).map(|(id, value)| if *value == 0 { 0 } else { id }).collect();
        loop {
            let before = ids.clone();
            for a in 0..values.len() {
                for b in 0..values.len() {
                    let (dx, dy) = ((a % width).abs_diff(b % width), (a / width).abs_diff(b / width));
                    let near = match connectivity {
                        Connectivity::Four => dx + dy == 1,
                        Connectivity::Eight => dx.max(dy) == 1,
                    };
                    if near && values[a] == values[b] {
                        ids[a] = ids[a].min(ids[b]);
                    }
                }
            }
            if ids == before {
                break;
            }
        }
        let mut seen = Vec::new();
        for id in ids.iter_mut().filter(|id| **id != 0) {
            let number = seen.iter().position(|other| other == id).unwrap_or_else(|| {
                seen.push(*id);
                seen.len() - 1
            });
            *id = number as u32 + 1;
        }
        ids
    }

    proptest! {
        #[test]
        fn parts_are_those_of_spreading(
            width in 1_usize..9,
            labels in prop::collection::vec(0_u8..3, 0..63),
            eight in any::<bool>(),
        ) {
            let height = labels.len() / width;
            let labels = labels[..width * height].to_vec();
            let connectivity = if eight { Connectivity::Eight } else { Connectivity::Four };
            let (instances, classes) =
                components(&Mask { width, height, labels: labels.clone() }, connectivity);
            prop_assert_eq!(&instances.ids, &spread(width, &labels, connectivity));
            let class_of = |id: u32| classes[id as usize - 1];
            prop_assert_eq!(instances.semantic(class_of).labels, labels);
        }
    }
}
