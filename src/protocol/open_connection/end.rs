//! How an open connection ends: the closing handshake, a failure, a time limit, the end of the transport (RFC 6455 7.1).

use alloc::boxed::Box;
use alloc::string::String;
use core::time::Duration;

use super::OpenConnection;
use crate::protocol::backlog::Backlog;
use crate::protocol::close::{CloseCode, CloseFrame};
use crate::protocol::config::{Millis, deadline_after};
use crate::protocol::error::Error;
use crate::protocol::event::{Closed, Event};
use crate::protocol::frame::{Opcode, Role};
use crate::protocol::keep_alive::Watch;
use crate::protocol::response::Response;

/// How long the server may take to close the transport after the closing handshake (7.1.1).
const TRANSPORT_CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How a connection ends, if not by a violation of the protocol.
#[derive(Debug)]
pub enum End {
    /// The peer ended the transport.
    Orderly,
    /// The transport broke.
    Broken,
    /// The peer took too long.
    Expired,
}

impl OpenConnection {
    /// Starts the close timeout before [`close`](Self::close): data that precedes the Close frame is
    /// still to be sent.
    pub fn announce_close(&mut self, now: Millis) {
        if self.is_open() {
            self.set_now(now);
            self.set_deadline(self.close_timeout);
        }
    }

    /// Starts the closing handshake (7.1.2), unless it was started before.
    pub fn close(&mut self, frame: &CloseFrame, now: Millis) {
        if self.is_open() {
            self.set_now(now);
            self.set_deadline(self.close_timeout);
            self.send_close(frame);
        }
    }

    /// Answers a Close frame with its own code (5.5.1) and waits for the server to close the transport (7.1.1).
    pub(super) fn received_close(&mut self, frame: CloseFrame) {
        if self.is_open() {
            self.events.push(Event::CloseReceived);
            self.send_close(&CloseFrame { code: frame.code, reason: String::new() });
        }
        // Without random bytes for the answer the connection has ended.
        if self.ended {
            return;
        }
        match self.role {
            Role::Client => {
                if self.sender.output().close_written() {
                    self.await_transport_close();
                } else {
                    self.set_deadline(self.close_timeout);
                }
                self.close_received = Some(frame);
                self.receiver.clear();
            }
            // A server closes the transport first (7.1.1): its Close frame is the last output.
            Role::Server => self.finish(closed_by(frame, true)),
        }
    }

    fn send_close(&mut self, frame: &CloseFrame) {
        if !self.close_sent {
            self.answer_pings();
            let _ = self.send_control(Opcode::Close, &frame.encode());
            self.close_sent = true;
            self.sender.stop();
        }
    }

    /// Records that the transport has written `bytes` more bytes of the output.
    ///
    /// The close timeout restarts while data before this side's Close frame is written, and for nothing else:
    /// the peer can't prolong it.
    pub fn written(&mut self, bytes: u64, now: Millis) {
        self.set_now(now);
        let was_written = self.sender.output().close_written();
        if let Some(watch) = self.watch.as_mut().filter(|_| bytes > 0) {
            watch.written(now, self.sender.output().written_position());
        }
        let data = self.sender.output_mut().written(bytes);
        let is_written = self.sender.output().close_written();
        if self.deadline.is_none() {
            return;
        }
        match &self.close_received {
            None if data => self.set_deadline(self.close_timeout),
            Some(_) if is_written && !was_written => {
                self.await_transport_close();
                if self.half_closed {
                    self.end_with(End::Orderly);
                }
            }
            Some(_) if data && !is_written && !self.half_closed => self.set_deadline(self.close_timeout),
            _ => {}
        }
    }

    /// Records that the peer ended the transport.
    pub fn end(&mut self, now: Millis) {
        self.set_now(now);
        self.end_with(End::Orderly);
    }

    /// Records that the transport broke. After the closing handshake that is an end like any other.
    pub fn transport_lost(&mut self) {
        self.end_with(End::Broken);
    }

    pub(super) fn end_with(&mut self, end: End) {
        if self.ended || self.failing.is_some() {
            return;
        }
        if !self.backlog.is_empty() {
            self.pending_end.get_or_insert(end);
            return;
        }
        let close_written = self.sender.output().close_written();
        match (self.close_received.take(), end) {
            // The direction to the peer may still be open.
            (Some(frame), End::Orderly) if !close_written && !self.half_closed => {
                self.close_received = Some(frame);
                self.half_closed = true;
                self.await_transport_close();
            }
            (Some(frame), _) => self.finish(closed_by(frame, close_written)),
            (None, End::Orderly) => self.finish(closed_abnormally(Error::NoCloseFrame)),
            (None, End::Expired) => self.finish(closed_abnormally(Error::CloseTimeout)),
            (None, End::Broken) => self.abort(Error::TransportLost),
        }
    }

