// Starts the Worker's wasm. A file of its own, because trunk's loader calls wasm-bindgen in a way that it warns about.
importScripts("./medley-worker.js");
wasm_bindgen({ module_or_path: "./medley-worker_bg.wasm" });
