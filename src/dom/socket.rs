//! The interface: state, attributes, `send()` and `close()` (WHATWG WebSockets 3.1).

use std::collections::VecDeque;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::buffered::BufferedAmount;
use super::closing::{InvalidClose, close_frame};
use super::driving::Dispatch;
use super::exception::{invalid_access_error, invalid_state_error, syntax_error, type_error};
use super::options::Options;
use super::queue::{Outgoing, SendQueue};
use super::target::Target;
use super::{ports, subprotocols};
use crate::protocol::{Connection, Error, Request};

/// What `readyState` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadyState {
    Connecting = 0,
    Open = 1,
    Closing = 2,
    Closed = 3,
}

/// One WebSocket: everything of the DOM interface but what only JavaScript can be.
///
/// It never calls back: whoever gives it bytes then drains its events and its output.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Socket {
    pub(super) target: Target,
    pub(super) state: ReadyState,
    pub(super) protocol: String,
    pub(super) extensions: String,
    pub(super) connection: Connection,
    pub(super) buffered: BufferedAmount,
    /// The bytes of output that the driver took so far.
    pub(super) output_taken: u64,
    pub(super) dispatch: Dispatch,
    pub(super) sendings: SendQueue,
    pub(super) failure: Option<Error>,
    /// Pongs in their order, for who awaits them.
    pub(super) pongs: VecDeque<Vec<u8>>,
}

#[wasm_bindgen]
impl Socket {
    /// The constructor's checks; the opening handshake's request is ready to be taken as output.
    ///
    /// # Errors
    /// A `SyntaxError` for the URL and for the subprotocols, a `TypeError` for a header.
    #[wasm_bindgen(constructor)]
    pub fn new(url: &str, base: Option<String>, protocols: Vec<String>, options: Options) -> Result<Self, JsValue> {
        let construct = |why: &str| format!("Failed to construct 'WebSocket': {why}");
        let target = Target::parse(url, base.as_deref()).map_err(|why| syntax_error(&construct(&why)))?;
        subprotocols::check(&protocols).map_err(|why| syntax_error(&construct(&why)))?;
        let request = request(&target, &protocols, &options).map_err(|why| type_error(&construct(&why)))?;
        let mut connection = Connection::connect(&request, &options.config, 0);
        connection.turn(None);
        if ports::is_bad(target.port) {
            connection.abandon(Error::BadPort(target.port));
        }
        Ok(Self {
            target,
            state: ReadyState::Connecting,
            protocol: String::new(),
            extensions: String::new(),
            connection,
            buffered: BufferedAmount::default(),
            output_taken: 0,
            dispatch: Dispatch::default(),
            sendings: SendQueue::default(),
            failure: None,
            pongs: VecDeque::new(),
        })
    }

    /// `url`.
    #[wasm_bindgen(getter)]
    pub fn url(&self) -> String {
        self.target.href.clone()
    }

    /// `readyState`.
    #[wasm_bindgen(getter, js_name = readyState)]
    pub fn ready_state(&self) -> u16 {
        self.state as u16
    }

    /// `bufferedAmount`, in bytes.
    #[wasm_bindgen(getter, js_name = bufferedAmount)]
    pub fn buffered_amount(&self) -> f64 {
        self.buffered.get() as f64
    }

    /// `extensions`.
    #[wasm_bindgen(getter)]
    pub fn extensions(&self) -> String {
        self.extensions.clone()
    }

    /// `protocol`.
    #[wasm_bindgen(getter)]
    pub fn protocol(&self) -> String {
        self.protocol.clone()
    }

    /// `send()` of a string. Returns `bufferedAmount` as it is then.
    ///
    /// # Errors
    /// An `InvalidStateError` while CONNECTING.
    #[wasm_bindgen(js_name = sendText)]
    pub fn send_text(&mut self, text: &str) -> Result<f64, JsValue> {
        self.begin_send(text.len() as u64)?;
        if self.can_send() {
            if self.sendings.is_empty() {
                let queued = self.connection.send_text(text);
                self.sent(queued, text.len() as u64);
            } else {
                self.sendings.push(Outgoing::Text(text.to_owned()));
            }
        }
        Ok(self.buffered_amount())
    }

    /// `send()` of an ArrayBuffer or a view, as a view of its bytes. Returns as [`send_text`](Self::send_text).
    ///
    /// # Errors
    /// An `InvalidStateError` while CONNECTING.
    #[wasm_bindgen(js_name = sendBinary)]
    pub fn send_binary(&mut self, bytes: &Uint8Array) -> Result<f64, JsValue> {
        let len = bytes.length();
        self.begin_send(len.into())?;
        if self.can_send() {
            if self.sendings.is_empty() {
                let queued = self.connection.send_binary_with(len as usize, |payload| bytes.copy_to(payload));
                self.sent(queued, len.into());
            } else {
                self.sendings.push(Outgoing::Binary(bytes.to_vec()));
            }
        }
        Ok(self.buffered_amount())
    }

