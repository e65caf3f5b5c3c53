//! How the shim drives a socket: bytes in, events and bytes out, in the standard's order (WHATWG WebSockets 4).

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::engine;
use super::frame::Frame;
use super::queue::Outgoing;
use super::socket::{ReadyState, Socket};
use crate::protocol::{CloseCode, CloseFrame, Closed, Error, Event, Message, Part};

/// The event to dispatch next.
#[wasm_bindgen]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// None: wait for more bytes.
    None = 0,
    /// `open`.
    Open = 1,
    /// `message` with a string: [`Socket::take_text`].
    Text = 2,
    /// `message` with binary data: [`Socket::take_binary`].
    Binary = 3,
    /// `error`; `close` follows.
    Error = 4,
    /// `close`, the last one: [`Socket::close_code`] and its neighbours.
    Close = 5,
    /// No event of the interface: the answer to a ping came ([`Socket::take_pong`]).
    Pong = 6,
}

/// What belongs to the event that is being dispatched.
#[derive(Debug, Default)]
pub(super) struct Dispatch {
    message: Option<Message>,
    closed: Option<Closed>,
}

#[wasm_bindgen]
impl Socket {
    /// Takes the next event, to be dispatched in this very task: state and attributes change with it.
    #[wasm_bindgen(js_name = nextEvent)]
    pub fn next_event(&mut self) -> EventKind {
        if self.dispatch.closed.is_some() {
            return EventKind::Close;
        }
        while let Some(event) = self.connection.poll_event() {
            match event {
                Event::Open(response) => {
                    if self.state == ReadyState::Connecting {
                        self.state = ReadyState::Open;
                        self.protocol = response.subprotocol().to_owned();
                        self.extensions = response.extensions();
                        return EventKind::Open;
                    }
                }
                // "If ready state is not OPEN (1), then return."
                Event::Message(_) if self.state != ReadyState::Open => {}
                Event::Message(message) => {
                    let kind = match &message {
                        Message::Text(_) | Message::Large { text: true, .. } => EventKind::Text,
                        Message::Binary(_) | Message::Large { text: false, .. } => EventKind::Binary,
                    };
                    self.dispatch.message = Some(message);
                    return kind;
                }
                Event::Pong(payload) => {
                    self.pongs.push_back(payload);
                    return EventKind::Pong;
                }
                Event::Closing => {
                    if self.state == ReadyState::Open {
                        self.state = ReadyState::Closing;
                    }
                }
                Event::Closed(closed) => return self.closed(closed),
            }
        }
        EventKind::None
    }

    /// Whether there may be another event to take: in a task of its own, once the last one's microtasks ran dry.
    #[wasm_bindgen(getter, js_name = hasEvent)]
    pub fn has_event(&self) -> bool {
        self.dispatch.closed.is_some() || self.connection.has_event()
    }

    /// Whether the next event is [`EventKind::Error`], which `close` follows in the same task.
    #[wasm_bindgen(getter, js_name = nextIsError)]
    pub fn next_is_error(&self) -> bool {
        self.connection.next_is_failure()
    }

    /// Whether the next event is a message, which who reads slowly may leave for later.
    #[wasm_bindgen(getter, js_name = nextIsMessage)]
    pub fn next_is_message(&self) -> bool {
        self.connection.next_is_message()
    }

    /// Whether the transport may deliver more.
    #[wasm_bindgen(getter, js_name = wantsInput)]
    pub fn wants_input(&self) -> bool {
        self.connection.wants_input()
    }

    /// How many bytes of output wait to be taken.
    #[wasm_bindgen(getter, js_name = outputLength)]
    pub fn output_length(&self) -> f64 {
        self.connection.output_len() as f64
    }

    fn closed(&mut self, closed: Closed) -> EventKind {
        self.state = ReadyState::Closed;
        self.sendings.clear();
        self.failure.clone_from(&closed.error);
        // All that was before this side's Close frame was written, whatever has been counted so far.
        if closed.was_clean {
            self.buffered.written(u64::MAX);
        }
        let failed = closed.failed();
        self.dispatch.closed = Some(closed);
        if failed { EventKind::Error } else { EventKind::Close }
    }

    /// The string of the [`EventKind::Text`] being dispatched. `undefined`: the engine can't hold it, and
    /// [`refuse_message`](Self::refuse_message) is due.
    #[wasm_bindgen(js_name = takeText)]
    pub fn take_text(&mut self) -> Option<JsString> {
        match self.dispatch.message.take() {
            Some(Message::Text(text)) if text.len() <= MAX_STRING => Some(text.as_str().into()),
            Some(message) => text_of(message.into_parts()),
            None => None,
        }
    }

