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

/// Random bytes that a source supplies many at a time, each used once.
///
/// Each frame that is sent takes four. If every call of the source is expensive, a pool makes it rare; connections may
/// share one:
///
/// ```
/// use std::cell::RefCell;
/// use websocket_wasm::protocol::{Config, Connection, RandomError, RandomPool};
///
/// thread_local! {
///     static POOL: RefCell<RandomPool> = const { RefCell::new(RandomPool::new()) };
/// }
///
/// fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
///     let source = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| RandomError);
///     POOL.with_borrow_mut(|pool| pool.fill(bytes, source))
/// }
///
/// let connection = Connection::new(&Config::default(), random);
/// ```
pub struct RandomPool {
    bytes: [u8; 512],
    /// How many bytes at the end were not used.
    left: usize,
}

impl RandomPool {
    /// An empty pool; the first [`fill`](Self::fill) fills it.
    pub const fn new() -> Self {
        Self { bytes: [0; 512], left: 0 }
    }

    /// Fills a buffer with bytes that were never used before. `source` fills the pool when it is used up.
    ///
    /// # Errors
    /// That of `source`.
    pub fn fill(
        &mut self,
        bytes: &mut [u8],
        source: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
    ) -> Result<(), RandomError> {
        if self.left < bytes.len() {
            if self.bytes.len() < bytes.len() {
                return source(bytes);
            }
            // Nothing is used twice if the source fails.
            self.left = 0;
            source(&mut self.bytes)?;
            self.left = self.bytes.len();
        }
        let start = self.bytes.len() - self.left;
        bytes.copy_from_slice(&self.bytes[start..start + bytes.len()]);
        self.left -= bytes.len();
        Ok(())
    }
}

impl Default for RandomPool {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RandomPool {
    // The bytes are secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RandomPool").finish_non_exhaustive()
    }
}

/// Fills a buffer with unpredictable bytes.
type Source = dyn FnMut(&mut [u8]) -> Result<(), RandomError> + Send;

/// A connection's source of random bytes.
pub struct RandomSource(Box<Source>);

impl RandomSource {
    /// A source that calls `source`.
    pub fn new(source: impl FnMut(&mut [u8]) -> Result<(), RandomError> + Send + 'static) -> Self {
        Self(Box::new(source))
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes).map_err(|RandomError| Error::NoRandomness)?;
        Ok(bytes)
    }
}

impl fmt::Debug for RandomSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RandomSource").finish_non_exhaustive()
    }
}
