//! An open connection: what follows on what, once the opening handshake is done (RFC 6455 5.5, 6, 7.1).

use super::close::{CloseCode, CloseFrame};
use super::config::{Config, Millis};
use super::deflate::{Agreement, Deflater, Inflater, Offer};
use super::error::Error;
use super::event::{Closed, Event};
use super::events::Events;
use super::frame::{MAX_CONTROL_PAYLOAD, Opcode, Role};
use super::receiver::{Received, Receiver};
use super::sender::{Part, Sender, Unsent};
use super::trace::Trace;

/// How long the server may take to close the transport after the closing handshake (7.1.1).
const LINGER: Millis = 2_000;

/// Messages over a byte stream whose opening handshake is done, for either end.
#[derive(Debug)]
pub struct MessageStream {
    role: Role,
    close_timeout: Millis,
    receiver: Receiver,
    sender: Sender,
    events: Events,
    /// Received bytes that wait until there is room for the events in them.
    backlog: Backlog,
    now: Millis,
    /// Why the connection will be failed, once the events before that were taken.
    failing: Option<Error>,
    close_sent: bool,
    close_received: Option<CloseFrame>,
    deadline: Option<Millis>,
    /// Whether the peer ended the transport, after its Close frame and before this side's was written.
    half_closed: bool,
    ended: bool,
    pub(super) trace: Trace,
}

/// Bytes that were not read yet, and what came behind them.
#[derive(Debug, Default)]
struct Backlog {
    bytes: Vec<u8>,
    /// How many of them were read all the same.
    read: usize,
    end: Option<End>,
}

/// How the connection ended, if not by a failure of the protocol.
#[derive(Debug)]
enum End {
    /// The peer ended the transport.
    Orderly,
    /// The transport broke.
    Broken(Error),
    /// The peer took too long.
    Expired,
}

impl MessageStream {
    /// A stream on which nothing was sent or received yet.
    pub fn new(role: Role, config: &Config) -> Self {
        Self {
            role,
            close_timeout: config.close_timeout,
            receiver: Receiver::new(role.peer(), config),
            sender: Sender::new(role, config.max_queued_pongs),
            events: Events::new(config.high_water_mark),
            backlog: Backlog::default(),
            now: 0,
            failing: None,
            close_sent: false,
            close_received: None,
            deadline: None,
            half_closed: false,
            ended: false,
            trace: Trace::default(),
        }
    }

    /// Compresses from now on as agreed, with the level and the threshold of `offer` (RFC 7692).
    pub fn compress(&mut self, agreement: &Agreement, offer: &Offer) {
        let (mine, theirs) = match self.role {
            Role::Client => (agreement.client, agreement.server),
            Role::Server => (agreement.server, agreement.client),
        };
        self.sender.deflate_with(Deflater::new(mine, offer.level), offer.threshold);
        self.receiver.inflate_with(Inflater::new(theirs));
    }

    /// Takes bytes from the peer, cut anywhere.
    pub fn receive(&mut self, mut input: &[u8], now: Millis) {
        self.now = now;
        if self.backlog.bytes.is_empty() {
            self.read(&mut input);
        }
        if self.is_reading() {
            self.backlog.bytes.extend_from_slice(input);
        }
    }

    /// Records that the peer sends no more bytes.
    pub fn end(&mut self) {
        self.end_with(End::Orderly);
    }

    /// Records that the transport broke. After the closing handshake that is an end like any other.
    pub fn lose(&mut self, error: Error) {
        self.end_with(End::Broken(error));
    }

    /// Fails the connection (7.1.7) with a Close frame that says why; no more is read.
    pub fn fail(&mut self, error: Error) {
        if self.ended {
            return;
        }
        self.trace.end();
        self.send_close(&CloseFrame { code: Some(error.close_code()), reason: String::new() });
        self.finish(closed_abnormally(error));
    }

    /// Fails the connection because of a message that was received and can't be used: none after it is delivered either.
    pub fn refuse_message(&mut self, error: Error) {
        self.events.clear();
        if self.ended {
            self.events.push(Event::Closed(closed_abnormally(error)));
        } else {
            self.fail(error);
        }
    }

    /// Fails the connection without sending a Close frame: the peer is gone, or not connected yet.
    pub fn abandon(&mut self, error: Error) {
        if self.ended {
            return;
        }
        self.sender.clear();
        self.finish(closed_abnormally(error));
    }

    /// When [`expire`](Self::expire) is to be called, if at all.
    pub fn deadline(&self) -> Option<Millis> {
        // What ends already waits for its events to be taken, and for nobody else.
        self.deadline.filter(|_| self.failing.is_none() && self.backlog.end.is_none())
    }

