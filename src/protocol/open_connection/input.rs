//! Receiving: frames become events, in place or not, while there is room for them (RFC 6455 5, 6.2).

use super::OpenConnection;
use crate::protocol::close::CloseFrame;
use crate::protocol::config::Millis;
use crate::protocol::error::Error;
use crate::protocol::event::Event;
use crate::protocol::frame::Opcode;
use crate::protocol::in_place::{PayloadRange, RangeTable};
use crate::protocol::receiver::Received;

impl OpenConnection {
    /// Receives bytes from the peer, cut anywhere.
    pub fn receive(&mut self, mut input: &[u8], now: Millis) {
        self.heard(input.len(), now);
        let wanted = self.wants_input();
        if self.backlog.is_empty() && self.receiver.own() {
            self.read(&mut input, None, true);
        }
        self.keep(input, wanted);
    }

    /// Receives bytes from the peer, of which the first `skip` were read: the payloads of uncompressed messages stay in
    /// `input`.
    pub fn receive_in_place(&mut self, input: &[u8], skip: usize, now: Millis) -> &[PayloadRange] {
        self.heard(input.len() - skip, now);
        let wanted = self.wants_input();
        let mut rest = &input[skip..];
        self.table.start(input.len());
        if self.backlog.is_empty() && self.events.has_room() {
            let mut table = core::mem::take(&mut self.table);
            self.read(&mut rest, Some(&mut table), false);
            self.table = table;
        }
        self.keep(rest, wanted);
        self.table.ranges()
    }

    // Not inlined: the wasm is smaller.
    #[inline(never)]
    fn heard(&mut self, len: usize, now: Millis) {
        self.set_now(now);
        self.traffic.bytes += len as u64;
        if len > 0
            && let Some(watch) = &mut self.watch
        {
            watch.heard(now);
        }
    }

    /// How many payload bytes are still to come of the last frame of a message.
    pub fn missing(&self) -> u64 {
        self.receiver.missing()
    }

    /// How many bytes that come next are payload that need not be seen.
    pub fn skippable(&self) -> u64 {
        if self.wants_input() && !self.trace.is_on() { self.receiver.skippable() } else { 0 }
    }

    /// Receives `len` of the skippable bytes. Returns whether a message ended with them.
    pub fn skip(&mut self, len: u64, now: Millis) -> bool {
        self.heard(len as usize, now);
        let len = len.min(self.skippable());
        match if len > 0 { self.receiver.skip(len) } else { Ok(None) } {
            Ok(None) => return false,
            Ok(Some(complete)) => {
                self.traffic.frames += 1;
                let Some((kind, len)) = complete else { return false };
                self.received_message(len);
                self.events.push_in_place(kind, len);
            }
            Err(error) => self.fail_later(error),
        }
        true
    }

    /// Whether the payload so far of the message that isn't complete must be given back: what follows it can't be read in
    /// place.
    pub fn wants_partial(&self) -> bool {
        !self.backlog.is_empty() && self.receiver.held() > 0
    }

    /// Takes back the payload so far of the message that isn't complete.
    pub fn give_partial(&mut self, bytes: &[u8]) {
        if self.receiver.held() == 0 {
            return;
        }
        match self.receiver.give(bytes) {
            Ok(()) => self.read_backlog(),
            Err(error) => self.fail_later(error),
        }
    }

    /// Puts what wasn't read into the backlog.
    fn keep(&mut self, input: &[u8], wanted: bool) {
        if self.is_reading()
            && let Err(error) = self.backlog.push(input, wanted, self.max_backlog)
        {
            self.fail_later(error);
        }
    }

    /// Whether to read from the transport.
    pub fn wants_input(&self) -> bool {
        let is_over = self.ended || self.half_closed || self.failing.is_some();
        // A message that is still arriving counts too: as long as no event waits it may be as large as its limit.
        !is_over
            && self.backlog.is_empty()
            && self.trace.has_room()
            && self.events.has_room_besides(self.receiver.partial_len())
    }

