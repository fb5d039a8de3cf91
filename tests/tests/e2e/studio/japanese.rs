//! The studio in Japanese, from the empty project to the files: no word of the English locale is left.

use std::collections::BTreeSet;

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};

const ENGLISH: [&str; 2] = [
    include_str!("../../../../app/src/locales/en.rs"),
    include_str!("../../../../app/src/locales/studio/en.rs"),
];
const JAPANESE: [&str; 2] = [
    include_str!("../../../../app/src/locales/ja.rs"),
    include_str!("../../../../app/src/locales/studio/ja.rs"),
];

/// Latin words of three letters or more.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphabetic());
    words.filter(|word| word.len() >= 3).map(str::to_owned).collect()
}

/// The words in the string literals of a locale, without names of values that are filled in.
fn literals(source: &str) -> BTreeSet<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let text: Vec<&str> = code.split('"').skip(1).step_by(2).collect();
    let plain = text.iter().flat_map(|text| text.split('{').map(|part| part.rsplit('}').next().unwrap()));
    plain.flat_map(words).collect()
}

/// Words that only the English locale has.
fn english() -> BTreeSet<String> {
    let all = |sources: [&str; 2]| sources.into_iter().flat_map(literals).collect::<BTreeSet<_>>();
    &all(ENGLISH) - &all(JAPANESE)
}

/// Nothing that is shown, or said to screen readers, is English.
async fn all_japanese(visit: &Visit, english: &BTreeSet<String>, place: &str) -> Outcome {
    let text = "const shown = [...document.querySelectorAll('body *')].filter(
            element => element.checkVisibility());
        const said = ['aria-label', 'title', 'placeholder', 'aria-valuetext'].flatMap(
            name => shown.map(element => element.getAttribute(name) ?? ''));
        // Keys bear the same names on Japanese keyboards.
        const keys = [...document.querySelectorAll('kbd')];
        keys.forEach(key => key.style.visibility = 'hidden');
        const text = document.body.innerText;
        keys.forEach(key => key.style.visibility = '');
        return [document.title, text, ...said].join('\\n');";
    let text: String = visit.script(text, vec![]).await?;
    let left: Vec<_> = words(&text).intersection(english).cloned().collect();
    visit.screenshot(&format!("studio-ja-{}", place.replace(' ', "-"))).await?;
    assert!(left.is_empty(), "English in the {place}: {left:?}\n{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_speaks_japanese_throughout() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let english = english();
    assert!(english.contains("Undo") && english.contains("Export"), "{english:?}");
    visit.open_studio("&lang=ja").await?;
    visit.until("the page is Japanese", SOON, "document.documentElement.lang === 'ja'").await?;
    all_japanese(&visit, &english, "empty project").await?;
    visit.bring(&Pictures::discs(4), 3).await?;
    all_japanese(&visit, &english, "labelled project").await?;
    visit.press("tune-start").await?;
    visit.tuning_is("done", TUNING).await?;
    visit.scores().await?;
    all_japanese(&visit, &english, "tuned project").await?;
    visit.files_panel(true).await?;
    all_japanese(&visit, &english, "files").await?;
    visit.files_panel(false).await?;
    visit.press("open-table").await?;
    let rows = "document.querySelectorAll('[data-testid=objects] tbody tr').length > 0";
    visit.until("objects are in the table", SOON, rows).await?;
    all_japanese(&visit, &english, "table").await?;
    visit.press("open-table").await?;
    visit.press("help").await?;
    let help = "document.querySelector('[data-testid=help-panel]') !== null";
    visit.until("the help sheet is open", SOON, help).await?;
    all_japanese(&visit, &english, "help").await?;
    visit.end().await?;
    Ok(())
}
