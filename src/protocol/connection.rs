//! A client's connection from the request to the end.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::close::{CloseCode, CloseFrame};
use super::config::{Config, Millis, deadline_after};
use super::deflate::negotiation::Agreement;
use super::error::{Error, HandshakeError};
use super::event::Event;
use super::fragment::Fragment;
use super::frame::Role;
use super::in_place::PayloadRange;
use super::message::MessageKind;
use super::open_connection::OpenConnection;
use super::output::Filled;
use super::random::RandomError;
use super::request::{self, Request};
use super::response::{self, Response, ResponseReader};
use super::response_body::BodyReader;
use super::send_error::SendError;
use super::statistics::Statistics;
use super::trace::FrameRecord;

/// A client's connection: the opening handshake, then messages, then the closing handshake.
///
/// The [module's documentation](super) says how to drive it.
#[derive(Debug)]
pub struct Connection {
    opening: Option<Opening>,
    open: OpenConnection,
}

/// An opening handshake without a complete response.
#[derive(Debug)]
struct Opening {
    reader: ResponseReader,
    timeout: Duration,
    /// `None` until the attempt to connect begins.
    deadline: Option<Millis>,
    sent: Option<Sent>,
    max_header_size: usize,
    max_error_body: usize,
    /// The response, once its headers were received.
    response: Option<Box<Response>>,
    /// The error of one that refuses the connection, and its body.
    refused: Option<(HandshakeError, BodyReader)>,
}

/// A request that was sent, and the key that answers it.
#[derive(Debug)]
struct Sent {
    request: Request,
    accept_key: String,
}

impl Connection {
    /// A connection that has neither begun nor sent its request.
    ///
    /// `random` fills a buffer with unpredictable bytes, for the handshake's nonce and the masking keys (RFC 6455 10.3):
    /// `|bytes| getrandom::fill(bytes).map_err(|_| RandomError)`, for example. It is called for each frame that is sent; a
    /// [`RandomPool`](super::RandomPool) makes that cheap. If it fails, so does the connection.
    pub fn new(config: &Config, random: impl FnMut(&mut [u8]) -> Result<(), RandomError> + Send + 'static) -> Self {
        let opening = Opening {
            reader: ResponseReader::new(config.max_header_size),
            timeout: config.handshake_timeout,
            deadline: None,
            sent: None,
            max_header_size: config.max_header_size,
            max_error_body: config.max_error_body,
            response: None,
            refused: None,
        };
        Self { opening: Some(opening), open: OpenConnection::new(Role::Client, config, random) }
    }

    /// Starts [`Config::handshake_timeout`]: the driver begins to connect. Call it once.
    pub fn begin(&mut self, now: Millis) {
        if let Some(opening) = &mut self.opening {
            opening.deadline.get_or_insert_with(|| deadline_after(now, opening.timeout));
        }
    }

    /// Queues the request of the opening handshake as output. Only the first call has an effect, and only before the end.
    pub fn send_request(&mut self, request: Request) {
        let Some(opening) = self.opening.as_mut().filter(|opening| opening.sent.is_none()) else { return };
        let sender = self.open.sender();
        let queued = sender.random().and_then(|nonce| {
            sender.push(&request::encode(&request, nonce))?;
            Ok(request::accept_key(nonce))
        });
        match queued {
            Ok(accept_key) => opening.sent = Some(Sent { request, accept_key }),
            Err(error) => self.fail_opening(error),
        }
    }

    /// Receives bytes from the server, cut anywhere. `now` is the time at which they were received.
    ///
    /// If input is received while [`wants_input`](Self::wants_input) is false it is buffered, up to
    /// [`Config::max_backlog`].
    pub fn receive(&mut self, mut input: &[u8], now: Millis) {
        if self.open_with(&mut input, now) {
            self.open.receive(input, now);
        }
    }

    /// Receives bytes from the server, as [`receive`](Self::receive) does; but the payloads of uncompressed messages stay in
    /// `input`, and the driver keeps them. The table that is returned names, in order, the bytes that belong to them.
    ///
    /// Such a message is [`Event::InPlace`] once it is complete. Its payload counts for [`wants_input`](Self::wants_input)
    /// from the time of its receipt until that event is taken. Compressed messages, and those that are read after they had
    /// to wait ([`wants_partial`](Self::wants_partial)), are [`Event::Message`]s.
    ///
    /// When the connection ends, what the driver holds of an incomplete message is worth nothing; so is all it holds after
    /// [`refuse_message`](Self::refuse_message).
    pub fn receive_in_place(&mut self, input: &[u8], now: Millis) -> &[PayloadRange] {
        let mut rest = input;
        if self.open_with(&mut rest, now) {
            return self.open.receive_in_place(input, input.len() - rest.len(), now);
        }
        &[]
    }

