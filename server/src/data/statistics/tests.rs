//! Numbers of folders that are known, and pages of them.
#![allow(clippy::unwrap_used)]

use medley_core::dataset::Split;

use super::*;
use crate::data::inspect::Inspection;
use crate::data::tests::data_root;
use crate::report::thumbnail::class_colour;

#[test]
fn ranges_are_those_of_the_numbers() {
    assert_eq!(Range::of([3.0, 1.0, 2.0, 10.0]), Some(Range { min: 1.0, median: 2.5, max: 10.0 }));
    assert_eq!(Range::of([7.0]), Some(Range { min: 7.0, median: 7.0, max: 7.0 }));
    assert_eq!(Range::of([]), None);
    assert_eq!(range(Range { min: 1.0, median: 2.5, max: 1000.0 }), "1 – 2.5 – 1000");
    assert_eq!([0.0, 0.0123, 12.345, 1234.5].map(number), ["0", "0.012", "12.3", "1234"]);
}

#[test]
fn the_shared_sets_have_the_numbers_of_their_readme() {
    let Some(root) = data_root() else { return };
    let inspection = Inspection::new(&root.join("cxr-lungs"), |_| {}, || {});
    let statistics = Statistics::new(&inspection);
    let train = &statistics.tasks[0].splits[0];
    assert_eq!((train.split, train.images), (Split::Train, 25));
    let pixels: u64 = train.classes.iter().map(|class| class.count).sum();
    let shares: Vec<f64> =
        train.classes.iter().map(|class| class.count as f64 * 100.0 / pixels as f64).collect();
    let expected = [52.4, 19.3, 21.3, 7.0];
    assert!(shares.iter().zip(expected).all(|(share, e)| (share - e).abs() < 0.06), "{shares:?}");
    assert_eq!(train.width.unwrap().max, 384.0);
    assert_eq!(train.objects.unwrap().median, 3.0);

    let tiles = tiles(&inspection);
    assert_eq!(tiles.len(), 18);
    assert!(tiles.iter().all(|tile| tile.picture.width().max(tile.picture.height()) == 240));
    let outlined = |tile: &Tile| tile.picture.pixels().any(|pixel| pixel.0 == class_colour(0));
    assert!(tiles.iter().all(outlined));
    let sheet = contact_sheet(&tiles);
    assert_eq!((sheet.width(), sheet.height()), (6 * 252 + 12, 3 * 252 + 12));

    let html = page(&statistics, &tiles).unwrap();
    assert_eq!(html.matches("data:image/jpeg;base64,").count(), 18);
    assert_eq!(html.matches("<svg").count(), 2);
    assert!(html.contains("cardiomediastinum") && !html.contains("http://") && !html.contains("https://"));
}

#[test]
fn names_cannot_become_html() {
    let statistics = Statistics {
        id: "<script>".to_owned(),
        modality: "a & b".to_owned(),
        license: "\"".to_owned(),
        tasks: Vec::new(),
    };
    let html = page(&statistics, &[]).unwrap();
    assert!(html.contains("&lt;script&gt;") && html.contains("a &amp; b") && !html.contains("<script>"));
}
