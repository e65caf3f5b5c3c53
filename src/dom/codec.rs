//! DEFLATE by another WebAssembly module, which the shim loads once a connection may need it: codec/ in this repository.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::protocol::deflate::{Codec, Coder, Progress, Status};

#[wasm_bindgen]
extern "C" {
    /// The module, instantiated. Compressors and decompressors are identified by numbers.
    pub type CodecModule;

    #[wasm_bindgen(method, js_name = newCompressor)]
    fn new_compressor(this: &CodecModule, level: u8, window_bits: u8) -> u32;

    #[wasm_bindgen(method, js_name = newDecompressor)]
    fn new_decompressor(this: &CodecModule, window_bits: u8) -> u32;

    /// Returns a packed [`Progress`]: see [`unpack`].
    #[wasm_bindgen(method)]
    fn run(this: &CodecModule, id: u32, input: &[u8], output: &mut [u8], flush: bool) -> f64;

    #[wasm_bindgen(method)]
    fn reset(this: &CodecModule, id: u32);

    #[wasm_bindgen(method)]
    fn free(this: &CodecModule, id: u32);
}

/// The most input or output of one call of the module: `BLOCK` in codec/src/lib.rs.
const BLOCK: usize = 32 << 10;

thread_local! {
    static MODULE: RefCell<Option<CodecModule>> = const { RefCell::new(None) };
}

/// Sets the module that compresses and decompresses; later calls do nothing. Without one, compression isn't offered.
#[wasm_bindgen(js_name = setCodec)]
pub fn set_codec(module: CodecModule) {
    MODULE.with_borrow_mut(|set| {
        set.get_or_insert(module);
    });
}

fn with<T>(call: impl FnOnce(&CodecModule) -> T) -> Option<T> {
    MODULE.with_borrow(|module| module.as_ref().map(call))
}

/// The codec of the module.
#[derive(Debug)]
pub struct ImportedCodec;

impl Codec for ImportedCodec {
    fn compressor(&self, level: u8, window_bits: u8) -> Option<Box<dyn Coder>> {
        with(|module| module.new_compressor(level, window_bits)).map(boxed)
    }

    fn decompressor(&self, window_bits: u8) -> Option<Box<dyn Coder>> {
        with(|module| module.new_decompressor(window_bits)).map(boxed)
    }
}

/// A compressor or decompressor of the module, by its id.
struct ImportedCoder(u32);

fn boxed(id: u32) -> Box<dyn Coder> {
    Box::new(ImportedCoder(id))
}

impl Coder for ImportedCoder {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: bool) -> Option<Progress> {
        let block = &input[..input.len().min(BLOCK)];
        let room = output.len().min(BLOCK);
        // The flush follows with the last block.
        let flush = flush && block.len() == input.len();
        unpack(with(|module| module.run(self.0, block, &mut output[..room], flush))?)
    }

    fn reset(&mut self) {
        with(|module| module.reset(self.0));
    }
}

impl Drop for ImportedCoder {
    fn drop(&mut self) {
        with(|module| module.free(self.0));
    }
}

/// The reverse of `pack` in codec/src/lib.rs.
fn unpack(packed: f64) -> Option<Progress> {
    let packed = packed as u64;
    let (consumed, produced) = ((packed >> 16) as usize & 0xFFFF, packed as usize & 0xFFFF);
    let status = match packed >> 32 {
        0 => Status::Open,
        1 => Status::Ended,
        2 => Status::Invalid,
        _ => return None,
    };
    Some(Progress { consumed, produced, status })
}
