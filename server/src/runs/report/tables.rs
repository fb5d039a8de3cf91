//! The numbers of a run as Markdown.

use std::fmt::Write as _;

use crate::runs::{Course, Series};

/// What was done, where and how fast: a line per fact.
pub fn summary(course: &Course) -> String {
    let mut out = String::from("| | |\n|---|---|\n");
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "| {name} | {value} |");
    };
    row("state", state(course));
    let target = if course.updates > 0 { format!(" of {}", course.updates) } else { String::new() };
    row("updates", format!("{}{target}", course.update()));
    row("device", escape(&course.device));
    let images: usize = course.tasks.values().sum();
    row("tasks", format!("{}, with {images} training images", course.tasks.len()));
    row("time", duration(course.seconds));
    if let Some(mean) = mean(&course.images_per_second) {
        row("images per second", format!("{mean:.1}"));
    }
    if let Some(most) = course.memory.iter().map(|point| point.1).max() {
        row("memory, at most", bytes(most));
    }
    if let Some((_, _, size)) = course.checkpoints.last() {
        let waited: f64 = course.checkpoints.iter().map(|checkpoint| checkpoint.1).sum();
        let share = waited / course.seconds.max(1e-9) * 100.0;
        row("checkpoints", format!("{} each, {share:.1} % of the time", bytes(*size)));
    }
    if let Some(best) = course.best {
        let value = course.criterion.iter().find(|point| point.0 == best);
        let value = value.map_or(String::new(), |point| format!(", criterion {:.4}", point.1));
        row("best state", format!("update {best}{value}"));
    }
    if course.starts > 1 {
        row("gone on with", times(course.starts - 1));
    }
    if course.skipped > 0 {
        row("updates skipped, loss not finite", course.skipped.to_string());
    }
    for (update, to, reason) in &course.rollbacks {
        row("went back", format!("from update {update} to {to}: {}", escape(reason)));
    }
    out
}

fn state(course: &Course) -> String {
    match &course.end {
        None => "going on, or ended without a word".to_owned(),
        Some((true, None)) => "complete".to_owned(),
        Some((true, Some(reason))) => format!("complete: {}", escape(reason)),
        Some((false, reason)) => {
            format!("ended early: {}", reason.as_deref().map_or("interrupted".to_owned(), escape))
        }
    }
}

/// First, best and last value of each held-out metric.
pub fn metrics(course: &Course) -> String {
    let mut out =
        String::from("| task | metric | first | best | at update | last |\n|---|---|--:|--:|--:|--:|\n");
    for (task, metrics) in &course.metrics {
        for (metric, series) in metrics {
            let (Some(first), Some(last)) = (series.first(), series.last()) else { continue };
            let best = best(metric, series);
            let (value, update) = best.map_or((f64::NAN, "–".to_owned()), |(u, v)| (v, u.to_string()));
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {update} | {} |",
                escape(task),
                escape(metric),
                number(first.1),
                number(value),
                number(last.1)
            );
        }
    }
    out
}

/// Update and value where the metric was best. Errors and distances are better when small.
fn best(metric: &str, series: &Series<f64>) -> Option<(u64, f64)> {
    const ERRORS: [&str; 8] = ["error", "loss", "ece", "mae", "mse", "rmse", "brier", "distance"];
    let small = metric.split(['_', '-', ' ', '.', '@']).any(|word| ERRORS.contains(&word));
    let finite = series.iter().filter(|point| point.1.is_finite()).copied();
    // Of equal ones, the first.
    finite.reduce(|best, point| {
        let better = if small { point.1 < best.1 } else { point.1 > best.1 };
        if better { point } else { best }
    })
}

fn mean(series: &Series<f64>) -> Option<f64> {
    let sum: f64 = series.iter().map(|point| point.1).sum();
    (!series.is_empty()).then(|| sum / series.len() as f64)
}

fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:.3}") } else { "–".to_owned() }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// `2.1 GB`.
pub fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.0} kB", b / 1e3),
    }
}

/// `1 d 2 h`, `3 h 5 min`, `4 min 10 s`, `7 s`.
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    match (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} min"),
        (days, hours, ..) => format!("{days} d {hours} h"),
    }
}

/// Text that stays within its cell of a table and means nothing in Markdown.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' => out.extend(['\\', letter]),
            '\n' | '\r' => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_an_error_is_its_smallest() {
        let series = vec![(1, 0.5), (2, f64::NAN), (3, 0.2), (4, 0.9), (5, 0.9)];
        assert_eq!(best("calibration_error", &series), Some((3, 0.2)));
        assert_eq!(best("macro_f1", &series), Some((4, 0.9)));
        assert_eq!(best("dice", &vec![(1, f64::NAN)]), None);
    }

    #[test]
    fn times_and_sizes_are_short() {
        assert_eq!(
            [7.4, 250.0, 11_100.0, 93_600.0].map(duration),
            ["7 s", "4 min 10 s", "3 h 5 min", "1 d 2 h"]
        );
        assert_eq!([2_100_000_000, 46_000_000, 1_200].map(bytes), ["2.1 GB", "46 MB", "1 kB"]);
    }
}
