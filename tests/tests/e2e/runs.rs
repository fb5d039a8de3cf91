//! The view of the runs, while one of them goes on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use medley_server::runs::{Event, EventLog, RunFolder};
use thirtyfour::prelude::*;

use medley_tests::visit::{Outcome, SOON, Visit};

fn start() -> Event {
    let tasks = BTreeMap::from([("nuclei".to_owned(), 379), ("lungs".to_owned(), 120)]);
    Event::Start { update: 0, device: "cpu".into(), tasks, updates: 1200 }
}

fn progress(update: u64, nuclei: f32) -> Event {
    Event::Progress {
        update,
        losses: BTreeMap::from([("nuclei".to_owned(), nuclei), ("lungs".to_owned(), 0.5)]),
        rate: 0.001,
        images_per_second: 12.5,
        memory: None,
        gradient_norm: None,
        skipped: 0,
    }
}

fn validation(update: u64, dice: f64, picture: &str) -> Event {
    let scores = BTreeMap::from([("nuclei".to_owned(), BTreeMap::from([("dice".to_owned(), dice)]))]);
    let pictures = vec![picture.to_owned()];
    Event::Validation { update, scores, criterion: Some(dice), best: true, pictures }
}

/// A small picture of a prediction.
fn write_picture(file: &Path) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut encoder = png::Encoder::new(fs::File::create(file).unwrap(), 48, 16);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = (0..48 * 16).map(|i| (i % 251) as u8).collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
}

/// What the page says, is waited for.
async fn says(visit: &Visit, place: &str, words: &str) -> Outcome {
    let seen = format!("document.querySelector({place:?})?.innerText.includes({words:?})");
    visit.until(&format!("{place} says {words}"), SOON, &seen).await
}

async fn complains(visit: &Visit) -> WebDriverResult<Vec<String>> {
    let log = visit.driver().browser_log().await?;
    let severe = log.into_iter().filter(|entry| entry.level == "SEVERE");
    Ok(severe.map(|entry| entry.message).collect())
}