    /// Fails the connection (7.1.7) with a Close frame that says why; no more is read.
    pub fn fail(&mut self, error: Error) {
        self.fail_with(error.close_code(), closed_abnormally(error));
    }

    /// Fails the connection once the messages before the error have been taken, and perhaps answered.
    pub(super) fn fail_later(&mut self, error: Error) {
        self.trace.end();
        self.receiver.clear();
        self.backlog = Backlog::default();
        if self.events.front().is_some() {
            let code = error.close_code();
            self.failing = Some((closed_abnormally(error), code));
        } else {
            self.fail(error);
        }
    }

    pub(super) fn fail_with(&mut self, code: CloseCode, closed: Event) {
        if self.ended {
            return;
        }
        self.trace.end();
        self.send_close(&CloseFrame { code: Some(code), reason: String::new() });
        self.finish(closed);
    }

    /// Fails the connection because this side leaves.
    pub fn leave(&mut self) {
        self.fail_with(CloseCode::GOING_AWAY, closed_abnormally(Error::Aborted));
    }

    /// Fails the connection because the driver can't use a message that it took; discards the events after it.
    pub fn refuse_message(&mut self, code: CloseCode) {
        // `Closed` is the last event.
        if self.ended && self.events.front().is_none() {
            return;
        }
        self.events.clear();
        let closed = closed_abnormally(Error::MessageRefused);
        if self.ended {
            self.events.push(closed);
        } else {
            self.fail_with(code, closed);
        }
    }

    /// Fails the connection without a Close frame, and discards the output: the peer is gone, or not connected yet, or
    /// must not get the rest.
    pub fn abort(&mut self, error: Error) {
        self.refused(error, None);
    }

    /// Does the same for a connection that isn't open yet, with the response of the server.
    pub(in crate::protocol) fn refused(&mut self, error: Error, response: Option<Box<Response>>) {
        if self.ended {
            return;
        }
        self.sender.clear();
        self.finish(Event::Closed(Closed { response, ..abnormal(error) }));
    }

    fn finish(&mut self, closed: Event) {
        if !self.ended {
            self.trace.end();
            self.ended = true;
            self.deadline = None;
            self.failing = None;
            self.backlog = Backlog::default();
            self.pending_end = None;
            self.receiver.clear();
            self.sender.stop();
            self.events.push(closed);
        }
    }

    /// When to call [`expire`](Self::expire).
    pub fn deadline(&self) -> Option<Millis> {
        let deadline = self.deadline.or_else(|| self.watch.as_ref().filter(|_| self.is_open()).map(Watch::deadline));
        // Once the end is known there is nothing left to time out.
        deadline.filter(|_| self.failing.is_none() && self.pending_end.is_none())
    }

    /// Ends the connection if its deadline has passed, or sends a ping.
    pub fn expire(&mut self, now: Millis) {
        self.set_now(now);
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.end_with(End::Expired);
        }
        self.check_peer(now, false);
    }

    // Not inlined: the wasm is smaller.
    #[inline(never)]
    pub(super) fn set_now(&mut self, now: Millis) {
        if core::mem::take(&mut self.deadline_is_dated) {
            let late = now.saturating_sub(self.now);
            self.deadline = self.deadline.map(|deadline| deadline.saturating_add(late));
        }
        self.now = now;
    }

    fn set_deadline(&mut self, timeout: Duration) {
        self.deadline = Some(deadline_after(self.now, timeout));
    }

    /// Limits the time for the peer to close the transport.
    fn await_transport_close(&mut self) {
        self.set_deadline(TRANSPORT_CLOSE_TIMEOUT.min(self.close_timeout));
    }
}

/// The end after the peer's Close frame: clean if this side's was written (7.1.4).
fn closed_by(frame: CloseFrame, was_clean: bool) -> Event {
    let code = frame.code.map_or(CloseCode::NO_STATUS, CloseCode::value);
    let error = if was_clean { None } else { Some(Error::Unsent) };
    Event::Closed(Closed { was_clean, code, reason: frame.reason, error, response: None })
}

/// The end without a Close frame from the peer.
fn closed_abnormally(error: Error) -> Event {
    Event::Closed(abnormal(error))
}

fn abnormal(error: Error) -> Closed {
    let code = CloseCode::ABNORMAL;
    Closed { was_clean: false, code, reason: String::new(), error: Some(error), response: None }
}
