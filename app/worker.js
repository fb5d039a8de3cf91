// Starts the Worker's wasm. A file of its own, because trunk's loader calls wasm-bindgen in a way that it warns
// about, and does not run the static constructors (see build.rs). No message is handled before they have run.

// The GPU library does not tell of a device that is lost, and may wait for it without end. The Worker fails with
// it instead: the page replaces one that fails, and goes on without the GPU.
if (self.GPUAdapter) {
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...wishes) {
    const device = await request.apply(this, wishes);
    device.lost.then(({ message }) => {
      throw new Error(`the GPU was lost: ${message}`);
    });
    return device;
  };
}

importScripts("./medley-worker.js");
wasm_bindgen({ module_or_path: "./medley-worker_bg.wasm" }).then((wasm) => wasm.__wasm_call_ctors());