/// The path of the second task's smooth curve.
const CURVE: &str = "[...document.querySelectorAll('[data-testid=chart-losses] .plot .curve path')].at(-1)?.getAttribute('d')";
const FACTS: &str = "[data-testid=run-facts]";
const LOSSES: &str = "[data-testid=chart-losses]";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_shown_while_it_goes_on() -> Outcome {
    let runs = tempfile::tempdir().unwrap();
    // Held open, as by a process that trains.
    let run = RunFolder::open(&runs.path().join("cells 1"), false).unwrap();
    let mut log = EventLog::open(&run.events()).unwrap();
    for event in [start(), progress(100, 2.0), progress(200, 1.25)] {
        log.write(&event).unwrap();
    }
    let older = RunFolder::open(&runs.path().join("older"), false).unwrap();
    EventLog::open(&older.events()).unwrap().write(&start()).unwrap();
    drop(older);

    let Some(visit) = Visit::start_with_runs(runs.path()).await? else { return Ok(()) };
    visit.open("runs?lang=en").await?;
    says(&visit, "[data-testid=runs]", "older").await?;
    says(&visit, FACTS, "running").await?;
    says(&visit, FACTS, "200 of 1,200").await?;
    says(&visit, LOSSES, "1.25").await?;
    let curves = format!("document.querySelectorAll('{LOSSES} .plot .curve').length === 2");
    visit.until("a curve per task is drawn", SOON, &curves).await?;

    // What is written from now on appears by itself.
    let curve: String = visit.eventually("the curve's path", SOON, CURVE).await?;
    log.write(&progress(300, 0.75)).unwrap();
    says(&visit, FACTS, "300 of 1,200").await?;
    says(&visit, LOSSES, "0.750").await?;
    visit.until("the curve has grown", SOON, &format!("{CURVE} !== {curve:?}")).await?;
    let picture = RunFolder::picture_name(300, "nuclei-0");
    write_picture(&run.root().join(&picture));
    log.write(&validation(300, 0.8125, &picture)).unwrap();
    says(&visit, "[data-testid=chart-metric-dice]", "0.812").await?;
    says(&visit, "[data-testid=run-tasks]", "0.812").await?;
    let loaded = "document.querySelector('[data-testid=run-pictures] img')?.naturalWidth === 48";
    visit
        .script::<()>("document.querySelector('[data-testid=run-pictures]').scrollIntoView();", vec![])
        .await?;
    visit.until("the picture is there", SOON, loaded).await?;
    visit.screenshot("runs-live-en").await?;

    // Going back to a checkpoint takes the curve back.
    let back = Event::Rollback { update: 310, to: 200, factor: 0.5, reason: "not finite".into() };
    log.write(&back).unwrap();
    says(&visit, FACTS, "went back to update 200").await?;
    says(&visit, LOSSES, "1.25").await?;
    let gone = "document.querySelector('[data-testid=chart-metric-dice]') === null";
    visit.until("the metric of what was undone is gone", SOON, gone).await?;

    visit.click("language").await?;
    says(&visit, FACTS, "実行中").await?;
    says(&visit, FACTS, "200 / 1,200").await?;
    log.write(&progress(250, 0.625)).unwrap();
    says(&visit, LOSSES, "0.625").await?;
    visit.click("theme").await?;
    visit.screenshot("runs-live-ja").await?;

    log.write(&Event::End { update: 250, complete: true, reason: None }).unwrap();
    says(&visit, FACTS, "終了").await?;
    assert_eq!(complains(&visit).await?, Vec::<String>::new());
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_chosen_by_link_and_read_as_tables() -> Outcome {
    let runs = tempfile::tempdir().unwrap();
    for (name, loss) in [("first", 1.5), ("second", 0.25)] {
        let run = RunFolder::open(&runs.path().join(name), false).unwrap();
        let mut log = EventLog::open(&run.events()).unwrap();
        for event in [start(), progress(600, 2.5), progress(1200, loss)] {
            log.write(&event).unwrap();
        }
        log.write(&Event::End { update: 1200, complete: true, reason: None }).unwrap();
    }
    let Some(visit) = Visit::start_with_runs(runs.path()).await? else { return Ok(()) };
    visit.open("runs?lang=en").await?;
    // The newest, until another is chosen.
    says(&visit, FACTS, "second").await?;
    visit.driver().find(By::Css("[data-testid=runs] a[href='#first']")).await?.click().await?;
    says(&visit, FACTS, "first").await?;
    says(&visit, LOSSES, "1.50").await?;
    // An address with a name leads to that run.
    visit.open("").await?;
    visit.open("runs?lang=en#first").await?;
    says(&visit, FACTS, "first").await?;

    visit.driver().find(By::Css(format!("{LOSSES} summary"))).await?.click().await?;
    let table = format!("{LOSSES} table");
    for words in ["Updates", "nuclei", "lungs", "1,200", "1.50", "600", "2.50"] {
        says(&visit, &table, words).await?;
    }
    assert_eq!(complains(&visit).await?, Vec::<String>::new());
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_runs_a_line_says_how_to_start_one() -> Outcome {
    let runs = tempfile::tempdir().unwrap();
    let Some(visit) = Visit::start_with_runs(runs.path()).await? else { return Ok(()) };
    for (language, words) in [("en", "medley pretrain"), ("ja", "medley pretrain")] {
        visit.open(&format!("runs?lang={language}")).await?;
        says(&visit, "[data-testid=runs-line]", words).await?;
        let there = "document.querySelectorAll('[data-testid=views] a').length === 3";
        visit.until("both views are offered", SOON, there).await?;
    }
    assert_eq!(complains(&visit).await?, Vec::<String>::new());
    visit.end().await?;
    Ok(())
}
