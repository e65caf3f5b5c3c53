//! Masking (RFC 6455 5.3).

use super::error::Error;

/// A masking key.
pub type Key = [u8; 4];

/// Masks or unmasks `payload` in place; `offset` is where in the frame's payload it begins.
pub fn apply(payload: &mut [u8], key: Key, offset: u64) {
    let shift = (offset % 4) as usize;
    let key: Key = core::array::from_fn(|i| key[(i + shift) % 4]);
    let word = u32::from_ne_bytes(key);
    // Eight words at a time, so that the compiler uses SIMD: it does not for a loop over bytes.
    let (blocks, rest) = payload.as_chunks_mut::<32>();
    for block in blocks {
        for bytes in block.as_chunks_mut::<4>().0 {
            *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
        }
    }
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

/// Fresh random keys, each used once; the system is asked for many at a time.
#[derive(Debug)]
pub struct Keys {
    pool: [u8; 512],
    used: usize,
}

impl Keys {
    /// An empty pool: the system is asked at the first key.
    pub fn new() -> Self {
        Self { pool: [0; 512], used: 512 }
    }

    /// `N` random bytes that were never given out before.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        if self.pool.len() - self.used < N {
            getrandom::fill(&mut self.pool).map_err(|_| Error::NoRandomness)?;
            self.used = 0;
        }
        let bytes = core::array::from_fn(|i| self.pool[self.used + i]);
        self.used += N;
        Ok(bytes)
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self::new()
    }
}
