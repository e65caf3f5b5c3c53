//! The codec that is given, where none is built in.

use std::cell::RefCell;

use super::{PIECE, Progress, Status};

/// What does DEFLATE for this core. It names its compressors and decompressors by numbers.
pub trait Codec {
    /// Makes a compressor of that level (0 to 9), with a window of that many bits (9 to 15).
    fn new_compressor(&self, level: u8, window_bits: u8) -> u32;
    /// Makes a decompressor for a window of that many bits (8 to 15).
    fn new_decompressor(&self, window_bits: u8) -> u32;
    /// Has one of them take some of `input` and make some of `output`, either of them no longer than [`PIECE`]; with
    /// `flush` all that was taken comes out.
    fn run(&self, id: u32, input: &[u8], output: &mut [u8], flush: bool) -> Progress;
    /// Has one of them begin anew.
    fn reset(&self, id: u32);
    /// Frees one of them.
    fn free(&self, id: u32);
}

thread_local! {
    static CODEC: RefCell<Option<Box<dyn Codec>>> = const { RefCell::new(None) };
}

/// Gives this thread's connections their codec; the first one stays. Until then no message can be compressed or
/// decompressed, so none may be offered.
pub fn give(codec: Box<dyn Codec>) {
    CODEC.with_borrow_mut(|given| {
        given.get_or_insert(codec);
    });
}

fn with<T>(run: impl FnOnce(&dyn Codec) -> T) -> Option<T> {
    CODEC.with_borrow(|codec| codec.as_deref().map(run))
}

/// One of the codec's compressors or decompressors.
#[derive(Debug)]
struct Given(Option<u32>);

impl Given {
    fn run(&self, input: &[u8], output: &mut [u8], flush: bool) -> Progress {
        let room = output.len().min(PIECE);
        let piece = &input[..input.len().min(PIECE)];
        // What is behind the piece comes out with it.
        let flush = flush && piece.len() == input.len();
        let run = |id| with(|codec| codec.run(id, piece, &mut output[..room], flush));
        self.0.and_then(run).unwrap_or(Progress { taken: 0, made: 0, status: Status::Wrong })
    }

    fn reset(&self) {
        self.0.and_then(|id| with(|codec| codec.reset(id)));
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        self.0.and_then(|id| with(|codec| codec.free(id)));
    }
}

/// Compresses one direction of a connection.
#[derive(Debug)]
pub struct Compressor(Given);

impl Compressor {
    /// One of that level (0 to 9), with a window of that many bits (9 to 15).
    pub fn new(level: u8, window_bits: u8) -> Self {
        Self(Given(with(|codec| codec.new_compressor(level, window_bits))))
    }

    /// Compresses what it takes of `input` into `output`; with `flush` all of it comes out (a sync flush).
    pub fn compress(&mut self, input: &[u8], output: &mut [u8], flush: bool) -> Progress {
        self.0.run(input, output, flush)
    }

    /// Forgets what it compressed.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

/// Decompresses one direction of a connection.
#[derive(Debug)]
pub struct Decompressor(Given);

impl Decompressor {
    /// One for a window of that many bits (8 to 15).
    pub fn new(window_bits: u8) -> Self {
        Self(Given(with(|codec| codec.new_decompressor(window_bits))))
    }

    /// Decompresses what it takes of `input` into `output`.
    pub fn decompress(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        self.0.run(input, output, true)
    }

    /// Begins another stream, with an empty window.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}
