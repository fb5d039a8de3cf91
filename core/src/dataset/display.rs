//! The window that a data set asks for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::imaging::Window;

/// The range of values that a data set wants to be shown and learnt from, in place of what its files propose:
/// in `dataset.json` a name out of [`Window::PRESETS`] (`"lung"`, `"bone"`, `"brain"`, `"soft-tissue"`) or `[centre, width]` in the
/// unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DataWindow(pub Window);

impl Serialize for DataWindow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Window::PRESETS.iter().find(|(_, window)| *window == self.0) {
            Some((name, _)) => name.serialize(serializer),
            None => [self.0.centre, self.0.width].serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DataWindow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Name(String),
            Range([f32; 2]),
            Other(serde::de::IgnoredAny),
        }
        let found = match Form::deserialize(deserializer)? {
            Form::Name(name) => {
                Window::PRESETS.into_iter().find(|(preset, _)| *preset == name).map(|(_, window)| window)
            }
            Form::Range([centre, width]) if centre.is_finite() && width.is_finite() && width > 0.0 => {
                Some(Window { centre, width })
            }
            Form::Range(_) | Form::Other(_) => None,
        };
        found.map(Self).ok_or_else(|| {
            let names = Window::PRESETS.map(|(name, _)| name).join(", ");
            serde::de::Error::custom(format!(
                "window must be one of {names}, or [centre, width] with a width above 0"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_and_two_numbers_are_windows() {
        for (text, window) in [
            (r#""lung""#, Window::LUNG),
            (r#""soft-tissue""#, Window::SOFT_TISSUE),
            ("[50.0,350.0]", Window { centre: 50.0, width: 350.0 }),
        ] {
            let found: DataWindow = serde_json::from_str(text).unwrap();
            assert_eq!(found.0, window);
            assert_eq!(serde_json::to_string(&found).unwrap(), text);
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_choices() {
        for text in [r#""liver""#, "[40, 0]", "[40]", "7", "[1e300, 1]", "{}", "null"] {
            let error = serde_json::from_str::<DataWindow>(text).unwrap_err().to_string();
            assert!(error.contains("lung, bone, brain, soft-tissue"), "{text}: {error}");
        }
    }
}
