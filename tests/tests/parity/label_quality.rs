//! Wrong labels are found: some labels of a real data set are changed, and have to come first.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use burn::tensor::Device;
use medley_core::Medley;
use medley_server::quality::{CheckOptions, check};
use medley_tests::{bundled_model, data_set};

/// Every twentieth image from each of these on gets a wrong label, in a data set of its own.
const FIRST_WRONG: [usize; 2] = [3, 11];

#[test]
fn wrong_labels_come_first() {
    let Some(source) = data_set("pbc-blood") else {
        println!(
            "SKIPPED: the data set pbc-blood is not here; MEDLEY_DATA can name the folder of the data sets"
        );
        return;
    };
    let bytes = fs::read(bundled_model()).expect("the bundled model is part of the repository");
    let medley = Medley::from_bytes(&bytes, &Device::flex()).unwrap();
    for first in FIRST_WRONG {
        let copy = tempfile::tempdir().unwrap();
        let changed = copy_with_wrong_labels(&source, copy.path(), first);
        let found = check(&medley, copy.path(), &CheckOptions::default()).unwrap();
        let images = &found.rankings[0].images;
        let worst = &images[..images.len() / 10];
        let hits = worst.iter().filter(|doubt| changed.contains(&doubt.image)).count();
        println!("{hits} of {} wrong labels are in the worst tenth of the data set", changed.len());
        assert!(hits * 10 >= changed.len() * 8, "{hits} of {}", changed.len());
    }
}

/// Copies a data set of classes; every twentieth image from `first` on gets another class. Gives their names.
fn copy_with_wrong_labels(from: &Path, to: &Path, first: usize) -> BTreeSet<String> {
    fs::create_dir(to.join("images")).unwrap();
    for entry in fs::read_dir(from.join("images")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join("images").join(path.file_name().unwrap())).unwrap();
    }
    fs::copy(from.join("dataset.json"), to.join("dataset.json")).unwrap();
    let table = fs::read_to_string(from.join("labels.csv")).unwrap();
    let mut lines = table.lines();
    let header = lines.next().unwrap();
    assert_eq!(header, "file,label,split");
    let mut rows: Vec<Vec<String>> = lines.map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let classes: BTreeSet<String> = rows.iter().map(|row| row[1].clone()).collect();
    let classes: Vec<String> = classes.into_iter().collect();
    let mut changed = BTreeSet::new();
    for (turn, row) in rows.iter_mut().skip(first).step_by(20).enumerate() {
        let class = classes.iter().position(|class| *class == row[1]).unwrap();
        // Each of the other classes in turn.
        row[1].clone_from(&classes[(class + 1 + turn % (classes.len() - 1)) % classes.len()]);
        changed.insert(row[0].clone());
    }
    let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    fs::write(to.join("labels.csv"), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    changed
}
