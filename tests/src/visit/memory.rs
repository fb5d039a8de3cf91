//! What the page's process needs.

use std::collections::HashMap;
use std::fs;

use super::Visit;

impl Visit {
    /// The most memory that any of the browser's processes for pages had so far, in bytes, code of the browser and the
    /// page's Worker included; none where the system has no `/proc`.
    pub fn peak_memory(&self) -> Option<u64> {
        let mut parents = HashMap::new();
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            if let Some(parent) = field(&status, "PPid:") {
                parents.insert(id, parent as u32);
            }
        }
        let ours = |mut id: u32| {
            while id > 1 && id != self.browser.driver_process() {
                id = parents.get(&id).copied().unwrap_or(0);
            }
            id > 1
        };
        let pages = parents.keys().copied().filter(|id| ours(*id)).filter(|id| {
            fs::read_to_string(format!("/proc/{id}/cmdline"))
                .is_ok_and(|line| line.contains("--type=renderer"))
        });
        let peaks = pages.filter_map(|id| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            field(&status, "VmHWM:").map(|kibibytes| kibibytes * 1024)
        });
        peaks.max()
    }
}

/// A number of `/proc/ID/status`.
fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
