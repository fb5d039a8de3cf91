//! A run as the terminal shows it: one table redrawn in place, or plain lines where there is no terminal.

mod state;

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Event, TimedEvent};
use state::State;

/// Shows events on standard error.
#[derive(Debug)]
pub struct Watch {
    state: State,
    /// Where the table is drawn; none without a terminal.
    table: Option<ProgressBar>,
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// A table where standard error is a terminal, else lines of the log.
    pub fn new() -> Self {
        let table = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            // The template is a constant that is right; the plain spinner does as well.
            bar.with_style(
                ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
            )
        });
        Self { state: State::default(), table }
    }

    /// Shows what happened.
    pub fn show(&mut self, timed: &TimedEvent) {
        self.state.add(timed);
        let Some(table) = &self.table else {
            if let Some(line) = self.state.line(&timed.event) {
                if matches!(timed.event, Event::Rollback { .. }) {
                    tracing::warn!("{line}");
                } else {
                    tracing::info!("{line}");
                }
            }
            return;
        };
        // What must not be missed stays above the table.
        if let Event::Rollback { .. } = &timed.event {
            table.println(self.state.line(&timed.event).unwrap_or_default());
        }
        table.set_message(self.state.table());
        match &timed.event {
            Event::End { .. } => table.abandon(),
            _ => table.tick(),
        }
    }
}
