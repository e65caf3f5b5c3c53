//! Random bytes, which the page's `crypto.getRandomValues()` gives.

use rustls::crypto::{GetRandomFailed, SecureRandom};

#[cfg(not(target_arch = "wasm32"))]
pub use imp::{Source, set_source, system};

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

/// For native tests: the system's random bytes, or those of a source that a test sets for its thread.
#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use std::cell::Cell;

    use rustls::crypto::GetRandomFailed;

    /// Fills the slice.
    pub type Source = fn(&mut [u8]) -> Result<(), GetRandomFailed>;

    thread_local! {
        static SOURCE: Cell<Source> = const { Cell::new(system) };
    }

    /// Sets this thread's source.
    pub fn set_source(source: Source) {
        SOURCE.set(source);
    }

    pub fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        SOURCE.get()(bytes)
    }

    /// The system's source.
    pub fn system(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        getrandom::fill(bytes).map_err(|_| GetRandomFailed)
    }
}
