//! The whole connection, driven by any calls in any order: no panic, memory within bounds, a state that only moves
//! forward, events in their order, and a legal stream of frames.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use websocket_wasm::protocol::deflate::{Offer, WindowBits};
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role, Side, accept_key};
use websocket_wasm::protocol::{
    CloseCode, CloseFrame, Config, Connection, Event, Filled, Fragment, KeepAlive, MessageKind, Request, SendError,
};

use crate::{LIMIT, config, memory, open_connection, random, seen, wire};

#[derive(Debug, Arbitrary)]
struct Story<'a> {
    /// The offer of permessage-deflate: none, the default, or every parameter. And what the driver does with payloads: it
    /// leaves them to the connection, or keeps them, and then gives them back when it must, or not. And whether there is
    /// keep-alive.
    offer: u8,
    calls: Vec<Call<'a>>,
}

#[derive(Debug, Arbitrary)]
enum Call<'a> {
    /// The server accepts.
    Accept {
        deflate: bool,
        bits: u8,
        no_context_takeover: bool,
        behind: &'a [u8],
    },
    /// Bytes from the server.
    Receive(&'a [u8]),
    /// A frame from the server.
    ReceiveFrame {
        first: u8,
        payload: &'a [u8],
        cut: u8,
    },
    /// A message from a conforming server.
    ReceiveMessage {
        payload: &'a [u8],
        repeat: u8,
        times: u8,
    },
    Text(&'a str),
    Binary(&'a [u8]),
    /// A message in parts.
    Parts(&'a [u8], u8),
    Ping(&'a [u8]),
    Close(u16, &'a str),
    AnnounceClose,
    Time(u16),
    Expire,
    Written(u16),
    Take,
    Poll(u8),
    End,
    TransportLost,
    Abort,
    Leave,
    /// A first or a last fragment, in order or not.
    Fragment(bool),
    Trace(Option<u8>),
}

/// Panics if any of this doesn't hold.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(story) = Story::arbitrary(&mut input) else { return };
    let mut driven = Driven::new(story.offer);
    for call in story.calls.iter().take(200) {
        driven.call(call);
        driven.look();
    }
    driven.finish();
}

struct Driven {
    connection: Connection,
    /// A conforming server, once it has accepted.
    server: Option<OpenConnection>,
    compression: bool,
    nonce: [u8; 16],
    output: Vec<u8>,
    now: u64,
    opened: bool,
    closing: bool,
    closed: bool,
    was_open: bool,
    keeps: bool,
    gives: bool,
    /// How many bytes the driver keeps of a message that isn't complete.
    partial: usize,
    /// The memory in use before.
    before: isize,
    /// The number of bytes that the connection may hold, given its calls so far.
    given: isize,
}

impl Driven {
    fn new(offer: u8) -> Self {
        let mut request = Request::new("example.com", "/").expect("a request");
        let bits = WindowBits::new(8 + offer % 8);
        request.offer_deflate(match offer >> 6 {
            0 => None,
            1 => Some(Offer::default()),
            _ => {
                let mut eager = Offer::default();
                eager.client_max_window_bits = bits;
                eager.threshold = 0;
                eager.level = offer % 10;
                Some(eager)
            }
        });
        let before = memory::in_use();
        let config = config(|config| {
            config.max_message_size = LIMIT;
            config.high_water_mark = 1 << 14;
            if offer & 0x08 != 0 {
                let mut keep_alive = KeepAlive::default();
                keep_alive.interval = Duration::from_millis(1000);
                keep_alive.timeout = Duration::from_millis(u64::from(offer));
                config.keep_alive = Some(keep_alive);
            }
        });
        let mut connection = Connection::new(&config, random);
        connection.begin(0);
        connection.send_request(request);
        let head = String::from_utf8(connection.take_output()).expect("ASCII");
        let key = head.split("Sec-WebSocket-Key: ").nth(1).and_then(|rest| rest.split('\r').next()).expect("a key");
        let nonce = BASE64.decode(key).expect("base64").try_into().expect("16 bytes");
        Self {
            connection,
            server: None,
            compression: false,
            nonce,
            output: Vec::new(),
            now: 0,
            opened: false,
            closing: false,
            closed: false,
            was_open: false,
            keeps: offer & 0x20 != 0,
            gives: offer & 0x10 == 0,
            partial: 0,
            before,
            given: 0,
        }
    }

    fn call(&mut self, call: &Call) {
        let now = self.now;
        match *call {
            Call::Accept { deflate, bits, no_context_takeover, behind } => {
                let side = Side { no_context_takeover, window_bits: WindowBits::new(8 + bits % 8).expect("8 to 15") };
                let bytes = [&self.acceptance(deflate, side), behind].concat();
                self.receive(&bytes);
            }
            Call::Receive(bytes) => self.receive(bytes),
            Call::ReceiveFrame { first, payload, cut } => {
                let payload = &payload[..payload.len().min(125)];
                let mut frame = [&[first, payload.len() as u8], payload].concat();
                frame.truncate(frame.len() - usize::from(cut % 4).min(frame.len()));
                self.receive(&frame);
            }
            Call::ReceiveMessage { payload, repeat, times } => {
                let payload = payload.repeat(usize::from(repeat));
                let Some(server) = self.server.as_mut().filter(|_| payload.len() <= 1 << 16) else { return };
                for _ in 0..times % 16 {
                    // It may have been closed.
                    let _ = server.send_binary(&payload);
                }
                let bytes = server.take_output();
                self.receive(&bytes);
            }
            Call::Text(text) => {
                self.given += text.len() as isize;
                let sent = self.connection.send_text(text);
                self.sent(sent);
            }
            Call::Binary(bytes) => {
                self.given += bytes.len() as isize;
                let sent = match bytes {
                    // With an estimate of its length, in steps.
                    [estimate, step, ..] if estimate % 2 == 1 => {
                        self.given += 2 * bytes.len() as isize;
                        let mut rest = bytes;
                        let mut fill = |room: &mut [u8]| {
                            let written = rest.len().min(room.len()).min(usize::from(*step) + 1);
                            room[..written].copy_from_slice(&rest[..written]);
                            rest = &rest[written..];
                            Filled { written, needed: rest.len() }
                        };
                        let sent = self.connection.send_with(MessageKind::Binary, (*estimate).into(), &mut fill);
                        sent.map(|len| assert_eq!(len, bytes.len()))
                    }
                    _ => self.connection.send_binary(bytes),
                };
                self.sent(sent);
            }
            Call::Parts(bytes, size) => {
                self.given += bytes.len() as isize;
                let size = 1 + usize::from(size);
                let count = bytes.len().div_ceil(size);
                for (at, part) in bytes.chunks(size).enumerate() {
                    self.given += 32;
                    let fragment = Fragment::new(MessageKind::Binary, at == 0, at + 1 == count);
                    let sent = self.connection.send_fragment(fragment, part.len(), |to| to.copy_from_slice(part));
                    self.sent(sent);
                }
            }
            Call::Ping(payload) => assert!(self.connection.ping(payload).is_err() || payload.len() <= 125),
            Call::Close(code, reason) => {
                let reason = reason.to_owned();
                self.connection.close(&CloseFrame { code: CloseCode::new(code), reason }, now);
                assert!(!self.connection.is_open());
            }
            Call::AnnounceClose => self.connection.announce_close(now),
            Call::Time(time) => {
                self.now += u64::from(time);
                self.connection.set_reading(time % 5 != 0);
                if time % 3 == 0 {
                    self.connection.probe(self.now);
                }
            }
            Call::Expire => {
                self.connection.expire(now);
                assert!(self.connection.deadline().is_none_or(|deadline| deadline > now), "a deadline in the past");
            }
            Call::Written(bytes) => self.connection.written(bytes.into(), now),
            Call::Take => self.output.extend(self.connection.take_output()),
            Call::Poll(times) => {
                if times % 4 == 3 {
                    assert!(self.connection.in_place_run() <= self.connection.event_count());
                    self.connection.take_in_place(times.into());
                }
                (0..times).for_each(|_| self.poll());
            }
            Call::End => self.connection.end(now),
            Call::TransportLost => self.connection.transport_lost(),
            Call::Abort => self.connection.abort(),
            Call::Leave => self.connection.leave(),
            Call::Fragment(first) => {
                self.given += 32;
                let fragment = Fragment::new(MessageKind::Binary, first, !first);
                let sent = self.connection.send_fragment(fragment, 3, |to| to.fill(7));
                self.sent(sent);
            }
            Call::Trace(preview) => self.connection.trace(preview.map(usize::from)),
        }
        self.given += 256;
    }

    fn sent(&mut self, sent: Result<(), SendError>) {
        match sent {
            Ok(()) => assert!(self.was_open || self.connection.is_open()),
            Err(SendError::NotOpen) => assert!(!self.connection.is_open()),
            Err(SendError::FragmentOrder) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        // Unread input is buffered as received.
        self.given += 2 * bytes.len() as isize;
        if self.keeps {
            self.receive_in_place(bytes);
        } else {
            self.connection.receive(bytes, self.now);
        }
    }

    fn receive_in_place(&mut self, mut bytes: &[u8]) {
        let skippable = self.connection.skippable();
        if skippable > 0 && bytes.len() % 2 == 0 {
            let (skipped, rest) = bytes.split_at(skippable.min(bytes.len() as u64) as usize);
            bytes = rest;
            let is_last = self.connection.skip(skipped.len() as u64, self.now);
            self.partial = if is_last { 0 } else { self.partial + skipped.len() };
        }
        for range in self.connection.receive_in_place(bytes, self.now) {
            assert!(range.len <= bytes.len() && range.start <= bytes.len() - range.len);
            self.partial = if range.is_last { 0 } else { self.partial + range.len };
        }
        if self.connection.wants_partial() && self.gives {
            self.given += 2 * self.partial as isize;
            self.connection.give_partial(&vec![b'x'; std::mem::take(&mut self.partial)]);
            assert!(!self.connection.wants_partial());
        }
    }

    /// The response that accepts; creates the server at the other end.
    fn acceptance(&mut self, deflate: bool, side: Side) -> Vec<u8> {
        let accept = accept_key(self.nonce);
        let mut head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
        );
        let mut server = open_connection(Role::Server, &Config::default());
        if deflate {
            let takeover = if side.no_context_takeover { "; server_no_context_takeover" } else { "" };
            let bits = side.window_bits.get();
            head +=
                &format!("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits={bits}{takeover}\r\n");
            server.compress(&Agreement { server: side, ..Agreement::default() }, &Offer::default());
        }
        self.compression |= deflate;
        if self.server.is_none() {
            self.before -= memory::in_use();
            self.server = Some(server);
            self.before += memory::in_use();
        }
        (head + "\r\n").into_bytes()
    }

    fn poll(&mut self) {
        let next = self.connection.peek_event().cloned();
        let event = self.connection.poll_event();
        assert_eq!(event, next);
        let Some(event) = event else { return };
        assert!(!self.closed, "an event after Closed: {event:?}");
        match &event {
            Event::Open(_) => {
                assert!(!self.opened);
                self.opened = true;
            }
            Event::Message(_) | Event::InPlace(..) | Event::Pong(_) => {
                assert!(self.opened && !self.closing, "{event:?}")
            }
            Event::CloseReceived => {
                assert!(self.opened && !self.closing);
                self.closing = true;
            }
            Event::Closed(closed) => {
                assert!(!closed.was_clean || closed.code != 1006 && self.opened);
                assert_eq!(closed.was_clean, closed.error.is_none());
                self.closed = true;
            }
            other => panic!("{other:?}"),
        }
        seen(event);
    }

    /// Checks what must hold between any two calls.
    fn look(&mut self) {
        let open = self.connection.is_open();
        assert!(!(self.closed && open), "open after Closed");
        self.was_open |= open;
        // The test's server and the output that was taken are counted too.
        let most = self.given + self.output.len() as isize * 2 + 2 * LIMIT as isize + 2_000_000;
        let used = memory::in_use() - self.before;
        assert!(used < most, "{used} bytes in use, {most} allowed");
    }

    /// Takes all events, and the records for which they may wait.
    fn drain(&mut self) {
        loop {
            while self.connection.poll_frame().is_some() {}
            if self.connection.peek_event().is_none() {
                return;
            }
            self.poll();
        }
    }

    fn finish(mut self) {
        self.connection.end(self.now);
        self.drain();
        // For a Close frame of this side that was never written.
        self.connection.expire(u64::MAX);
        self.drain();
        self.output.extend(self.connection.take_output());
        assert!(self.closed, "no Closed at the end");
        assert!(self.connection.take_output().is_empty());
        assert_eq!(self.connection.deadline(), None);
        wire::check_client(&self.output, self.compression);
    }
}
