//! What is measured: every combination of fraction, mode, seed and initial weights.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::TransferError;

/// How much of a model learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Mode {
    /// A head alone, on the features of the model as it is.
    Frozen,
    /// The decoder of the label type and a head; the encoder stays.
    Decoder,
    /// Low-rank changes to the encoder, and what `decoder` trains.
    Lora,
    /// Everything.
    Finetuned,
}

impl Mode {
    /// All of them, from few to many weights.
    pub const ALL: [Self; 4] = [Self::Frozen, Self::Decoder, Self::Lora, Self::Finetuned];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::Decoder => "decoder",
            Self::Lora => "lora",
            Self::Finetuned => "finetuned",
        }
    }
}

/// The weights that learning starts from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Init {
    /// Those of a model file.
    Model(PathBuf),
    /// Random ones in the same architecture.
    Random,
}

impl Init {
    /// The name of the file without its ending, or `random`.
    pub fn name(&self) -> String {
        match self {
            Self::Model(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            Self::Random => "random".to_owned(),
        }
    }
}

/// A part of the training data in percent, above 0 and at most 100.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(f64);

impl Percent {
    /// The part of 1.
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().trim_end_matches('%').trim_end().parse() {
            Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(Self(percent)),
            _ => Err(format!("a fraction is a percentage above 0 and up to 100, not {text:?}")),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One measurement: a model that learns once and is tested once.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// How much of the training data it learns from.
    pub fraction: Percent,
    /// How much of it learns.
    pub mode: Mode,
    /// Decides which part of the data is drawn, and whatever is random about learning.
    pub seed: u64,
    /// The weights it starts from.
    pub init: Init,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %, {}, {}, seed {}", self.fraction, self.mode.name(), self.init.name(), self.seed)
    }
}

/// All measurements.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    fractions: Vec<Percent>,
    modes: Vec<Mode>,
    seeds: Vec<u64>,
    inits: Vec<Init>,
}

impl Plan {
    /// Every combination; what is named twice is measured once.
    ///
    /// # Errors
    /// When there is nothing to measure, or two models have the same name.
    pub fn new(
        fractions: &[Percent],
        modes: &[Mode],
        seeds: &[u64],
        inits: &[Init],
    ) -> Result<Self, TransferError> {
        let mut plan =
            Self { fractions: once(fractions), modes: once(modes), seeds: once(seeds), inits: once(inits) };
        plan.fractions.sort_by(|a, b| a.0.total_cmp(&b.0));
        if plan.cells().next().is_none() {
            return Err(TransferError::NothingToMeasure);
        }
        let names: Vec<String> = plan.inits.iter().map(Init::name).collect();
        match names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
            Some((_, name)) => Err(TransferError::SameName(name.clone())),
            None => Ok(plan),
        }
    }

    /// The measurements in the order in which they are made: small parts of the data, which are soon learnt,
    /// come first, and all weights are compared on one part of the data before the next.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        self.fractions.iter().flat_map(move |fraction| {
            self.modes.iter().flat_map(move |mode| {
                self.seeds.iter().flat_map(move |seed| {
                    self.inits.iter().map(move |init| Cell {
                        fraction: *fraction,
                        mode: *mode,
                        seed: *seed,
                        init: init.clone(),
                    })
                })
            })
        })
    }

    /// The weights to start from.
    pub fn inits(&self) -> &[Init] {
        &self.inits
    }
}

fn once<T: Clone + PartialEq>(values: &[T]) -> Vec<T> {
    let mut seen: Vec<T> = Vec::with_capacity(values.len());
    for value in values {
        if !seen.contains(value) {
            seen.push(value.clone());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn small_parts_come_first_and_each_cell_once() {
        let percent = |text: &str| text.parse::<Percent>().unwrap();
        let inits = [Init::Model("models/nano.safetensors".into()), Init::Random];
        let fractions = [percent("10"), percent("0.5"), percent("10")];
        let plan = Plan::new(&fractions, &[Mode::Frozen, Mode::Finetuned], &[3, 4], &inits).unwrap();
        let cells: Vec<String> = plan.cells().map(|cell| cell.to_string()).collect();
        assert_eq!(cells.len(), 2 * 2 * 2 * 2);
        assert_eq!(
            cells[..5],
            [
                "0.5 %, frozen, nano, seed 3",
                "0.5 %, frozen, random, seed 3",
                "0.5 %, frozen, nano, seed 4",
                "0.5 %, frozen, random, seed 4",
                "0.5 %, finetuned, nano, seed 3",
            ]
        );
        assert_eq!(cells[15], "10 %, finetuned, random, seed 4");
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        let percent = |text: &str| text.parse::<Percent>();
        assert!(["0", "-1", "100.1", "NaN", "half", ""].iter().all(|text| percent(text).is_err()));
        assert_eq!(percent(" 100 %").map(Percent::fraction), Ok(1.0));
        let fractions = [percent("5").unwrap()];
        let none = Plan::new(&fractions, &[], &[1], &[Init::Random]);
        assert!(matches!(none, Err(TransferError::NothingToMeasure)));
        let twins = [Init::Model("a/x.safetensors".into()), Init::Model("b/x.safetensors".into())];
        let same = Plan::new(&fractions, &Mode::ALL, &[1], &twins);
        assert!(matches!(same, Err(TransferError::SameName(name)) if name == "x"));
    }
}
