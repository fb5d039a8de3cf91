//! The words about runs.

use crate::state::runs::Condition;

/// What the view of the runs says.
pub struct RunWords {
    /// Name of the links between the views.
    pub views: &'static str,
    /// Link to the pictures.
    pub try_it: &'static str,
    /// Link to the runs, and heading of their list.
    pub runs: &'static str,
    /// The browser tab's title.
    pub title: &'static str,
    /// Where the host has no runs to show.
    pub no_server: &'static str,
    /// Where there is none yet.
    pub none: &'static str,
    /// The list or a run is on its way.
    pub loading: &'static str,
    /// The server does not answer.
    pub unreachable: &'static str,
    /// How a run stands.
    pub condition: fn(Condition) -> &'static str,
    /// Why it ended.
    pub because: fn(&str) -> String,
    /// Updates made, of all.
    pub updates: fn(update: &str, updates: Option<&str>) -> String,
    /// Name of the number of updates.
    pub update: &'static str,
    /// Name of the time left.
    pub time_left: &'static str,
    /// Name of the time spent.
    pub time_spent: &'static str,
    /// Name of the speed.
    pub speed: &'static str,
    /// Images per second.
    pub images_per_second: fn(&str) -> String,
    /// Name of the device.
    pub device: &'static str,
    /// Name of the beginning.
    pub started: &'static str,
    /// Name of the best checkpoint.
    pub best: &'static str,
    /// At an update.
    pub at_update: fn(&str) -> String,
    /// A time span in seconds.
    pub duration: fn(f64) -> String,
    /// Some updates were skipped.
    pub skipped: fn(u64) -> String,
    /// The run went back.
    pub went_back: fn(from: &str, to: &str, reason: &str) -> String,
    /// Heading of the losses.
    pub losses: &'static str,
    /// What thin and thick lines are.
    pub lines: &'static str,
    /// Heading of a held-out metric.
    pub held_out: fn(&str) -> String,
    /// Opens the metrics that are not shown at once.
    pub more_metrics: &'static str,
    /// Heading of the learning rate.
    pub rate: &'static str,
    /// What a chart is, for those who cannot see it.
    pub chart: fn(title: &str, curves: usize) -> String,
    /// Opens the numbers of a chart.
    pub as_table: &'static str,
    /// Heading of the tasks.
    pub tasks: &'static str,
    /// Column.
    pub task: &'static str,
    /// Column.
    pub images: &'static str,
    /// Column.
    pub loss: &'static str,
    /// Heading of the pictures.
    pub pictures: &'static str,
    /// What a picture is, for those who cannot see it.
    pub picture: fn(&str) -> String,
    /// Before the first numbers.
    pub nothing_yet: &'static str,
}

/// English.
pub const ENGLISH: RunWords = RunWords {
    views: "Views",
    try_it: "Try",
    runs: "Runs",
    title: "Runs: Medley",
    no_server: "Training runs are shown here when this page is served by `medley serve` on the machine that trains.",
    none: "There is no run yet. `medley pretrain` starts one; it appears here by itself.",
    loading: "Loading…",
    unreachable: "The server does not answer. What is shown may be old; it is asked again every few seconds.",
    condition: |condition| match condition {
        Condition::Running => "running",
        Condition::Ended => "ended",
        Condition::Interrupted => "interrupted",
    },
    because: |reason| format!("Reason: {reason}"),
    updates: |update, updates| match updates {
        Some(updates) => format!("{update} of {updates}"),
        None => update.to_owned(),
    },
    update: "Updates",
    time_left: "Time left",
    time_spent: "Time spent",
    speed: "Speed",
    images_per_second: |number| format!("{number} images/s"),
    device: "Device",
    started: "Started",
    best: "Best checkpoint",
    at_update: |update| format!("update {update}"),
    duration: |seconds| {
        let (days, hours, minutes, seconds) = parts(seconds);
        match (days, hours, minutes) {
            (0, 0, 0) => format!("{seconds} s"),
            (0, 0, _) => format!("{minutes} min"),
            (0, ..) => format!("{hours} h {minutes} min"),
            _ => format!("{days} d {hours} h"),
        }
    },
    skipped: |n| {
        let updates = if n == 1 { "update was" } else { "updates were" };
        format!("{n} {updates} skipped because a loss was not a finite number.")
    },
    went_back: |from, to, reason| format!("At update {from} the run went back to update {to}: {reason}."),
    losses: "Loss per task",
    lines: "Thin: as measured. Thick: smoothed. Logarithmic scale.",
    held_out: |metric| format!("Held-out {metric}"),
    more_metrics: "More metrics",
    rate: "Learning rate",
    chart: |title, curves| {
        let curves = if curves == 1 { "1 curve".to_owned() } else { format!("{curves} curves") };
        format!("{title}: {curves} over the updates. The numbers are in the table below.")
    },
    as_table: "As a table",
    tasks: "Tasks",
    task: "Task",
    images: "Images",
    loss: "Loss",
    pictures: "Predicted examples",
    picture: |name| format!("Predicted example: {name}"),
    nothing_yet: "The first numbers appear here soon.",
};

