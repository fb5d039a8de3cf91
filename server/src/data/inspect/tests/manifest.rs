//! Defects of `dataset.json`, and of what it states.

use super::set::classification;
use crate::data::inspect::Check as C;

const FILE: &str = "dataset.json";

#[test]
fn without_a_manifest_nothing_is_usable() {
    let nothing = [C::Manifest, C::NoPatients];
    classification().without(FILE).finds(nothing, "dataset.json: it cannot be read", 0);
    classification().replace(FILE, "{", "(").finds(nothing, "not valid JSON", 0);
    classification().text(FILE, "[]").finds(nothing, "in braces", 0);
    classification().replace(FILE, "\"classification", "\"ranking").finds(nothing, "dataset.json", 0);
}

#[test]
fn the_stated_numbers_are_compared() {
    classification().replace(FILE, "\"val\": 2", "\"val\": 3").finds(
        [C::Counts],
        "val: 3 stated, 2 found",
        8,
    );
}

#[test]
fn a_licence_is_asked_for() {
    classification().replace(FILE, "license", "lisence").finds([C::License], "license", 8);
    let rows: String = (0..7).map(|i| format!("{i}.png,CC BY\n")).collect();
    classification().text("attribution.csv", &format!("file,license\n{rows}")).finds(
        [C::License],
        "images/7.png: attribution.csv states no licence",
        8,
    );
}
