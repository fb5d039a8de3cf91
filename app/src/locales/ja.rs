//! Japanese.

use super::{KeyWords, RefusedWords, ReportWords, VerdictWords, Words};
use crate::worker::messages::{LoadFailure, Scene};

/// Japanese words.
pub const WORDS: Words = Words {
    title: "Medley：ブラウザーで動く医用・生物画像モデル",
    switch_language: "English",
    switch_theme: "明るい表示・暗い表示",
    help: "ヘルプ",
    close: "閉じる",
    offline: "オフライン",
    offline_hint: "ネットワークに接続されていません。すべての機能はそのまま使えます。",
    update_ready: "Medleyの新しいバージョンがあります。",
    update_reload: "再読み込み",

    samples: "サンプル",
    scene: |scene| match scene {
        Scene::Fluorescence => "蛍光像の細胞核",
        Scene::Slide => "血液塗抹標本",
        Scene::Radiograph => "胸部X線",
        Scene::Tomograph => "断層像",
    },
    your_images: "自分の画像",
    add_images: "画像を追加",
    drop_hint: "ドロップや貼り付けでも追加できます（PNG、JPEG、BMP、WebP、TIFF、DICOM、NIfTI）。ボリュームは中央のスライスを表示します。",
    drop_here: "ドロップして開く",
    privacy: "画像はこのコンピューターの外に出ません。",
    not_medical: "医療機器ではありません。診断には使用できません。",

    picture: "画像",
    canvas: |name, width, height| {
        format!("{name}、{width} × {height} 画素。モデルの結果を重ねて表示しています")
    },
    no_picture: "サンプルを選ぶか、画像を追加してください",
    zoom_in: "拡大",
    zoom_out: "縮小",
    fit: "全体表示",
    hide_overlay: "重ね表示を隠す（押している間）",

    task: "タスク",
    segmentation: "領域分割",
    detection: "検出",
    classification: "分類",
    classes: "クラス",
    result: "結果",
    computing: "計算中…",
    objects: |_| "個",
    count: |n| format!("{n} 個"),
    best: |class, probability| format!("{class} {probability}"),
    took: |seconds, device| format!("{seconds}（{device}）"),
    opacity: "重ね表示の濃さ",
    score_at_least: "スコアの下限",
    probabilities: "クラスごとの確率",
    of_picture: |share| format!("画像の {share}"),
    download_mask: "マスクを保存（PNG）",
    nothing_found: "何も見つかりませんでした。別のタスクをお試しください。",
    no_result: "ここに結果が表示されます。",
    caution: "サンプルは合成画像です。結果は必ずご自身で確認してください。",

    starting: "起動しています…",
    downloading: "モデルをダウンロードしています",
    of_total: |received, total| format!("{received} / {total}"),
    preparing_gpu: "GPUを準備しています…",
    ready: "準備完了",
    cpu: "CPU",
    gpu: "GPU",
    device: "計算装置",
    copy: "コピー",
    copied: "コピーしました",
    verdict: VerdictWords {
        gpu_faster: "GPUの計算結果はCPUと一致し、より高速なため、GPUを使用します。",
        gpu_slower: "GPUは動作しますが、この環境ではCPUのほうが高速なため、CPUを使用します。",
        gpu_wrong: "GPUの計算結果がCPUと一致しないため、CPUを使用します。",
        gpu_software: "このブラウザーのGPUはソフトウェアによる代替で、CPUより低速なため、CPUを使用します。",
        no_gpu: "このブラウザーではWebGPUが使えません。CPUを使用するため、処理に時間がかかります。",
        gpu_failed: "GPUを使用できませんでした。CPUを使用するため、処理に時間がかかります。",
        forced: "このページのアドレスで計算装置が指定されています。",
        checking: "GPUを確認しています。終わるまではCPUを使用します。",
    },
    report: ReportWords {
        chosen: "使用中",
        adapter: "アダプター",
        unnamed: "ブラウザーが公開していません",
        features: "対応機能",
        difference: "最大の差",
        passed: "合格",
        failed: "不合格",
        cpu_time: |side| format!("CPU（{side} × {side} 画素）"),
        gpu_time: |side| format!("GPU（{side} × {side} 画素）"),
        version: "Medley",
        model: "モデル",
        storage: "プロジェクト",
        connections: "外部への接続数",
        browser: "ブラウザー",
        reason: "理由",
    },

    load_failed: |failure| {
        match failure {
        LoadFailure::Missing => {
            "サーバーにモデルのファイルがありません。medley-nano.safetensors を models フォルダーに置いて、もう一度お試しください。"
                .to_owned()
        }
        LoadFailure::Network(reason) => {
            format!("モデルをダウンロードできませんでした。接続を確認して、もう一度お試しください。（{reason}）")
        }
        LoadFailure::Unreadable(reason) => {
            format!("このモデルのファイルは、この版のMedleyでは読み込めません。（{reason}）")
        }
    }
    },
    try_again: "もう一度試す",
    refused: RefusedWords {
        format: |name| {
            format!(
                "「{name}」は対応している形式の画像ではありません。PNG、JPEG、BMP、WebP、TIFF、DICOM、NIfTIのいずれかで保存し直してから開いてください。"
            )
        },
        damaged: |name| {
            format!(
                "「{name}」を読み込めませんでした。破損しているか、不完全か、対応していない種類のファイルです。元のファイルを使うか、PNGで保存し直してください。"
            )
        },
        too_large: |name, width, height, limit| {
            format!(
                "「{name}」は {width} × {height} 画素あり、上限の {limit} メガピクセルを超えています。切り抜くか、縮小して開いてください。"
            )
        },
        scale_to: |width, height| format!("{width} × {height} に縮小して開く"),
        unreadable: |name| {
            format!(
                "「{name}」を読み取れませんでした。もう一度選ぶか、別の場所にコピーしてから開いてください。"
            )
        },
        no_file: "画像が含まれていません。PNG、JPEG、BMP、WebP、TIFF、DICOM、NIfTIのファイルか、コピーした画像を使ってください。",
        pasted: "貼り付けた画像",
    },
    predict_failed: |reason| {
        format!("この画像を処理できませんでした。別のタスクか別の画像をお試しください。（{reason}）")
    },
    restarting: "計算が途中で止まりました。もう一度始めています…",
    stopped: "このコンピューターでは計算が繰り返し止まります。小さい画像か、別のブラウザーをお試しください。",

    runs: super::runs::JAPANESE,
    studio: super::studio::JAPANESE,
    keys: KeyWords {
        intro: "サンプルを選ぶか画像を開き、タスクを選びます。モデルはこのページの中で動き、画像は送信されません。",
        heading: "マウスとキーボード",
        wheel: "ホイール、+ −",
        zoom: "拡大・縮小",
        drag: "ドラッグ、スペース + ドラッグ",
        pan: "画像の移動",
        arrows: "矢印キー",
        fit: "全体表示",
        hide: "押している間、重ね表示を隠す",
        paste_key: "Ctrl V、⌘ V",
        paste: "コピーした画像を開く",
        help: "このヘルプ",
    },
    show_images: "画像",
    show_task: "タスクと結果",
};
