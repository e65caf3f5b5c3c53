//! One WebSocket: its state, and how it is constructed (WHATWG WebSockets 3.1).

mod driver;
mod interface;
mod monitor;
mod status;

use core::cell::RefCell;

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

pub use self::driver::EventKind;
pub use self::interface::check_close;

use self::driver::Dispatch;
use super::buffered_amount::BufferedAmount;
use super::exception::{syntax_error, type_error};
use super::failure::{Failure, OwnReasons};
use super::handshake_request::handshake_request;
use super::options::Options;
use super::ready_state::ReadyState;
use super::send_queue::{Compress, SendQueue};
use super::url::SocketUrl;
use super::{blocked_ports, random, subprotocols};
use crate::protocol::{Connection, Millis, Request};

thread_local! {
    static OUTPUT_MEMORY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One WebSocket: everything of the interface that isn't bound to JavaScript.
///
/// It never calls back: after each call the caller asks for events and output.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Socket {
    url: SocketUrl,
    state: ReadyState,
    /// See [`agreement`](Self::agreement).
    agreement: String,
    connection: Connection,
    /// The request with the offer of permessage-deflate; `None` once it is sent.
    request: Option<Request>,
    buffered: BufferedAmount,
    /// How many bytes of output were taken so far.
    output_taken: u64,
    dispatch: Dispatch,
    /// The payloads in the last input, as status.rs describes them.
    ranges: Vec<u32>,
    /// The deadline that the shim knows.
    reported_deadline: Option<Millis>,
    send_queue: SendQueue,
    /// Whether the next message that is sent is compressed.
    compress: Compress,
    reasons: OwnReasons,
    failure: Option<Failure>,
    /// The handshake's response: see [`take_response`](Self::take_response).
    response: Option<Vec<u8>>,
}

#[wasm_bindgen]
impl Socket {
    /// The constructor's checks. Nothing begins before [`begin`](Self::begin); a blocked port is a failure at once.
    ///
    /// `strings`: the realm's origin, or an empty string; the names and values of headers; then those of
    /// [`check_arguments`]. `numbers`: see `Options::read`.
    ///
    /// # Errors
    /// A `SyntaxError` for the URL and for the subprotocols, a `TypeError` for a header.
    #[wasm_bindgen(constructor)]
    pub fn new(strings: Vec<String>, numbers: &Uint8Array) -> Result<Self, JsValue> {
        let options = Options::read(&numbers.to_vec());
        let Some((origin, Some((headers, arguments)))) =
            strings.split_first().map(|(origin, rest)| (origin, rest.split_at_checked(options.headers)))
        else {
            return Err(JsValue::UNDEFINED);
        };
        let (url, protocols) = checked(arguments)?;
        let request = handshake_request(&url, protocols, options.deflate, headers, origin)
            .map_err(|why| type_error(&construct_message(why)))?;
        let mut socket = Self {
            state: ReadyState::Connecting,
            agreement: String::new(),
            connection: Connection::new(&options.config, random::fill),
            request: Some(request),
            buffered: BufferedAmount::default(),
            output_taken: 0,
            dispatch: Dispatch::default(),
            ranges: Vec::new(),
            reported_deadline: None,
            send_queue: SendQueue::default(),
            compress: None,
            reasons: OwnReasons::default(),
            failure: None,
            response: None,
            url,
        };
        if blocked_ports::is_blocked(socket.url.port) {
            socket.abort_for(Failure::BlockedPort(socket.url.port));
        }
        Ok(socket)
    }

    /// Lends the memory for output, which all sockets share, to this one; it is returned once the output was taken.
    fn lend_memory(&mut self) {
        OUTPUT_MEMORY.with_borrow_mut(|memory| self.connection.lend_memory(memory));
    }

    fn return_memory(&mut self) {
        OUTPUT_MEMORY.with_borrow_mut(|memory| self.connection.return_memory(memory));
    }

    fn abort_for(&mut self, why: Failure) {
        self.reasons.aborted(why);
        self.connection.abort();
    }
}

/// The constructor's checks of the URL and the subprotocols alone, for the transport `native`. Returns the URL,
/// serialised. `arguments`: the URL, the base URL or an empty string, and the subprotocols.
///
/// # Errors
/// As [`Socket::new`].
#[wasm_bindgen(js_name = checkArguments)]
pub fn check_arguments(arguments: Vec<String>) -> Result<JsString, JsValue> {
    checked(&arguments).map(|(url, _)| url.href.into())
}

fn checked(arguments: &[String]) -> Result<(SocketUrl, &[String]), JsValue> {
    let [url, base, protocols @ ..] = arguments else { return Err(JsValue::UNDEFINED) };
    let error = |why: String| syntax_error(&construct_message(why));
    let url = SocketUrl::parse(url, base).map_err(error)?;
    subprotocols::check(protocols).map_err(error)?;
    Ok((url, protocols))
}

fn construct_message(why: impl core::fmt::Display) -> String {
    format!("Failed to construct 'WebSocket': {why}")
}
