//! The whole configuration as a commented file.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use medley_core::dataset::{AugmentConfig, Task, TaskKind};
use medley_core::train::OptimiserKind;

use super::{DataConfig, PretrainConfig};
use crate::settings::annotate;

/// What each key means, by its path.
const COMMENTS: &[(&str, &str)] = &[
    (
        "preset",
        "A configuration for `medley pretrain`. Keys that are left out have the values shown here; lines that\nbegin with # and no space are off, with an example of what they could be.\n\nSize of the model: nano (3.5 M parameters, for the browser), tiny (that of swin_v2_t) or base (swin_v2_b).",
    ),
    (
        "encoder",
        "Weights of a torchvision Swin V2 of the preset's size (swin_v2_t, swin_v2_b; safetensors or .pth) for the\nencoder to start from, instead of random ones; relative to this file.",
    ),
    ("device", "Where to compute: cpu or gpu (Vulkan, Metal or DirectX 12)."),
    (
        "devices",
        "Several devices instead, which share the tasks, such as [\"gpu:0\", \"gpu:1\", \"ws://host:3000\"]; the last one stands\nfor all devices of a `medley worker`. The first one keeps the state of the run.",
    ),
    (
        "parallel_turns",
        "Turns that the CPU makes at the same time; each has a batch of its own in memory. 1 is slower and takes least.",
    ),
    ("token_file", "A file with the line that workers ask for; relative to this file."),
    ("pixel_budget", "Pixels per batch: large images come in small batches and the reverse."),
    (
        "checkpoint_seconds",
        "Seconds between training states on disk, 0 after every update; longer where taking one holds the training\nup for more than 1 % of that.",
    ),
    ("keep_checkpoints", "How many training states are kept, besides the best."),
    (
        "max_skipped",
        "Updates in a row whose loss may be no number before the run goes back to the last checkpoint with half the\nlearning rate.",
    ),
    (
        "epochs",
        "Ends the run after so many epochs instead of train.updates updates. With the cyclic sampler an epoch ends with\nthe task that has most batches, and the others start anew.",
    ),
    ("license", "Licence of the weights, written into the model file."),
    ("validation", "Scores on held-out images (the val part of each data set) during the run."),
    (
        "validation.every",
        "Updates between two looks; 0 is never. The state with the best mean over the tasks of the first score of\neach (accuracy, AUROC, Dice, mAP@0.5, R²) becomes the model; one below 0 counts as 0.",
    ),
    ("validation.cases", "At most this many cases per task; a case is an image or a volume."),
    ("validation.patience", "Stops the run after this many looks without a better mean."),
    (
        "train",
        "The loop: one batch of one task at a time, the gradients of the shared blocks summed, one update.",
    ),
    ("train.updates", "Updates of the shared blocks."),
    (
        "train.sampler",
        "Which task gives the next batch: cyclic, balanced, proportional or { temperature = 2.0 }.",
    ),
    ("train.inner_steps", "Batches per update; as many as there are tasks where none is given."),
    ("train.optimiser", "adamw, sgd (Nesterov) or muon."),
    ("train.head_optimiser", "That of the heads; by default the same, with muon adamw."),
    ("train.learning_rate", "Peak learning rate of the shared blocks."),
    ("train.head_learning_rate", "That of the heads; by default the same."),
    ("train.warmup", "Updates over which the learning rate rises from zero."),
    ("train.schedule", "How it falls then: cosine, constant or { polynomial = { power = 0.9 } }."),
    (
        "train.weight_decay",
        "Decoupled weight decay of matrices and kernels; norms, biases and scales have none.",
    ),
    ("train.clip", "Longest gradient of the shared blocks together, and of each head."),
    (
        "train.ema",
        "Share of the running mean of the weights that an update keeps. The mean is what is evaluated and exported.",
    ),
    (
        "train.stochastic_depth",
        "Probability with which the last block of the encoder is skipped for an image.",
    ),
    (
        "train.gradient_checkpointing",
        "Computes cheap activations again in the backward pass instead of keeping them: less memory, more time.",
    ),
    (
        "train.precision",
        "Numbers of the forward and backward pass of the shared blocks: full (32 bits) or half (16 bits, where the device\nhas them; weights, gradients and the rest keep 32).",
    ),
    (
        "train.conflicts",
        "What is done about tasks that pull against each other: sum (nothing, the paper) or pcgrad (gradient surgery;\nkeeps the gradients of all tasks in memory).",
    ),
    (
        "train.weighting",
        "How losses are weighted: fixed (by train.weights alone) or uncertainty (by a learnt variance per task).",
    ),
    (
        "train.interference_every",
        "Updates between measurements of how tasks pull against each other; 0 is never.",
    ),
    ("train.seed", "Seed of everything random."),
    ("train.weights", "Factors of the loss by task id; 1 where none is given."),
    ("data", "The data sets, one [[data]] each; without any, built-in synthetic images are used."),
    ("data.path", "Its folder, relative to this file."),
    ("data.input_size", "The longest side of an image as the model sees it, in pixels."),
    (
        "data.kinds",
        "Only these label types: classification, multilabel, segmentation, detection, regression.",
    ),
    ("data.commercial_only", "Leave out images that must not be used commercially."),
    ("data.skip_empty_slices", "Leave out slices of training volumes in which nothing is labelled."),
    (
        "data.instances",
        "Learn labels of whole cases (volumes, or the images of a patient): this many images of a case, drawn anew each\ntime, are weighted and joined. For classification, multilabel and regression.",
    ),
    ("data.pixel_budget", "Pixels per batch, instead of the run's."),
    ("data.augment", "Augmentation, instead of what suits the modality."),
];

