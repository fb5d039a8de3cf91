//! axe-core in the page: what stands in the way of people who use it by keyboard or screen reader, or see little.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::json;
use thirtyfour::prelude::*;

use super::Visit;

/// axe-core's script.
pub struct Axe {
    source: String,
}

/// Something that axe-core objects to.
#[derive(Debug, Deserialize)]
pub struct Barrier {
    /// The rule's name.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// The rule in a sentence.
    pub help: String,
    /// Each element with what is wrong about it.
    pub elements: Vec<String>,
}

impl Axe {
    /// The one in `MEDLEY_AXE`; none, with a word about it, where there is none.
    pub fn find() -> Option<Self> {
        let Some(file) = std::env::var_os("MEDLEY_AXE").map(PathBuf::from) else {
            crate::cannot_run("axe-core is not named in MEDLEY_AXE; `cargo xtask test` brings it");
            return None;
        };
        Some(Self { source: std::fs::read_to_string(file).unwrap() })
    }
}

impl Visit {
    /// What axe-core finds in the page as it is now, with an impact that is serious or critical.
    pub async fn barriers(&self, axe: &Axe) -> WebDriverResult<Vec<Barrier>> {
        let there: bool = self.script("return window.axe !== undefined;", vec![]).await?;
        if !there {
            // The page's policy lets no other script in, but that of the browser's driver is none of the page's.
            self.driver().execute(axe.source.as_str(), vec![]).await?;
        }
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
                ({ violations }) => done({ Ok: violations.map(({ id, impact, help, nodes }) => ({
                    id, impact, help,
                    elements: nodes.map(node => `${node.target.join(' ')}: ${node.failureSummary}`),
                })) }),
                reason => done({ Err: String(reason) }),
            );";
        let found = self.driver().execute_async(run, vec![json!(null)]).await?;
        let found: Result<Vec<Barrier>, String> = found.convert()?;
        let weighs = |barrier: &Barrier| matches!(barrier.impact.as_deref(), Some("serious" | "critical"));
        let (heavy, light): (Vec<_>, Vec<_>) = found.unwrap().into_iter().partition(weighs);
        for Barrier { id, impact, elements, .. } in light {
            println!("  {} only: {id}, {} elements", impact.unwrap_or_default(), elements.len());
        }
        Ok(heavy)
    }
}
