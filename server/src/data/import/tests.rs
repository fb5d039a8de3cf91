//! Every form becomes a folder that opens, holds what the source held, and has no finding but the planted ones.
#![allow(clippy::unwrap_used, clippy::panic, clippy::too_many_lines, clippy::type_complexity)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use image::{GrayImage, Luma};
use medley_core::dataset::formats::coco::{self, CocoImage, OutlineForm};
use medley_core::dataset::formats::geojson;
use medley_core::dataset::objects::{Area, Connectivity, components, outlines};
use medley_core::dataset::{Target, sample_seed};
use tempfile::TempDir;

use super::*;
use crate::data::DataFolder;
use crate::data::inspect::{Inspection, Severity};
use crate::data::tests::data_root;

fn noise(root: &Path, file: &str, seed: u64) {
    let value =
        |x: u32, y: u32| (sample_seed(seed, u64::from(x / 6), (y / 6) as usize) >> 57) as u8 + (x % 5) as u8;
    save(root, file, &GrayImage::from_fn(48, 40, |x, y| Luma([value(x, y)])));
}

fn save(root: &Path, file: &str, picture: &GrayImage) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.save(path).unwrap();
}

fn settings() -> Settings {
    let text = |text: &str| text.to_owned();
    Settings { id: text("set"), modality: text("noise"), license: text("CC0-1.0"), ..Settings::default() }
}

/// Looks, divides, writes, and opens what was written.
fn import(source: &Path, hints: &Hints) -> (Found, TempDir, DataFolder) {
    let mut found = Found::look(source, hints).unwrap();
    assign_splits(&mut found.cases, [60.0, 20.0, 20.0], 1);
    let out = TempDir::new().unwrap();
    let manifest = write(&found, &settings(), out.path()).unwrap();
    let folder = DataFolder::open(out.path()).unwrap();
    assert_eq!(folder.manifest, manifest);
    let inspection = Inspection::new(out.path(), |_| {}, || {});
    assert_eq!(inspection.count(Severity::Error), 0, "{:?}", inspection.findings);
    (found, out, folder)
}

fn counts(folder: &DataFolder) -> [usize; 3] {
    Split::ALL.map(|split| folder.tasks[0].items(split).len())
}

#[test]
fn class_folders_are_divided_by_class() {
    let source = TempDir::new().unwrap();
    for index in 0..30 {
        noise(source.path(), &format!("{}/{index}.png", ["cat", "dog", "owl"][index % 3]), index as u64);
    }
    let (found, _out, folder) = import(source.path(), &Hints::default());
    assert_eq!((found.form, found.classes.join(" ")), (Form::ClassFolders, "cat dog owl".to_owned()));
    assert_eq!(counts(&folder), [18, 6, 6]);
    for split in Split::ALL {
        let classes = folder.tasks[0].items(split).iter().map(|item| folder.load(item).unwrap().target);
        let mut each = BTreeMap::new();
        classes.for_each(|target| match target {
            Target::Class(class) => *each.entry(class).or_insert(0) += 1,
            other => panic!("{other:?}"),
        });
        assert!(each.values().all(|count| *count == if split == Split::Train { 6 } else { 2 }), "{each:?}");
    }
}

#[test]
fn splits_of_the_source_are_kept_and_equal_names_told_apart() {
    let source = TempDir::new().unwrap();
    let mut seed = 0;
    for split in ["train", "valid", "test"] {
        for class in ["a", "b"] {
            seed += 1;
            noise(source.path(), &format!("{split}/{class}/1.png"), seed);
        }
    }
    let (found, out, folder) = import(source.path(), &Hints::default());
    assert_eq!(counts(&folder), [2, 2, 2]);
    assert!(found.cases.iter().any(|case| case.name == "valid_b_1.png"));
    assert!(out.path().join("images/valid_b_1.png").is_file());
}

