//! A run as the server tells it, and what each later event does to it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// Values by the number of updates made, rising.
pub type Series = Vec<(u64, f64)>;

/// Whether something still happens in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A process writes to it.
    Running,
    /// It came to its end.
    Ended,
    /// It stopped before.
    Interrupted,
}

/// A run in a few words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Whether something still happens in it.
    pub state: Condition,
    /// Why it ended, where it says so.
    pub reason: Option<String>,
    /// When it began, in seconds since 1970.
    pub started: Option<f64>,
    /// When it last reported something, in seconds since 1970.
    pub changed: Option<f64>,
    /// Updates made.
    pub update: u64,
    /// Updates at its end; 0 where unknown.
    pub updates: u64,
}

/// A run from its beginning to now.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Told {
    /// In a few words.
    #[serde(flatten)]
    pub summary: Summary,
    /// Bytes of its log that this is made of.
    pub position: u64,
    /// Its series.
    pub course: Course,
}

/// A run as series.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Course {
    /// Training images per task.
    pub tasks: BTreeMap<String, u64>,
    /// Where it computes.
    pub device: String,
    /// Seconds spent.
    pub seconds: f64,
    /// Loss by task.
    #[serde(deserialize_with = "by_name")]
    pub losses: BTreeMap<String, Series>,
    /// Learning rate.
    #[serde(deserialize_with = "finite")]
    pub rate: Series,
    /// Images per second.
    #[serde(deserialize_with = "finite")]
    pub images_per_second: Series,
    /// Updates skipped because a loss was not finite.
    pub skipped: u64,
    /// Held-out scores: task → metric → series.
    #[serde(deserialize_with = "by_two_names")]
    pub metrics: BTreeMap<String, BTreeMap<String, Series>>,
    /// Updates of the best checkpoint.
    pub best: Option<u64>,
    /// Pictures of predictions, relative to the run.
    pub pictures: Vec<String>,
    /// Goings-back: (update, to, reason).
    pub rollbacks: Vec<(u64, u64, String)>,
}

/// A line of a run's log.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TimedEvent {
    /// Seconds since 1970.
    pub time: f64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened in a run, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run began or went on.
    Start {},
    /// Some updates were made.
    Progress {
        update: u64,
        losses: BTreeMap<String, Option<f64>>,
        rate: Option<f64>,
        images_per_second: Option<f64>,
        skipped: u64,
    },
    /// The held-out data was scored.
    Validation {
        update: u64,
        scores: BTreeMap<String, BTreeMap<String, Option<f64>>>,
        best: bool,
        pictures: Vec<String>,
    },
    /// The run went back to an older state.
    Rollback {},
    /// The run ended.
    End { complete: bool, reason: Option<String> },
    /// Something that is not shown.
    #[serde(other)]
    Other,
}

impl Told {
    /// Takes in what happened. False when that made some of what was told before void: the run began again, or
    /// went on or back from a checkpoint. It must then be asked for as a whole.
    ///
    /// Events that were told before change nothing, as a browser that lost the connection is told some of
    /// them again.
    #[must_use]
    pub fn add(&mut self, timed: TimedEvent) -> bool {
        let (summary, course) = (&mut self.summary, &mut self.course);
        let since = timed.time - summary.changed.unwrap_or(timed.time);
        course.seconds += since.max(0.0);
        summary.changed = Some(summary.changed.unwrap_or(timed.time).max(timed.time));
        match timed.event {
            Event::Start {} | Event::Rollback {} => return false,
            Event::Progress { update, losses, rate, images_per_second, skipped } => {
                for (task, loss) in losses {
                    push(course.losses.entry(task).or_default(), update, loss);
                }
                push(&mut course.rate, update, rate);
                push(&mut course.images_per_second, update, images_per_second);
                course.skipped = skipped;
                summary.update = summary.update.max(update);
            }
            Event::Validation { update, scores, best, pictures } => {
                for (task, metrics) in scores {
                    let task = course.metrics.entry(task).or_default();
                    for (metric, value) in metrics {
                        push(task.entry(metric).or_default(), update, value);
                    }
                }
                course.best = if best { Some(update) } else { course.best };
                if !pictures.is_empty() {
                    course.pictures = pictures;
                }
            }
            Event::End { complete, reason } => {
                summary.state = if complete { Condition::Ended } else { Condition::Interrupted };
                summary.reason = reason;
            }
            Event::Other => {}
        }
        true
    }

    /// Seconds that are left at the pace so far, while it runs.
    pub fn seconds_left(&self) -> Option<f64> {
        let Summary { state, update, updates, .. } = self.summary;
        let known = state == Condition::Running && update > 0 && updates > update;
        known.then(|| self.course.seconds / update as f64 * (updates - update) as f64)
    }
}

impl Course {
    /// All tasks, also those without images of their own.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.tasks.keys().chain(self.losses.keys()).chain(self.metrics.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// All held-out metrics, first those that most tasks have.
    pub fn metric_names(&self) -> Vec<String> {
        let mut tasks: BTreeMap<&String, usize> = BTreeMap::new();
        for metric in self.metrics.values().flat_map(BTreeMap::keys) {
            *tasks.entry(metric).or_default() += 1;
        }
        let mut names: Vec<(&String, usize)> = tasks.into_iter().collect();
        names.sort_by_key(|(_, tasks)| Reverse(*tasks));
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }
}

