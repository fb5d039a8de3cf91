//! Human names for the tasks and classes of the known data sets.

use super::Language;
use crate::worker::messages::{TaskCard, TaskKind};

/// Data set, label type, English, Japanese. A task's id begins with its data set's.
const TASKS: [(&str, TaskKind, &str, &str); 13] = [
    ("dsb2018-fluo", TaskKind::Segmentation, "Nuclei, fluorescence", "細胞核（蛍光像）"),
    ("dsb2018-fluo", TaskKind::Detection, "Nuclei as boxes, fluorescence", "細胞核の枠（蛍光像）"),
    ("bccd", TaskKind::Detection, "Blood cells", "血球"),
    ("pbc-blood", TaskKind::Classification, "Type of a blood cell", "血球の種類"),
    ("ldc-cells", TaskKind::Detection, "Living and dead cells", "生細胞と死細胞"),
    ("vnc-em", TaskKind::Segmentation, "Nerve tissue, electron microscopy", "神経組織（電子顕微鏡）"),
    ("cxr-lungs", TaskKind::Segmentation, "Lungs and heart, chest X-ray", "肺と縦隔（胸部X線）"),
    ("nih-cxr-pneumonia", TaskKind::Classification, "Pneumonia, adult chest X-ray", "肺炎（成人の胸部X線）"),
    (
        "pneumoniamnist-sub",
        TaskKind::Classification,
        "Pneumonia, child's chest X-ray",
        "肺炎（小児の胸部X線）",
    ),
    ("brain-tumor-mr", TaskKind::Classification, "Type of a brain tumour, MR", "脳腫瘍の種類（MR）"),
    ("msd-hippocampus", TaskKind::Segmentation, "Hippocampus, MR", "海馬（MR）"),
    ("sarscov2-ct", TaskKind::Classification, "COVID-19, chest CT", "COVID-19（胸部CT）"),
    ("ct-contrast-dicom", TaskKind::Classification, "Contrast medium, CT", "造影剤の有無（CT）"),
];

/// Class in the file, English, Japanese.
const CLASSES: [(&str, &str, &str); 37] = [
    ("background", "background", "背景"),
    ("nucleus", "nucleus", "細胞核"),
    ("RBC", "red blood cell", "赤血球"),
    ("WBC", "white blood cell", "白血球"),
    ("Platelets", "platelet", "血小板"),
    ("basophil", "basophil", "好塩基球"),
    ("eosinophil", "eosinophil", "好酸球"),
    ("erythroblast", "erythroblast", "赤芽球"),
    ("ig", "immature granulocyte", "幼若顆粒球"),
    ("lymphocyte", "lymphocyte", "リンパ球"),
    ("monocyte", "monocyte", "単球"),
    ("neutrophil", "neutrophil", "好中球"),
    ("platelet", "platelet", "血小板"),
    ("Living Cell", "living cell", "生細胞"),
    ("Dead Cell", "dead cell", "死細胞"),
    ("intracellular", "intracellular", "細胞内"),
    ("membrane", "membrane", "細胞膜"),
    ("glia/extracellular", "glia, extracellular", "グリア・細胞外"),
    ("mitochondrion", "mitochondrion", "ミトコンドリア"),
    ("synapse", "synapse", "シナプス"),
    ("right lung", "right lung", "右肺"),
    ("left lung", "left lung", "左肺"),
    ("cardiomediastinum", "heart and mediastinum", "心臓と縦隔"),
    ("no_finding", "no finding", "所見なし"),
    ("normal", "normal", "正常"),
    ("pneumonia", "pneumonia", "肺炎"),
    ("glioma", "glioma", "神経膠腫"),
    ("meningioma", "meningioma", "髄膜腫"),
    ("pituitary", "pituitary tumour", "下垂体腫瘍"),
    ("anterior", "anterior", "前部"),
    ("posterior", "posterior", "後部"),
    ("COVID", "COVID-19", "COVID-19"),
    ("non-COVID", "not COVID-19", "COVID-19以外"),
    ("contrast", "contrast medium", "造影あり"),
    ("no_contrast", "no contrast medium", "造影なし"),
    ("lung", "lung", "肺"),
    ("lesion", "lesion", "病変"),
];

/// What a task is called; its id and classes where it is not a known one.
pub fn task_name(language: Language, task: &TaskCard) -> String {
    let known = TASKS.iter().find(|(set, kind, ..)| *kind == task.kind && task.id.starts_with(set));
    match (known, language) {
        (Some((_, _, english, _)), Language::English) => (*english).to_owned(),
        (Some((.., japanese)), Language::Japanese) => (*japanese).to_owned(),
        (None, _) => {
            let classes: Vec<_> = task.classes.iter().map(|class| class_name(language, class)).collect();
            let comma = if language == Language::Japanese { "、" } else { ", " };
            format!("{} ({})", task.id, classes.join(comma))
        }
    }
}

/// What a class is called; its own name where it is not a known one.
pub fn class_name(language: Language, class: &str) -> String {
    // Data sets write `right_lung` or `right lung`.
    let plain = class.replace('_', " ");
    let known = CLASSES.iter().find(|(id, ..)| id.replace('_', " ") == plain);
    match (known, language) {
        (Some((_, english, _)), Language::English) => (*english).to_owned(),
        (Some((.., japanese)), Language::Japanese) => (*japanese).to_owned(),
        (None, _) => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::{class_name, task_name};
    use crate::locales::Language;
    use crate::worker::messages::{TaskCard, TaskKind};

    fn task(id: &str, kind: TaskKind) -> TaskCard {
        let classes = vec!["background".to_owned(), "right_lung".to_owned()];
        TaskCard { id: id.to_owned(), kind, classes, modality: String::new() }
    }

    #[test]
    fn one_data_set_can_have_tasks_of_several_kinds() {
        let name = |kind| task_name(Language::English, &task("dsb2018-fluo-x", kind));
        assert_ne!(name(TaskKind::Segmentation), name(TaskKind::Detection));
    }

    #[test]
    fn an_unknown_task_is_named_by_its_id_and_classes() {
        let unknown = task("plant-7", TaskKind::Segmentation);
        assert_eq!(task_name(Language::Japanese, &unknown), "plant-7 (背景、右肺)");
    }

    #[test]
    fn an_unknown_class_keeps_its_name() {
        assert_eq!(class_name(Language::English, "deep_scratch"), "deep scratch");
    }
}
