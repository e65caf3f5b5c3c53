#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| websocket_wasm_fuzz::tls::check(data));
