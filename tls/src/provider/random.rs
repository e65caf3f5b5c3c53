//! Random bytes, which the page's `crypto.getRandomValues()` gives.

use rustls::crypto::{GetRandomFailed, SecureRandom};

/// The source of random bytes.
#[derive(Debug)]
pub struct Random;

impl SecureRandom for Random {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        imp::fill(bytes)
    }
}

/// An array of random bytes.
pub fn array<const N: usize>() -> Result<[u8; N], GetRandomFailed> {
    let mut bytes = [0; N];
    imp::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use rustls::crypto::GetRandomFailed;

    unsafe extern "C" {
        /// Fills the memory with random bytes. An exception of the import unwinds through this module and ends it.
        safe fn random(address: *mut u8, len: usize);
    }

    pub fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        random(bytes.as_mut_ptr(), bytes.len());
        Ok(())
    }
}

/// For native tests.
#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use rustls::crypto::GetRandomFailed;

    pub fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        getrandom::fill(bytes).map_err(|_| GetRandomFailed)
    }
}
