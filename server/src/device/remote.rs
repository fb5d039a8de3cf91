//! Settings of Burn's remote client.

use burn::{BurnConfig, runtime_config};
use burn_std::config::RuntimeConfig;

/// No operation becomes part of a graph.
const SETTINGS: &str = "[fusion]\nmax_graph_size = 0\n";

/// Has every operation sent to workers as it is. Burn 0.22.1 sends sequences that recur as graphs, and takes one tensor of
/// this model's encoder for another in them (docs/upstream.md). To be called before anything is computed: Burn reads
/// its settings once. A `burn.toml` of the user's goes first.
pub(crate) fn send_operations_singly() {
    match toml::from_str::<BurnConfig>(SETTINGS) {
        Ok(config) => {
            let is_late = !BurnConfig::try_set(config) && runtime_config().fusion().max_graph_size != Some(0);
            if is_late {
                tracing::warn!("Burn's settings are set already: operations go to workers as graphs");
            }
        }
        Err(error) => tracing::warn!("Burn's settings have changed: {error}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn burn_knows_the_setting() {
        let config: BurnConfig = toml::from_str(SETTINGS).unwrap();
        assert_eq!(config.fusion().max_graph_size, Some(0));
    }
}
