//! Numbers as people read them: two or three significant digits, always with a unit.

/// `0.38 s`, `12 s`.
pub fn seconds(value: f64) -> String {
    if value < 1.0 {
        format!("{value:.2} s")
    } else if value < 10.0 {
        format!("{value:.1} s")
    } else {
        format!("{value:.0} s")
    }
}

/// `38 ms`, `4.2 ms`.
pub fn milliseconds(value: f64) -> String {
    if value < 10.0 { format!("{value:.1} ms") } else { format!("{value:.0} ms") }
}

/// `3.2 MB` (a million bytes).
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// `12 %`, `0.4 %`, of a share in [0, 1].
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.1 {
        "< 0.1 %".to_owned()
    } else if value < 10.0 && value > 0.0 {
        format!("{value:.1} %")
    } else {
        format!("{value:.0} %")
    }
}

#[cfg(test)]
mod tests {
    use super::{megabytes, milliseconds, percent, seconds};

    #[test]
    fn two_or_three_digits_and_a_unit() {
        assert_eq!(seconds(0.384), "0.38 s");
        assert_eq!(seconds(3.84), "3.8 s");
        assert_eq!(seconds(38.4), "38 s");
        assert_eq!(milliseconds(4.23), "4.2 ms");
        assert_eq!(megabytes(7_240_000), "7.2 MB");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.000_4), "< 0.1 %");
        assert_eq!(percent(0.042), "4.2 %");
        assert_eq!(percent(0.998), "100 %");
    }
}