    /// The bytes of the [`EventKind::Binary`] being dispatched, in a buffer of their own. `undefined` as for
    /// [`take_text`](Self::take_text).
    #[wasm_bindgen(js_name = takeBinary)]
    pub fn take_binary(&mut self) -> JsValue {
        match self.dispatch.message.take() {
            Some(Message::Binary(bytes)) => engine::copy(&bytes),
            Some(message) => bytes_of(&message.into_parts()).into(),
            None => JsValue::UNDEFINED,
        }
    }

    /// Fails the connection because the message that was taken, a text or not, can't be dispatched.
    #[wasm_bindgen(js_name = refuseMessage)]
    pub fn refuse_message(&mut self, text: bool) {
        self.connection.refuse_message(if text { Error::MessageUnusable } else { Error::OutOfMemory });
    }

    /// The payload of the [`EventKind::Pong`] that was taken.
    #[wasm_bindgen(js_name = takePong)]
    pub fn take_pong(&mut self) -> Vec<u8> {
        self.pongs.pop_front().unwrap_or_default()
    }

    /// CloseEvent's `code`.
    #[wasm_bindgen(getter, js_name = closeCode)]
    pub fn close_code(&self) -> u16 {
        self.dispatch.closed.as_ref().map_or(0, |closed| closed.code)
    }

    /// CloseEvent's `reason`.
    #[wasm_bindgen(getter, js_name = closeReason)]
    pub fn close_reason(&self) -> String {
        self.dispatch.closed.as_ref().map_or_else(String::new, |closed| closed.reason.clone())
    }

    /// CloseEvent's `wasClean`.
    #[wasm_bindgen(getter, js_name = wasClean)]
    pub fn was_clean(&self) -> bool {
        self.dispatch.closed.as_ref().is_some_and(|closed| closed.was_clean)
    }

    /// Why the connection was failed, or closed without a closing handshake, for people; no event says it (WHATWG
    /// WebSockets 4, warning).
    #[wasm_bindgen(getter)]
    pub fn failure(&self) -> Option<String> {
        self.failure.as_ref().map(ToString::to_string)
    }

    /// The same for programs: [`Error::code`].
    #[wasm_bindgen(getter, js_name = failureCode)]
    pub fn failure_code(&self) -> Option<String> {
        self.failure.as_ref().map(|error| error.code().to_owned())
    }

    /// The host to connect to; an IPv6 address without brackets.
    #[wasm_bindgen(getter)]
    pub fn hostname(&self) -> String {
        self.target.hostname.clone()
    }

    /// The port to connect to.
    #[wasm_bindgen(getter)]
    pub fn port(&self) -> u16 {
        self.target.port
    }

    /// Whether the transport is to be encrypted.
    #[wasm_bindgen(getter)]
    pub fn secure(&self) -> bool {
        self.target.secure
    }

    /// Records that the connection attempt starts, and with it the handshake's timeout.
    pub fn begin(&mut self, now: f64) {
        self.connection.turn(Some(now as u64));
    }

    /// Whether the opening handshake is to offer compression, which needs a codec.
    #[wasm_bindgen(getter, js_name = wantsCodec)]
    pub fn offers_deflate(&self) -> bool {
        self.connection.offers_deflate()
    }

    /// Sends the opening handshake's request; compression is offered if there is a codec.
    #[wasm_bindgen(js_name = sendRequest)]
    pub fn send_request(&mut self, compress: bool) {
        if !compress {
            self.connection.offer_nothing();
        }
    }

    /// Takes bytes from the transport.
    pub fn receive(&mut self, bytes: &[u8], now: f64) {
        self.connection.receive(bytes, now as u64);
    }

    /// Records that the transport delivers no more.
    pub fn end(&mut self, _now: f64) {
        self.connection.end();
    }

    /// Records that the transport could not connect, or broke.
    pub fn lose(&mut self, why: &str) {
        self.connection.lose(why);
    }

    /// The document goes away: gives up connecting, or starts the closing handshake with 1001 (WHATWG WebSockets 7).
    #[wasm_bindgen(js_name = goAway)]
    pub fn go_away(&mut self, now: f64) {
        self.abort();
        self.connection.close(&CloseFrame { code: Some(CloseCode::GOING_AWAY), reason: String::new() }, now as u64);
    }

    /// Gives up an opening handshake (an AbortSignal).
    pub fn abort(&mut self) {
        if self.state == ReadyState::Connecting {
            // The connection may be established already, with the open event not yet dispatched: it never will be.
            self.connection.abandon(Error::Aborted);
            self.state = ReadyState::Closing;
        }
    }

