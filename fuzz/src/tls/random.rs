//! Random bytes that are the same in every run.

use std::cell::Cell;

use rustls::crypto::GetRandomFailed;
use websocket_wasm_tls::provider::{random, sha256};

thread_local! {
    static STREAM: Cell<Stream> = const { Cell::new(Stream::new(0)) };
}

/// A stream of them: that of the client, or of the server.
#[derive(Debug, Clone, Copy)]
pub struct Stream {
    seed: u8,
    blocks: u64,
}

impl Stream {
    pub const fn new(seed: u8) -> Self {
        Self { seed, blocks: 0 }
    }

    /// Calls `call`, whose random bytes are the next of this stream.
    pub fn with<T>(&mut self, call: impl FnOnce() -> T) -> T {
        random::set_source(fill);
        STREAM.set(*self);
        let result = call();
        *self = STREAM.get();
        result
    }
}

/// Fills a slice with the next bytes of the stream in use.
pub fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
    let mut stream = STREAM.get();
    for chunk in bytes.chunks_mut(32) {
        let block = sha256(&[&[stream.seed][..], &stream.blocks.to_le_bytes()].concat());
        chunk.copy_from_slice(&block[..chunk.len()]);
        stream.blocks += 1;
    }
    STREAM.set(stream);
    Ok(())
}
