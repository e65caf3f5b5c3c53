//! An open connection: what follows on what, once the opening handshake is done (RFC 6455 5.5, 6, 7.1).

use std::collections::VecDeque;

use super::close::{CloseCode, CloseFrame};
use super::config::{Config, Millis};
use super::error::Error;
use super::event::{Closed, Event};
use super::frame::{Head, HeadReader, MAX_CONTROL_PAYLOAD, MAX_HEAD, Opcode, Role};
use super::mask::{self, Keys};
use super::message::Assembler;
use super::trace::Trace;

/// How long the server may take to close the transport after the closing handshake (7.1.1).
const LINGER: Millis = 2_000;

/// The most pings that wait for their answer; beyond it only the latest ones are answered (5.5.3).
const MAX_PONGS: usize = 64;

/// Messages over a byte stream whose opening handshake is done, for either end.
#[derive(Debug)]
pub struct MessageStream {
    role: Role,
    close_timeout: Millis,
    keys: Keys,
    heads: HeadReader,
    frame: Option<Incoming>,
    assembler: Assembler,
    events: VecDeque<Event>,
    output: Vec<u8>,
    pongs: VecDeque<Vec<u8>>,
    close_sent: bool,
    close_received: Option<CloseFrame>,
    deadline: Option<Millis>,
    ended: bool,
    pub(super) trace: Trace,
}

/// Which fragment of which kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Whether the message is a text.
    pub text: bool,
    /// Whether it is the message's first fragment.
    pub first: bool,
    /// Whether it is its last one.
    pub last: bool,
}

/// A frame whose payload is not yet complete.
#[derive(Debug)]
struct Incoming {
    head: Head,
    received: u64,
    /// A control frame's payload so far.
    control: Vec<u8>,
}

impl MessageStream {
    /// A stream on which nothing was sent or received yet.
    pub fn new(role: Role, config: &Config) -> Self {
        Self {
            role,
            close_timeout: config.close_timeout,
            keys: Keys::new(),
            heads: HeadReader::default(),
            frame: None,
            assembler: Assembler::new(config.max_message_size),
            events: VecDeque::new(),
            output: Vec::new(),
            pongs: VecDeque::new(),
            close_sent: false,
            close_received: None,
            deadline: None,
            ended: false,
            trace: Trace::default(),
        }
    }

