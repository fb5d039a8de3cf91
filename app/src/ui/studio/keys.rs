//! Keys of the studio.

use leptos::ev;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::super::viewer::Stage;
use super::super::{OpenPanel, Panel, is_typing};
use super::pointer::Hand;
use crate::state::studio::Studio;
use crate::state::studio::pure::shortcuts::{Command, Stroke, Tool, command};

/// Follows the keys as long as the studio is on the screen.
pub fn listen(studio: Studio, panel: OpenPanel, stage: Stage, hand: Hand) {
    let down = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if is_typing(&event) {
            return;
        }
        let key = event.key();
        if key == " " && on_canvas() {
            hand.space.set(true);
            hand.cursor.set("grab");
            event.prevent_default();
            return;
        }
        let stroke = Stroke {
            key: &key,
            command: event.ctrl_key() || event.meta_key(),
            shift: event.shift_key(),
            alt: event.alt_key(),
        };
        if let Some(command) = command(stroke)
            && obey(studio, panel, stage, hand, command)
        {
            event.prevent_default();
        }
    });
    let up = window_event_listener(ev::keyup, move |event: KeyboardEvent| match event.key().as_str() {
        "h" | "H" => studio.app.hidden.set(false),
        " " => hand.space.set(false),
        _ => {}
    });
    on_cleanup(move || {
        down.remove();
        up.remove();
    });
}

/// The space bar belongs to a button or a field that has the focus.
fn on_canvas() -> bool {
    let focused = document().active_element().map(|element| element.tag_name());
    focused.is_none_or(|tag| matches!(tag.as_str(), "CANVAS" | "BODY"))
}

/// Arrow keys belong to a slider or a list that has the focus.
fn arrows_are_free() -> bool {
    let focused = document().active_element().map(|element| element.tag_name());
    focused.is_none_or(|tag| !matches!(tag.as_str(), "INPUT" | "SELECT"))
}

/// Does what a key asks for. False where the key stays the browser's.
fn obey(studio: Studio, panel: OpenPanel, stage: Stage, hand: Hand, command: Command) -> bool {
    match command {
        Command::Take(tool) => take(studio, hand, tool),
        Command::Smaller => studio.resize_brush(1.0 / 1.25),
        Command::Larger => studio.resize_brush(1.25),
        Command::Class(index) => {
            let class = untrack(|| studio.palette()).get(index).map(|class| class.id);
            if let Some(class) = class {
                studio.choose_class(class);
            }
        }
        Command::Undo => {
            if !hand.give_up(studio) {
                studio.undo();
            }
        }
        Command::Redo => studio.redo(),
        Command::SliceBack => studio.step_slice(-1),
        Command::SliceOn => studio.step_slice(1),
        Command::ImageBack | Command::ImageOn if !arrows_are_free() => return false,
        Command::ImageBack => studio.step_image(-1),
        Command::ImageOn => studio.step_image(1),
        Command::Accept => studio.accept(),
        Command::Hide => studio.app.hidden.set(true),
        Command::Tune => studio.tune(),
        Command::Help => panel.toggle(Panel::Help),
        Command::Delete if hand.corners.with_untracked(|corners| !corners.is_empty()) => {
            hand.corners.update(|corners| {
                corners.pop();
            });
        }
        Command::Delete => studio.delete_box(),
        Command::Finish if hand.corners.with_untracked(|corners| corners.len() > 2) => hand.finish(studio),
        Command::Finish => return false,
        Command::Cancel => {
            if !hand.give_up(studio) {
                studio.chosen_box.set(None);
                panel.close();
            }
        }
        Command::ZoomIn => stage.zoom(1.25),
        Command::ZoomOut => stage.zoom(0.8),
        Command::Fit => stage.fit(),
    }
    true
}

/// Takes a tool in hand; what was begun with another is given up.
pub fn take(studio: Studio, hand: Hand, tool: Tool) {
    if untrack(|| studio.offers(tool)) {
        hand.give_up(studio);
        studio.tool.set(tool);
    }
}
