//! Random bytes for all sockets: the platform is asked for many at a time.

use core::cell::RefCell;

use crate::protocol::{RandomError, RandomPool};

thread_local! {
    static POOL: RefCell<RandomPool> = const { RefCell::new(RandomPool::new()) };
}

/// Fills `bytes` with unpredictable ones, none of which was given out before.
///
/// # Errors
/// If the platform has none.
pub fn fill(bytes: &mut [u8]) -> Result<(), RandomError> {
    POOL.with_borrow_mut(|pool| pool.fill(bytes, |bytes| getrandom::fill(bytes).map_err(|_| RandomError)))
}
