//! What the verifier and the key log report while rustls runs, whose own errors say less.

use std::cell::{Cell, RefCell};

use crate::failure::Failure;

thread_local! {
    static FAILURE: RefCell<Option<Failure>> = const { RefCell::new(None) };
    static WEAK_KEY: Cell<bool> = const { Cell::new(false) };
    static KEY_LOG: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Records why a certificate was refused.
pub fn failure(failure: Failure) {
    FAILURE.set(Some(failure));
}

/// Takes the reason that was recorded.
pub fn take_failure() -> Option<Failure> {
    FAILURE.take()
}

/// Records that a signature was refused because its key is too short.
pub fn weak_key() {
    WEAK_KEY.set(true);
}

/// Takes that record.
pub fn take_weak_key() -> bool {
    WEAK_KEY.take()
}

/// Records a line of the key log.
pub fn key_log(line: &str) {
    KEY_LOG.with_borrow_mut(|lines| {
        lines.push_str(line);
        lines.push('\n');
    });
}

/// Takes the lines.
pub fn take_key_log() -> String {
    KEY_LOG.take()
}
