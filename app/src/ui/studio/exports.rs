//! Files out of the project, and files into it.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::super::{OpenPanel, Panel, focus_when_shown};
use super::add::Picker;
use crate::state::App;
use crate::state::studio::{Studio, Work};
use crate::worker::messages::{Export, TaskKind};

/// Everything that can be made, with the label type that it needs.
const EXPORTS: [(Export, &str, Option<TaskKind>); 13] = [
    (Export::MasksPng, "masks-png", Some(TaskKind::Segmentation)),
    (Export::PredictionsPng, "predictions-png", Some(TaskKind::Segmentation)),
    (Export::PredictionsCoco, "predictions-coco", None),
    (Export::PredictionsCsv, "predictions-csv", Some(TaskKind::Detection)),
    (Export::MasksNifti, "masks-nifti", Some(TaskKind::Segmentation)),
    (Export::Coco, "coco", None),
    (Export::GeoJson, "geojson", None),
    (Export::MeasurementsCsv, "csv", None),
    (Export::ImagesCsv, "images-csv", None),
    (Export::Model, "model", None),
    (Export::Head, "head", None),
    (Export::Project, "project", None),
    (Export::Report, "report", None),
];

/// The panel.
#[component]
pub fn ExportPanel() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let panel = expect_context::<OpenPanel>();
    let place = NodeRef::new();
    focus_when_shown(place);
    let words = move || &app.words().studio;
    let busy = move || studio.is_at(Work::Exporting);
    let tuned = move || studio.task_card().is_some_and(|task| task.tuned);
    let possible = move |what: Export, kind: Option<TaskKind>| {
        let suits = match (what, studio.kind()) {
            (Export::Coco | Export::GeoJson | Export::PredictionsCoco | Export::ImagesCsv, Some(own)) => {
                own != TaskKind::Classification
            }
            (_, own) => kind.is_none_or(|kind| own == Some(kind)),
        };
        let learnt = !matches!(what, Export::Model | Export::Head) || tuned();
        suits && learnt && !busy()
    };
    view! {
        <Show when=move || panel.is(Panel::Export)>
            <section class="panel" node_ref=place tabindex="-1" data-testid="export-panel" aria-label=move || words().export>
                <div class="panel-top">
                    <h2>{move || words().export}</h2>
                    <span class="quiet">{move || busy().then(|| words().exporting)}</span>
                    <button class="tool" aria-label=move || app.words().close on:click=move |_| panel.close()>
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
                <ul class="files">
                    {EXPORTS
                        .map(|(what, id, kind)| {
                            view! {
                                <li>
                                    <button
                                        class="file"
                                        disabled=move || !possible(what, kind)
                                        data-export=id
                                        on:click=move |_| studio.export(what)
                                    >
                                        <Glyph icon=Icon::Download />
                                        <span class="grow">
                                            <strong>{move || (words().export_name)(what)}</strong>
                                            <span class="quiet">{move || (words().export_hint)(what)}</span>
                                        </span>
                                    </button>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                <h3 class="label">{move || words().import}</h3>
                <div class="actions">
                    <Picker
                        label=Signal::derive(move || words().import_labels.to_owned())
                        test_id="label-files"
                        accept=".png,.json,.geojson,.csv,.nii,.nii.gz,.gz"
                        class="button button-small"
                        icon=Icon::Plus
                        take=move |files| studio.add_label_files(files)
                    />
                    <Picker
                        label=Signal::derive(move || words().import_project.to_owned())
                        test_id="project-file"
                        accept=".zip"
                        class="button button-small"
                        icon=Icon::Plus
                        take=move |files| studio.add_files(files, None)
                    />
                    <Picker
                        label=Signal::derive(move || words().import_model.to_owned())
                        test_id="model-file"
                        accept=".safetensors"
                        class="button button-small"
                        icon=Icon::Plus
                        take=move |files| studio.add_files(files, None)
                    />
                </div>
                <p class="quiet">{move || words().import_hint}</p>
                <button class="button button-small" data-testid="new-project" on:click=move |_| {
                    panel.close();
                    studio.new_project();
                }>{move || words().new_project}</button>
                <p class="quiet">{move || words().new_project_hint}</p>
            </section>
        </Show>
    }
}
