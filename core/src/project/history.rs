//! What can be undone and redone, without limit.

use super::step::Step;

/// Two stacks of steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    pub undo: Vec<Step>,
    pub redo: Vec<Step>,
}

impl History {
    /// A new change: what was undone before cannot be redone any more.
    pub fn push(&mut self, back: Step) {
        self.undo.push(back);
        self.redo.clear();
    }
}
