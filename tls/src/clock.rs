//! The time, which the page sets: WebAssembly has no clock.

use core::time::Duration;
use std::cell::Cell;

use rustls::pki_types::UnixTime;

thread_local! {
    static NOW: Cell<Option<UnixTime>> = const { Cell::new(None) };
}

/// Sets the Unix time, in seconds. Not a number, or one before 1970, makes it unknown: then no certificate is valid.
pub fn set(seconds: f64) {
    let time = Duration::try_from_secs_f64(seconds).ok().map(UnixTime::since_unix_epoch);
    NOW.set(time);
}

/// The time; `None` if it is unknown.
pub fn now() -> Option<UnixTime> {
    NOW.get()
}
