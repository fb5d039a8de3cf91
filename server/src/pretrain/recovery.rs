//! What to do about losses that are no numbers.

/// What comes after an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The next one.
    GoOn,
    /// The last checkpoint, with a smaller learning rate.
    GoBack,
    /// Nothing: going back did not help.
    GiveUp {
        /// How often the run went back.
        times: u32,
    },
}

/// How often a run goes back before it gives up.
const MAX_RETURNS: u32 = 5;
/// Sound updates after which a return counts as a success.
const RECOVERED: u64 = 100;

/// Counts skipped updates.
#[derive(Clone, Debug)]
pub struct Recovery {
    limit: u64,
    /// Skipped since the start of the process.
    pub skipped: u64,
    in_a_row: u64,
    sound_in_a_row: u64,
    returns: u32,
}

impl Recovery {
    /// Goes back after `limit` skipped updates in a row (at least one).
    pub fn new(limit: u64) -> Self {
        Self { limit: limit.max(1), skipped: 0, in_a_row: 0, sound_in_a_row: 0, returns: 0 }
    }

    /// Whether the last update was skipped: its weights are those from which the loss is no number.
    pub fn is_in_trouble(&self) -> bool {
        self.in_a_row > 0
    }

    /// Whether the run has gone back more than once since it was sound.
    pub fn goes_round(&self) -> bool {
        self.returns > 1
    }

    /// Counts an update.
    pub fn after(&mut self, is_skipped: bool) -> Action {
        if !is_skipped {
            self.in_a_row = 0;
            self.sound_in_a_row += 1;
            if self.sound_in_a_row == RECOVERED {
                self.returns = 0;
            }
            return Action::GoOn;
        }
        self.skipped += 1;
        self.in_a_row += 1;
        self.sound_in_a_row = 0;
        if self.in_a_row < self.limit {
            return Action::GoOn;
        }
        self.in_a_row = 0;
        self.returns += 1;
        if self.returns > MAX_RETURNS { Action::GiveUp { times: MAX_RETURNS } } else { Action::GoBack }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_skips_are_passed_over_and_rows_of_them_go_back() {
        let mut recovery = Recovery::new(3);
        for is_skipped in [true, true, false, true, true] {
            assert_eq!(recovery.after(is_skipped), Action::GoOn);
        }
        assert!(recovery.is_in_trouble());
        assert_eq!(recovery.after(true), Action::GoBack);
        assert_eq!(recovery.skipped, 5);
        assert!(!recovery.is_in_trouble() && !recovery.goes_round());
        (0..2).for_each(|_| assert_eq!(recovery.after(true), Action::GoOn));
        assert_eq!(recovery.after(true), Action::GoBack);
        assert!(recovery.goes_round(), "what the run went back to is no better");
    }

    #[test]
    fn a_run_that_cannot_recover_gives_up_and_one_that_did_may_try_again() {
        let mut recovery = Recovery::new(1);
        for _ in 0..MAX_RETURNS {
            assert_eq!(recovery.after(true), Action::GoBack);
        }
        let mut recovered = recovery.clone();
        assert_eq!(recovery.after(true), Action::GiveUp { times: MAX_RETURNS });
        (0..RECOVERED).for_each(|_| assert_eq!(recovered.after(false), Action::GoOn));
        assert_eq!(recovered.after(true), Action::GoBack);
    }
}
