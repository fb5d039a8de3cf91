//! Links the Worker so that static constructors run once.
//!
//! Burn's kernel compiler registers its parts in static constructors. A wasm module that neither exports nor
//! calls `__wasm_call_ctors` is taken by the linker for a program that is entered once: it then runs all
//! constructors again at every call from JavaScript, which costs more time than the work itself. Exported,
//! the function is called once, by `worker.js`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let wasm = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family.contains("wasm"));
    if wasm {
        println!("cargo::rustc-link-arg-bin=medley-worker=--export=__wasm_call_ctors");
    }
}