    /// Ends what has taken too long: a closing handshake without an answer, or without an end to the transport.
    pub fn expire(&mut self, now: Millis) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.end_with(End::Expired);
        }
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        let event = self.events.pop().or_else(|| {
            let error = self.failing.take()?;
            self.fail(error);
            self.events.pop()
        });
        self.catch_up();
        event
    }

    /// Whether more input is wanted: not while many events wait to be taken.
    pub fn wants_input(&self) -> bool {
        self.events.have_room() && self.backlog.bytes.is_empty()
    }

    /// Whether there is a next event.
    pub fn has_event(&self) -> bool {
        self.events.front().is_some() || self.failing.is_some()
    }

    /// Whether the next event says that the connection was failed.
    pub fn next_is_failure(&self) -> bool {
        match self.events.front() {
            Some(Event::Closed(closed)) => closed.failed(),
            Some(_) => false,
            None => self.failing.is_some(),
        }
    }

    /// Whether the next event is a message.
    pub fn next_is_message(&self) -> bool {
        matches!(self.events.front(), Some(Event::Message(_)))
    }

    /// What is to be written to the transport, once.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.answer_pings();
        self.sender.take()
    }

    /// Whether data may still be sent.
    pub fn is_open(&self) -> bool {
        !self.close_sent && !self.ended
    }

    /// Sends a text. Returns whether it was queued: not once Close was sent, nor where there is no memory for it.
    pub fn send_text(&mut self, text: &str) -> bool {
        self.send_part(Part::whole(true), text.len(), |to| to.copy_from_slice(text.as_bytes()))
    }

    /// Sends binary data. Returns as [`send_text`](Self::send_text).
    pub fn send_binary(&mut self, data: &[u8]) -> bool {
        self.send_binary_with(data.len(), |to| to.copy_from_slice(data))
    }

    /// Sends `len` bytes of binary data, which `fill` writes to where they are needed. Returns as
    /// [`send_text`](Self::send_text).
    pub fn send_binary_with(&mut self, len: usize, fill: impl FnMut(&mut [u8])) -> bool {
        self.send_part(Part::whole(false), len, fill)
    }

    /// Sends a fragment of a message (5.4). Returns as [`send_text`](Self::send_text). From the first fragment to the
    /// `last` no other message may be sent, and a text's fragments are to be cut between characters.
    pub fn send_part(&mut self, part: Part, len: usize, mut fill: impl FnMut(&mut [u8])) -> bool {
        if !self.is_open() {
            return false;
        }
        // Each ping is answered before whatever its message is answered with.
        self.answer_pings();
        let sent = self.sender.message(part, len, &mut fill, &mut self.trace);
        self.sent(sent)
    }

    /// How many bytes [`take_output`](Self::take_output) would give, answers to pings aside.
    pub fn output_len(&self) -> usize {
        self.sender.waiting()
    }

    /// Sends a ping. Returns as [`send_text`](Self::send_text), and false where the payload is over 125 bytes.
    pub fn ping(&mut self, payload: &[u8]) -> bool {
        self.is_open() && payload.len() as u64 <= MAX_CONTROL_PAYLOAD && self.send_control(Opcode::Ping, payload)
    }

    /// Records that the transport has written `bytes` more bytes of the output.
    ///
    /// The time for the answer to a Close frame starts again as long as data in front of that frame is written, and at
    /// nothing else: a peer can't prolong it.
    pub fn written(&mut self, bytes: u64, now: Millis) {
        self.now = now;
        let was_written = self.sender.close_written();
        let data = self.sender.written(bytes);
        let is_written = self.sender.close_written();
        if self.deadline.is_none() {
            return;
        }
        match &self.close_received {
            None if data => self.deadline = Some(now.saturating_add(self.close_timeout)),
            Some(_) if is_written && !was_written => {
                self.linger(now);
                if self.half_closed {
                    self.end();
                }
            }
            Some(_) if data && !is_written && !self.half_closed => {
                self.deadline = Some(now.saturating_add(self.close_timeout));
            }
            _ => {}
        }
    }

    /// Records that [`close`](Self::close) follows once data is sent that has not come yet; the wait is bounded by `close_timeout`.
    pub fn close_later(&mut self, now: Millis) {
        if self.is_open() {
            self.deadline = Some(now.saturating_add(self.close_timeout));
        }
    }

    /// Starts the closing handshake (7.1.2), if it wasn't started yet.
    pub fn close(&mut self, frame: &CloseFrame, now: Millis) {
        if self.is_open() {
            self.deadline = Some(now.saturating_add(self.close_timeout));
            self.send_close(frame);
        }
    }

    /// Whether what comes is read: whatever follows a Close frame is not ours to read (5.5.1).
    fn is_reading(&self) -> bool {
        !self.ended && self.failing.is_none() && self.close_received.is_none() && self.backlog.end.is_none()
    }

    /// Reads frames, as long as there is room for their events.
    fn read(&mut self, input: &mut &[u8]) {
        while self.is_reading() && self.events.have_room() {
            match self.receiver.read(input, &mut self.trace).map(|received| received.map(|r| self.received(r))) {
                Ok(Some(Ok(()))) => {}
                Ok(None) => return,
                Ok(Some(Err(error))) | Err(error) => return self.fail_later(error),
            }
        }
    }

    /// Fails the connection, but not before the messages in front of what is wrong were taken, and perhaps answered.
    fn fail_later(&mut self, error: Error) {
        self.trace.end();
        self.receiver.clear();
        if self.events.front().is_some() {
            self.failing = Some(error);
        } else {
            self.fail(error);
        }
    }

    /// Reads what had to wait, now that events were taken, and then does what came behind it.
    fn catch_up(&mut self) {
        if self.backlog.bytes.is_empty() || !self.events.have_room() {
            return;
        }
        let Backlog { bytes, read, end } = core::mem::take(&mut self.backlog);
        let mut input = &bytes[read..];
        self.read(&mut input);
        if !input.is_empty() && self.is_reading() {
            let read = bytes.len() - input.len();
            self.backlog = Backlog { bytes, read, end };
        } else if let Some(end) = end {
            self.end_with(end);
        }
    }

    fn end_with(&mut self, end: End) {
        if self.ended || self.failing.is_some() {
            return;
        }
        if !self.backlog.bytes.is_empty() {
            self.backlog.end.get_or_insert(end);
            return;
        }
        let close_written = self.sender.close_written();
        match (self.close_received.take(), end) {
            // The way to the peer may still be open.
            (Some(frame), End::Orderly) if !close_written && !self.half_closed => {
                self.close_received = Some(frame);
                self.half_closed = true;
                self.linger(self.now);
            }
            (Some(frame), _) => self.finish(closed_by(frame, close_written)),
            (None, End::Orderly) => self.finish(closed_abnormally(Error::NoCloseFrame)),
            (None, End::Expired) => self.finish(closed_abnormally(Error::CloseTimeout)),
            (None, End::Broken(error)) => self.abandon(error),
        }
    }

    /// Gives the peer that long to close the transport.
    fn linger(&mut self, from: Millis) {
        self.deadline = Some(from.saturating_add(LINGER.min(self.close_timeout)));
    }

    fn received(&mut self, received: Received) -> Result<(), Error> {
        match received {
            Received::Message(message) => self.events.push(Event::Message(message)),
            Received::Control(Opcode::Ping, payload) => self.sender.pong_later(payload),
            Received::Control(Opcode::Pong, payload) => self.events.push(Event::Pong(payload)),
            Received::Control(_, payload) => self.closing(CloseFrame::decode(&payload)?),
            Received::Fragment => {}
        }
        Ok(())
    }

    /// Answers a Close frame with its own code (5.5.1) and waits for the server to close the transport (7.1.1).
    fn closing(&mut self, frame: CloseFrame) {
        if self.is_open() {
            self.events.push(Event::Closing);
            self.send_close(&CloseFrame { code: frame.code, reason: String::new() });
        }
        // It may have ended for want of random numbers.
        if self.ended {
            return;
        }
        match self.role {
            Role::Client => {
                if self.sender.close_written() {
                    self.linger(self.now);
                } else {
                    self.deadline = Some(self.now.saturating_add(self.close_timeout));
                }
                self.close_received = Some(frame);
                self.receiver.clear();
            }
            // It closes the transport first (7.1.1): its Close frame is the last output.
            Role::Server => self.finish(closed_by(frame, true)),
        }
    }

    fn finish(&mut self, closed: Closed) {
        if !self.ended {
            self.trace.end();
            self.ended = true;
            self.deadline = None;
            self.failing = None;
            self.backlog = Backlog::default();
            self.receiver.clear();
            self.sender.stop();
            self.events.push(Event::Closed(closed));
        }
    }

    fn answer_pings(&mut self) {
        while let Some(payload) = self.sender.next_pong() {
            // Also behind a Close frame of ours, but not behind one of the peer's (5.5.2).
            if !self.ended && self.close_received.is_none() {
                self.send_control(Opcode::Pong, &payload);
            }
        }
    }

    fn send_close(&mut self, frame: &CloseFrame) {
        if !self.close_sent {
            self.answer_pings();
            self.send_control(Opcode::Close, &frame.encode());
            self.close_sent = true;
            self.sender.stop();
        }
    }

    fn send_control(&mut self, opcode: Opcode, payload: &[u8]) -> bool {
        let sent = self.sender.control(opcode, payload, &mut self.trace);
        self.sent(sent)
    }

    fn sent(&mut self, sent: Result<(), Unsent>) -> bool {
        if let Err(Unsent::Failed(error)) = sent {
            self.abandon(error);
            return false;
        }
        sent.is_ok()
    }

    pub(super) fn push_event(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(super) fn push_output(&mut self, bytes: &[u8]) {
        self.sender.push(bytes);
    }

    pub(super) fn clear_output(&mut self) {
        self.sender.clear();
    }
}

/// The end after the peer's Close frame: a clean one if this side's was written too (7.1.4).
fn closed_by(frame: CloseFrame, was_clean: bool) -> Closed {
    let code = frame.code.map_or(CloseCode::NO_STATUS, CloseCode::value);
    let error = if was_clean { None } else { Some(Error::Unsent) };
    Closed { was_clean, code, reason: frame.reason, error }
}

/// The end without a Close frame from the peer.
fn closed_abnormally(error: Error) -> Closed {
    Closed { was_clean: false, code: CloseCode::ABNORMAL, reason: String::new(), error: Some(error) }
}
