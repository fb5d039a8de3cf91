//! Parts of the training data, to measure how few labels are enough.

use std::collections::BTreeMap;

use super::{epoch_order, sample_seed};

/// What is known about one sample when a subset is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubsetMember {
    /// What belongs together, so that it is drawn as one: the patient or case, or the sample itself.
    pub case: String,
    /// The classes that are present: the image's, or those of its pixels or objects.
    pub classes: Vec<usize>,
}

/// Nested subsets of samples by the rule of Schäfer et al. 2024: the cases are shuffled, then first one that
/// has it is taken for every class that occurs, then the others follow as shuffled. A subset is a beginning of
/// this order, so that a smaller one lies within a larger one of the same seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subsets {
    /// The samples of each case, in the order in which cases are taken.
    cases: Vec<Vec<usize>>,
    /// The first cases, which together have all classes.
    needed: usize,
}

impl Subsets {
    /// Orders the cases of `members`; the same seed gives the same order.
    pub fn new(members: &[SubsetMember], seed: u64) -> Self {
        let mut by_case: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, member) in members.iter().enumerate() {
            by_case.entry(&member.case).or_default().push(position);
        }
        let mut shuffled: Vec<Option<Vec<usize>>> = by_case.into_values().map(Some).collect();
        let order = epoch_order(shuffled.len(), sample_seed(seed, 0, 0), 0);
        // Sorted by name until here, so that the order of the samples does not matter.
        let mut waiting: Vec<Option<Vec<usize>>> =
            order.iter().map(|index| shuffled[*index].take()).collect();

        let has = |case: &[usize], class: usize| {
            case.iter().any(|position| members[*position].classes.contains(&class))
        };
        let classes = members.iter().flat_map(|member| &member.classes).max().map_or(0, |last| last + 1);
        let mut cases: Vec<Vec<usize>> = Vec::with_capacity(waiting.len());
        for class in 0..classes {
            if cases.iter().any(|case| has(case, class)) {
                continue;
            }
            let first = waiting.iter_mut().find(|case| case.as_ref().is_some_and(|case| has(case, class)));
            cases.extend(first.and_then(Option::take));
        }
        let needed = cases.len();
        cases.extend(waiting.into_iter().flatten());
        Self { cases, needed }
    }

    /// The number of cases.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// The positions of the samples in a subset, ascending: of `fraction` of the cases (in [0, 1], rounded), but
    /// of so many at least that every class occurs, and of one.
    pub fn take(&self, fraction: f64) -> Vec<usize> {
        let wanted = (self.cases.len() as f64 * fraction.clamp(0.0, 1.0)).round() as usize;
        let count = wanted.max(self.needed).max(1);
        let mut positions: Vec<usize> = self.cases.iter().take(count).flatten().copied().collect();
        positions.sort_unstable();
        positions
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const FRACTIONS: [f64; 5] = [0.01, 0.05, 0.1, 0.5, 1.0];

    fn members() -> impl Strategy<Value = Vec<SubsetMember>> {
        let member = (0_u8..40, prop::collection::vec(0_usize..6, 0..3));
        let member =
            member.prop_map(|(case, classes)| SubsetMember { case: format!("case {case}"), classes });
        prop::collection::vec(member, 1..120)
    }

    fn classes_of(members: &[SubsetMember], positions: &[usize]) -> BTreeSet<usize> {
        positions.iter().flat_map(|position| members[*position].classes.clone()).collect()
    }

    #[test]
    fn a_percent_of_two_classes_is_a_percent() {
        let member = |index: usize| SubsetMember { case: index.to_string(), classes: vec![index % 2] };
        let members: Vec<SubsetMember> = (0..400).map(member).collect();
        let subsets = Subsets::new(&members, 3);
        assert_eq!(FRACTIONS.map(|fraction| subsets.take(fraction).len()), [4, 20, 40, 200, 400]);
        assert_ne!(subsets.take(0.05), Subsets::new(&members, 4).take(0.05));
    }

    #[test]
    fn a_rare_class_is_there_once_and_the_rest_is_random() {
        let member =
            |index: usize| SubsetMember { case: index.to_string(), classes: vec![usize::from(index == 70)] };
        let members: Vec<SubsetMember> = (0..100).map(member).collect();
        let mut seen = BTreeSet::new();
        for seed in 0..200 {
            let subset = Subsets::new(&members, seed).take(0.05);
            assert!(subset.len() == 5 && subset.contains(&70));
            seen.extend(subset);
        }
        assert!(seen.len() > 95, "{} of 100 are ever drawn", seen.len());
    }

    #[test]
    fn nothing_has_no_subset() {
        assert_eq!((Subsets::new(&[], 1).take(1.0), Subsets::new(&[], 1).cases()), (Vec::new(), 0));
    }

    proptest! {
        #[test]
        fn every_subset_has_every_class_and_lies_within_the_next(members in members(), seed in any::<u64>()) {
            let subsets = Subsets::new(&members, seed);
            let all: Vec<usize> = (0..members.len()).collect();
            let taken = FRACTIONS.map(|fraction| subsets.take(fraction));
            for subset in &taken {
                prop_assert_eq!(classes_of(&members, subset), classes_of(&members, &all));
            }
            for pair in taken.windows(2) {
                prop_assert!(pair[0].iter().all(|position| pair[1].contains(position)));
            }
            prop_assert_eq!(&taken[4], &all);
        }

        #[test]
        fn a_case_is_in_a_subset_or_not(members in members(), seed in any::<u64>(), fraction in 0.0_f64..1.0) {
            let subset = Subsets::new(&members, seed).take(fraction);
            let cases: BTreeSet<&str> = subset.iter().map(|position| members[*position].case.as_str()).collect();
            let whole = (0..members.len()).filter(|position| cases.contains(members[*position].case.as_str()));
            prop_assert_eq!(subset, whole.collect::<Vec<_>>());
        }

        #[test]
        fn the_order_of_the_samples_does_not_matter(members in members(), seed in any::<u64>()) {
            let named = |members: &[SubsetMember]| -> BTreeSet<String> {
                let positions = Subsets::new(members, seed).take(0.3);
                positions.iter().map(|position| members[*position].case.clone()).collect()
            };
            let reversed: Vec<SubsetMember> = members.iter().rev().cloned().collect();
            prop_assert_eq!(named(&members), named(&reversed));
        }

        #[test]
        fn no_more_is_taken_than_asked_for_or_needed(members in members(), seed in any::<u64>(), fraction in 0.0_f64..1.0) {
            let subsets = Subsets::new(&members, seed);
            let taken = subsets.take(fraction);
            let cases: BTreeSet<&str> = taken.iter().map(|position| members[*position].case.as_str()).collect();
            let classes = classes_of(&members, &(0..members.len()).collect::<Vec<_>>()).len();
            let wanted = (subsets.cases() as f64 * fraction).round() as usize;
            prop_assert!(cases.len() >= wanted && cases.len() <= wanted.max(classes).max(1));
        }
    }
}