#[test]
fn a_table_keeps_patients_together_and_says_what_it_leaves_out() {
    let source = TempDir::new().unwrap();
    let mut table = "Image Index;Finding Labels;Subject No\n".to_owned();
    for index in 0..40 {
        noise(source.path(), &format!("pictures/i{index}.png"), index);
        table += &format!("i{index}.png;{};s{}\n", ["well", "ill"][(index / 4 % 2) as usize], index / 4);
    }
    table += "i99.png;well;s99\ni0.png;well;s0\ni1.png;;s0\n";
    fs::write(source.path().join("list.csv"), table).unwrap();
    let hints = Hints { patient_column: Some("Subject No".to_owned()), ..Hints::default() };
    let (found, _out, folder) = import(source.path(), &hints);
    assert_eq!((found.form, found.classes.join(" ")), (Form::Table, "ill well".to_owned()));
    let problems: Vec<&str> = found.findings.iter().map(|finding| finding.problem.as_str()).collect();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("line 42: the image \"i99.png\" is not"));
    let patients = |split: Split| -> BTreeSet<String> {
        folder.tasks[0].items(split).iter().filter_map(|item| item.patient.clone()).collect()
    };
    let [train, val, test] = Split::ALL.map(patients);
    assert_eq!(train.len() + val.len() + test.len(), 10);
    assert!(train.is_disjoint(&val) && train.is_disjoint(&test) && val.is_disjoint(&test));
    assert_eq!(counts(&folder), [24, 8, 8]);
}