/// `config` as TOML with a comment for every key. Settings that are off are shown behind a # with an example, as is
/// a data set where there is none.
///
/// # Errors
/// When a value cannot be written as TOML.
pub fn print(config: &PretrainConfig) -> Result<String, toml::ser::Error> {
    let mut shown = config.clone();
    let mut off: Vec<String> = Vec::new();
    let train = &mut shown.train;
    let mut example = |path: &str, is_off: bool| {
        if is_off {
            off.push(path.to_owned());
        }
    };
    example("encoder", shown.encoder.is_none());
    example("epochs", shown.epochs.is_none());
    example("token_file", shown.token_file.is_none());
    example("train.inner_steps", train.inner_steps.is_none());
    example("train.head_optimiser", train.head_optimiser.is_none());
    example("train.head_learning_rate", train.head_learning_rate.is_none());
    example("train.clip", train.clip.is_none());
    example("train.ema", train.ema.is_none());
    example("validation.patience", shown.validation.patience.is_none());
    shown.encoder.get_or_insert_with(|| PathBuf::from("swin_v2_t.pth"));
    shown.token_file.get_or_insert_with(|| PathBuf::from("token"));
    train.inner_steps.get_or_insert(8);
    train.head_optimiser.get_or_insert(OptimiserKind::AdamW);
    train.head_learning_rate.get_or_insert(train.learning_rate);
    train.clip.get_or_insert(1.0);
    train.ema.get_or_insert(0.999);
    shown.validation.patience.get_or_insert(5);
    shown.epochs.get_or_insert(NonZeroU64::MIN.saturating_add(99));
    for (number, data) in shown.data.iter_mut().enumerate() {
        let DataConfig { kinds, instances, pixel_budget, augment, .. } = example_data(shown.pixel_budget);
        let mut example = |key: &str, is_off: bool| {
            if is_off {
                off.push(format!("data[{number}].{key}"));
            }
        };
        example("kinds", data.kinds.is_none());
        example("instances", data.instances.is_none());
        example("pixel_budget", data.pixel_budget.is_none());
        example("augment", data.augment.is_none());
        data.kinds = data.kinds.take().or(kinds);
        data.instances = data.instances.or(instances);
        data.pixel_budget = data.pixel_budget.or(pixel_budget);
        data.augment = data.augment.or(augment);
    }
    if shown.data.is_empty() {
        off.push("data[0]".to_owned());
        shown.data.push(example_data(shown.pixel_budget));
    }
    Ok(switched_off(&annotate(&toml::to_string_pretty(&shown)?, COMMENTS), &off))
}

