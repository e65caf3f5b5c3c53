//! How the shim drives a socket: bytes in, events and bytes out, in the standard's order (WHATWG WebSockets 4).

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Socket, status};
use crate::dom::engine;
use crate::dom::failure::Failure;
use crate::dom::message_data::{bytes_of, string_of};
use crate::dom::ready_state::ReadyState;
use crate::dom::send_queue::Outgoing;
use crate::protocol::{CloseCode, CloseFrame, Closed, Event, Message, Response};

/// The most output that is copied at a time, in bytes: memory of that size is used again, and the engine may refuse more.
const MAX_OUTPUT: usize = 128 << 10;

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
    /// `close`, the last one: [`Socket::closed`].
    Close = 5,
    /// Not an event of the interface: a pong was received ([`Socket::take_control`]).
    Pong = 6,
    /// `message` with the payload that the shim holds, the oldest one: see [`Socket::receive`].
    InPlace = 7,
    /// Not an event of the interface: a ping was received ([`Socket::take_control`]), if that is reported
    /// ([`Socket::trace`]).
    Ping = 8,
}

/// The details of the event that is being dispatched.
#[derive(Debug, Default)]
pub(super) struct Dispatch {
    message: Option<Message>,
    /// The payload of a ping or pong.
    control: Vec<u8>,
    pub(super) closed: Option<Closed>,
}

#[wasm_bindgen]
impl Socket {
    /// Starts the handshake timeout: the attempt to connect begins. Returns whether permessage-deflate is to be offered, for
    /// which there must be a codec.
    pub fn begin(&mut self, now: f64) -> bool {
        self.connection.begin(now as u64);
        self.request.as_ref().is_some_and(|request| request.deflate().is_some())
    }

    /// Queues the request of the opening handshake. `compress`: whether to offer permessage-deflate, if the options do.
    #[wasm_bindgen(js_name = sendRequest)]
    pub fn send_request(&mut self, compress: bool) -> u32 {
        if let Some(mut request) = self.request.take() {
            if !compress {
                request.offer_deflate(None);
            }
            self.connection.send_request(request);
        }
        self.status_word()
    }

    /// What follows from the calls so far: the word of status.rs. Methods that may change more than they return, return
    /// it too.
    pub fn status(&self) -> u32 {
        self.status_word()
    }

    /// Takes the next event, to be dispatched in this very task: state and attributes change with it. Returns its kind in
    /// the bits from 16 on, with the status after it.
    #[wasm_bindgen(js_name = nextEvent)]
    pub fn next_event(&mut self) -> u32 {
        let kind = self.take_event();
        self.status_word() | (kind as u32) << 16
    }

    fn take_event(&mut self) -> EventKind {
        if self.dispatch.closed.is_some() {
            return EventKind::Close;
        }
        while let Some(event) = self.connection.poll_event() {
            match event {
                Event::Open(response) => {
                    if self.state == ReadyState::Connecting {
                        self.state = ReadyState::Open;
                        self.agreement = format!("{}\n{}", response.subprotocol(), response.extensions());
                        self.keep_response(*response, b'+');
                        return EventKind::Open;
                    }
                }
                // "If ready state is not OPEN (1), then return."
                Event::Message(_) | Event::InPlace(..) if self.state != ReadyState::Open => {}
                Event::InPlace(..) => return EventKind::InPlace,
                Event::Message(message) => {
                    let kind = if message.is_text() { EventKind::Text } else { EventKind::Binary };
                    self.dispatch.message = Some(message);
                    return kind;
                }
                Event::Pong(payload) => return self.control(payload, EventKind::Pong),
                Event::Ping(payload) => return self.control(payload, EventKind::Ping),
                Event::CloseReceived => {
                    if self.state == ReadyState::Open {
                        self.state = ReadyState::Closing;
                    }
                }
                Event::Closed(closed) => return self.finish(closed),
            }
        }
        EventKind::None
    }

