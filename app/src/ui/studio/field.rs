//! A name that can be changed where it stands.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// A text field that looks like its text until it is used. Enter or leaving it takes the change, Escape gives it up.
#[component]
pub fn NameField(
    /// What it names.
    #[prop(into)]
    label: Signal<String>,
    /// The name.
    #[prop(into)]
    value: Signal<String>,
    /// Takes a new name.
    change: impl Fn(String) + Copy + 'static,
    /// Its name for tests.
    test_id: &'static str,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let key = move |event: KeyboardEvent| {
        let Some(input) = input.get_untracked() else { return };
        match event.key().as_str() {
            // While a Japanese word is being composed, Enter belongs to the input method.
            "Enter" if !event.is_composing() => {
                let _ = input.blur();
            }
            "Escape" => {
                input.set_value(&value.get_untracked());
                let _ = input.blur();
            }
            _ => {}
        }
        event.stop_propagation();
    };
    let take = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let name = input.value().trim().to_owned();
        if name.is_empty() {
            input.set_value(&value.get_untracked());
        } else if name != value.get_untracked() {
            change(name);
        }
    };
    view! {
        <input
            node_ref=input
            type="text"
            class="name-field"
            aria-label=label
            prop:value=value
            data-testid=test_id
            maxlength="80"
            spellcheck="false"
            on:keydown=key
            on:change=take
        />
    }
}