fn example_data(pixel_budget: usize) -> DataConfig {
    let kind = TaskKind::Segmentation;
    let modality = "microscopy, fluorescence nuclei".to_owned();
    let task = Task {
        id: String::new(),
        kind,
        classes: Vec::new(),
        modality,
        input_size: 256,
        instances: None,
        scaling: Vec::new(),
    };
    DataConfig {
        path: PathBuf::from("data/nuclei"),
        input_size: 256,
        kinds: Some(vec![kind]),
        commercial_only: false,
        skip_empty_slices: false,
        instances: NonZeroUsize::new(8),
        pixel_budget: Some(pixel_budget),
        augment: Some(AugmentConfig::for_task(&task)),
    }
}

/// Puts a # before the lines of the keys in `off`, and of everything in tables among them. The data sets are numbered:
/// `data[0].kinds`.
fn switched_off(toml: &str, off: &[String]) -> String {
    let (mut table, mut items, mut within_off) = (String::new(), 0, false);
    let mut out = String::new();
    for line in toml.lines() {
        if let Some(name) = line.strip_prefix("[[") {
            table = format!("{}[{items}]", name.trim_end_matches(']'));
            items += 1;
        } else if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_end_matches(']');
            table = match name.strip_prefix("data.") {
                Some(rest) => format!("data[{}].{rest}", items - 1),
                None => name.to_owned(),
            };
        }
        let key = line.split_once(" = ").map_or("", |(key, _)| key);
        let path = if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
        let is_named = |off: &String| {
            path.strip_prefix(off.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let is_off = within_off || off.iter().any(is_named);
        // A list goes on over the lines up to its end.
        within_off = is_off && (line.ends_with('[') || within_off && line != "]");
        if is_off && !line.is_empty() && !line.starts_with('#') {
            out.push('#');
        }
        out += line;
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_is_printed_is_the_configuration() {
        let config = PretrainConfig::default();
        let text = print(&config).unwrap();
        assert_eq!(toml::from_str::<PretrainConfig>(&text).unwrap(), config, "{text}");
        // The values in comments are valid as well.
        // Items of a list are indented.
        let is_prose = |line: &str| line == "#" || line.starts_with("# ") && !line.starts_with("#    ");
        let is_off = |line: &&str| line.starts_with('#') && !is_prose(line);
        let on: Vec<&str> = text.lines().map(|line| if is_off(&line) { &line[1..] } else { line }).collect();
        let on = on.join("\n");
        let all = toml::from_str::<PretrainConfig>(&on).unwrap();
        assert!(all.train.clip.is_some() && all.data.len() == 1, "{on}");
    }

    #[test]
    fn what_a_data_set_leaves_out_is_shown_beside_what_another_says() {
        let config: PretrainConfig = toml::from_str(
            "pixel_budget = 5000\n[[data]]\npath = \"/a\"\n\
             [[data]]\npath = \"/b\"\nkinds = [\"detection\"]\npixel_budget = 9000\n",
        )
        .unwrap();
        let text = print(&config).unwrap();
        assert_eq!(toml::from_str::<PretrainConfig>(&text).unwrap(), config, "{text}");
        let [first, second] = text.split("\n[[data]]\n").skip(1).collect::<Vec<_>>()[..] else {
            panic!("{text}")
        };
        assert!(first.contains("\n#pixel_budget = 5000") && first.contains("\n#kinds = "), "{first}");
        assert!(second.contains("\npixel_budget = 9000") && second.contains("\nkinds = "), "{second}");
        assert!(first.contains("\n#[data.augment]") && second.contains("\n#[data.augment]"), "{text}");
    }

    #[test]
    fn every_key_has_a_comment() {
        let text = print(&PretrainConfig::default()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            // Augmentation has a table of its own in the guide.
            if line.starts_with("#[data.augment]") {
                break;
            }
            let is_key = !line.starts_with("# ") && line.contains(" = ");
            assert!(!is_key || lines[number - 1].starts_with("# "), "no comment above {line}");
        }
    }
}
