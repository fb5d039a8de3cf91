//! Parts for cross-validation.

use std::collections::BTreeMap;

use crate::dataset::{epoch_order, sample_seed};

/// One round of cross-validation: positions to learn from, and positions to predict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// To learn from.
    pub train: Vec<usize>,
    /// To predict; every position is here in exactly one fold.
    pub held_out: Vec<usize>,
}

/// Deals positions out into `count` folds, so that each fold has about the same share of every class and no
/// case is split. `cases` names what belongs together (a patient, a volume); positions without a name stand
/// alone. The same seed gives the same folds.
pub fn folds(classes: &[usize], cases: &[Option<&str>], count: usize, seed: u64) -> Vec<Fold> {
    let count = count.max(2);
    let mut groups: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for position in epoch_order(classes.len(), seed, 0) {
        let case = cases.get(position).copied().flatten();
        // A case goes with the class of the first of its positions; lone positions are cases of their own.
        let key = case.map_or((position + 1, ""), |name| (0, name));
        groups.entry(key).or_default().push(position);
    }
    let mut by_class: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
    for group in groups.into_values() {
        by_class.entry(classes[group[0]]).or_default().push(group);
    }
    let mut held_out = vec![Vec::new(); count];
    let mut next = 0;
    for (class, groups) in by_class {
        for index in epoch_order(groups.len(), sample_seed(seed, 1, class), 0) {
            held_out[next % count].extend(&groups[index]);
            next += 1;
        }
    }
    let mut fold_of = vec![0; classes.len()];
    for (fold, positions) in held_out.iter_mut().enumerate() {
        positions.sort_unstable();
        for position in &*positions {
            fold_of[*position] = fold;
        }
    }
    let folds = held_out.into_iter().enumerate();
    folds
        .map(|(fold, held_out)| {
            let train = (0..classes.len()).filter(|position| fold_of[*position] != fold).collect();
            Fold { train, held_out }
        })
        .filter(|fold| !fold.held_out.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_is_held_out_once_and_classes_are_shared_evenly() {
        let classes: Vec<usize> = (0..103).map(|i| i % 3).collect();
        let folds = folds(&classes, &[None; 103], 5, 1);
        let mut all: Vec<usize> = folds.iter().flat_map(|fold| fold.held_out.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..103).collect::<Vec<_>>());
        for fold in &folds {
            assert_eq!(fold.train.len() + fold.held_out.len(), 103);
            assert!(fold.train.iter().all(|position| !fold.held_out.contains(position)));
            for class in 0..3 {
                let count = fold.held_out.iter().filter(|position| classes[**position] == class).count();
                assert!((6..=8).contains(&count), "{count} of class {class}");
            }
        }
    }

    #[test]
    fn a_case_stays_together() {
        let classes: Vec<usize> = (0..60).map(|i| i / 30).collect();
        let names: Vec<String> = (0..60).map(|i| format!("patient {}", i / 5)).collect();
        let cases: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
        for fold in folds(&classes, &cases, 4, 9) {
            for position in &fold.held_out {
                let first = position / 5 * 5;
                assert!((first..first + 5).all(|other| fold.held_out.contains(&other)));
            }
        }
    }

    #[test]
    fn few_positions_make_few_folds() {
        assert_eq!(folds(&[0, 1], &[None, None], 5, 0).len(), 2);
        assert!(folds(&[], &[], 5, 0).is_empty());
    }
}