    /// Whether received bytes are read: after a Close frame nothing is (5.5.1).
    pub(super) fn is_reading(&self) -> bool {
        !self.ended && self.failing.is_none() && self.close_received.is_none() && self.pending_end.is_none()
    }

    /// Reads frames while there is room for their events. `table` and `whole` are those of [`Receiver::read`].
    fn read(&mut self, input: &mut &[u8], mut table: Option<&mut RangeTable>, whole: bool) {
        let in_place = table.is_some();
        let inflates = self.receiver.inflates();
        while self.is_reading()
            && self.trace.has_room()
            && if in_place { self.events.has_room_in_place(inflates) } else { self.events.has_room() }
        {
            if let Some(table) = &mut table
                && !self.trace.is_on()
                && self.receiver.is_between_messages()
            {
                self.read_simple(input, table);
                if !self.events.has_room_in_place(inflates) {
                    return;
                }
            }
            let received = self.receiver.read(input, table.as_deref_mut(), whole, &mut self.trace);
            match received.map(|received| received.map(|received| self.received(received))) {
                Ok(Some(Ok(()))) => {}
                Ok(None) => return,
                Ok(Some(Err(error))) | Err(error) => return self.fail_later(error),
            }
        }
    }

    /// Reads messages of the simplest form, of which there may be many: as [`read`](Self::read) does, in a fraction of the
    /// time.
    // Not inlined: the loop is faster by itself.
    #[inline(never)]
    fn read_simple(&mut self, input: &mut &[u8], table: &mut RangeTable) {
        let (mut messages, mut payload) = (0, 0);
        while self.events.has_room_in_place(false)
            && let Some((kind, len)) = self.receiver.read_simple(input, table)
        {
            self.events.push_in_place(kind, len);
            messages += 1;
            payload += len as u64;
        }
        self.traffic.frames += messages;
        self.traffic.messages += messages;
        self.traffic.payload += payload;
    }

    /// Reads the backlog, now that events or records were taken, and then applies the end that follows it.
    // Not inlined: the wasm is smaller.
    #[inline(never)]
    pub(super) fn read_backlog(&mut self) {
        if self.backlog.is_empty() || !self.events.has_room() || !self.trace.has_room() {
            return;
        }
        if !self.receiver.own() {
            return self.fail_later(Error::PartialMissing);
        }
        let mut backlog = core::mem::take(&mut self.backlog);
        let end = self.pending_end.take();
        let deadline = self.deadline;
        let mut input = backlog.unread();
        // Not `whole`: that code is only for `receive`, and not part of a program that receives in place.
        self.read(&mut input, None, false);
        let unread = input.len();
        if unread > 0 && self.is_reading() {
            backlog.keep(unread);
            self.backlog = backlog;
            self.pending_end = end;
        } else if let Some(end) = end {
            self.end_with(end);
        }
        self.deadline_is_dated |= self.deadline != deadline;
    }

    fn received(&mut self, received: Received) -> Result<(), Error> {
        self.traffic.frames += 1;
        match received {
            Received::Message(message) => {
                self.received_message(message.len());
                self.events.push(Event::Message(message));
            }
            Received::InPlace(kind, len) => {
                self.received_message(len);
                self.events.push_in_place(kind, len);
            }
            Received::Control(Opcode::Ping, payload) => {
                if self.reports_pings {
                    self.events.push(Event::Ping(payload.clone()));
                }
                self.sender.queue_pong(payload);
            }
            Received::Control(Opcode::Pong, payload) => {
                // The answer to a ping of its own concerns nobody else.
                if !self.watch.as_ref().is_some_and(|watch| watch.is_answer(&payload)) {
                    self.events.push(Event::Pong(payload));
                }
            }
            Received::Control(_, payload) => self.received_close(CloseFrame::decode(&payload)?),
            Received::Fragment => {}
        }
        Ok(())
    }

    fn received_message(&mut self, len: usize) {
        self.traffic.messages += 1;
        self.traffic.payload += len as u64;
    }
}
