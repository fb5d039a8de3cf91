//! What a tuning would mean: who learns, at which size, for how long.

use std::collections::BTreeSet;

use medley_core::adapt::{Demand, Footprint, Mode, Plan, plan as planned};
use medley_core::project::{EntryId, TaskId, training};

use super::{say, trial};
use crate::worker::desk::Desk;
use crate::worker::messages::{RequestId, StudioAnswer, TuneMode, TunePlan, TuneWarning, TuneWish};

/// Memory that a tab may use for tuning, in bytes.
const BUDGET: usize = 1 << 30;

/// Tells what tuning would mean: at once, and once more with its time where that has to be tried first.
pub async fn tell(desk: &Desk, id: RequestId, wish: &TuneWish) {
    desk.studio.find_origins(wish).await;
    let plan = plan(desk, wish);
    let blocked = plan.warnings.iter().any(TuneWarning::blocks);
    let known = plan.seconds.is_some();
    say(id, StudioAnswer::Planned(plan));
    if blocked || known || !desk.quick.get() || desk.studio.looping.get() {
        return;
    }
    let mode = mode(wish.mode);
    let Some((medley, device)) = desk.model() else { return };
    if let Some(pace) = trial::pace(&medley, mode).await {
        desk.studio.pace.borrow_mut().insert((device, mode), pace);
        say(id, StudioAnswer::Planned(self::plan(desk, wish)));
    }
}

/// What tuning would mean.
pub fn plan(desk: &Desk, wish: &TuneWish) -> TunePlan {
    with_views(desk, wish).0
}

/// What tuning would mean, and what of it the page is not told.
pub(super) fn with_views(desk: &Desk, wish: &TuneWish) -> (TunePlan, Plan) {
    let bench = &desk.studio;
    let project = bench.project.borrow();
    let mut warnings = Vec::new();
    // Of tasks that learn together an image counts once.
    let (mut learning, mut kept) = (BTreeSet::<EntryId>::new(), BTreeSet::<EntryId>::new());
    let mut counts = (0, 0);
    let mut longest = 0;
    for task in wish.tasks.iter().map(|task| TaskId(*task)) {
        let split = training::split(&project, task);
        warnings.extend(training::warnings(&project, task, &split).into_iter().map(warning));
        counts = (counts.0 + split.training.len(), counts.1 + split.held_out.len());
        learning.extend(split.training.iter().map(|at| at.entry));
        kept.extend(split.held_out.iter().map(|at| at.entry));
        for at in split.training.iter().chain(&split.held_out) {
            let side = project.entry(at.entry).map_or(0, |entry| entry.size[0].max(entry.size[1]));
            longest = longest.max(side as usize);
        }
    }
    let (weights, features) = desk.on_cpu.borrow().as_ref().map_or((0, 26.0), |medley| {
        let config = medley.network().config.clone();
        let width = config.encoder.width as f64;
        let squeezed = config.squeeze as f64 / 1024.0;
        let floats = 3.0 + width / 16.0 + width / 32.0 + width / 64.0 + squeezed;
        (2 * desk.bytes.borrow().as_ref().map_or(0, |bytes| bytes.len()), 4.0 * floats)
    });
    let footprint = Footprint { weights, features, decoder: 1600.0, encoder: 1400.0 };
    let views = medley_core::adapt::views(&bench.augment(wish)).len();
    let demand = Demand {
        images: counts.0,
        held_out: counts.1,
        longest,
        keeps_features: wish.mode == TuneMode::Quick,
        views,
    };
    let chosen = planned(&footprint, &demand, BUDGET);
    if chosen.side < longest && longest > 0 {
        warnings.push(TuneWarning::ScaledDown { side: chosen.side as u32 });
    }
    let ids = |entries: BTreeSet<EntryId>| entries.into_iter().map(|entry| entry.0).collect();
    let steps = wish.steps.unwrap_or(chosen.steps as u32);
    let plan = TunePlan {
        warnings,
        training: ids(learning),
        held_out: ids(kept),
        side: chosen.side as u32,
        batch: chosen.batch as u32,
        steps,
        memory: chosen.memory as u64,
        seconds: desk.model().and_then(|(_, device)| {
            let pixels = chosen.side * chosen.side * chosen.batch;
            let pace = bench.pace.borrow().get(&(device, mode(wish.mode))).copied()?;
            Some(pace * pixels as f64 * f64::from(steps))
        }),
    };
    (plan, chosen)
}

/// Which parts learn.
pub(super) fn mode(mode: TuneMode) -> Mode {
    match mode {
        TuneMode::Quick => Mode::Decoder,
        TuneMode::Lora => Mode::Lora,
        TuneMode::Full => Mode::Full,
    }
}

fn warning(warning: training::Warning) -> TuneWarning {
    use training::Warning;
    match warning {
        Warning::NothingLabelled => TuneWarning::NothingLabelled,
        Warning::AllHeldOut => TuneWarning::AllHeldOut,
        Warning::NothingHeldOut => TuneWarning::OneImage,
        Warning::FewLabels { images } => TuneWarning::FewLabels { images: images as u32 },
        Warning::OneClass { class } => TuneWarning::OneClass { class },
        Warning::ClassWithoutLabels { class } => TuneWarning::ClassWithoutLabels { class },
        Warning::Imbalance { rare, common, factor } => {
            TuneWarning::Imbalance { rare, common, factor: factor as f32 }
        }
        Warning::AutomaticSplit { entries } => {
            TuneWarning::AutomaticSplit { entries: entries.into_iter().map(|entry| entry.0).collect() }
        }
    }
}
