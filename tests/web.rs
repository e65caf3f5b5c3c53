//! The package from Rust in a page: `wasm-pack test` in headless Chromium.
#![cfg(target_arch = "wasm32")]

mod browser;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
