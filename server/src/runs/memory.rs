//! How much memory this process holds.

/// Bytes of memory this process holds now; none where the system does not tell.
pub fn process_memory() -> Option<u64> {
    status("VmRSS:")
}

/// The most bytes of memory this process ever held; none where the system does not tell.
pub fn peak_process_memory() -> Option<u64> {
    status("VmHWM:")
}

#[cfg(target_os = "linux")]
fn status(name: &str) -> Option<u64> {
    field(&std::fs::read_to_string("/proc/self/status").ok()?, name)
}

#[cfg(not(target_os = "linux"))]
fn status(_name: &str) -> Option<u64> {
    None
}

/// The bytes of a line such as `VmRSS:     1234 kB`.
#[cfg(target_os = "linux")]
fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        let text = "Name:\tmedley\nVmHWM:\t    2000 kB\nVmRSS:\t    1500 kB\n";
        assert_eq!((field(text, "VmRSS:"), field(text, "VmHWM:")), (Some(1_536_000), Some(2_048_000)));
        assert_eq!(field("VmRSS:\tmuch\n", "VmRSS:"), None);
    }

    #[test]
    fn what_is_held_counts() {
        let before = process_memory().unwrap();
        let held = std::hint::black_box(vec![1_u8; 64 << 20]);
        let now = process_memory().unwrap();
        assert!(now >= before + (60 << 20), "{before} {now} {}", held.len());
        assert!(peak_process_memory().unwrap() >= now);
    }
}
