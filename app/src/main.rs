//! Medley's page, on the main thread.

use leptos::mount::mount_to_body;
use medley_app::ui::Page;

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(Page);
}
