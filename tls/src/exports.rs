//! The functions that the page calls. An `id` is a connection's.

use std::cell::RefCell;

use crate::clock;
use crate::facts;
use crate::failure::Failure;
use crate::module::Module;
use crate::session::{Session, Status};

thread_local! {
    static MODULE: RefCell<Module> = RefCell::default();
}

/// The status of a connection that doesn't exist.
const FAILED: i32 = Status::Failed as i32;

fn with<T>(call: impl FnOnce(&mut Module) -> T) -> T {
    MODULE.with_borrow_mut(call)
}

fn with_session<T>(id: usize, otherwise: T, call: impl FnOnce(&mut Session) -> T) -> T {
    with(|module| module.session(id).map(call)).unwrap_or(otherwise)
}

fn set_result(bytes: impl Into<Vec<u8>>) {
    with(|module| module.result = bytes.into());
}

/// Sets the Unix time, in seconds: certificates and tickets are judged by it.
#[unsafe(no_mangle)]
pub extern "C" fn clock(seconds: f64) {
    clock::set(seconds);
}

/// Makes room for an argument of `len` bytes, and returns its address.
#[unsafe(no_mangle)]
pub extern "C" fn scratch(len: usize) -> *mut u8 {
    with(|module| {
        module.argument.clear();
        module.argument.resize(len, 0);
        module.argument.as_mut_ptr()
    })
}

/// The address of the result of the last call that has one.
#[unsafe(no_mangle)]
pub extern "C" fn result() -> *const u8 {
    with(|module| module.result.as_ptr())
}

/// Sets the built-in authorities: the argument is the file `roots.bin`. Returns 0 if it isn't one.
#[unsafe(no_mangle)]
pub extern "C" fn set_roots() -> i32 {
    with(|module| module.set_roots().into())
}

/// Begins a connection with the options in the argument (records; src/options.rs). Returns its id, or a failure's code,
/// negative, whose detail is then the result.
#[unsafe(no_mangle)]
pub extern "C" fn connect() -> i32 {
    match with(Module::connect) {
        Ok(id) => id as i32,
        Err(Failure { code, detail }) => {
            set_result(detail);
            -(code as i32)
        }
    }
}

/// Takes the argument as ciphertext from the transport. Returns the status ([`Status`]).
#[unsafe(no_mangle)]
pub extern "C" fn receive(id: usize) -> i32 {
    with(|module| {
        let Some((session, bytes)) = module.session_and_argument(id) else { return FAILED };
        session.receive(bytes);
        session.status() as i32
    })
}

/// Encrypts the argument. Returns the status.
#[unsafe(no_mangle)]
pub extern "C" fn send(id: usize) -> i32 {
    with(|module| {
        let Some((session, bytes)) = module.session_and_argument(id) else { return FAILED };
        session.send(bytes);
        session.status() as i32
    })
}

/// Ends the sending direction by close_notify. Returns the status.
#[unsafe(no_mangle)]
pub extern "C" fn close(id: usize) -> i32 {
    with_session(id, FAILED, |session| {
        session.close();
        session.status() as i32
    })
}

/// The address of the ciphertext for the transport.
#[unsafe(no_mangle)]
pub extern "C" fn output(id: usize) -> *const u8 {
    with_session(id, core::ptr::null(), |session| session.output.as_ptr())
}

/// How many bytes that is.
#[unsafe(no_mangle)]
pub extern "C" fn output_len(id: usize) -> usize {
    with_session(id, 0, |session| session.output.len())
}

/// The output was taken.
#[unsafe(no_mangle)]
pub extern "C" fn output_taken(id: usize) {
    with_session(id, (), |session| session.output.clear());
}

/// The address of the plaintext from the server.
#[unsafe(no_mangle)]
pub extern "C" fn plaintext(id: usize) -> *const u8 {
    with_session(id, core::ptr::null(), |session| session.plaintext.as_ptr())
}

/// How many bytes that is.
#[unsafe(no_mangle)]
pub extern "C" fn plaintext_len(id: usize) -> usize {
    with_session(id, 0, |session| session.plaintext.len())
}

/// The plaintext was taken.
#[unsafe(no_mangle)]
pub extern "C" fn plaintext_taken(id: usize) {
    with_session(id, (), |session| session.plaintext.clear());
}

/// The code of a connection's failure (src/failure.rs), 0 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn failure(id: usize) -> u32 {
    with_session(id, None, |session| session.failure().map(|failure| failure.code)).unwrap_or_default()
}

/// Makes the detail of a connection's failure the result.
#[unsafe(no_mangle)]
pub extern "C" fn failure_detail(id: usize) {
    let detail = with_session(id, None, |session| session.failure().map(|failure| failure.detail.clone()));
    set_result(detail.unwrap_or_default());
}

/// Makes what is known of a connection the result (records; src/facts.rs).
#[unsafe(no_mangle)]
pub extern "C" fn facts(id: usize) {
    set_result(with_session(id, Vec::new(), |session| facts::facts(session.negotiated())));
}

/// Makes new lines of the key log the result.
#[unsafe(no_mangle)]
pub extern "C" fn keylog(id: usize) {
    set_result(with_session(id, String::new(), |session| core::mem::take(&mut session.key_log)));
}

/// The length of the result.
#[unsafe(no_mangle)]
pub extern "C" fn result_len() -> usize {
    with(|module| module.result.len())
}

/// Frees a connection.
#[unsafe(no_mangle)]
pub extern "C" fn free(id: usize) {
    with(|module| module.free(id));
}
