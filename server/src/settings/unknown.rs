//! What a misspelt key was meant to be.

/// The known word that a person most likely meant; none where all are too far from what was written.
pub fn nearest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters: Vec<char> = unknown.to_lowercase().chars().collect();
    let most = (letters.len() / 3).max(1);
    let distances = known.iter().map(|word| {
        let word_letters: Vec<char> = word.to_lowercase().chars().collect();
        (distance(&letters, &word_letters), *word)
    });
    distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, w)| w)
}

/// Letters to insert, remove, replace or swap with their neighbour to get from one word to the other
/// (optimal string alignment).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in to.iter().enumerate() {
            let mut least = (last[j] + usize::from(letter != other)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == to[j - 1] && from[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

/// Advice for an error of reading a configuration that is about a key that does not exist: takes the
/// message of `serde`, which names all keys that do. None for other errors.
pub fn unknown_key(message: &str) -> Option<String> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let known: Vec<&str> = quoted.collect();
    Some(match nearest(unknown, &known) {
        Some(meant) => format!("unknown key `{unknown}`; did you mean `{meant}`?"),
        None if known.is_empty() => format!("unknown key `{unknown}`; there are no keys here"),
        None => format!("unknown key `{unknown}`; the keys here are {}", known.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::*;

    #[test]
    fn distances_count_slips_of_typing() {
        let of = |from: &str, to: &str| {
            distance(&from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>())
        };
        assert_eq!([of("", ""), of("", "abc"), of("abc", ""), of("abc", "abc")], [0, 3, 3, 0]);
        assert_eq!(
            [of("kitten", "sitting"), of("rate", "raet"), of("ab", "ba"), of("warmup", "warm_up")],
            [3, 1, 1, 1]
        );
    }

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let known = ["learning_rate", "warmup", "updates", "seed"];
        assert_eq!(nearest("learnig_rate", &known), Some("learning_rate"));
        assert_eq!(nearest("Warm_Up", &known), Some("warmup"));
        assert_eq!(nearest("sede", &known), Some("seed"));
        assert_eq!(nearest("momentum", &known), None);
        assert_eq!(nearest("x", &[]), None);
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[serde(rename = "learning_rate", default)]
        _rate: f64,
        #[serde(rename = "seed", default)]
        _seed: u64,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        #[serde(rename = "seed", default)]
        _seed: u64,
    }

    #[test]
    fn errors_of_reading_are_understood() {
        let advice = |text: &str| unknown_key(toml::from_str::<Settings>(text).unwrap_err().message());
        assert_eq!(
            advice("learnig_rate = 1.0").unwrap(),
            "unknown key `learnig_rate`; did you mean `learning_rate`?"
        );
        assert_eq!(advice("zzz = 1").unwrap(), "unknown key `zzz`; the keys here are learning_rate, seed");
        assert_eq!(advice("seed = 'no number'"), None);
        let one = toml::from_str::<One>("sed = 1").unwrap_err();
        assert_eq!(unknown_key(one.message()).unwrap(), "unknown key `sed`; did you mean `seed`?");
    }
}
