//! How the shim drives a socket: bytes in, events and bytes out, in the standard's order (WHATWG WebSockets 4).

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::Socket;
use crate::dom::engine;
use crate::dom::failure::Failure;
use crate::dom::frame::Frame;
use crate::dom::message_data::{bytes_of, string_of};
use crate::dom::ready_state::ReadyState;
use crate::dom::send_queue::Outgoing;
use crate::protocol::{CloseCode, CloseFrame, Closed, Event, Message};

/// The most output that is copied at a time, in bytes: the engine may refuse the buffer for it.
const MAX_OUTPUT: usize = 4 << 20;

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
    /// `close`, the last one: [`Socket::close_code`], [`Socket::close_reason`], [`Socket::was_clean`].
    Close = 5,
    /// Not an event of the interface: a ping was answered ([`Socket::take_pong`]).
    Pong = 6,
}

/// The details of the event that is being dispatched.
#[derive(Debug, Default)]
pub(super) struct Dispatch {
    message: Option<Message>,
    pong: Vec<u8>,
    closed: Option<Closed>,
}

#[wasm_bindgen]
impl Socket {
    /// Whether permessage-deflate is to be offered, for which there must be a codec.
    #[wasm_bindgen(getter, js_name = wantsCodec)]
    pub fn wants_codec(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.deflate().is_some())
    }

    /// Starts the handshake timeout: the attempt to connect begins.
    pub fn begin(&mut self, now: f64) {
        self.connection.begin(now as u64);
    }

    /// Queues the request of the opening handshake. `compress`: whether to offer permessage-deflate, if the options do.
    #[wasm_bindgen(js_name = sendRequest)]
    pub fn send_request(&mut self, compress: bool) {
        let Some(mut request) = self.request.take() else { return };
        if !compress {
            request.offer_deflate(None);
        }
        self.connection.send_request(request);
    }

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
                // Only after `receive_in_place`.
                Event::InPlace(..) => {}
                Event::Message(message) => {
                    let kind = if message.is_text() { EventKind::Text } else { EventKind::Binary };
                    self.dispatch.message = Some(message);
                    return kind;
                }
                Event::Pong(payload) => {
                    self.dispatch.pong = payload;
                    return EventKind::Pong;
                }
                Event::CloseReceived => {
                    if self.state == ReadyState::Open {
                        self.state = ReadyState::Closing;
                    }
                }
                Event::Closed(closed) => return self.closed(closed),
            }
        }
        EventKind::None
    }

    /// Whether there may be another event. It is taken in another task, after the microtasks of the last one.
    #[wasm_bindgen(getter, js_name = hasEvent)]
    pub fn has_event(&self) -> bool {
        self.dispatch.closed.is_some() || self.connection.peek_event().is_some()
    }

    /// Whether the next event is [`EventKind::Error`], which `close` follows in the same task.
    #[wasm_bindgen(getter, js_name = nextIsError)]
    pub fn next_is_error(&self) -> bool {
        matches!(self.connection.peek_event(), Some(Event::Closed(closed)) if closed.failed())
    }

    /// Whether the next event is a message, which a slow reader may leave for later.
    #[wasm_bindgen(getter, js_name = nextIsMessage)]
    pub fn next_is_message(&self) -> bool {
        matches!(self.connection.peek_event(), Some(Event::Message(_)))
    }

    /// Whether to read from the transport; otherwise it is to pause.
    #[wasm_bindgen(getter, js_name = wantsInput)]
    pub fn wants_input(&self) -> bool {
        self.connection.wants_input()
    }

    /// How many bytes of output there are.
    #[wasm_bindgen(getter, js_name = outputLength)]
    pub fn output_length(&self) -> f64 {
        self.connection.output_len() as f64
    }

    fn closed(&mut self, mut closed: Closed) -> EventKind {
        self.state = ReadyState::Closed;
        self.send_queue.clear();
        let failed = closed.failed();
        self.failure = closed.error.take().map(|error| self.reasons.failure(error));
        // Everything before this side's Close frame was written, whatever was reported so far.
        if closed.was_clean {
            self.buffered.written(u64::MAX);
        }
        self.dispatch.closed = Some(closed);
        if failed { EventKind::Error } else { EventKind::Close }
    }

    /// The string of the [`EventKind::Text`] that is being dispatched. `undefined` if the engine has no string of that
    /// length: then call [`refuse_message`](Self::refuse_message).
    #[wasm_bindgen(js_name = takeText)]
    pub fn take_text(&mut self) -> Option<JsString> {
        string_of(self.dispatch.message.take()?)
    }

    /// The bytes of the [`EventKind::Binary`] that is being dispatched, in a buffer of their own. `undefined` as for
    /// [`take_text`](Self::take_text).
    #[wasm_bindgen(js_name = takeBinary)]
    pub fn take_binary(&mut self) -> JsValue {
        self.dispatch.message.take().map_or(JsValue::UNDEFINED, bytes_of)
    }

    /// Fails the connection because the message that was taken, a text or not, can't be dispatched.
    #[wasm_bindgen(js_name = refuseMessage)]
    pub fn refuse_message(&mut self, text: bool) {
        self.reasons.refused(if text { Failure::TextTooLong } else { Failure::NoMemoryToReceive });
        self.connection.refuse_message(CloseCode::TOO_BIG);
    }

    /// The payload of the [`EventKind::Pong`] that was taken.
    #[wasm_bindgen(js_name = takePong)]
    pub fn take_pong(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.dispatch.pong)
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

    /// Why the connection failed, or was closed without a closing handshake, as text for people; no event reports it
    /// (WHATWG WebSockets 4, warning).
    #[wasm_bindgen(getter)]
    pub fn failure(&self) -> Option<String> {
        self.failure.as_ref().map(|failure| format!("{failure}"))
    }

    /// The same as a stable code for programs.
    #[wasm_bindgen(getter, js_name = failureCode)]
    pub fn failure_code(&self) -> Option<String> {
        self.failure.as_ref().map(|failure| failure.code().to_owned())
    }

    /// The host to connect to; an IPv6 address without brackets.
    #[wasm_bindgen(getter)]
    pub fn hostname(&self) -> String {
        self.url.hostname.clone()
    }

    /// The port to connect to.
    #[wasm_bindgen(getter)]
    pub fn port(&self) -> u16 {
        self.url.port
    }

    /// Whether the transport must be encrypted.
    #[wasm_bindgen(getter)]
    pub fn secure(&self) -> bool {
        self.url.secure
    }

    /// Receives bytes from the transport.
    pub fn receive(&mut self, bytes: &[u8], now: f64) {
        self.connection.receive(bytes, now as u64);
    }

    /// Records that the transport delivers no more bytes.
    pub fn end(&mut self, now: f64) {
        self.connection.end(now as u64);
    }

    /// Records that the transport couldn't connect, or broke.
    pub fn lose(&mut self, why: &str) {
        self.reasons.transport_lost(why);
        self.connection.transport_lost();
    }

    /// The document goes away: aborts connecting, or starts the closing handshake with 1001 (WHATWG WebSockets 7).
    #[wasm_bindgen(js_name = goAway)]
    pub fn go_away(&mut self, now: f64) {
        self.abort();
        self.connection.close(&CloseFrame { code: Some(CloseCode::GOING_AWAY), reason: String::new() }, now as u64);
    }

    /// Aborts connecting (an AbortSignal).
    pub fn abort(&mut self) {
        if self.state == ReadyState::Connecting {
            // The connection may be established, and its open event not dispatched: it never will be.
            self.abort_for(Failure::Aborted);
            self.state = ReadyState::Closing;
        }
    }

    /// Output to write to the transport, at most 4 MiB at a time; `undefined` if there is none. If the engine has no
    /// memory for it the connection fails, and it is `null`.
    #[wasm_bindgen(js_name = takeOutput, unchecked_return_type = "Uint8Array<ArrayBuffer> | null | undefined")]
    pub fn take_output(&mut self) -> JsValue {
        let output = self.connection.output();
        let len = output.len().min(MAX_OUTPUT);
        if len == 0 {
            return JsValue::UNDEFINED;
        }
        let copy = engine::copy(&output[..len]);
        if copy.is_undefined() {
            self.abort_for(Failure::NoMemoryToWrite(len));
            return JsValue::NULL;
        }
        self.connection.advance_output(len);
        self.output_taken += len as u64;
        copy
    }

    /// Records that the transport has written `bytes` more bytes of output. Never call it in the task that sent them.
    /// Returns the new `bufferedAmount`.
    pub fn written(&mut self, bytes: f64, now: f64) -> f64 {
        self.buffered.written(bytes as u64);
        self.connection.written(bytes as u64, now as u64);
        self.buffered_amount()
    }

    /// Whether a Close frame was sent or received: no more output follows that could be written together with it.
    #[wasm_bindgen(getter, js_name = isClosing)]
    pub fn is_closing(&self) -> bool {
        self.connection.is_closing()
    }

    /// The id of the message whose next part is wanted, once there is room for more output.
    #[wasm_bindgen(getter)]
    pub fn wanted(&self) -> Option<u32> {
        self.send_queue.wanted().filter(|_| self.connection.is_open()).map(|parts| parts.id)
    }

    /// Sends the next part of the message that is wanted, and after its last part the items queued after it. The parts of
    /// a text are cut between characters.
    #[wasm_bindgen(js_name = bringPart)]
    pub fn bring_part(&mut self, bytes: &Uint8Array, now: f64) {
        let Some(fragment) = self.send_queue.take_part(bytes.length().into()) else { return };
        self.send_bytes(fragment, bytes);
        while let Some(outgoing) = self.send_queue.pop() {
            match outgoing {
                Outgoing::Text(text) => {
                    let sent = self.connection.send_text(&text);
                    self.sent(sent, text.len() as u64);
                }
                Outgoing::Binary(bytes) => {
                    let sent = self.connection.send_binary(&bytes);
                    self.sent(sent, bytes.len() as u64);
                }
                Outgoing::Close(frame) => self.connection.close(&frame, now as u64),
                Outgoing::Parts(_) => {}
            }
        }
    }

    /// Records that a part can't be read: its message can't be sent, nor any after it.
    #[wasm_bindgen(js_name = partFailed)]
    pub fn part_failed(&mut self) {
        self.send_queue.clear();
        self.abort_for(Failure::UnreadableBlob);
    }

    /// Sends a ping of at most 125 bytes. Returns whether it was sent.
    pub fn ping(&mut self, payload: &[u8]) -> bool {
        self.state == ReadyState::Open && self.connection.ping(payload).is_ok()
    }

    /// When to call [`expire`](Self::expire), on the clock of `now`.
    #[wasm_bindgen(getter)]
    pub fn deadline(&self) -> Option<f64> {
        self.connection.deadline().map(|deadline| deadline as f64)
    }

    /// Ends the connection if its deadline has passed.
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
