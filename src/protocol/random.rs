//! Random bytes for the handshake's nonce and for masking keys (RFC 6455 4.1, 5.3, 10.3). The driver supplies them.

use alloc::boxed::Box;
use core::fmt;

use super::error::Error;

/// The source of random bytes failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomError;

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no source of random bytes")
    }
}

impl core::error::Error for RandomError {}

/// Fills a buffer with unpredictable bytes.
type Source = dyn FnMut(&mut [u8]) -> Result<(), RandomError> + Send;

/// Random bytes, each used once; the source supplies many at a time.
pub struct RandomPool {
    source: Box<Source>,
    bytes: [u8; 512],
    used: usize,
}

impl RandomPool {
    /// An empty pool; the first [`take`](Self::take) fills it.
    pub fn new(source: impl FnMut(&mut [u8]) -> Result<(), RandomError> + Send + 'static) -> Self {
        Self { source: Box::new(source), bytes: [0; 512], used: 512 }
    }

    /// `N` random bytes that were never returned before.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        if self.bytes.len() - self.used < N {
            (self.source)(&mut self.bytes).map_err(|RandomError| Error::NoRandomness)?;
            self.used = 0;
        }
        let unused = self.bytes.get(self.used..).and_then(<[u8]>::first_chunk);
        self.used += N;
        unused.copied().ok_or(Error::NoRandomness)
    }
}

impl fmt::Debug for RandomPool {
    // The bytes are secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RandomPool").finish_non_exhaustive()
    }
}