    /// How many payload bytes are still to come of the message that isn't complete, if the header of its last frame was
    /// received; else 0.
    pub fn missing(&self) -> u64 {
        self.open.missing()
    }

    /// How many of the bytes that come next need not be seen by the connection: the rest of a frame of a binary message
    /// that [`receive_in_place`](Self::receive_in_place) began. 0 while no input is wanted and while frames are recorded.
    pub fn skippable(&self) -> u64 {
        if self.opening.is_some() { 0 } else { self.open.skippable() }
    }

    /// Receives `len` of the [`skippable`](Self::skippable) bytes, without seeing them. Returns whether a message ended with
    /// them.
    pub fn skip(&mut self, len: u64, now: Millis) -> bool {
        self.opening.is_none() && self.open.skip(len, now)
    }

    /// Whether the driver must call [`give_partial`](Self::give_partial) before anything else: bytes were received that
    /// can't be read yet, or not in place, and they continue a message whose beginning the driver holds.
    pub fn wants_partial(&self) -> bool {
        self.open.wants_partial()
    }

    /// Receives the payload so far of the message that isn't complete, which the driver has held until now. The message
    /// will be an [`Event::Message`].
    ///
    /// If the driver doesn't call it when it must, or with another number of bytes, the connection fails with
    /// [`Error::PartialMissing`].
    pub fn give_partial(&mut self, bytes: &[u8]) {
        self.open.give_partial(bytes);
    }

    /// Reads the response to the opening handshake from the front of `input`. Returns whether frames may follow.
    fn open_with(&mut self, input: &mut &[u8], now: Millis) -> bool {
        if let Some(opening) = &mut self.opening {
            match opening.read(input) {
                Ok(None) => return false,
                Ok(Some(agreement)) => {
                    let offer = opening.sent.as_ref().and_then(|sent| sent.request.deflate());
                    if let (Some(agreement), Some(offer)) = (agreement, offer) {
                        self.open.compress(&agreement, offer);
                    }
                    if let Some(response) = opening.response.take() {
                        self.open.push_event(Event::Open(response));
                    }
                    self.open.watch_peer(now);
                    self.opening = None;
                }
                Err(why) => self.fail_opening(why.into()),
            }
        }
        true
    }

    /// Whether to read from the transport. False while the events waiting for [`poll_event`](Self::poll_event) exceed
    /// [`Config::high_water_mark`] or received bytes are unread, and after the end.
    pub fn wants_input(&self) -> bool {
        self.opening.is_some() || self.open.wants_input()
    }

    /// Records that the server ended the transport: it sends no more bytes.
    pub fn end(&mut self, now: Millis) {
        match &mut self.opening {
            Some(opening) => {
                if let Some((_, body)) = &mut opening.refused {
                    body.end();
                }
                self.fail_opening(HandshakeError::Incomplete.into());
            }
            None => self.open.end(now),
        }
    }

    /// Records that the transport couldn't connect, or broke: nothing more can be read or written.
    pub fn transport_lost(&mut self) {
        match self.opening {
            Some(_) => self.fail_opening(Error::TransportLost),
            None => self.open.transport_lost(),
        }
    }

    /// Fails the connection for a reason of the driver's own, without a Close frame; output that wasn't taken is
    /// discarded. The error is [`Error::Aborted`].
    pub fn abort(&mut self) {
        self.fail_opening(Error::Aborted);
    }

    /// Fails the connection for a reason of the driver's own, as [`abort`](Self::abort) does, but with a Close frame with
    /// [`CloseCode::GOING_AWAY`] if the connection is established.
    pub fn leave(&mut self) {
        match self.opening {
            Some(_) => self.abort(),
            None => self.open.leave(),
        }
    }

    /// Fails the connection with a Close frame with that code, because a message that was taken can't be used; events
    /// that weren't taken are discarded. The error is [`Error::MessageRefused`].
    pub fn refuse_message(&mut self, code: CloseCode) {
        if self.opening.is_none() {
            self.open.refuse_message(code);
        }
    }

    /// When to call [`expire`](Self::expire), if at all.
    pub fn deadline(&self) -> Option<Millis> {
        match &self.opening {
            Some(opening) => opening.deadline,
            None => self.open.deadline(),
        }
    }

