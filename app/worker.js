// Starts the Worker's wasm. A file of its own, because trunk's loader calls wasm-bindgen in a way that it warns
// about, and does not run the static constructors (see build.rs). No message is handled before they have run.
importScripts("./medley-worker.js");
wasm_bindgen({ module_or_path: "./medley-worker_bg.wasm" }).then((wasm) => wasm.__wasm_call_ctors());
