//! `medley predict`: masks, boxes and classes for an image.

use std::path::{Path, PathBuf};

use medley_core::dataset::{Detection, Mask, Task};
use medley_core::imaging::Image;
use medley_core::task::Prediction;
use serde_json::{Value, json};

use super::files::{self, FileError};
use super::overlay;
use crate::device::DeviceChoice;

/// Slices of a volume that a task of whole cases looks at.
const SLICES: usize = 64;

/// Segment, detect, classify and measure an image.
///
/// Writes NAME.TASK.mask.png (class index per pixel) and NAME.TASK.png (drawn over the image) for masks,
/// NAME.TASK.png for boxes, and everything as numbers to NAME.json.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The model file (.safetensors).
    model: PathBuf,
    /// The image (PNG or JPEG).
    image: PathBuf,
    /// Only this task; may be repeated. All tasks of the model otherwise.
    #[arg(long = "task", value_name = "ID")]
    tasks: Vec<String>,
    /// Where to write.
    #[arg(long, default_value = ".", value_name = "DIR")]
    out: PathBuf,
    /// Leave out boxes with a lower score.
    #[arg(long, default_value_t = 0.45, value_name = "0..1")]
    min_score: f32,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Print the numbers as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), FileError> {
    let image = files::read_image(&args.image)?;
    let medley = files::read_model(&args.model, args.device)?;
    let stem = args.image.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    std::fs::create_dir_all(&args.out).map_err(|e| FileError::Write(args.out.clone(), e))?;
    let known: Vec<String> = medley.tasks().iter().map(|task| task.id.clone()).collect();
    let chosen = if args.tasks.is_empty() { known } else { args.tasks.clone() };

    let mut report = serde_json::Map::new();
    for id in &chosen {
        let task = medley.tasks().iter().find(|task| &task.id == id);
        let prediction = match task.and_then(|task| task.instances) {
            Some(_) => pollster::block_on(medley.predict_case(id, &slices(&image)))?,
            None => pollster::block_on(medley.predict(id, &image))?,
        };
        let Some(task) = task else { continue };
        let base = args.out.join(format!("{stem}.{id}"));
        let (numbers, line) = match prediction {
            Prediction::Classes(probabilities) | Prediction::Labels(probabilities) => {
                classes(task, &probabilities)
            }
            Prediction::Values(values) => numbers(task, &values),
            Prediction::Mask(mask) => write_mask(task, &image, &mask, &base)?,
            Prediction::Boxes(boxes) => {
                let boxes: Vec<Detection> = boxes.into_iter().filter(|b| b.score >= args.min_score).collect();
                write_boxes(task, &image, &boxes, &base)?
            }
        };
        if !args.json {
            println!("{id}: {line}");
        }
        report.insert(id.clone(), numbers);
    }
    let report = json!({
        "image": args.image, "width": image.width(), "height": image.height(), "tasks": report,
    });
    let path = args.out.join(format!("{stem}.json"));
    files::write(&path, format!("{report:#}\n").as_bytes())?;
    if args.json {
        println!("{report:#}");
    } else {
        println!("written to {}", path.display());
    }
    Ok(())
}

/// The slices of a volume, evenly spread where it has many.
fn slices(volume: &Image) -> Vec<Image> {
    let count = volume.slices().min(SLICES);
    (0..count).filter_map(|place| volume.slice(place * volume.slices() / count)).collect()
}

fn classes(task: &Task, probabilities: &[f32]) -> (Value, String) {
    let mut ranked: Vec<(&String, f32)> = task.classes.iter().zip(probabilities.iter().copied()).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let line = ranked.iter().take(3).map(|(class, p)| format!("{class} {:.0} %", p * 100.0));
    let line = line.collect::<Vec<_>>().join(", ");
    let numbers: serde_json::Map<String, Value> =
        ranked.iter().map(|(class, p)| ((*class).clone(), json!(p))).collect();
    (json!({ "kind": "classification", "probabilities": numbers }), line)
}

fn numbers(task: &Task, values: &[f32]) -> (Value, String) {
    let named = || task.classes.iter().zip(values);
    let line = named().map(|(name, value)| format!("{name} {value:.4}")).collect::<Vec<_>>().join(", ");
    let numbers: serde_json::Map<String, Value> =
        named().map(|(name, value)| (name.clone(), json!(value))).collect();
    (json!({ "kind": "regression", "values": numbers }), line)
}

fn write_mask(task: &Task, image: &Image, mask: &Mask, base: &Path) -> Result<(Value, String), FileError> {
    let indices = with_suffix(base, "mask.png");
    overlay::write_grey(&indices, mask)?;
    let picture = with_suffix(base, "png");
    overlay::write_mask(&picture, image, mask)?;
    let mut counts = vec![0_usize; task.classes.len()];
    for &label in &mask.labels {
        counts[usize::from(label)] += 1;
    }
    let shares: serde_json::Map<String, Value> = task
        .classes
        .iter()
        .zip(&counts)
        .map(|(class, count)| (class.clone(), json!(*count as f64 / mask.labels.len() as f64)))
        .collect();
    let line = task.classes.iter().zip(&counts).skip(1);
    let line = line.map(|(c, n)| format!("{c} {:.1} %", *n as f64 * 100.0 / mask.labels.len() as f64));
    let line = line.collect::<Vec<_>>().join(", ");
    Ok((json!({ "kind": "segmentation", "mask": indices, "overlay": picture, "share": shares }), line))
}

fn write_boxes(
    task: &Task,
    image: &Image,
    boxes: &[Detection],
    base: &Path,
) -> Result<(Value, String), FileError> {
    let picture = with_suffix(base, "png");
    overlay::write_boxes(&picture, image, boxes)?;
    let numbers: Vec<Value> = boxes
        .iter()
        .map(|b| {
            json!({
                "class": task.classes[b.class], "score": b.score,
                "bbox": [b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0],
            })
        })
        .collect();
    let count = |class: usize| boxes.iter().filter(|b| b.class == class).count();
    let line = task.classes.iter().enumerate().map(|(i, class)| format!("{} {class}", count(i)));
    let line = line.collect::<Vec<_>>().join(", ");
    Ok((json!({ "kind": "detection", "overlay": picture, "boxes": numbers }), line))
}

fn with_suffix(base: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}.{suffix}", base.display()))
}
