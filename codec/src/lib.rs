//! DEFLATE as a WebAssembly module of its own: what the package's core is given where a connection may need it.
//!
//! Numbers are all that crosses. Bytes lie in two rooms of [`PIECE`] bytes each, whose addresses are [`input`] and
//! [`output`]: src/shim/codec.ts puts them there and takes them from there.
//!
//! The only `unsafe` is in attributes: a module's exports need names.

use std::cell::RefCell;

use codec::{Compressor, Decompressor, PIECE, Progress, Status};

// The file, not the crate: that would bring wasm-bindgen's imports along.
#[allow(dead_code)]
#[path = "../../src/protocol/deflate/codec/mod.rs"]
mod codec;

struct Rooms {
    input: Vec<u8>,
    output: Vec<u8>,
}

enum Engine {
    Compressor(Compressor),
    Decompressor(Decompressor),
}

thread_local! {
    static ROOMS: RefCell<Rooms> = RefCell::new(Rooms { input: vec![0; PIECE], output: vec![0; PIECE] });
    /// By their ids; `None` where one was freed.
    static ENGINES: RefCell<Vec<Option<Engine>>> = const { RefCell::new(Vec::new()) };
}

/// Where input is read.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *mut u8 {
    ROOMS.with_borrow_mut(|rooms| rooms.input.as_mut_ptr())
}

/// Where output is written.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *mut u8 {
    ROOMS.with_borrow_mut(|rooms| rooms.output.as_mut_ptr())
}

/// Makes a compressor of that level (0 to 9), with a window of that many bits (9 to 15), and gives its id.
#[unsafe(no_mangle)]
pub extern "C" fn compressor(level: u8, window_bits: u8) -> usize {
    add(Engine::Compressor(Compressor::new(level, window_bits)))
}

/// Makes a decompressor for a window of that many bits (8 to 15), and gives its id.
#[unsafe(no_mangle)]
pub extern "C" fn decompressor(window_bits: u8) -> usize {
    add(Engine::Decompressor(Decompressor::new(window_bits)))
}

/// Has an engine take some of `len` bytes of input and make at most `room` bytes of output; with `flush` a compressor
/// gives out all that it took. The result is a [`Progress`], packed.
#[unsafe(no_mangle)]
pub extern "C" fn run(id: usize, len: usize, room: usize, flush: bool) -> f64 {
    let progress = ROOMS.with_borrow_mut(|Rooms { input, output }| {
        let (input, output) = (input.get(..len)?, output.get_mut(..room)?);
        with(id, |engine| match engine {
            Engine::Compressor(compressor) => compressor.compress(input, output, flush),
            Engine::Decompressor(decompressor) => decompressor.decompress(input, output),
        })
    });
    progress.unwrap_or(Progress { taken: 0, made: 0, status: Status::Wrong }).pack()
}

/// Has an engine begin anew.
#[unsafe(no_mangle)]
pub extern "C" fn reset(id: usize) {
    with(id, |engine| match engine {
        Engine::Compressor(compressor) => compressor.reset(),
        Engine::Decompressor(decompressor) => decompressor.reset(),
    });
}

/// Frees an engine; its id may be given again.
#[unsafe(no_mangle)]
pub extern "C" fn free(id: usize) {
    ENGINES.with_borrow_mut(|engines| engines.get_mut(id).map(Option::take));
}

fn add(engine: Engine) -> usize {
    ENGINES.with_borrow_mut(|engines| {
        let free = engines.iter().position(Option::is_none);
        let id = free.unwrap_or(engines.len());
        match free {
            Some(id) => engines[id] = Some(engine),
            None => engines.push(Some(engine)),
        }
        id
    })
}

fn with<T>(id: usize, run: impl FnOnce(&mut Engine) -> T) -> Option<T> {
    ENGINES.with_borrow_mut(|engines| engines.get_mut(id)?.as_mut().map(run))
}
