//! What is scored as one: an image, the slices of a volume, or what a multi-instance task looks at together.

use std::collections::BTreeMap;

use medley_core::dataset::Task;

use super::{DataError, Item};

/// Images of a case that a multi-instance task looks at when it is scored; of more, so many evenly spread.
const MOST: usize = 64;

/// The items as cases, in their order. Slices of a volume are one; for a multi-instance `task` so are all images of a
/// patient.
pub fn cases(task: &Task, items: &[Item]) -> Vec<Vec<Item>> {
    if task.instances.is_none() {
        return items.chunk_by(Item::is_same_case).map(<[Item]>::to_vec).collect();
    }
    let spread = |members: Vec<usize>| -> Vec<Item> {
        let count = members.len().min(MOST);
        (0..count).map(|place| items[members[place * members.len() / count]].clone()).collect()
    };
    positions(items).into_iter().map(spread).collect()
}

/// The positions of the items of each case, in the order in which cases first come.
pub(super) fn positions(items: &[Item]) -> Vec<Vec<usize>> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut cases: Vec<Vec<usize>> = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let place = *places.entry(&item.case).or_insert(cases.len());
        match cases.get_mut(place) {
            Some(members) => members.push(position),
            None => cases.push(vec![position]),
        }
    }
    cases
}

/// As [`positions`], where all items of a case must have one label.
pub(super) fn labelled(task: &Task, items: &[Item]) -> Result<Vec<Vec<usize>>, DataError> {
    let cases = positions(items);
    for case in &cases {
        let mut members = case.iter().map(|position| &items[*position]);
        if let Some(first) = members.next()
            && let Some(other) = members.find(|other| other.label != first.label)
        {
            return Err(DataError::Case {
                task: task.id.clone(),
                case: first.case.clone(),
                images: [first.name.clone(), other.name.clone()],
            });
        }
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::num::NonZeroUsize;

    use medley_core::dataset::TaskKind;

    use super::*;
    use crate::data::{Label, Source};

    fn task(instances: Option<usize>) -> Task {
        Task {
            id: "bags".to_owned(),
            kind: TaskKind::Classification,
            classes: vec!["no".to_owned(), "yes".to_owned()],
            modality: String::new(),
            input_size: 64,
            instances: instances.and_then(NonZeroUsize::new),
            scaling: Vec::new(),
        }
    }

    fn item(number: usize, case: &str, class: usize) -> Item {
        Item {
            name: format!("{number}.png"),
            source: Source::File(format!("{number}.png").into()),
            label: Label::Class(class),
            patient: None,
            case: case.to_owned(),
            slice: None,
        }
    }

    #[test]
    fn images_of_a_case_need_not_lie_together_and_many_are_thinned_out_evenly() {
        let mut items: Vec<Item> = (0..200).map(|number| item(number, "a", 1)).collect();
        items.insert(1, item(200, "b", 0));
        items.push(item(201, "b", 0));
        let found = cases(&task(Some(4)), &items);
        let names = |case: &[Item]| case.iter().map(|item| item.name.clone()).collect::<Vec<_>>();
        assert_eq!((found.len(), found[0].len()), (2, 64));
        assert_eq!(names(&found[0])[..3], ["0.png", "3.png", "6.png"]);
        assert_eq!(names(&found[1]), ["200.png", "201.png"]);
        assert_eq!(cases(&task(None), &items).len(), 202);
    }

    #[test]
    fn a_case_has_one_label() {
        let items = [item(0, "a", 1), item(1, "b", 0), item(2, "a", 1)];
        assert_eq!(labelled(&task(Some(2)), &items).unwrap(), [vec![0, 2], vec![1]]);
        let items = [item(0, "a", 1), item(1, "a", 0)];
        let error = labelled(&task(Some(2)), &items).unwrap_err().to_string();
        assert!(error.contains("0.png and 1.png are of the case a"), "{error}");
    }
}
