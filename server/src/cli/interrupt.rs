//! Ctrl-C as a wish to end in good order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first Ctrl-C sets, printing `message`; the second ends the process at once.
///
/// # Errors
/// When the system refuses the handler, or one is there already.
pub fn flag(message: &'static str) -> Result<Arc<AtomicBool>, ctrlc::Error> {
    let asked = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&asked);
    ctrlc::set_handler(move || {
        // The second time, the person means it.
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\n{message}");
    })?;
    Ok(flag)
}

/// Waits for Ctrl-C or, on Unix, a polite kill.
#[cfg(unix)]
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub async fn asked_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}