/// Which classes each image has, by file.
fn several(folder: &DataFolder) -> BTreeMap<String, Vec<bool>> {
    let items = Split::ALL.into_iter().flat_map(|split| folder.tasks[0].items(split));
    items
        .map(|item| match folder.load(item).unwrap().target {
            Target::Labels(labels) => (item.name.clone(), labels),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_table_may_have_several_labels_per_image() {
    let source = TempDir::new().unwrap();
    let mut table = "Image Index,Finding Labels,Patient ID\n".to_owned();
    let findings = ["No Finding", "Effusion", "Atelectasis|Effusion", "Mass"];
    for index in 0..40 {
        noise(source.path(), &format!("images/i{index:02}.png"), index);
        table += &format!("i{index:02}.png,{},{}\n", findings[index as usize % 4], index / 2);
    }
    fs::write(source.path().join("Data_Entry.csv"), &table).unwrap();
    let (found, out, folder) = import(source.path(), &Hints::default());
    assert_eq!(
        (found.kind, found.classes.join(" ")),
        (TaskKind::MultiLabel, "Atelectasis Effusion Mass".to_owned())
    );
    let labels = several(&folder);
    assert_eq!(labels.len(), 40);
    assert_eq!([&labels["i04.png"], &labels["i06.png"]], [&vec![false; 3], &vec![true, true, false]]);
    let written = fs::read_to_string(out.path().join("labels.csv")).unwrap();
    assert!(written.starts_with("file,label,split,patient\n") && written.contains(",Atelectasis|Effusion,"));
    assert!(folder.tasks[0].train[0].patient.is_some());
    // What was written is a table of the same form.
    let (again, _out, folder_again) = import(out.path(), &Hints::default());
    assert_eq!((again.cases.len(), again.findings.len()), (40, 0));
    assert_eq!(several(&folder_again), labels);
    // The patients have both of no finding and effusion, or both of the others: each kind is divided alike.
    assert_eq!(counts(&folder), [24, 8, 8]);
}

#[test]
fn columns_of_0_and_1_are_several_labels_or_one() {
    for (last, kind) in [("1", TaskKind::MultiLabel), ("0", TaskKind::Classification)] {
        let source = TempDir::new().unwrap();
        let mut table = "image,age,nevus,melanoma\n".to_owned();
        for index in 0..10 {
            noise(source.path(), &format!("{index}.png"), index);
            let flags =
                if index == 9 { ["1.0", last] } else { [["1.0", "0.0"], ["0", "1"]][index as usize % 2] };
            table += &format!("{index},{},{}\n", 30 + index, flags.join(","));
        }
        fs::write(source.path().join("truth.csv"), table).unwrap();
        let (found, _out, folder) = import(source.path(), &Hints::default());
        assert_eq!((found.kind, found.classes.join(" ")), (kind, "nevus melanoma".to_owned()));
        match kind {
            TaskKind::MultiLabel => assert_eq!(several(&folder)["9.png"], [true, true]),
            _ => assert_eq!(folder.tasks[0].task.kind, kind),
        }
    }
}

#[test]
fn columns_of_numbers_are_a_regression_when_they_are_named() {
    let source = TempDir::new().unwrap();
    let mut table = "image;age (months);sex;diagnosis;patient\n".to_owned();
    for index in 0..10 {
        noise(source.path(), &format!("{index}.png"), index);
        table += &format!("{index};{}.5;f;healthy;{}\n", 30 + index, index / 2);
    }
    noise(source.path(), "10.png", 10);
    table += "10;unknown;f;healthy;9\n";
    fs::write(source.path().join("bones.csv"), table).unwrap();
    let hints = Hints { values: vec!["Age (months)".to_owned()], ..Hints::default() };
    let (found, out, folder) = import(source.path(), &hints);
    assert_eq!((found.kind, found.classes.join(" ")), (TaskKind::Regression, "age (months)".to_owned()));
    assert_eq!((found.cases.len(), found.findings.len()), (10, 1));
    assert_eq!(found.findings[0].problem, "line 12: \"unknown\" is no number");
    let items = Split::ALL.into_iter().flat_map(|split| folder.tasks[0].items(split));
    let targets: BTreeMap<&str, Target> =
        items.map(|item| (item.name.as_str(), folder.load(item).unwrap().target)).collect();
    assert_eq!(targets["3.png"], Target::Values(vec![33.5]));
    let scaling = folder.tasks[0].task.scaling[0];
    assert!((30.0..40.0).contains(&scaling.mean) && (1.0..4.0).contains(&scaling.deviation), "{scaling:?}");
    let written = fs::read_to_string(out.path().join("labels.csv")).unwrap();
    assert!(written.starts_with("file,split,age (months),patient\n"), "{written}");
    let missing = Hints { values: vec!["weight".to_owned()], ..Hints::default() };
    let error = Found::look(source.path(), &missing).unwrap_err().to_string();
    assert!(error.contains("no column names the number (weight)"), "{error}");
}

#[test]
fn masks_of_black_and_white_become_indices_and_others_stay_as_they_are() {
    for (white, classes) in [(255, 2), (2, 3)] {
        let source = TempDir::new().unwrap();
        for index in 0..10 {
            noise(source.path(), &format!("images/{index}.png"), index);
            let value = |x, _| Luma([if x < 9 { white } else { 0 }]);
            save(source.path(), &format!("masks/{index}_mask.png"), &GrayImage::from_fn(48, 40, value));
        }
        noise(source.path(), "images/none.png", 77);
        let (found, out, folder) = import(source.path(), &Hints::default());
        assert_eq!((found.form, found.classes.len(), found.findings.len()), (Form::Masks, classes, 1));
        let Target::Mask(mask) = folder.load(&folder.tasks[0].train[0]).unwrap().target else {
            panic!("a mask")
        };
        assert_eq!((mask.labels[0], mask.labels[20]), (if white == 255 { 1 } else { 2 }, 0));
        let written = fs::read(out.path().join("masks/3.png")).unwrap();
        assert_eq!(written == fs::read(source.path().join("masks/3_mask.png")).unwrap(), white == 2);
    }
}

#[test]
fn coco_in_one_file_is_divided_and_keeps_outlines() {
    let source = TempDir::new().unwrap();
    let (mut images, mut objects) = (Vec::new(), Vec::new());
    for index in 0..10 {
        noise(source.path(), &format!("pictures/{index}.png"), index);
        images.push(format!(r#"{{"id": {index}, "file_name": "{index}.png", "width": 48, "height": 40}}"#));
        let outline = "[[10, 5, 18, 5, 18, 14, 10, 14]]";
        objects.push(format!(
            r#"{{"id": {index}, "image_id": {index}, "category_id": {}, "bbox": [10, 5, 8, 9], "segmentation": {outline}}}"#,
            3 + index % 2 * 4
        ));
    }
    objects.push(r#"{"id": 99, "image_id": 3, "category_id": 3, "bbox": [60, 5, 8, 9]}"#.to_owned());
    let categories = r#"{"id": 7, "name": "nut"}, {"id": 3, "name": "bolt"}"#;
    let text = format!(
        r#"{{"images": [{}], "annotations": [{}], "categories": [{categories}]}}"#,
        images.join(", "),
        objects.join(", ")
    );
    fs::write(source.path().join("export.json"), text).unwrap();
    let hints = Hints { objects: Some(ObjectsAs::Boxes), ..Hints::default() };
    let (found, out, folder) = import(source.path(), &hints);
    assert_eq!(
        (found.form, found.classes.join(" "), found.findings.len()),
        (Form::Coco, "bolt nut".to_owned(), 1)
    );
    assert_eq!(counts(&folder), [6, 2, 2]);
    let Target::Boxes(boxes) = folder.load(&folder.tasks[0].val[0]).unwrap().target else { panic!("boxes") };
    assert_eq!((boxes.len(), boxes[0].x0, boxes[0].y1), (1, 10.0, 14.0));
    assert!(
        fs::read_to_string(out.path().join("annotations/val.json")).unwrap().contains("segmentation\":[[")
    );
}

#[test]
fn a_label_file_per_image_is_read_in_three_forms() {
    let voc = |class: &str| {
        format!(
            "<annotation><object><name>{class}</name><bndbox><xmin>11</xmin><ymin>6</ymin><xmax>18</xmax>\
             <ymax>14</ymax></bndbox></object></annotation>"
        )
    };
    let geojson = |class: &str| {
        let ring = "[[[10, 5], [18, 5], [18, 14], [10, 14], [10, 5]]]";
        format!(
            r#"{{"type": "FeatureCollection", "features": [{{"type": "Feature",
                "properties": {{"classification": {{"name": "{class}"}}}},
                "geometry": {{"type": "Polygon", "coordinates": {ring}}}}}]}}"#
        )
    };
    let yolo = |class: &str| {
        let number = usize::from(class == "nut");
        format!("{number} {} {} {} {}\n", 14.0 / 48.0, 9.5 / 40.0, 8.0 / 48.0, 9.0 / 40.0)
    };
    let forms: [(Form, &str, &dyn Fn(&str) -> String); 3] =
        [(Form::Voc, "xml", &voc), (Form::GeoJson, "geojson", &geojson), (Form::Yolo, "txt", &yolo)];
    for (form, ending, text) in forms {
        let source = TempDir::new().unwrap();
        fs::create_dir(source.path().join("labels")).unwrap();
        fs::write(source.path().join("classes.txt"), "bolt\nnut\n").unwrap();
        for index in 0..10 {
            noise(source.path(), &format!("images/{index}.png"), index);
            let class = ["nut", "bolt"][index as usize % 2];
            fs::write(source.path().join(format!("labels/{index}.{ending}")), text(class)).unwrap();
        }
        noise(source.path(), "images/alone.png", 50);
        noise(source.path(), "images/broken.png", 51);
        fs::write(source.path().join(format!("labels/broken.{ending}")), "{<").unwrap();
        let hints = Hints { objects: Some(ObjectsAs::Boxes), ..Hints::default() };
        let (found, _out, folder) = import(source.path(), &hints);
        assert_eq!((found.form, found.classes.join(" ")), (form, "bolt nut".to_owned()));
        assert_eq!(found.findings.len(), 2, "{form}: {:?}", found.findings);
        assert_eq!(counts(&folder), [6, 2, 2], "{form}");
        let item =
            folder.tasks[0].train.iter().find(|item| item.name == "2.png" || item.name == "4.png").unwrap();
        let Target::Boxes(boxes) = folder.load(item).unwrap().target else { panic!("boxes") };
        let edges = [boxes[0].x0, boxes[0].y0, boxes[0].x1, boxes[0].y1];
        assert!(
            edges.iter().zip([10.0, 5.0, 18.0, 14.0]).all(|(a, b)| (a - b).abs() < 1e-3),
            "{form}: {edges:?}"
        );
        assert_eq!(boxes[0].class, 1, "{form}");
    }
}

/// The mask of each image, by file.
fn masks(folder: &DataFolder) -> BTreeMap<String, Mask> {
    let items = Split::ALL.into_iter().flat_map(|split| folder.tasks[0].items(split));
    items
        .map(|item| match folder.load(item).unwrap().target {
            Target::Mask(mask) => (item.name.clone(), mask),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// A mask of two classes with a hole in an object, one object at the edge, and unlabelled pixels nowhere.
fn drawn(seed: usize) -> Mask {
    let (width, height) = (48, 40);
    let inside = |x: usize, y: usize| match (x, y) {
        (5..=14, 4..=15) if !(8..=10).contains(&x) || !(7..=9 + seed % 3).contains(&y) => 1,
        (30..48, 20..=33) if !(x + y + seed).is_multiple_of(11) => 2,
        (20..=22, 30..40) => 1,
        _ => 0,
    };
    let labels = (0..width * height).map(|at| inside(at % width, at / width)).collect();
    Mask { width, height, labels }
}

#[test]
fn outlines_become_the_masks_that_they_were_drawn_from() {
    let names = ["bolt", "nut"].map(str::to_owned);
    for form in ["geojson", "polygons", "run lengths"] {
        let source = TempDir::new().unwrap();
        let mut images = Vec::new();
        for index in 0..10 {
            noise(source.path(), &format!("images/{index}.png"), index);
            let (parts, classes) = components(&drawn(index as usize), Connectivity::Four);
            let class_of = |id: u32| Some(usize::from(classes[id as usize - 1]) - 1);
            if form == "geojson" {
                let area = |(id, polygons)| Area { class: class_of(id), polygons };
                let areas: Vec<Area> = outlines(&parts).into_iter().map(area).collect();
                let text = geojson::write(&areas, &names).unwrap();
                fs::write(source.path().join(format!("images/{index}.geojson")), text).unwrap();
            } else {
                let outline = if form == "polygons" { OutlineForm::Polygons } else { OutlineForm::Rle };
                images.push(CocoImage::from_instances(format!("{index}.png"), &parts, class_of, outline));
            }
        }
        if form != "geojson" {
            fs::write(source.path().join("export.json"), coco::write(&images, &names).unwrap()).unwrap();
        }
        let (found, _out, folder) = import(source.path(), &Hints::default());
        assert_eq!((found.kind, found.objects), (TaskKind::Segmentation, Some(ObjectsAs::Masks)), "{form}");
        assert_eq!(found.classes, ["background", "bolt", "nut"], "{form}");
        assert_eq!(counts(&folder), [6, 2, 2], "{form}");
        let masks = masks(&folder);
        for index in 0..10 {
            assert_eq!(masks[&format!("{index}.png")], drawn(index), "{form} {index}");
        }
        // The same file as boxes, where these are wanted.
        let hints = Hints { objects: Some(ObjectsAs::Boxes), ..Hints::default() };
        let (found, _out, folder) = import(source.path(), &hints);
        assert_eq!((found.kind, found.classes.len()), (TaskKind::Detection, 2), "{form}");
        let Target::Boxes(boxes) = folder.load(&folder.tasks[0].train[0]).unwrap().target else {
            panic!("boxes")
        };
        assert!(
            boxes.iter().any(|b| (b.x0, b.y0, b.x1, b.y1, b.class) == (5.0, 4.0, 15.0, 16.0, 0)),
            "{form}"
        );
    }
}

#[test]
fn boxes_stay_boxes_and_cannot_be_drawn() {
    let source = TempDir::new().unwrap();
    for index in 0..10 {
        noise(source.path(), &format!("images/{index}.png"), index);
        // One image has an outline for its object, the others have boxes only.
        let object = if index == 3 { "0 0.2 0.1 0.4 0.1 0.4 0.5 0.2 0.5\n" } else { "0 0.5 0.5 0.25 0.25\n" };
        fs::write(source.path().join(format!("images/{index}.txt")), object).unwrap();
    }
    fs::write(source.path().join("classes.txt"), "bolt\nnut\n").unwrap();
    let (found, _out, folder) = import(source.path(), &Hints::default());
    assert_eq!((found.kind, found.objects), (TaskKind::Detection, Some(ObjectsAs::Boxes)));
    assert_eq!(counts(&folder).iter().sum::<usize>(), 10);

    let hints = Hints { objects: Some(ObjectsAs::Masks), ..Hints::default() };
    let found = Found::look(source.path(), &hints).unwrap();
    assert_eq!((found.cases.len(), found.findings.len()), (1, 9));
    assert!(
        found.findings[0].problem.contains("object 0 of \"0.png\" has a box but"),
        "{:?}",
        found.findings[0]
    );
    assert_eq!(found.cases[0].name, "3.png");
}

#[test]
fn nothing_is_overwritten_and_what_does_not_fit_is_said() {
    let source = TempDir::new().unwrap();
    noise(source.path(), "a/1.png", 1);
    noise(source.path(), "b/2.png", 2);
    let found = Found::look(source.path(), &Hints::default()).unwrap();
    let refused = |error: ImportError, part: &str| assert!(error.to_string().contains(part), "{error}");
    refused(write(&found, &settings(), source.path()).unwrap_err(), "nothing is overwritten");
    let wrong = Settings { id: "My Set".to_owned(), ..settings() };
    let out = source.path().join("out");
    refused(write(&found, &wrong, &out).unwrap_err(), "lower-case letters");
    assert!(!out.exists());
    let look = |hints: Hints| Found::look(source.path(), &hints).unwrap_err();
    refused(look(Hints { form: Some(Form::Masks), ..Hints::default() }), "a folder of images");
    refused(look(Hints { form: Some(Form::Table), ..Hints::default() }), "no .csv table");
    let classes = Some(vec!["a".to_owned(), "c".to_owned()]);
    refused(look(Hints { classes, ..Hints::default() }), "2 classes (a, b)");
    let empty = TempDir::new().unwrap();
    refused(Found::look(empty.path(), &Hints::default()).unwrap_err(), "class-folders");
    refused(Found::look(&empty.path().join("x"), &Hints::default()).unwrap_err(), "x: ");
}

#[test]
fn a_division_does_not_depend_on_the_order_of_files() {
    let case = |index: usize| Case {
        source: PathBuf::new(),
        name: format!("{index}.png"),
        patient: index.is_multiple_of(3).then(|| (index / 9).to_string()),
        split: None,
        label: CaseLabel::Class(index % 4),
    };
    let mut one: Vec<Case> = (0..200).map(case).collect();
    let mut other: Vec<Case> = (0..200).rev().map(case).collect();
    assign_splits(&mut one, [70.0, 15.0, 15.0], 5);
    assign_splits(&mut other, [70.0, 15.0, 15.0], 5);
    other.reverse();
    assert_eq!(one, other);
    let train = one.iter().filter(|case| case.split == Some(Split::Train)).count();
    assert!((130..=150).contains(&train), "{train}");
    assign_splits(&mut other, [1.0, 0.0, 0.0], 6);
    assert_eq!(one, other, "a division that is there stays");
}

#[test]
fn the_shared_data_can_be_imported_again() {
    let Some(root) = data_root() else { return };
    for (set, form) in [
        ("bccd", Form::Coco),
        ("cxr-lungs", Form::Masks),
        ("pneumoniamnist-sub", Form::Npz),
        ("brain-tumor-mr", Form::Table),
    ] {
        assert_eq!(Form::guess(&root.join(set)), Some(form), "{set}");
    }
    let hints =
        Hints { classes: Some(["RBC", "WBC", "Platelets"].map(str::to_owned).to_vec()), ..Hints::default() };
    let (_, _out, folder) = import(&root.join("bccd"), &hints);
    assert_eq!(counts(&folder), [205, 87, 72]);
}
