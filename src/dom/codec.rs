//! The codec that JavaScript brings, where none is built in: another WebAssembly module, which the shim loads once a
//! connection may need it.

use wasm_bindgen::prelude::*;

use crate::protocol::deflate::codec::{self, Codec, Progress};

#[wasm_bindgen]
extern "C" {
    /// The module, instantiated.
    pub type JsCodec;

    #[wasm_bindgen(method, js_name = newCompressor)]
    fn new_compressor(this: &JsCodec, level: u8, window_bits: u8) -> u32;

    #[wasm_bindgen(method, js_name = newDecompressor)]
    fn new_decompressor(this: &JsCodec, window_bits: u8) -> u32;

    /// Gives a [`Progress`] as codec/src/lib.rs packs it.
    #[wasm_bindgen(method)]
    fn run(this: &JsCodec, id: u32, input: &[u8], output: &mut [u8], flush: bool) -> f64;

    #[wasm_bindgen(method)]
    fn reset(this: &JsCodec, id: u32);

    #[wasm_bindgen(method)]
    fn free(this: &JsCodec, id: u32);
}

/// Gives the core its codec.
#[wasm_bindgen(js_name = setCodec)]
pub fn give_codec(codec: JsCodec) {
    codec::give(Box::new(codec));
}

impl Codec for JsCodec {
    fn new_compressor(&self, level: u8, window_bits: u8) -> u32 {
        JsCodec::new_compressor(self, level, window_bits)
    }

    fn new_decompressor(&self, window_bits: u8) -> u32 {
        JsCodec::new_decompressor(self, window_bits)
    }

    fn run(&self, id: u32, input: &[u8], output: &mut [u8], flush: bool) -> Progress {
        Progress::unpack(JsCodec::run(self, id, input, output, flush))
    }

    fn reset(&self, id: u32) {
        JsCodec::reset(self, id);
    }

    fn free(&self, id: u32) {
        JsCodec::free(self, id);
    }
}