    /// What is to be written to the transport now; `undefined` where there is nothing.
    #[wasm_bindgen(js_name = takeOutput)]
    pub fn take_output(&mut self) -> Option<Uint8Array> {
        let output = self.connection.take_output();
        self.output_taken += output.len() as u64;
        (!output.is_empty()).then(|| output.as_slice().into())
    }

    /// Records that the transport has written `bytes` more bytes of output. Never within the task that sent them. Returns
    /// `bufferedAmount` as it is then.
    pub fn written(&mut self, bytes: f64, now: f64) -> f64 {
        self.buffered.written(bytes as u64);
        self.connection.written(bytes as u64, now as u64);
        self.buffered_amount()
    }

    /// Whether a Close frame was sent or received: nothing else follows that could leave with it.
    #[wasm_bindgen(getter, js_name = isClosing)]
    pub fn is_closing(&self) -> bool {
        self.connection.is_closing()
    }

    /// The id of the message whose next part is wanted, once output has room for it.
    #[wasm_bindgen(getter)]
    pub fn wanted(&self) -> Option<u32> {
        self.sendings.wanted().filter(|_| self.connection.is_open()).map(|parts| parts.id)
    }

    /// Brings the next part of the message that is wanted, and sends what waited behind its last one. The parts of a text
    /// are cut between characters.
    #[wasm_bindgen(js_name = bringPart)]
    pub fn bring_part(&mut self, bytes: &Uint8Array, now: f64) {
        let len = bytes.length();
        let Some((parts, last)) = self.sendings.take_part(len.into()) else { return };
        let part = Part { text: parts.text, first: parts.first, last };
        let queued = self.connection.send_part(part, len as usize, |payload| bytes.copy_to(payload));
        self.sent(queued, len.into());
        while let Some(outgoing) = self.sendings.pop() {
            match outgoing {
                Outgoing::Text(text) => {
                    let queued = self.connection.send_text(&text);
                    self.sent(queued, text.len() as u64);
                }
                Outgoing::Binary(bytes) => {
                    let queued = self.connection.send_binary(&bytes);
                    self.sent(queued, bytes.len() as u64);
                }
                Outgoing::Close(frame) => self.connection.close(&frame, now as u64),
                Outgoing::Parts(_) => {}
            }
        }
    }

    /// Records that a part can't be read: the message can't be sent, and none after it.
    #[wasm_bindgen(js_name = partFailed)]
    pub fn part_failed(&mut self) {
        self.sendings.clear();
        self.connection.abandon(Error::UnreadableBlob);
    }

    /// Sends a ping of at most 125 bytes. Returns whether it could.
    pub fn ping(&mut self, payload: &[u8]) -> bool {
        self.state == ReadyState::Open && self.connection.ping(payload)
    }

    /// When [`expire`](Self::expire) is to be called, on the clock of `now`.
    #[wasm_bindgen(getter)]
    pub fn deadline(&self) -> Option<f64> {
        self.connection.deadline().map(|deadline| deadline as f64)
    }

    /// Ends what has taken too long.
    pub fn expire(&mut self, now: f64) {
        self.connection.expire(now as u64);
    }

    /// Records frames from now on, with the first `preview` bytes of their payloads; `undefined` stops it.
    pub fn trace(&mut self, preview: Option<u32>) {
        self.connection.trace(preview.map(|bytes| bytes as usize));
    }

    /// The next frame that was recorded.
    #[wasm_bindgen(js_name = nextFrame)]
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.connection.poll_frame().map(Frame::from)
    }
}

/// The longest text that is made a string in one piece, in bytes; every engine has strings of that length.
const MAX_STRING: usize = 64 << 20;

/// The string of a text in parts.
fn text_of(parts: Vec<Vec<u8>>) -> Option<JsString> {
    let mut text = JsString::from("");
    let mut cut = Vec::new();
    for part in parts {
        for piece in part.chunks(MAX_STRING) {
            cut.extend_from_slice(piece);
            // The last character may go on in the next piece.
            let end = cut.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            if let Ok(whole) = core::str::from_utf8(&cut[..end]) {
                text = engine::concat(&text, whole)?;
            }
            cut.drain(..end);
        }
    }
    Some(text)
}

/// The bytes of binary data in parts, in a buffer of their own.
fn bytes_of(parts: &[Vec<u8>]) -> Option<Uint8Array> {
    let bytes = engine::allocate(parts.iter().map(|part| part.len() as u32).sum())?;
    let mut at = 0;
    for part in parts {
        let end = at + part.len() as u32;
        bytes.subarray(at, end).copy_from(part);
        at = end;
    }
    Some(bytes)
}
