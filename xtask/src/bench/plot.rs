//! The plot of memory against the number of tasks, as SVG.

use super::memory::Run;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// Left, top, right and bottom of the area between the axes.
const AREA: [f64; 4] = [80.0, 48.0, 616.0, 300.0];

/// Greys and colours of middle lightness, without a background: they read on light and on dark pages.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#808891}.axis{stroke:#808891}\
    .grid{stroke:#808891;stroke-opacity:.25}.peak,.shared{fill:none;stroke-width:2.5}\
    .peak{stroke:#d97706}.shared{stroke:#3b82f6;stroke-dasharray:7 4}";

/// Peak memory, and what is left of it without heads; the numbers of tasks are evenly spaced.
pub fn memory(runs: &[Run]) -> String {
    let [left, top, right, bottom] = AREA;
    let highest = runs.iter().map(|run| run.peak_bytes).max().unwrap_or(0) as f64 / 1e6;
    let (step, ticks) = scale(highest);
    let limit = step * f64::from(ticks);
    let x = |index: usize| left + (index as f64 + 0.5) / runs.len().max(1) as f64 * (right - left);
    let y = |megabytes: f64| bottom - megabytes / limit * (bottom - top);

    let mut body = String::new();
    for tick in 0..=ticks {
        let value = step * f64::from(tick);
        let (at, class) = (y(value), if tick == 0 { "axis" } else { "grid" });
        body += &format!("<path class=\"{class}\" d=\"M{left} {at:.1}H{right}\"/>\n");
        body += &format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>\n",
            left - 8.0,
            at + 4.5
        );
    }
    for (index, run) in runs.iter().enumerate() {
        let at = x(index);
        body += &format!("<path class=\"axis\" d=\"M{at:.1} {bottom}v5\"/>\n");
        body += &format!(
            "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
            bottom + 22.0,
            run.tasks
        );
    }
    let mut line = |index: usize, class: &str, label: &str, bytes: fn(&Run) -> u64| {
        let points: Vec<String> = runs
            .iter()
            .enumerate()
            .map(|(i, run)| format!("{:.1},{:.1}", x(i), y(bytes(run) as f64 / 1e6)))
            .collect();
        body += &format!("<polyline class=\"{class}\" points=\"{}\"/>\n", points.join(" "));
        let key = left + 160.0 * index as f64;
        body += &format!("<path class=\"{class}\" d=\"M{key} 24h28\"/>\n");
        body += &format!("<text x=\"{}\" y=\"28.5\">{label}</text>\n", key + 36.0);
    };
    line(0, "peak", "peak memory", |run| run.peak_bytes);
    line(1, "shared", "without heads and their optimisers", Run::shared_bytes);
    let (middle, centre) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    body += &format!(
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">number of tasks</text>\n\
         <text x=\"20\" y=\"{centre}\" text-anchor=\"middle\" transform=\"rotate(-90 20 {centre})\">memory in MB</text>\n",
        bottom + 46.0
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Peak memory against the number of tasks\">\n<style>{STYLE}</style>\n{body}</svg>\n"
    )
}

/// A round distance between ticks, and how many of them reach `highest`.
fn scale(highest: f64) -> (f64, u32) {
    let rough = (highest / 5.0).max(1.0);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * power);
    (step, (highest / step).ceil().max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_highest() {
        assert_eq!(scale(812.0), (200.0, 5));
        assert_eq!(scale(1000.0), (200.0, 5));
        assert_eq!(scale(2300.0), (500.0, 5));
        assert_eq!(scale(0.0), (1.0, 1));
    }

    #[test]
    fn equal_peaks_are_a_level_line() {
        let run = |tasks| Run { tasks, peak_bytes: 400_000_000, head_bytes: 100_000_000 };
        let svg = memory(&[run(1), run(4)]);
        // 400 of 400 MB is the top of the area, 300 MB a quarter of its height lower.
        assert!(svg.contains("<polyline class=\"peak\" points=\"214.0,48.0 482.0,48.0\"/>"), "{svg}");
        assert!(svg.contains("<polyline class=\"shared\" points=\"214.0,111.0 482.0,111.0\"/>"), "{svg}");
    }
}
