//! English.

use super::{KeyWords, RefusedWords, ReportWords, VerdictWords, Words};
use crate::worker::messages::{LoadFailure, Scene};

/// English words.
pub const WORDS: Words = Words {
    title: "Medley: biomedical imaging in your browser",
    switch_language: "日本語",
    switch_theme: "Light or dark",
    help: "Help",
    close: "Close",
    offline: "Offline",
    offline_hint: "There is no network. Everything still works.",
    update_ready: "A new version of Medley is ready.",
    update_reload: "Reload",

    samples: "Samples",
    scene: |scene| match scene {
        Scene::Fluorescence => "Fluorescence nuclei",
        Scene::Slide => "Blood smear",
        Scene::Radiograph => "Chest X-ray",
        Scene::Tomograph => "Tomographic slice",
    },
    your_images: "Your images",
    add_images: "Add images",
    drop_hint: "or drop or paste one: PNG, JPEG, BMP, WebP, TIFF, DICOM or NIfTI. Of a volume the middle slice is shown.",
    drop_here: "Drop to open",
    privacy: "Your images stay on this computer.",
    not_medical: "Not a medical device.",

    picture: "Image",
    canvas: |name, width, height| {
        format!("{name}, {width} × {height} pixels, with the model's result drawn on it")
    },
    no_picture: "Choose a sample or add an image",
    zoom_in: "Zoom in",
    zoom_out: "Zoom out",
    fit: "Fit",
    hide_overlay: "Hide overlay (hold)",

    task: "Task",
    segmentation: "Segmentation",
    detection: "Detection",
    classification: "Classification",
    classes: "Classes",
    result: "Result",
    computing: "Computing…",
    objects: |n| if n == 1 { "object" } else { "objects" },
    count: |n| if n == 1 { "1 object".to_owned() } else { format!("{n} objects") },
    best: |class, probability| format!("{class} {probability}"),
    took: |seconds, device| format!("{seconds} on the {device}"),
    opacity: "Overlay opacity",
    score_at_least: "Score at least",
    probabilities: "Class probabilities",
    of_picture: |share| format!("{share} of the image"),
    download_mask: "Download mask (PNG)",
    nothing_found: "Nothing found. Another task may suit this image better.",
    no_result: "The result appears here.",
    caution: "Samples are synthetic. Check every result yourself.",

    starting: "Starting…",
    downloading: "Downloading the model",
    of_total: |received, total| format!("{received} of {total}"),
    preparing_gpu: "Preparing the GPU…",
    ready: "Ready",
    cpu: "CPU",
    gpu: "GPU",
    device: "Device",
    copy: "Copy",
    copied: "Copied",
    verdict: VerdictWords {
        gpu_faster: "The GPU gives the CPU's numbers and is faster, so it is used.",
        gpu_slower: "The GPU works, but the CPU is faster here, so the CPU is used.",
        gpu_wrong: "The GPU's numbers differ from the CPU's, so the CPU is used.",
        gpu_software: "The browser only offers an emulated GPU, which is slower than the CPU, so the CPU is used.",
        no_gpu: "This browser offers no WebGPU. The CPU is used, which is slower.",
        gpu_failed: "The GPU could not be used. The CPU is used, which is slower.",
        forced: "The address of this page asks for this device.",
        checking: "The GPU is being checked. Until then the CPU is used.",
    },
    report: ReportWords {
        chosen: "In use",
        adapter: "Adapter",
        unnamed: "not named by the browser",
        features: "Features",
        difference: "Largest difference",
        passed: "passed",
        failed: "not passed",
        cpu_time: |side| format!("CPU, {side} × {side} pixels"),
        gpu_time: |side| format!("GPU, {side} × {side} pixels"),
        version: "Medley",
        model: "Model",
        storage: "Project",
        connections: "Connections elsewhere",
        browser: "Browser",
        reason: "Reason",
    },

    load_failed: |failure| {
        match failure {
        LoadFailure::Missing => {
            "The model file is missing on the server. Put medley-nano.safetensors into its models folder, then try again."
                .to_owned()
        }
        LoadFailure::Network(reason) => {
            format!("The model could not be downloaded. Check the connection, then try again. ({reason})")
        }
        LoadFailure::Unreadable(reason) => {
            format!("The model file cannot be read by this version of Medley. ({reason})")
        }
    }
    },
    try_again: "Try again",
    refused: RefusedWords {
        format: |name| {
            format!(
                "“{name}” is not an image that Medley reads. Save it as PNG, JPEG, BMP, WebP, TIFF, DICOM or NIfTI and open that."
            )
        },
        damaged: |name| {
            format!(
                "“{name}” could not be decoded: it is damaged, incomplete or of a kind that is not read here. Try the original file, or save it again as PNG."
            )
        },
        too_large: |name, width, height, limit| {
            format!(
                "“{name}” has {width} × {height} pixels, more than the {limit} megapixels that fit here. Crop it, or let it be made smaller."
            )
        },
        scale_to: |width, height| format!("Open at {width} × {height}"),
        unreadable: |name| {
            format!("“{name}” could not be read from disk. Choose it again, or copy it elsewhere first.")
        },
        no_file: "There was no image in that. A file in PNG, JPEG, BMP, WebP, TIFF, DICOM or NIfTI, or a copied picture, works.",
        pasted: "Pasted image",
    },
    predict_failed: |reason| {
        format!("The model could not process this image. Try another task or image. ({reason})")
    },
    restarting: "The computation stopped unexpectedly. Starting again…",
    stopped: "The computation keeps stopping on this computer. Try a smaller image, or another browser.",

    runs: super::runs::ENGLISH,
    studio: super::studio::ENGLISH,
    keys: KeyWords {
        intro: "Pick a sample or open an image, then choose a task. The model runs in this page: nothing is uploaded.",
        heading: "Mouse and keyboard",
        wheel: "Wheel, + −",
        zoom: "Zoom",
        drag: "Drag, Space + drag",
        pan: "Move the image",
        arrows: "Arrow keys",
        fit: "Fit to the window",
        hide: "Hide the overlay while held",
        paste_key: "Ctrl V, ⌘ V",
        paste: "Open a copied image",
        help: "This help",
    },
    show_images: "Images",
    show_task: "Task and result",
};
