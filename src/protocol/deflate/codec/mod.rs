//! DEFLATE itself (RFC 1951): built in by the feature `zlib`, given by whoever embeds the core without it.
//!
//! Either way there are a `Compressor` and a `Decompressor`, one for each direction of a connection. The npm package's
//! core has none built in: pages whose wire is the browser's own WebSocket don't load what they never use.

/// The most bytes that a codec takes, and the most that it makes, at a time.
pub const PIECE: usize = 32 << 10;

/// How far one call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes of input it took.
    pub taken: usize,
    /// How many bytes of output it made. Fewer than there was room for: nothing waits inside for room.
    pub made: usize,
    /// Whether more can come.
    pub status: Status,
}

impl Progress {
    /// As one number, for it may have to cross from one WebAssembly module to another.
    pub fn pack(self) -> f64 {
        let Self { taken, made, status } = self;
        ((status as u64) << 32 | (taken as u64) << 16 | made as u64) as f64
    }

    /// The reverse of [`pack`](Self::pack).
    pub fn unpack(packed: f64) -> Self {
        let packed = packed as u64;
        let status = match packed >> 32 {
            0 => Status::Going,
            1 => Status::Ended,
            _ => Status::Wrong,
        };
        Self { taken: (packed >> 16) as usize & 0xFFFF, made: packed as usize & 0xFFFF, status }
    }
}

/// Whether more can come of a DEFLATE stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It can.
    Going,
    /// Its final block is over.
    Ended,
    /// It isn't DEFLATE data, or there is no memory or no codec for it.
    Wrong,
}

#[cfg(not(feature = "zlib"))]
mod given;
#[cfg(feature = "zlib")]
mod zlib;

#[cfg(not(feature = "zlib"))]
pub use given::{Codec, Compressor, Decompressor, give};
#[cfg(feature = "zlib")]
pub use zlib::{Compressor, Decompressor};
