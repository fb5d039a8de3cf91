//! The studio in Japanese.

use super::{StudioKeyWords, StudioWords, TourWords, WarningWords};
use crate::state::studio::pure::shortcuts::Tool;
use crate::state::studio::{Filter, Progress, Step};
use crate::worker::messages::{Export, Failure, TaskKind, TuneMode};

/// Japanese.
pub const JAPANESE: StudioWords = StudioWords {
    name: "スタジオ",
    title: "スタジオ：Medley",
    teach: "自分の画像で追加学習",
    connections: |n| format!("これまでの外部への接続：{n} 件"),
    project: "プロジェクト名",
    new_name: "新しいプロジェクト",
    opening: "プロジェクトを開いています…",
    saved: "保存済み",
    saving: "保存中…",
    not_saved: "未保存",
    storage_refused: "このブラウザーでは保存領域が使えません（プライベートウィンドウの可能性があります）。作業は続けられますが、タブを閉じるとすべて失われます。その前にプロジェクトを書き出してください。",
    storage_elsewhere: "プロジェクトは別のタブで開かれています。このタブでの変更は保存されません。プロジェクトを編集するには、別のタブを閉じてからこのタブを再読み込みしてください。",
    storage_full: "ブラウザーの保存領域がいっぱいです。これ以降の変更はメモリーにのみ残ります。プロジェクトを書き出してから、不要な画像を削除してください。",
    first_task: "対象物",
    first_class: "対象",
    background: "背景",
    canvas: |name, width, height| {
        format!(
            "{name}、{width} × {height} 画素。ラベルと予測を重ねて表示しています。ツールを選ぶと描画できます。"
        )
    },
    images: |n| format!("画像 {n} 枚"),
    filter: "表示する画像",
    filter_name: |filter| match filter {
        Filter::All => "すべて",
        Filter::Labelled => "● ラベルあり",
        Filter::Predicted => "◐ 要確認",
        Filter::Untouched => "○ 未着手",
        Filter::HeldOut => "評価用",
    },
    progress: |progress| match progress {
        Progress::Labelled => "ラベルあり",
        Progress::Predicted => "予測済み、未確認",
        Progress::Untouched => "未着手",
    },
    mark: |name| format!("{name} を選択"),
    marked: |n| format!("{n} 枚を選択中"),
    marked_images: "選択した画像",
    select_all: "すべて選択・解除",
    remove: "プロジェクトから削除",
    held_out: "評価用",
    held_out_hint: "評価用画像にする（学習には使わない）",
    adding: "画像を追加しています",
    add_folder: "フォルダーを追加",
    empty_title: "自分の画像でMedleyに追加学習",
    empty_text: "画像を何枚か追加し、対象をいくつか塗ると、モデルがそこから学習します。ファイルやフォルダーをドロップするか、サンプルから始められます。",
    add_samples: "サンプルで始める",
    task_name: "タスク名",
    add_task: "タスクを追加",
    remove_task: "このタスクを削除",
    kind_hint: |kind| match kind {
        TaskKind::Segmentation => "対象の画素を塗ります",
        TaskKind::Detection => "対象を枠で囲みます",
        TaskKind::Classification => "画像ごとにクラスを付けます",
    },
    class_name: "クラス名",
    new_class: "新しいクラス",
    add_class: "クラスを追加",
    remove_class: "このクラスを削除",
    recolour: "次の色",
    tools: "ツール",
    tool: |tool| match tool {
        Tool::Move => "移動",
        Tool::Brush => "ブラシ",
        Tool::Eraser => "消しゴム",
        Tool::Polygon => "多角形",
        Tool::Fill => "塗りつぶし",
        Tool::Box => "枠",
        Tool::Smart => "自動塗り",
    },
    undo: "元に戻す",
    redo: "やり直す",
    brush_size: "太さ",
    pixels: |n| format!("{n} 画素"),
    slice: "スライス",
    window: "表示階調（WW/WL）",
    level: "ウィンドウレベル（WL）",
    width: "ウィンドウ幅（WW）",
    no_prediction: "この画像の予測はまだありません。",
    accept: "採用",
    accept_hint: "予測をラベルとして採用する",
    predict: "予測",
    predict_all: "すべて予測",
    suggest: "次にラベル付けする画像",
    suggest_hint: "モデルが最も迷っている画像を開く",
    labels: "ラベル",
    prediction: "予測",
    uncertainty: "不確かさ",
    compare: "学習前・学習後",
    base: "事前学習モデル",
    previous: "前回のモデル",
    tuned: "追加学習後",
    divider: "学習前と学習後の境界",
    held_out_images: "評価用画像",
    held_out_back: "前の評価用画像",
    held_out_on: "次の評価用画像",
    complete: "ラベル付け完了",
    complete_hint: "この画像のラベル付けを完了にします（塗っていない部分は背景として学習します）",
    clear: "ラベルを消去",
    predicting: "予測しています…",
    searching: "不確かさを計算しています…",
    measuring: "計測しています…",
    exporting: "ファイルを作成しています…",
    tune: "追加学習",
    labelled: |n| format!("ラベル済み {n} 枚"),
    tune_start: "追加学習を開始",
    modes: "学習する範囲",
    mode: |mode| match mode {
        TuneMode::Quick => "高速",
        TuneMode::Lora => "LoRA",
        TuneMode::Full => "全体",
    },
    mode_hint: |mode| match mode {
        TuneMode::Quick => "エンコーダーは固定し、後段だけを学習します。多くの場合、1分程度で十分です。",
        TuneMode::Lora => {
            "エンコーダーにも小さな変更を加えて学習します。時間はかかりますが、未知の種類の画像に向いています。"
        }
        TuneMode::Full => "すべてを学習します。最も時間がかかり、多くのラベルとメモリーが必要です。",
    },
    together: "ラベルのあるタスクをすべて同時に学習",
    together_hint: "タスクを1ステップずつ交互に学習し、学習した内容を共有します",
    about: |time| format!("最長で約{time}"),
    memory: |memory| format!("メモリー {memory}"),
    sizes: |training, held_out, side, batch| {
        format!("学習用 {training} 枚、評価用 {held_out} 枚、{side} 画素、バッチ {batch}")
    },
    steps: |step, steps| format!("ステップ {step} / {steps}"),
    steps_made: |steps| format!("{steps} ステップ"),
    history: |times| format!("これまでの追加学習（{times} 回）"),
    left: |time| format!("残り最長 {time}"),
    preparing: "画像の特徴を計算しています",
    paused: "一時停止中",
    done: "完了",
    cancelled: "中止しました。モデルは変更されていません。",
    failed: |reason| format!("追加学習が中断しました：{reason}"),
    failure: |failure| {
        match failure {
            Failure::NoImage => "画像がプロジェクトから削除されています。",
            Failure::ImageLost => "画像がブラウザーの保存領域に見つかりません。もう一度追加してください。",
            Failure::LabelsSpoilt(images) => {
                return format!(
                    "ブラウザーの保存領域にある {} のラベルの一部を読み込めなかったため、除外しました。もう一度ラベルを付けてください。",
                    images.join("、")
                );
            }
            Failure::NoTask => "タスクがプロジェクトから削除されています。",
            Failure::NoModel => "モデルの準備ができていません。少し待ってからお試しください。",
            Failure::NothingSaid => "この画像にはまだ予測がありません。",
            Failure::NotLearnt => {
                "モデルはこのタスクをまだ学習していません。ラベルを付けて追加学習をしてください。"
            }
            Failure::ClassesChanged => "学習後にクラスが変わりました。もう一度追加学習をしてください。",
            Failure::Underway => "すでに追加学習中です。先に停止してください。",
            Failure::NothingToLearn => "学習できるラベルがありません。対象と背景にラベルを付けてください。",
            Failure::EndedEarly(reason) => {
                return format!(
                    "追加学習が途中で終わりました。それまでで最も良い状態を残し、使用しています。原因：{reason}"
                );
            }
            Failure::LearntNothing(reason) => {
                return format!(
                    "まだ何も学習していません。ラベルはすべて残っています。ラベルを確認し、必要なら別の方式でやり直してください。原因：{reason}"
                );
            }
            Failure::DeviceLost(reason) => {
                return format!(
                    "計算デバイスが応答しません。ラベルはそのまま残っています。プロジェクトがこのブラウザーに保存されていない場合は、先に書き出してください。その後、ページを再読み込みすると続けられます。原因：{reason}"
                );
            }
            Failure::NothingToAccept => {
                "手で付けたラベルか、予測と同じラベルしかないため、変わるところがありません。予測全体を使うには、先にラベルを消去してください。"
            }
            Failure::NoMap => "不確かさマップを表示できるのは、領域分割のタスクだけです。",
            // The library speaks English.
            Failure::Other(reason) => return format!("エラーが発生しました（詳細：{reason}）"),
        }
        .to_owned()
    },
    pause: "一時停止",
    resume: "再開",
    stop: "停止",
    stop_hint: "ここで終了し、これまでで最良のモデルを残します",
    cancel: "中止",
    cancel_hint: "ここで終了し、モデルを元に戻します",
    use_base: "事前学習モデルに戻す",
    use_previous: "前回のモデルに戻す",
    use_tuned: "追加学習後のモデルを使う",
    score: "スコア",
    loss: "損失",
    held_out_measure: |measure| format!("評価用画像での {measure}"),
    was: |value| format!("学習前 {value}"),
    dice: "Dice",
    map: "mAP（0.5）",
    f1: "マクロF1",
    curve: |measure| format!("ステップごとの損失と、評価用画像での {measure}。最新の値は下に表示されます。"),
    table: "表",
    per_image: "画像ごと",
    per_object: "対象ごと",
    measure: "再計測",
    class: "クラス",
    number: "番号",
    number_of: "個数",
    area: "面積",
    length: "長さ",
    mean: "平均輝度",
    nothing_measured: "対象がまだありません。画像にラベルを付けるか、予測してください。",
    more_rows: |n| format!("残り {n} 行はCSVファイルに含まれます。"),
    export: "書き出し",
    export_name: |what| match what {
        Export::MasksPng => "マスク（PNG）",
        Export::MasksNifti => "マスク（NIfTI）",
        Export::Coco => "ラベル（COCO）",
        Export::GeoJson => "ラベル（GeoJSON）",
        Export::PredictionsPng => "予測（PNG）",
        Export::PredictionsCoco => "予測（COCO）",
        Export::PredictionsCsv => "予測（CSV）",
        Export::MeasurementsCsv => "計測値（CSV）",
        Export::ImagesCsv => "画像ごとの計測値（CSV）",
        Export::Model => "モデル",
        Export::Head => "小さなモデルファイル",
        Export::Project => "プロジェクト",
        Export::Report => "レポート",
    },
    export_hint: |what| match what {
        Export::MasksPng => "画像ごとのインデックスマスク（zip）",
        Export::MasksNifti => "元の画像と同じ座標系で保存（zip）",
        Export::Coco => "多角形と枠を含む1つのJSON",
        Export::GeoJson => "QuPath用（zip）",
        Export::PredictionsPng | Export::PredictionsCoco => "ラベルがなければ予測を使います",
        Export::PredictionsCsv => "枠とスコア。ラベルがあればラベルを使います",
        Export::MeasurementsCsv => "対象ごとの個数、面積、長さ、輝度",
        Export::ImagesCsv => "画像とクラスごとの個数、面積、割合",
        Export::Model => "`medley predict` や別のページで開けます",
        Export::Head => "追加学習で変わった部分だけ",
        Export::Project => "すべてを1つのzipにまとめます。別のコンピューターでも開けます",
        Export::Report => "データ、設定、学習曲線、スコアを1つのページにまとめます",
    },
    import: "読み込み",
    import_labels: "ラベル",
    import_project: "プロジェクト",
    import_model: "モデル",
    import_hint: "ラベル：PNGマスクとNIfTIは、ファイル名が一致する画像か、表示中の画像に読み込みます。COCOとCSVは、すべての画像が対象です。書き出したラベルのzipもそのまま読み込めます。",
    new_project: "新しいプロジェクト",
    new_project_hint: "現在のプロジェクトは削除されます。必要な場合は、先に書き出してください。",
    wish_failed: |reason| format!("実行できませんでした：{reason}"),
    project_failed: |reason| {
        format!(
            "プロジェクトを開けなかったため、新しいプロジェクトを作成しました。元のプロジェクトはブラウザーの保存領域に残っています（詳細：{reason}）"
        )
    },
    labels_imported: |name, entries| format!("「{name}」から {entries} 枚分のラベルを読み込みました。"),
    recovered: "計算が中断したため再起動し、最後に保存した状態から再開しました。",
    nothing_to_suggest: "ラベルのない画像は残っていません。",
    more_notices: |n| format!("ほか {n} 件"),
    warnings: WarningWords {
        nothing_labelled: "まだラベルがありません。2枚以上の画像で対象を塗ってください。",
        all_held_out: "ラベル済みの画像がすべて評価用のため、学習に使えません。別の画像にラベルを付けるか、評価用から外してください。",
        one_image: "ラベル済みの画像が1枚だけのため、結果を評価できません。もう1枚ラベルを付けてください。",
        few_labels: |images| {
            format!(
                "学習に使える画像が {images} 枚と少なめです。3〜5枚あると、多くの場合、結果が大きく改善します。"
            )
        },
        one_class: |class| match class {
            Some(class) => {
                format!(
                    "「{class}」だけがラベル付けされています。背景も塗るか、画像を「ラベル付け完了」にしてください。"
                )
            }
            None => "背景だけがラベル付けされています。対象も塗ってください。".to_owned(),
        },
        class_without_labels: |class| format!("「{class}」にはラベルがないため、学習されません。"),
        imbalance: |rare, common, factor| {
            format!(
                "「{common}」は「{rare}」の {factor} 倍あります。「{rare}」のラベルを増やすと、結果が改善します。"
            )
        },
        automatic_split: |names| {
            format!("結果を評価するため、次の画像は学習に使いません：{}", names.join("、"))
        },
        scaled_down: |side| format!("メモリーに収まるように、学習時は画像を {side} 画素に縮小します。"),
    },
    tour: TourWords {
        name: "使い方の紹介",
        step: |step| match step {
            Step::Add => (
                "画像を追加する",
                "まずは数枚で十分です。画像はこのコンピューターの外に出ません。手元に画像がなければ、サンプルで始められます。",
            ),
            Step::Paint => (
                "対象を塗る",
                "ブラシ（B）で、2枚以上の画像の対象をいくつか塗り、背景も少し塗ってください。ホイールで拡大・縮小、[ と ] で太さを変えられます。",
            ),
            Step::Tune => (
                "追加学習",
                "「追加学習を開始」（T）を押して、スコアの変化を確認します。誤りを直してもう一度学習したら、マスク、計測値、モデルを書き出せます。",
            ),
        },
        use_samples: "次へ",
        next: "次へ",
        skip: "スキップ",
        end: "始める",
    },
    keys: StudioKeyWords {
        intro: "数枚の画像で対象を塗るか枠で囲んで追加学習し、誤りを直してから書き出します。処理はすべてこのページの中で行われ、結果はこのブラウザーに保存されます。",
        size: "ブラシを細く・太く",
        size_wheel_key: "Shift + ホイール",
        size_wheel: "ブラシの太さ",
        class: "クラス",
        space: "スペース + ドラッグ",
        slice: "前後のスライス",
        image: "前後の画像",
        finish: "多角形を閉じる",
        delete: "枠、または最後の頂点を削除",
        cancel: "途中の操作を取り消す",
    },
};