    /// Ends the connection if its deadline has passed; or sends a ping, if [`Config::keep_alive`] wants one.
    pub fn expire(&mut self, now: Millis) {
        match &self.opening {
            Some(opening) => {
                if opening.deadline.is_some_and(|deadline| deadline <= now) {
                    self.fail_opening(Error::HandshakeTimeout);
                }
            }
            None => self.open.expire(now),
        }
    }

    /// Sends a ping at once if [`Config::keep_alive`] is set: the network may have changed, or this side was suspended. If
    /// nothing is received then, the connection fails as after any other of these pings.
    pub fn probe(&mut self, now: Millis) {
        if self.opening.is_none() {
            self.open.check_peer(now, true);
        }
    }

    /// Records whether the driver reads from the transport. While it doesn't, and while no input is
    /// [wanted](Self::wants_input), silence says nothing about the peer: no ping of [`Config::keep_alive`] is sent, and none
    /// is missed. Only for a driver that doesn't always read when input is wanted.
    pub fn set_reading(&mut self, reading: bool) {
        self.open.reading = reading;
    }

    /// Removes the next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.open.poll_event()
    }

    /// How many events wait for [`poll_event`](Self::poll_event).
    pub fn event_count(&self) -> usize {
        self.open.event_count()
    }

    /// How many events at the front of the queue are [`Event::InPlace`].
    pub fn in_place_run(&self) -> usize {
        self.open.in_place_run()
    }

    /// Removes `count` of them, or all there are, as [`poll_event`](Self::poll_event) does.
    pub fn take_in_place(&mut self, count: usize) {
        self.open.take_in_place(count);
    }

    /// The next event.
    pub fn peek_event(&self) -> Option<&Event> {
        self.open.peek_event()
    }

    /// Removes all output, to be written to the transport.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.open.take_output()
    }

    /// The output, without removing it: see [`advance_output`](Self::advance_output).
    pub fn output(&mut self) -> &[u8] {
        self.open.output()
    }

    /// Removes the first `len` bytes of [`output`](Self::output): the transport has accepted them.
    pub fn advance_output(&mut self, len: usize) {
        self.open.advance_output(len);
    }

    /// Takes over the memory of `spare` for output, if that is more than this connection has. With
    /// [`return_memory`](Self::return_memory) many connections share it: those without output hold none.
    pub fn lend_memory(&mut self, spare: &mut Vec<u8>) {
        self.open.lend_memory(spare);
    }

    /// Gives the memory for output to `spare`, or frees it if that has more; does nothing while there is output.
    pub fn return_memory(&mut self, spare: &mut Vec<u8>) {
        self.open.return_memory(spare);
    }

    /// How many bytes of output there are, without the answers to pings.
    pub fn output_len(&self) -> usize {
        self.open.output_len()
    }

    /// Records that the transport has written `bytes` more bytes of the output that was removed. Without it no close is
    /// clean. [`Config::close_timeout`] restarts while data before the Close frame is written.
    pub fn written(&mut self, bytes: u64, now: Millis) {
        self.open.written(bytes, now);
    }

    /// Whether data may be sent: the opening handshake is done, and no Close frame was sent.
    pub fn is_open(&self) -> bool {
        self.opening.is_none() && self.open.is_open()
    }

    /// Whether a Close frame was sent, or the connection has ended.
    pub fn is_closing(&self) -> bool {
        self.opening.is_none() && !self.open.is_open()
    }

    /// Sends a text message.
    ///
    /// # Errors
    /// [`SendError::NotOpen`], [`SendError::OutOfMemory`], [`SendError::FragmentOrder`].
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.established()?.send_text(text)
    }

    /// Sends a binary message.
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text).
    pub fn send_binary(&mut self, data: &[u8]) -> Result<(), SendError> {
        self.established()?.send_binary(data)
    }

    /// Sends a fragment of a message, or a whole one: `len` bytes that `fill` writes in place. It must write
    /// all: before that they are arbitrary.
    ///
    /// The caller must ensure that the fragments of a text are UTF-8 together: it isn't checked.
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text).
    pub fn send_fragment(
        &mut self,
        fragment: Fragment,
        len: usize,
        fill: impl FnMut(&mut [u8]),
    ) -> Result<(), SendError> {
        self.established()?.send_fragment(fragment, len, fill)
    }

    /// Sends a message whose length isn't known before it is written: `fill` writes into the room that it gets, and says how
    /// much it has written and how much more room it needs. The first room has `len` bytes, which should suffice in most
    /// cases; each further one has as many as were needed. Returns the payload's length.
    ///
    /// The room has arbitrary bytes in it. The caller must ensure that a text is UTF-8: it isn't checked.
    ///
    /// # Errors
    /// As [`send_text`](Self::send_text).
    pub fn send_with(
        &mut self,
        kind: MessageKind,
        len: usize,
        fill: &mut dyn FnMut(&mut [u8]) -> Filled,
    ) -> Result<usize, SendError> {
        self.established()?.send_with(kind, len, fill)
    }

    /// Sends a ping. Pings are answered by [`Event::Pong`]; pings of the server are answered by the connection.
    ///
    /// # Errors
    /// [`SendError::NotOpen`], [`SendError::OutOfMemory`], [`SendError::ControlTooLong`].
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.established()?.ping(payload)
    }

    /// The open connection, unless the opening handshake isn't complete.
    fn established(&mut self) -> Result<&mut OpenConnection, SendError> {
        if self.opening.is_some() { Err(SendError::NotOpen) } else { Ok(&mut self.open) }
    }

    /// Starts [`Config::close_timeout`] before [`close`](Self::close) is called: the driver has data of its own that
    /// precedes the Close frame. As after a Close frame, it restarts while data is written.
    pub fn announce_close(&mut self, now: Millis) {
        if self.opening.is_none() {
            self.open.announce_close(now);
        }
    }

    /// Starts the closing handshake, unless it was started before. Before the connection is established it is aborted
    /// instead. The frame is sent as [`CloseFrame::encode`] writes it: no reason without a code, and at most 123 bytes.
    pub fn close(&mut self, frame: &CloseFrame, now: Millis) {
        match self.opening {
            Some(_) => self.abort(),
            None => self.open.close(frame, now),
        }
    }

    /// Records the frames sent and received from now on, with the first `preview` bytes of their payloads; `None` stops
    /// it. The driver takes the records: while many wait, no input is read.
    pub fn trace(&mut self, preview: Option<usize>) {
        self.open.record(preview);
    }

    /// Removes the oldest record of a frame.
    pub fn poll_frame(&mut self) -> Option<FrameRecord> {
        self.open.poll_frame()
    }

    /// Whether the server's pings are reported as [`Event::Ping`] from now on. They are answered in any case.
    pub fn report_pings(&mut self, reports: bool) {
        self.open.report_pings(reports);
    }

    /// Says whether the message that is begun next is compressed: `Some(false)` sends it as it is, `Some(true)` compresses
    /// it whatever its length, unless it doesn't shrink. Without permessage-deflate it has no effect.
    pub fn compress_next(&mut self, choice: Option<bool>) {
        self.open.compress_next(choice);
    }

    /// The parameters of permessage-deflate; `None` if it isn't in use.
    pub fn compression(&self) -> Option<&Agreement> {
        self.open.agreement()
    }

    /// What was sent and received so far.
    pub fn statistics(&self) -> Statistics {
        self.open.statistics()
    }

    /// Fails the connection before it is open. If the server has refused it, that is the error, unless this side aborts.
    fn fail_opening(&mut self, mut error: Error) {
        let mut response = None;
        if let Some(opening) = &mut self.opening {
            response = opening.response.take();
            if let (Some(response), Some((why, body))) = (&mut response, opening.refused.take()) {
                (response.body, response.body_truncated) = body.finish();
                if !matches!(error, Error::Aborted) {
                    error = why.into();
                }
            }
        }
        self.opening = None;
        self.open.refused(error, response);
    }
}

impl Opening {
    /// Reads a response. Returns what it agrees to once it accepts the connection. One that refuses it is an error when its
    /// body is complete, or no more of it is wanted.
    fn read(&mut self, input: &mut &[u8]) -> Result<Option<Option<Agreement>>, HandshakeError> {
        if self.refused.is_none() {
            let Some(response) = self.reader.read(input)? else { return Ok(None) };
            let response = self.response.insert(Box::new(response));
            let sent = self.sent.as_ref().map(|Sent { request, accept_key }| (request, accept_key.as_str()));
            match response::check(response, sent) {
                Err(why @ HandshakeError::Status(..)) => {
                    let body = BodyReader::new(response, self.max_error_body, self.max_header_size);
                    self.refused = Some((why, body));
                }
                checked => return checked.map(Some),
            }
        }
        if let Some((_, body)) = &mut self.refused {
            body.read(core::mem::take(input));
            if body.is_done() {
                // It is replaced by that of the response.
                return Err(HandshakeError::Incomplete);
            }
        }
        Ok(None)
    }
}