    /// `send()` of what comes in parts: a Blob, or what is too large to be held twice. The driver brings the parts when
    /// [`wanted`](Self::wanted) names the message by `id`. Returns whether it will: not where the connection is closing.
    ///
    /// # Errors
    /// An `InvalidStateError` while CONNECTING.
    #[wasm_bindgen(js_name = sendParts)]
    pub fn send_parts(&mut self, id: u32, text: bool, size: f64) -> Result<bool, JsValue> {
        self.begin_send(size as u64)?;
        if self.can_send() {
            self.sendings.push_parts(id, text, size as u64);
            return Ok(true);
        }
        Ok(false)
    }

    /// `close()`.
    ///
    /// # Errors
    /// An `InvalidAccessError` for the code, a `SyntaxError` for the reason, in that order and in every state.
    pub fn close(&mut self, code: Option<u16>, reason: Option<String>, now: f64) -> Result<(), JsValue> {
        let frame = close_frame(code, reason.as_deref()).map_err(close_exception)?;
        match self.state {
            ReadyState::Closing | ReadyState::Closed => return Ok(()),
            // The connection may be established already, with the open event not yet dispatched: it never will be.
            ReadyState::Connecting => self.connection.abandon(Error::Aborted),
            ReadyState::Open if self.sendings.is_empty() => self.connection.close(&frame, now as u64),
            ReadyState::Open => {
                self.connection.close_later(now as u64);
                self.sendings.push(Outgoing::Close(frame));
            }
        }
        self.state = ReadyState::Closing;
        Ok(())
    }

    fn begin_send(&mut self, payload: u64) -> Result<(), JsValue> {
        if self.state == ReadyState::Connecting {
            return Err(still_connecting());
        }
        self.buffered.add(payload);
        Ok(())
    }

    /// Whether data still goes out; elsewhere it is only counted.
    fn can_send(&self) -> bool {
        self.state == ReadyState::Open && self.connection.is_open()
    }

    pub(super) fn sent(&mut self, queued: bool, payload: u64) {
        if queued {
            self.buffered.framed(payload, self.output_taken + self.connection.output_len() as u64);
        } else if self.connection.is_open() {
            // "If the data cannot be sent, e.g. because it would need to be buffered but the buffer is full".
            self.connection.abandon(Error::Full(payload));
        }
    }
}

/// The constructor's checks of the URL and the subprotocols, for a socket over another wire. Returns the URL, serialised.
///
/// # Errors
/// A `SyntaxError` for either.
#[wasm_bindgen(js_name = checkArguments)]
pub fn check_arguments(url: &str, base: Option<String>, protocols: Vec<String>) -> Result<String, JsValue> {
    let construct = |why: &str| format!("Failed to construct 'WebSocket': {why}");
    let target = Target::parse(url, base.as_deref()).map_err(|why| syntax_error(&construct(&why)))?;
    subprotocols::check(&protocols).map_err(|why| syntax_error(&construct(&why)))?;
    Ok(target.href)
}

/// The checks of `close()` alone, for a socket that is gone.
///
/// # Errors
/// As [`Socket::close`].
#[wasm_bindgen(js_name = checkClose)]
pub fn check_close(code: Option<u16>, reason: Option<String>) -> Result<(), JsValue> {
    close_frame(code, reason.as_deref()).map(drop).map_err(close_exception)
}

fn request(target: &Target, protocols: &[String], options: &Options) -> Result<Request, String> {
    let to_text = |e: crate::protocol::request::InvalidRequest| e.to_string();
    let mut request = Request::new(&target.host, &target.resource).map_err(to_text)?;
    request.offer_deflate(options.deflate.clone());
    for protocol in protocols {
        request.subprotocol(protocol).map_err(to_text)?;
    }
    for (name, value) in &options.headers {
        request.header(name, value).map_err(to_text)?;
    }
    if let Some(value) = target.authorization.as_ref().filter(|_| !options.has_header("Authorization")) {
        request.header("Authorization", value).map_err(to_text)?;
    }
    // Fetch 4.6, HTTP-network-or-cache fetch: what the request's cache mode, "no-store", says to caches on the way.
    for name in ["Pragma", "Cache-Control"].into_iter().filter(|name| !options.has_header(name)) {
        request.header(name, "no-cache").map_err(to_text)?;
    }
    Ok(request)
}

fn close_exception(why: InvalidClose) -> JsValue {
    let message = format!("Failed to execute 'close' on 'WebSocket': {why}");
    match why {
        InvalidClose::Code(_) => invalid_access_error(&message),
        InvalidClose::Reason(_) => syntax_error(&message),
    }
}

fn still_connecting() -> JsValue {
    invalid_state_error("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.")
}