    /// Takes bytes from the peer, cut anywhere.
    pub fn receive(&mut self, mut input: &[u8], now: Millis) {
        // Whatever follows a Close frame is not ours to read (5.5.1).
        while !self.ended && self.close_received.is_none() {
            match self.step(&mut input, now) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return self.fail(error),
            }
        }
    }

    /// Takes note that the peer sends no more bytes.
    pub fn end(&mut self) {
        match self.close_received.take() {
            Some(frame) => self.finish(closed_by(frame)),
            None => self.finish(closed_abnormally(None)),
        }
    }

    /// Takes note that the transport broke. After the closing handshake that is an end like any other.
    pub fn lose(&mut self, error: Error) {
        match self.close_received {
            Some(_) => self.end(),
            None => self.abandon(error),
        }
    }

    /// Fails the connection (7.1.7): the peer is told why, no more is read.
    pub fn fail(&mut self, error: Error) {
        if self.ended {
            return;
        }
        self.trace.end();
        self.send_close(&CloseFrame { code: Some(error.close_code()), reason: String::new() });
        self.finish(closed_abnormally(Some(error)));
    }

    /// Fails the connection without a word to the peer, who isn't there any more or isn't there yet.
    pub fn abandon(&mut self, error: Error) {
        if self.ended {
            return;
        }
        self.output.clear();
        self.pongs.clear();
        self.finish(closed_abnormally(Some(error)));
    }

    /// When [`expire`](Self::expire) is to be called, if at all.
    pub fn deadline(&self) -> Option<Millis> {
        self.deadline
    }

    /// Ends what has taken too long: a closing handshake without an answer, or without an end to the transport.
    pub fn expire(&mut self, now: Millis) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.end();
        }
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether there is a next event.
    pub fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether the next event says that the connection was failed.
    pub fn next_is_failure(&self) -> bool {
        matches!(self.events.front(), Some(Event::Closed(closed)) if closed.error.is_some())
    }

    /// What is to be written to the transport, once.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.answer_pings();
        core::mem::take(&mut self.output)
    }

    /// Whether data may still be sent.
    pub fn is_open(&self) -> bool {
        !self.close_sent && !self.ended
    }

    /// Sends a text. Returns whether it was queued: not once Close was sent, nor where there is no memory for it.
    pub fn send_text(&mut self, text: &str) -> bool {
        self.is_open() && self.send(Opcode::Text, true, text.len(), |to| to.copy_from_slice(text.as_bytes()))
    }

    /// Sends binary data. Returns as [`send_text`](Self::send_text).
    pub fn send_binary(&mut self, data: &[u8]) -> bool {
        self.send_binary_with(data.len(), |payload| payload.copy_from_slice(data))
    }

    /// Sends `len` bytes of binary data, which `fill` writes to where they are needed. Returns as
    /// [`send_text`](Self::send_text).
    pub fn send_binary_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) -> bool {
        self.is_open() && self.send(Opcode::Binary, true, len, fill)
    }

    /// Sends a fragment of a message (5.4). Returns as [`send_text`](Self::send_text). From the first fragment to the
    /// `last` no other message may be sent, and a text's fragments are to be cut between characters.
    pub fn send_part(&mut self, part: Part, len: usize, fill: impl FnOnce(&mut [u8])) -> bool {
        let opcode = match part {
            Part { first: false, .. } => Opcode::Continuation,
            Part { text: true, .. } => Opcode::Text,
            _ => Opcode::Binary,
        };
        self.is_open() && self.send(opcode, part.last, len, fill)
    }

    /// How many bytes [`take_output`](Self::take_output) would give, answers to pings aside.
    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Sends a ping. Returns as [`send_text`](Self::send_text), and false where the payload is over 125 bytes.
    pub fn ping(&mut self, payload: &[u8]) -> bool {
        self.is_open() && payload.len() as u64 <= MAX_CONTROL_PAYLOAD && self.send_control(Opcode::Ping, payload)
    }

    /// Takes note that output is leaving: the answer to a Close frame behind it can't be due before.
    pub fn progress(&mut self, now: Millis) {
        if self.deadline.is_some() && self.close_received.is_none() {
            self.deadline = Some(now.saturating_add(self.close_timeout));
        }
    }

    /// Takes note that [`close`](Self::close) follows once data is sent that has not come yet: it may not take forever.
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

    /// Reads one head or one piece of payload. Returns whether there may be more to read.
    fn step(&mut self, input: &mut &[u8], now: Millis) -> Result<bool, Error> {
        let Some(mut frame) = self.frame.take() else {
            let from = match self.role {
                Role::Client => Role::Server,
                Role::Server => Role::Client,
            };
            let Some(head) = self.heads.read(input, from)? else { return Ok(false) };
            self.trace.begin(head);
            return self.begin(head, input, now).map(|()| true);
        };

        let missing = frame.head.len - frame.received;
        let size = usize::try_from(missing).map_or(input.len(), |missing| missing.min(input.len()));
        let (payload, rest) = input.split_at(size);
        *input = rest;
        let payload = &*unmasked(payload, &frame);
        self.trace.extend(payload);
        if frame.head.opcode.is_control() {
            frame.control.extend_from_slice(payload);
        } else {
            self.assembler.push(payload)?;
        }
        frame.received += size as u64;
        if frame.received < frame.head.len {
            self.frame = Some(frame);
            return Ok(false);
        }
        self.trace.end();
        if frame.head.opcode.is_control() {
            self.control(frame.head.opcode, frame.control, now)?;
        } else if let Some(message) = self.assembler.end(frame.head.fin)? {
            self.events.push_back(Event::Message(message));
        }
        Ok(true)
    }

    /// Begins a frame, and ends it at once if its payload is all there.
    fn begin(&mut self, head: Head, input: &mut &[u8], now: Millis) -> Result<(), Error> {
        let whole = usize::try_from(head.len).ok().filter(|&len| len <= input.len() && head.key.is_none());
        let Some(len) = whole else {
            if !head.opcode.is_control() {
                self.assembler.begin(&head)?;
            }
            self.frame = Some(Incoming { head, received: 0, control: Vec::new() });
            return Ok(());
        };
        let (payload, rest) = input.split_at(len);
        *input = rest;
        self.trace.extend(payload);
        self.trace.end();
        if head.opcode.is_control() {
            self.control(head.opcode, payload.to_vec(), now)?;
        } else if let Some(message) = self.assembler.whole(&head, payload)? {
            self.events.push_back(Event::Message(message));
        }
        Ok(())
    }

    /// Does what a control frame asks for (5.5).
    fn control(&mut self, opcode: Opcode, payload: Vec<u8>, now: Millis) -> Result<(), Error> {
        match opcode {
            Opcode::Ping => {
                if self.pongs.len() == MAX_PONGS {
                    self.pongs.pop_front();
                }
                self.pongs.push_back(payload);
            }
            Opcode::Pong => self.events.push_back(Event::Pong(payload)),
            _ => self.closing(CloseFrame::decode(&payload)?, now),
        }
        Ok(())
    }

    /// Answers a Close frame with its own code (5.5.1) and waits for the server to close the transport (7.1.1).
    fn closing(&mut self, frame: CloseFrame, now: Millis) {
        if self.is_open() {
            self.events.push_back(Event::Closing);
            self.send_close(&CloseFrame { code: frame.code, reason: String::new() });
        }
        // It may have ended for want of random numbers.
        if self.ended {
            return;
        }
        match self.role {
            Role::Client => {
                self.deadline = Some(now.saturating_add(LINGER.min(self.close_timeout)));
                self.close_received = Some(frame);
            }
            Role::Server => self.finish(closed_by(frame)),
        }
    }

    fn finish(&mut self, closed: Closed) {
        if !self.ended {
            self.trace.end();
            self.ended = true;
            self.deadline = None;
            self.events.push_back(Event::Closed(closed));
        }
    }

    fn answer_pings(&mut self) {
        while let Some(payload) = self.pongs.pop_front() {
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
        }
    }

    fn send_control(&mut self, opcode: Opcode, payload: &[u8]) -> bool {
        self.send(opcode, true, payload.len(), |to| to.copy_from_slice(payload))
    }

    fn send(&mut self, opcode: Opcode, fin: bool, len: usize, fill: impl FnOnce(&mut [u8])) -> bool {
        let key = match self.role {
            Role::Server => None,
            Role::Client => match self.keys.take() {
                Ok(key) => Some(key),
                Err(error) => {
                    self.abandon(error);
                    return false;
                }
            },
        };
        if self.output.try_reserve(len.saturating_add(MAX_HEAD)).is_err() {
            return false;
        }
        let head = Head { fin, opcode, key, len: len as u64 };
        head.encode(&mut self.output);
        let start = self.output.len();
        self.output.resize(start + len, 0);
        let payload = &mut self.output[start..];
        fill(payload);
        self.trace.sent(head, payload);
        if let Some(key) = key {
            mask::apply(payload, key, 0);
        }
        true
    }

    pub(super) fn push_event(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(super) fn push_output(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }
}

fn unmasked<'a>(payload: &'a [u8], frame: &Incoming) -> std::borrow::Cow<'a, [u8]> {
    let Some(key) = frame.head.key else { return payload.into() };
    let mut payload = payload.to_vec();
    mask::apply(&mut payload, key, frame.received);
    payload.into()
}

/// The end after the peer's Close frame: a clean one.
fn closed_by(frame: CloseFrame) -> Closed {
    let code = frame.code.map_or(CloseCode::NO_STATUS, CloseCode::value);
    Closed { was_clean: true, code, reason: frame.reason, error: None }
}

/// The end without a Close frame from the peer.
fn closed_abnormally(error: Option<Error>) -> Closed {
    Closed { was_clean: false, code: CloseCode::ABNORMAL, reason: String::new(), error }
}
