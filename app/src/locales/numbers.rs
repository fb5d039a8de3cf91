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

/// `1,547`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `0.842`, `12.3`, `1,547`, `6.70e-5`: a number without a unit.
pub fn three_digits(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if size < 0.001 {
        format!("{value:.2e}")
    } else if size < 0.1 {
        format!("{value:.4}")
    } else if size < 1.0 {
        format!("{value:.3}")
    } else if size < 10.0 {
        format!("{value:.2}")
    } else if size < 999.5 {
        format!("{value:.1}")
    } else {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", count(size.round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::{count, megabytes, milliseconds, percent, seconds, three_digits};

    #[test]
    fn plain_numbers_are_grouped_and_short() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        let numbers = [0.0, 6.7e-5, 0.012_34, 0.842, 2.0, 12.34, -1547.4];
        let texts = ["0", "6.70e-5", "0.0123", "0.842", "2.00", "12.3", "-1,547"];
        assert_eq!(numbers.map(three_digits), texts);
    }

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
