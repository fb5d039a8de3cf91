//! axe-core looks at every screen, light and dark: nothing stands seriously in the way of anybody.

use std::collections::BTreeMap;
use std::path::Path;

use medley_server::runs::{Event, EventLog, RunFolder};
use medley_tests::visit::barriers::Axe;
use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};

/// The screens that have been looked at, and what was found.
struct Look<'a> {
    visit: &'a Visit,
    axe: &'a Axe,
    found: Vec<String>,
}

impl Look<'_> {
    /// Looks at the screen as it is, in both colour schemes.
    async fn at(&mut self, screen: &str) -> Outcome {
        for theme in ["light", "dark"] {
            let choose = format!("document.documentElement.dataset.theme = '{theme}'; return true;");
            let _: bool = self.visit.script(&choose, vec![]).await?;
            println!("{screen}, {theme}");
            self.visit.screenshot(&format!("barriers-{}-{theme}", screen.replace(' ', "-"))).await?;
            for barrier in self.visit.barriers(self.axe).await? {
                let elements = barrier.elements.join("\n    ");
                self.found
                    .push(format!("{screen}, {theme}: {} ({})\n    {elements}", barrier.help, barrier.id));
            }
        }
        Ok(())
    }

    /// Everything that was found, at once.
    fn end(self) {
        assert!(self.found.is_empty(), "{}", self.found.join("\n"));
    }
}

/// A run with a few numbers, to be seen on its page.
fn a_run(folder: &Path) {
    let run = RunFolder::open(&folder.join("cells"), false).unwrap();
    let mut log = EventLog::open(&run.events()).unwrap();
    let tasks = BTreeMap::from([("nuclei".to_owned(), 379), ("lungs".to_owned(), 120)]);
    log.write(&Event::Start { update: 0, device: "cpu".into(), tasks, updates: 1200 }).unwrap();
    for (update, loss) in [(100, 2.0), (200, 1.25)] {
        let losses = BTreeMap::from([("nuclei".to_owned(), loss), ("lungs".to_owned(), 0.5)]);
        let (rate, images_per_second) = (0.001, 12.5);
        let progress = Event::Progress {
            update,
            losses,
            rate,
            images_per_second,
            memory: None,
            gradient_norm: None,
            skipped: 0,
        };
        log.write(&progress).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_and_the_runs_have_no_barriers() -> Outcome {
    let Some(axe) = Axe::find() else { return Ok(()) };
    let runs = tempfile::tempdir()?;
    a_run(runs.path());
    let Some(visit) = Visit::start_with_runs(runs.path()).await? else { return Ok(()) };
    let mut look = Look { visit: &visit, axe: &axe, found: Vec::new() };
    for language in ["en", "ja"] {
        visit.open_and_wait(&format!("?device=cpu&lang={language}"), SOON).await?;
        look.at(&format!("try {language}")).await?;
    }
    visit.click("device").await?;
    look.at("device").await?;
    visit.click("device").await?;
    visit.click("help").await?;
    look.at("help").await?;
    visit.open("runs?lang=en").await?;
    let shown = "document.querySelector('[data-testid=chart-losses] .plot .curve') !== null";
    visit.until("the run is shown", SOON, shown).await?;
    look.at("runs").await?;
    look.end();
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_has_no_barriers() -> Outcome {
    let Some(axe) = Axe::find() else { return Ok(()) };
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let mut look = Look { visit: &visit, axe: &axe, found: Vec::new() };
    visit.open("?view=studio&device=cpu&lang=ja").await?;
    let tour = "document.querySelector('[data-testid=tour-skip]') !== null";
    visit.until("the tour begins", SOON, tour).await?;
    look.at("tour").await?;
    visit.open_studio("&lang=en").await?;
    look.at("empty studio").await?;
    visit.bring(&Pictures::discs(4), 3).await?;
    look.at("labelled studio").await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches(1).await?;
    look.at("tuning studio").await?;
    visit.tuning_is("done", TUNING).await?;
    let predicted = "document.querySelector('[data-testid=studio-canvas]').dataset.prediction === 'true'";
    visit.until("a prediction is there", SOON, predicted).await?;
    look.at("tuned studio").await?;
    visit.files_panel(true).await?;
    look.at("files").await?;
    visit.files_panel(false).await?;
    visit.press("open-table").await?;
    let rows = "document.querySelectorAll('[data-testid=objects] tbody tr').length > 0";
    visit.until("objects are in the table", SOON, rows).await?;
    look.at("table").await?;
    visit.press("open-table").await?;
    visit.press("help").await?;
    visit
        .until("the help is open", SOON, "document.querySelector('[data-testid=help-panel]') !== null")
        .await?;
    look.at("studio help").await?;
    look.end();
    visit.end().await?;
    Ok(())
}
