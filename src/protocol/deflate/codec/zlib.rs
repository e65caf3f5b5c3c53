//! The codec that is built in: zlib-rs.

use core::fmt;

use zlib_rs::{Deflate, DeflateFlush, Inflate, InflateFlush};

use super::{Progress, Status};

/// Compresses one direction of a connection.
pub struct Compressor(Deflate);

impl Compressor {
    /// One of that level (0 to 9), with a window of that many bits (9 to 15).
    pub fn new(level: u8, window_bits: u8) -> Self {
        Self(Deflate::new(level.into(), false, window_bits))
    }

    /// Compresses what it takes of `input` into `output`; with `flush` all of it comes out (a sync flush).
    pub fn compress(&mut self, input: &[u8], output: &mut [u8], flush: bool) -> Progress {
        let flush = if flush { DeflateFlush::SyncFlush } else { DeflateFlush::NoFlush };
        let (taken, made) = (self.0.total_in(), self.0.total_out());
        let status = self.0.compress(input, output, flush);
        progress(self.0.total_in() - taken, self.0.total_out() - made, status.ok())
    }

    /// Forgets what it compressed.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor").finish_non_exhaustive()
    }
}

/// Decompresses one direction of a connection.
pub struct Decompressor(Inflate);

impl Decompressor {
    /// One for a window of that many bits (8 to 15).
    pub fn new(window_bits: u8) -> Self {
        Self(Inflate::new(false, window_bits))
    }

    /// Decompresses what it takes of `input` into `output`.
    pub fn decompress(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (taken, made) = (self.0.total_in(), self.0.total_out());
        let status = self.0.decompress(input, output, InflateFlush::SyncFlush);
        progress(self.0.total_in() - taken, self.0.total_out() - made, status.ok())
    }

    /// Begins another stream, with an empty window.
    pub fn reset(&mut self) {
        self.0.reset(false);
    }
}

impl fmt::Debug for Decompressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decompressor").finish_non_exhaustive()
    }
}

fn progress(taken: u64, made: u64, status: Option<zlib_rs::Status>) -> Progress {
    let status = match status {
        Some(zlib_rs::Status::StreamEnd) => Status::Ended,
        Some(_) => Status::Going,
        None => Status::Wrong,
    };
    Progress { taken: taken as usize, made: made as usize, status }
}