    fn keep_response(&mut self, response: Response, outcome: u8) {
        let mut record = response.head;
        if let Some(first) = record.first_mut() {
            *first = outcome;
        }
        record.extend_from_slice(&response.body);
        self.response = Some(record);
    }

    fn control(&mut self, payload: Vec<u8>, kind: EventKind) -> EventKind {
        self.dispatch.control = payload;
        kind
    }

    fn finish(&mut self, mut closed: Closed) -> EventKind {
        self.state = ReadyState::Closed;
        self.send_queue.clear();
        let failed = closed.failed();
        if let Some(response) = closed.response.take() {
            let outcome = if response.body_truncated { b'~' } else { b'-' };
            self.keep_response(*response, outcome);
        }
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
    pub fn refuse_message(&mut self, text: bool) -> u32 {
        self.reasons.refused(if text { Failure::TextTooLong } else { Failure::NoMemoryToReceive });
        self.connection.refuse_message(CloseCode::TOO_BIG);
        self.status_word()
    }

    /// The payload of the [`EventKind::Ping`] or [`EventKind::Pong`] that was taken.
    #[wasm_bindgen(js_name = takeControl, unchecked_return_type = "Uint8Array<ArrayBuffer> | undefined")]
    pub fn take_control(&mut self) -> JsValue {
        engine::copy(&core::mem::take(&mut self.dispatch.control))
    }

    /// The attributes of the CloseEvent: `code`, which has four digits, `+` if `wasClean`, otherwise `-`, and `reason`.
    #[wasm_bindgen(getter)]
    pub fn closed(&self) -> JsString {
        let closed =
            self.dispatch.closed.as_ref().map_or_else(String::new, |Closed { code, was_clean, reason, .. }| {
                format!("{code}{}{reason}", if *was_clean { "+" } else { "-" })
            });
        closed.into()
    }

    /// Why the connection failed, or was closed without a closing handshake; no event reports it (WHATWG WebSockets 4,
    /// warning). A stable code for programs, a space, and text for people; empty if nothing failed.
    #[wasm_bindgen(getter)]
    pub fn failure(&self) -> JsString {
        let failure = self.failure.as_ref().map_or_else(String::new, |failure| format!("{} {failure}", failure.code()));
        failure.into()
    }

    /// Takes the handshake's response, if there was one: its head and its body as they were received, but the first byte
    /// says what became of it: `+` accepted, `-` refused or invalid, `~` the same with a body that was cut off. The shim makes
    /// an object of it only if a program asks for it: src/shim/websocket/handshake-response.ts.
    #[wasm_bindgen(js_name = takeResponse, unchecked_return_type = "Uint8Array<ArrayBuffer> | undefined")]
    pub fn take_response(&mut self) -> JsValue {
        self.response.take().map_or(JsValue::UNDEFINED, |record| engine::copy(&record))
    }

    /// The host and the port to connect to, with a colon between them; an IPv6 address has no brackets.
    #[wasm_bindgen(getter)]
    pub fn address(&self) -> JsString {
        format!("{}:{}", self.url.hostname, self.url.port).into()
    }

    /// Receives bytes from the transport, at most 8 MiB. The payloads of uncompressed messages stay in `bytes`, which the
    /// caller keeps until it has dispatched them; the status and [`ranges`](Self::ranges) say where they are. `taken`: how
    /// many messages in place were dispatched since that was last reported.
    pub fn receive(&mut self, bytes: &[u8], now: f64, taken: u32) -> u32 {
        self.connection.take_in_place(taken as usize);
        let ranges = self.connection.receive_in_place(bytes, now as u64);
        let described = status::describe(ranges, bytes.len(), &mut self.ranges);
        self.status_word() | described
    }

    /// The payloads in the bytes that were received last, and their parts.
    pub fn ranges(&mut self) -> Vec<u32> {
        core::mem::take(&mut self.ranges)
    }

    /// How many payload bytes the message lacks that isn't complete; 0 if that isn't known.
    #[wasm_bindgen(getter)]
    pub fn missing(&self) -> f64 {
        self.connection.missing() as f64
    }

    /// How many of the next bytes need not be seen: they are all payload of a binary message.
    #[wasm_bindgen(getter)]
    pub fn skippable(&self) -> f64 {
        self.connection.skippable() as f64
    }

    /// Receives that many of them without seeing them. `taken` as for [`receive`](Self::receive).
    pub fn skip(&mut self, len: f64, now: f64, taken: u32) -> u32 {
        self.connection.take_in_place(taken as usize);
        let last = self.connection.skip(len as u64, now as u64);
        self.status_word() | status::ended(last)
    }

    /// Takes over the payload so far of the message that is incomplete.
    #[wasm_bindgen(js_name = givePartial)]
    pub fn give_partial(&mut self, bytes: &[u8]) -> u32 {
        self.connection.give_partial(bytes);
        self.status_word()
    }

    /// Records that `taken` messages in place were dispatched, or dropped.
    #[wasm_bindgen(js_name = takeInPlace)]
    pub fn take_in_place(&mut self, taken: u32) -> u32 {
        self.connection.take_in_place(taken as usize);
        self.status_word()
    }

    /// Records that the transport delivers no more bytes.
    pub fn end(&mut self, now: f64) -> u32 {
        self.connection.end(now as u64);
        self.status_word()
    }

    /// Records that the transport couldn't connect, or broke.
    pub fn lose(&mut self, why: &str) -> u32 {
        self.reasons.transport_lost(why);
        self.connection.transport_lost();
        self.status_word()
    }

    /// The document goes away: aborts connecting, or starts the closing handshake with 1001 (WHATWG WebSockets 7).
    /// `cached`: it enters the back/forward cache, so that the connection fails instead (whatwg/websockets PR 74). A closing
    /// handshake that has started is left alone.
    #[wasm_bindgen(js_name = goAway)]
    pub fn go_away(&mut self, cached: bool, now: f64) -> u32 {
        if !cached {
            self.abort();
            self.connection.close(&CloseFrame { code: Some(CloseCode::GOING_AWAY), reason: String::new() }, now as u64);
        } else if matches!(self.state, ReadyState::Connecting | ReadyState::Open) && !self.connection.is_closing() {
            self.reasons.aborted(Failure::PageCached);
            self.connection.leave();
        }
        self.status_word()
    }

    /// Aborts connecting (an AbortSignal).
    pub fn abort(&mut self) -> u32 {
        if self.state == ReadyState::Connecting {
            // The connection may be established, and its open event not dispatched: it never will be.
            self.abort_for(Failure::Aborted);
            self.state = ReadyState::Closing;
        }
        self.status_word()
    }

    /// Output to write to the transport, at most 128 KiB at a time, with room for `headroom` bytes in front of it in its
    /// buffer; `undefined` if there is none. `reusable`: the memory may be used again once the transport has written it. If
    /// the engine has no memory for it the connection fails, and it is `null`.
    #[wasm_bindgen(js_name = takeOutput, unchecked_return_type = "Uint8Array<ArrayBuffer> | null | undefined")]
    pub fn take_output(&mut self, headroom: u32, reusable: bool) -> JsValue {
        let output = self.connection.output();
        let len = output.len().min(MAX_OUTPUT);
        if len == 0 {
            return JsValue::UNDEFINED;
        }
        let copy = engine::copy_output(&output[..len], headroom, reusable);
        if copy.is_undefined() {
            self.abort_for(Failure::NoMemoryToWrite(len));
            return JsValue::NULL;
        }
        self.remove_output(len);
        copy
    }

    /// Output to write to the transport that stays where it is, valid until the next call: at most `most` bytes, and `undefined` if
    /// there are fewer than `least`. The bytes in front of it may be overwritten. First the `written` bytes are
    /// removed that were lent before.
    #[wasm_bindgen(js_name = lendOutput, unchecked_return_type = "Uint8Array<ArrayBuffer> | undefined")]
    pub fn lend_output(&mut self, written: u32, least: u32, most: u32) -> JsValue {
        // What was lent may have been discarded meanwhile.
        self.remove_output((written as usize).min(self.connection.output_len()));
        match self.connection.output() {
            output if output.len() < least as usize => JsValue::UNDEFINED,
            output => engine::view(&output[..output.len().min(most as usize)]),
        }
    }

    fn remove_output(&mut self, len: usize) {
        self.connection.advance_output(len);
        self.output_taken += len as u64;
        self.return_memory();
    }

    /// How many bytes of output there are.
    #[wasm_bindgen(getter, js_name = outputLength)]
    pub fn output_length(&self) -> f64 {
        self.connection.output_len() as f64
    }

    /// Records that the transport has written `bytes` more bytes of output. Never call it in the task that sent them.
    /// Returns the new `bufferedAmount`.
    pub fn written(&mut self, bytes: f64, now: f64) -> f64 {
        self.buffered.written(bytes as u64);
        self.connection.written(bytes as u64, now as u64);
        self.buffered_amount()
    }

    /// The id of the message whose next part is wanted, once there is room for more output.
    #[wasm_bindgen(getter)]
    pub fn wanted(&self) -> Option<u32> {
        self.send_queue.wanted().filter(|_| self.connection.is_open()).map(|parts| parts.id)
    }

    /// Sends the next part of the message that is wanted, and after its last part the items queued after it. The parts of
    /// a text are cut between characters.
    #[wasm_bindgen(js_name = bringPart)]
    pub fn bring_part(&mut self, bytes: &Uint8Array, now: f64) -> u32 {
        let len = bytes.length();
        let compress = self.send_queue.wanted().and_then(|parts| parts.compress);
        let Some(fragment) = self.send_queue.take_part(len.into()) else { return self.status_word() };
        if fragment.is_first() {
            self.connection.compress_next(compress);
        }
        self.lend_memory();
        self.send_bytes(fragment, bytes, len);
        while let Some(outgoing) = self.send_queue.pop() {
            match outgoing {
                Outgoing::Text(text, compress) => {
                    self.connection.compress_next(compress);
                    let sent = self.connection.send_text(&text);
                    self.sent(sent, text.len() as u64);
                }
                Outgoing::Binary(bytes, compress) => {
                    self.connection.compress_next(compress);
                    let sent = self.connection.send_binary(&bytes);
                    self.sent(sent, bytes.len() as u64);
                }
                Outgoing::Close(frame) => self.connection.close(&frame, now as u64),
                Outgoing::Parts(_) => {}
            }
        }
        self.status_word()
    }

    /// Records that a part can't be read: its message can't be sent, nor any after it.
    #[wasm_bindgen(js_name = partFailed)]
    pub fn part_failed(&mut self) -> u32 {
        self.send_queue.clear();
        self.abort_for(Failure::UnreadableBlob);
        self.status_word()
    }

    /// When to call [`expire`](Self::expire), on the clock of `now`.
    #[wasm_bindgen(getter)]
    pub fn deadline(&mut self) -> Option<f64> {
        self.reported_deadline = self.connection.deadline();
        self.reported_deadline.map(|deadline| deadline as f64)
    }

    /// Ends the connection if its deadline has passed, or sends a ping of the option `keepAlive`. `reading`: whether the
    /// transport is being read. `probe`: whether to send a ping before it is time.
    pub fn expire(&mut self, now: f64, reading: bool, probe: bool) -> u32 {
        self.connection.set_reading(reading);
        if probe {
            self.connection.probe(now as u64);
        } else {
            self.connection.expire(now as u64);
        }
        self.status_word()
    }
}
