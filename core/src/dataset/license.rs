//! Licences in words, as data sets state them.

/// Whether a licence text names a non-commercial clause: `CC BY-NC-SA 4.0`, `non-commercial use only`.
pub fn is_non_commercial(license: &str) -> bool {
    let lower = license.to_lowercase();
    lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "nc")
        || ["non-commercial", "noncommercial", "non commercial"].iter().any(|words| lower.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_found_in_the_usual_spellings() {
        for text in ["CC BY-NC-SA 4.0", "cc-by-nc", "CC BY NC 3.0", "Non-commercial use only"] {
            assert!(is_non_commercial(text), "{text}");
        }
        for text in ["CC BY 4.0", "CC BY-SA", "MIT", "CC0-1.0", "NCBI terms", "no restrictions"] {
            assert!(!is_non_commercial(text), "{text}");
        }
    }
}