/// Japanese.
pub const JAPANESE: RunWords = RunWords {
    views: "表示の切り替え",
    try_it: "試す",
    runs: "学習状況",
    title: "学習状況：Medley",
    no_server: "学習状況は、学習を行うマシンの `medley serve` からこのページを開くと表示されます。",
    none: "まだ学習の記録がありません。`medley pretrain` で学習を始めると、ここに自動で表示されます。",
    loading: "読み込んでいます…",
    unreachable: "サーバーが応答しません。表示中の内容は古い可能性があります。数秒ごとに接続を試みています。",
    condition: |condition| match condition {
        Condition::Running => "実行中",
        Condition::Ended => "終了",
        Condition::Interrupted => "中断",
    },
    because: |reason| format!("理由：{reason}"),
    updates: |update, updates| match updates {
        Some(updates) => format!("{update} / {updates}"),
        None => update.to_owned(),
    },
    update: "更新回数",
    time_left: "残り時間",
    time_spent: "経過時間",
    speed: "速度",
    images_per_second: |number| format!("{number} 枚/秒"),
    device: "計算装置",
    started: "開始",
    best: "最良のチェックポイント",
    at_update: |update| format!("更新 {update} 回目"),
    duration: |seconds| {
        let (days, hours, minutes, seconds) = parts(seconds);
        match (days, hours, minutes) {
            (0, 0, 0) => format!("{seconds}秒"),
            (0, 0, _) => format!("{minutes}分"),
            (0, ..) => format!("{hours}時間{minutes}分"),
            _ => format!("{days}日{hours}時間"),
        }
    },
    skipped: |n| format!("損失が有限の値にならなかったため、{n} 回の更新を飛ばしました。"),
    went_back: |from, to, reason| {
        format!("更新 {from} 回目で、{to} 回目の状態に戻りました（理由：{reason}）。")
    },
    losses: "タスクごとの損失",
    lines: "細線：測定値　太線：平滑化した値　対数目盛",
    held_out: |metric| format!("評価用画像での {metric}"),
    more_metrics: "その他の指標",
    rate: "学習率",
    chart: |title, curves| format!("{title}：更新回数に対する {curves} 本の曲線。数値は下の表にあります。"),
    as_table: "表で見る",
    tasks: "タスク",
    task: "タスク",
    images: "画像数",
    loss: "損失",
    pictures: "予測の例",
    picture: |name| format!("予測の例：{name}"),
    nothing_yet: "最初の数値がまもなくここに表示されます。",
};

/// Days, hours, minutes, seconds.
fn parts(seconds: f64) -> (u64, u64, u64, u64) {
    let seconds = seconds.round() as u64;
    (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::{ENGLISH, JAPANESE};

    #[test]
    fn time_spans_have_two_parts_at_most() {
        let spans = [0.4, 59.6, 3599.0, 7800.0, 180_000.0];
        assert_eq!(spans.map(ENGLISH.duration), ["0 s", "1 min", "59 min", "2 h 10 min", "2 d 2 h"]);
        assert_eq!(spans.map(JAPANESE.duration), ["0秒", "1分", "59分", "2時間10分", "2日2時間"]);
    }
}
