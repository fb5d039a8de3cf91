//! The page stays at hand while the model learns: the work is in the Worker.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn no_task_of_the_page_is_long_while_tuning() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(4), 3).await?;
    visit.press("tune-start").await?;
    visit.tuning_reaches(1).await?;
    // Only what is long, that is more than 50 ms, becomes an entry.
    let watch = "window.longTasks = [];
        new PerformanceObserver(list =>
            window.longTasks.push(...list.getEntries().map(entry => Math.round(entry.duration))),
        ).observe({ entryTypes: ['longtask'] });
        return true;";
    let _: bool = visit.script(watch, vec![]).await?;
    visit.tuning_is("done", TUNING).await?;
    let long: Vec<u32> = visit.script("return window.longTasks;", vec![]).await?;
    println!("tasks of more than 50 ms: {long:?}");
    assert!(long.is_empty(), "tasks of so many milliseconds: {long:?}");
    visit.end().await?;
    Ok(())
}
