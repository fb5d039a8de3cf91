//! A page for people about a project: data, settings, curves, scores, pictures, licences. One HTML file that needs
//! nothing else and runs no script.

mod chart;
mod html;
mod picture;
mod runs;
mod words;

use serde::{Deserialize, Serialize};

pub use picture::{PictureError, overlay_png};

use self::html::{Html, date};
use self::words::{Words, words};
use super::Project;
use super::training::labelled;
use crate::dataset::TaskKind;

/// In which language a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

/// What a report says that the project does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFacts {
    /// Its language.
    pub language: Language,
    /// When it is made, in seconds since 1970 (UTC).
    pub made: u64,
    /// Name and version of the program.
    pub software: String,
    /// Names and licences of what was used: the pretrained model, its data sets.
    pub licenses: Vec<(String, String)>,
    /// Examples.
    pub pictures: Vec<ReportPicture>,
}

/// An example picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportPicture {
    /// What it shows.
    pub caption: String,
    /// Its bytes.
    pub png: Vec<u8>,
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--line:#d9dce0;--accent:#0b68cb;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#a6abb3;--line:#3a3f45;--accent:#6cb6ff;--paper:#16181b}}\
body{font:16px/1.6 system-ui,'Hiragino Sans','Noto Sans JP','Yu Gothic UI',sans-serif;color:var(--ink);\
background:var(--paper);max-width:56rem;margin:0 auto;padding:2rem 1.5rem}\
h1{font-size:1.75rem;margin:0 0 .25rem}h2{font-size:1.25rem;margin:2.5rem 0 .75rem}h3{font-size:1rem;margin:1.5rem 0 .5rem}\
p{margin:.5rem 0}.soft{color:var(--soft)}.notice{border:1px solid var(--line);border-radius:8px;padding:.5rem 1rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;\
border-bottom:1px solid var(--line)}th{font-weight:600}figure{margin:0}figcaption{color:var(--soft);font-size:.875rem}\
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:1rem}\
.pictures img{width:100%;height:auto;border-radius:8px}svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}\
.axis{stroke:var(--line);fill:none}.loss{stroke:var(--soft);stroke-width:1;fill:none}\
.score{stroke:var(--accent);stroke-width:2.5;fill:none}.dot{fill:var(--accent)}";

/// The report as HTML.
pub fn report(project: &Project, facts: &ReportFacts) -> String {
    let words = words(facts.language);
    let document = project.document();
    let mut page = Html::new();
    page.raw("<!DOCTYPE html>\n");
    page.open("html", &[("lang", words.code)]);
    page.open("head", &[]);
    page.raw(
        "<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
    );
    page.element("title", &[], &format!("{} - {}", document.name, words.report));
    page.open("style", &[]).raw(STYLE).close("style").close("head");
    page.open("body", &[]);
    page.element("h1", &[], &document.name);
    let made = format!("{} · {} · {}", words.report, date(facts.made), facts.software);
    page.element("p", &[("class", "soft")], &made);
    page.element("p", &[("class", "notice")], words.not_medical);
    page.element("p", &[("class", "soft")], words.stayed);

    data(&mut page, project, words);
    runs::write(&mut page, document, words);
    pictures(&mut page, facts, words);
    licenses(&mut page, facts, words);
    page.close("body").close("html");
    page.finish()
}

fn data(page: &mut Html, project: &Project, words: &Words) {
    let document = project.document();
    page.element("h2", &[], words.data);
    page.open("table", &[]);
    page.row("th", &[words.task, words.kind, words.classes, words.labelled, words.held_out]);
    for task in &document.tasks {
        let mut images: Vec<_> = labelled(project, task.id).into_iter().map(|place| place.entry).collect();
        images.dedup();
        let held_out = images.iter().filter(|id| project.entry(**id).is_some_and(|entry| entry.held_out));
        let kind = match task.kind {
            TaskKind::Segmentation => words.segmentation,
            TaskKind::Detection => words.detection,
            // Projects have no other kinds.
            _ => words.classification,
        };
        let counts = [images.len().to_string(), held_out.count().to_string()];
        page.row("td", &[&task.name, kind, &task.class_names().join(", "), &counts[0], &counts[1]]);
    }
    page.close("table");

    page.element("h3", &[], &format!("{}: {}", words.images, document.entries.len()));
    page.open("table", &[]);
    page.row("th", &[words.file, words.size, words.spacing, words.held_out]);
    for entry in &document.entries {
        let [width, height, slices] = entry.size;
        let size = if slices > 1 {
            format!("{width} × {height} × {slices}")
        } else {
            format!("{width} × {height}")
        };
        let step = |spacing: [f64; 3]| {
            let count = if slices > 1 { 3 } else { 2 };
            let steps: Vec<String> = spacing.iter().take(count).map(|step| significant(*step)).collect();
            format!("{} mm", steps.join(" × "))
        };
        let spacing = entry.spacing.map(step).unwrap_or_default();
        page.row("td", &[&entry.file, &size, &spacing, if entry.held_out { words.yes } else { "" }]);
    }
    page.close("table");
}

fn pictures(page: &mut Html, facts: &ReportFacts, words: &Words) {
    if facts.pictures.is_empty() {
        return;
    }
    page.element("h2", &[], words.examples);
    page.open("div", &[("class", "pictures")]);
    for picture in &facts.pictures {
        page.open("figure", &[]);
        let source = format!("data:image/png;base64,{}", html::base64(&picture.png));
        page.open("img", &[("alt", &picture.caption), ("src", &source)]).close("img");
        page.element("figcaption", &[], &picture.caption);
        page.close("figure");
    }
    page.close("div");
}

fn licenses(page: &mut Html, facts: &ReportFacts, words: &Words) {
    page.element("h2", &[], words.licenses);
    page.open("table", &[]);
    page.row("th", &[words.what, words.license]);
    for (name, license) in &facts.licenses {
        page.row("td", &[name, if license.is_empty() { words.unknown } else { license }]);
    }
    page.close("table");
    page.element("p", &[("class", "soft")], words.own_images);
}

/// Three significant digits.
fn significant(number: f64) -> String {
    let digits = if number == 0.0 || !number.is_finite() { 0.0 } else { number.abs().log10().floor() };
    let decimals = (2.0 - digits).clamp(0.0, 9.0) as usize;
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests;
