//! DEFLATE as a WebAssembly module of its own, which the package's core uses when a connection may need it.
//!
//! Only numbers are passed. Input and output are in two buffers of [`BLOCK`] bytes, at the addresses [`input`] and
//! [`output`]: src/shim/wasm/codec.ts copies to and from them.
//!
//! The only `unsafe` is in attributes: a module's exports need names.

mod compressors;
mod history;
mod memory;

use std::cell::RefCell;

use websocket_wasm::protocol::deflate::{Codec, Coder, Progress, Status, Zlib};

use crate::compressors::{Compressors, Settings, Stream};
use crate::memory::{in_steps, reserve};

/// The most input or output of one call, in bytes: `BLOCK` in src/dom/codec.rs.
const BLOCK: usize = 32 << 10;

/// More than the memory of a decompressor, in bytes.
const DECOMPRESSOR_SIZE: usize = 64 << 10;

struct Buffers {
    input: Vec<u8>,
    output: Vec<u8>,
}

enum OneCoder {
    Compressor(Stream),
    Decompressor(Decompressor),
}

/// A decompressor, made when it is first run, and again after a reset.
struct Decompressor {
    window_bits: u8,
    coder: Option<Box<dyn Coder>>,
}

/// Compressors and decompressors by id; `None` if it was freed.
struct Coders {
    all: Vec<Option<OneCoder>>,
    compressors: Compressors,
}

impl Decompressor {
    fn made(&mut self) -> Option<&mut Box<dyn Coder>> {
        if self.coder.is_none() {
            // Zlib panics without memory.
            reserve(DECOMPRESSOR_SIZE)?;
            self.coder = Zlib.decompressor(self.window_bits);
        }
        self.coder.as_mut()
    }
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::new(Buffers { input: vec![0; BLOCK], output: vec![0; BLOCK] });
    static CODERS: RefCell<Coders> = const { RefCell::new(Coders { all: Vec::new(), compressors: Compressors::new() }) };
}

/// The address of the input.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *mut u8 {
    BUFFERS.with_borrow_mut(|buffers| buffers.input.as_mut_ptr())
}

/// The address of the output.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *mut u8 {
    BUFFERS.with_borrow_mut(|buffers| buffers.output.as_mut_ptr())
}

/// Creates a compressor with that level (0 to 9) and a window of `1 << window_bits` bytes (9 to 15). Returns its id.
#[unsafe(no_mangle)]
pub extern "C" fn compressor(level: u8, window_bits: u8) -> usize {
    add(OneCoder::Compressor(Stream::new(Settings { level, window_bits })))
}

/// Creates a decompressor for windows of up to `1 << window_bits` bytes (8 to 15). Returns its id.
#[unsafe(no_mangle)]
pub extern "C" fn decompressor(window_bits: u8) -> usize {
    add(OneCoder::Decompressor(Decompressor { window_bits, coder: None }))
}

/// Runs a compressor or decompressor on `len` bytes of input and `room` bytes of output. Returns a packed [`Progress`].
#[unsafe(no_mangle)]
pub extern "C" fn run(id: usize, len: usize, room: usize, flush: bool) -> f64 {
    let progress = in_steps(|| run_on(id, len, room, flush));
    pack(progress)
}

fn run_on(id: usize, len: usize, room: usize, flush: bool) -> Option<Progress> {
    BUFFERS.with_borrow_mut(|Buffers { input, output }| {
        let (input, output) = (input.get(..len)?, output.get_mut(..room)?);
        with(id, |coder, compressors| match coder {
            OneCoder::Compressor(stream) => compressors.run(id, stream, input, output, flush),
            OneCoder::Decompressor(decompressor) => decompressor.made()?.run(input, output, flush),
        })?
    })
}

/// Starts a new stream with an empty window.
#[unsafe(no_mangle)]
pub extern "C" fn reset(id: usize) {
    with(id, |coder, compressors| match coder {
        OneCoder::Compressor(stream) => compressors.reset(id, stream),
        OneCoder::Decompressor(decompressor) => decompressor.coder = None,
    });
}

/// Frees a compressor or decompressor; its id may be used again.
#[unsafe(no_mangle)]
pub extern "C" fn free(id: usize) {
    CODERS.with_borrow_mut(|Coders { all, compressors }| {
        all.get_mut(id).map(Option::take);
        compressors.release(id);
    });
}

/// A result as one number, which a function of WebAssembly can return: the lowest 16 bits are the bytes produced, the next
/// 16 the bytes consumed, the rest is the status, or 3 if there is no memory. Its reader is in src/dom/codec.rs;
/// src/shim/wasm/codec.ts reads the lowest 16 bits.
fn pack(progress: Option<Progress>) -> f64 {
    let packed = match progress {
        Some(Progress { consumed, produced, status }) => {
            let status = match status {
                Status::Open => 0,
                Status::Ended => 1,
                Status::Invalid => 2,
            };
            status << 32 | (consumed as u64) << 16 | produced as u64
        }
        None => 3 << 32,
    };
    packed as f64
}

fn add(coder: OneCoder) -> usize {
    CODERS.with_borrow_mut(|Coders { all, .. }| {
        let free = all.iter().position(Option::is_none);
        let id = free.unwrap_or(all.len());
        match free {
            Some(id) => all[id] = Some(coder),
            None => all.push(Some(coder)),
        }
        id
    })
}

fn with<T>(id: usize, call: impl FnOnce(&mut OneCoder, &mut Compressors) -> T) -> Option<T> {
    CODERS
        .with_borrow_mut(|Coders { all, compressors }| all.get_mut(id)?.as_mut().map(|coder| call(coder, compressors)))
}
