//! The interface to an implementation of DEFLATE (RFC 1951).

use alloc::boxed::Box;
use core::fmt;

/// An implementation of raw DEFLATE.
pub trait Codec: Send + Sync {
    /// A compressor with that level (0 to 9) and a window of `1 << window_bits` bytes (9 to 15); `None` if there is no
    /// memory for it.
    fn compressor(&self, level: u8, window_bits: u8) -> Option<Box<dyn Coder>>;

    /// A decompressor for windows of up to `1 << window_bits` bytes (8 to 15); `None` if there is no memory for it.
    fn decompressor(&self, window_bits: u8) -> Option<Box<dyn Coder>>;
}

impl fmt::Debug for dyn Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}

/// A compressor or decompressor. It is trusted: one that doesn't do as [`run`](Self::run) says, or reports progress beyond
/// its input or output, can make the connection panic or loop forever.
pub trait Coder: Send {
    /// Consumes input and produces output, as much as `output` has room for. With `flush`, output is produced for all the
    /// input that was consumed (a sync flush); a decompressor always does so.
    ///
    /// `None` if there is no memory. Output that isn't full means that nothing is left inside.
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: bool) -> Option<Progress>;

    /// Starts a new stream with an empty window.
    fn reset(&mut self);
}

/// The result of one call of [`Coder::run`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes of input were consumed.
    pub consumed: usize,
    /// How many bytes of output were produced.
    pub produced: usize,
    /// The state of the stream afterwards.
    pub status: Status,
}

/// The state of a DEFLATE stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It continues.
    Open,
    /// Its final block is complete.
    Ended,
    /// The input isn't DEFLATE data. What was decompressed before the invalid part is in the output: so the result doesn't
    /// depend on how the input is cut.
    Invalid,
}
