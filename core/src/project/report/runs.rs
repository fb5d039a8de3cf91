//! What was learnt, and how well.

use super::html::{Html, date};
use super::words::Words;
use super::{chart, significant};
use crate::project::{Document, EntryId, RunScore};

/// All runs, the newest first.
pub(super) fn write(page: &mut Html, document: &Document, words: &Words) {
    page.element("h2", &[], words.tuning);
    if document.runs.is_empty() {
        page.element("p", &[], words.no_tuning);
    }
    let files = |ids: &[EntryId]| {
        let names = ids.iter().filter_map(|id| document.entry(*id)).map(|entry| entry.file.as_str());
        format!("{}: {}", ids.len(), names.collect::<Vec<_>>().join(", "))
    };
    for run in document.runs.iter().rev() {
        let in_use = if document.current_run == Some(run.id) { words.in_use } else { "" };
        page.element("h3", &[], &format!("{} {} · {} {in_use}", words.run, run.id, date(run.started)));
        page.open("table", &[]);
        page.row("th", &[words.task, words.before, words.after]);
        for result in &run.results {
            let name = document.task(result.task).map_or(words.unknown, |task| task.name.as_str());
            let [before, after] = [&result.before, &result.after]
                .map(|score| score.as_ref().map_or_else(|| words.unknown.to_owned(), |it| worded(it, words)));
            page.row("td", &[name, &before, &after]);
        }
        page.close("table");
        if !run.curve.is_empty() {
            chart::write(page, &run.curve, words);
        }
        page.open("table", &[]);
        page.row("td", &[words.pretrained, &run.base]);
        page.row("td", &[words.mode, &run.mode]);
        page.row("td", &[words.steps, &run.steps.to_string()]);
        page.row("td", &[words.time, &format!("{} s", significant(run.seconds))]);
        page.row("td", &[words.learnt_from, &files(&run.trained_on)]);
        page.row("td", &[words.held_out_images, &files(&run.held_out)]);
        for (name, value) in &run.settings {
            page.row("td", &[name, value]);
        }
        page.close("table");
    }
}

/// `Dice 0.84, 95 % 0.71–0.92, 2 images`.
fn worded(score: &RunScore, words: &Words) -> String {
    let mut text = format!("{} {:.2}", score.name, score.value);
    if let Some((low, high)) = score.interval {
        text += &format!(", 95 % {low:.2}–{high:.2}");
    }
    text + &words.count_images(score.images)
}