fn push(series: &mut Series, update: u64, value: Option<f64>) {
    if series.last().is_none_or(|(last, _)| *last < update) {
        series.extend(value.map(|value| (update, value)));
    }
}

/// Numbers that are not finite arrive as `null` and are left out.
#[derive(Deserialize)]
struct Finite(#[serde(deserialize_with = "finite")] Series);

fn finite<'de, D: Deserializer<'de>>(from: D) -> Result<Series, D::Error> {
    let points: Vec<(u64, Option<f64>)> = Vec::deserialize(from)?;
    Ok(points.into_iter().filter_map(|(update, value)| Some((update, value?))).collect())
}

fn by_name<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Series>, D::Error> {
    let series: BTreeMap<String, Finite> = BTreeMap::deserialize(from)?;
    Ok(series.into_iter().map(|(name, Finite(series))| (name, series)).collect())
}

fn by_two_names<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, BTreeMap<String, Series>>, D::Error> {
    #[derive(Deserialize)]
    struct Named(#[serde(deserialize_with = "by_name")] BTreeMap<String, Series>);
    let metrics: BTreeMap<String, Named> = BTreeMap::deserialize(from)?;
    Ok(metrics.into_iter().map(|(name, Named(metrics))| (name, metrics)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told() -> Told {
        serde_json::from_str(
            r#"{"name":"a","state":"running","reason":null,"started":1.0,"changed":21.0,"device":"cpu",
                "update":20,"updates":40,"position":9,
                "course":{"tasks":{"cells":12},"device":"cpu","seconds":20.0,
                "losses":{"cells":[[10,2.0],[15,null],[20,1.0]]},"rate":[[10,0.1],[20,0.1]],
                "images_per_second":[[10,3.0],[20,4.0]],"skipped":0,"metrics":{"cells":{"dice":[[20,0.5]]}},
                "best":20,"pictures":["a.png"],"rollbacks":[]}}"#,
        )
        .unwrap()
    }

    fn add(told: &mut Told, event: &str) -> bool {
        told.add(serde_json::from_str(event).unwrap())
    }

    const PROGRESS: &str = r#"{"time":31.0,"event":"progress","update":30,"losses":{"cells":0.5,"more":null},
        "rate":0.05,"images_per_second":5.0,"memory":null,"gradient_norm":null,"skipped":1}"#;

    #[test]
    fn an_event_told_twice_counts_once() {
        let mut told = told();
        assert_eq!(told.course.losses["cells"], [(10, 2.0), (20, 1.0)]);
        assert_eq!(told.seconds_left(), Some(20.0));
        assert!(add(&mut told, PROGRESS));
        let once = told.clone();
        assert_eq!(once.course.losses["cells"], [(10, 2.0), (20, 1.0), (30, 0.5)]);
        assert_eq!((once.summary.update, once.course.seconds, once.course.skipped), (30, 30.0, 1));
        assert!(add(&mut told, PROGRESS));
        assert_eq!(told, once);
    }

    #[test]
    fn after_going_back_the_course_is_asked_for_again() {
        let back =
            r#"{"time":32.0,"event":"rollback","update":31,"to":10,"factor":0.5,"reason":"not finite"}"#;
        assert!(!add(&mut told(), back));
        let start = r#"{"time":99.0,"event":"start","update":0,"device":"cpu","tasks":{},"updates":9}"#;
        assert!(!add(&mut told(), start));
    }

    #[test]
    fn an_end_ends_it_and_what_is_not_shown_is_passed_over() {
        let mut told = told();
        let before = told.course.losses.clone();
        assert!(add(&mut told, r#"{"time":21.0,"event":"checkpoint","update":20,"seconds":0.1,"bytes":3}"#));
        assert_eq!((&told.course.losses, told.summary.state), (&before, Condition::Running));
        let end = r#"{"time":33.0,"event":"end","update":20,"complete":false,"reason":"interrupted"}"#;
        assert!(add(&mut told, end));
        assert_eq!((told.summary.state, told.seconds_left()), (Condition::Interrupted, None));
    }

    #[test]
    fn metrics_of_most_tasks_come_first() {
        let mut told = told();
        let validation = r#"{"time":31.0,"event":"validation","update":30,"criterion":null,"best":false,
            "pictures":[],"scores":{"cells":{"dice":0.6,"AUROC":null},"lungs":{"dice":0.7,"AP":0.1}}}"#;
        assert!(add(&mut told, validation));
        assert_eq!(told.course.metric_names(), ["dice", "AP", "AUROC"]);
        assert_eq!(told.course.metrics["cells"]["dice"], [(20, 0.5), (30, 0.6)]);
        assert_eq!((told.course.best, &told.course.pictures[..]), (Some(20), &["a.png".to_owned()][..]));
    }
}
