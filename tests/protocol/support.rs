//! Shared by the tests: writing and reading frames independently of the crate's code, and driving endpoints.

use proptest::prelude::*;
use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{OpenConnection, Role, closed};
use websocket_wasm::protocol::{
    CloseCode, CloseFrame, Closed, Config, Connection, Error, Event, Fragment, Message, MessageKind, Millis,
    RandomError, Request, SendError,
};

pub const FIN: u8 = 0x80;
pub const CONTINUATION: u8 = 0x0;
pub const TEXT: u8 = 0x1;
pub const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
pub const PONG: u8 = 0xA;

/// Every first byte that 5.2 and 5.5 allow.
pub const FIRST_BYTES: [u8; 9] =
    [CONTINUATION, TEXT, BINARY, FIN | CONTINUATION, FIN | TEXT, FIN | BINARY, FIN | CLOSE, FIN | PING, FIN | PONG];

/// A frame's first byte and its payload, unmasked.
pub type Frame = (u8, Vec<u8>);

/// A frame's header up to its length (5.2).
pub fn head(first: u8, masked: bool, len: u64) -> Vec<u8> {
    let mask_bit = if masked { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match len {
        0..=125 => bytes.push(mask_bit | len as u8),
        126..=65535 => bytes.extend([mask_bit | 126, (len >> 8) as u8, len as u8]),
        _ => {
            bytes.push(mask_bit | 127);
            bytes.extend(len.to_be_bytes());
        }
    }
    bytes
}

/// A frame from a server: unmasked.
pub fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    [&head(first, false, payload.len() as u64), payload].concat()
}

/// A frame from a client: masked.
pub fn masked(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let masked = payload.iter().enumerate().map(|(i, byte)| byte ^ key[i % 4]);
    head(first, true, payload.len() as u64).into_iter().chain(key).chain(masked).collect()
}

/// A frame as the peer of that role sends it.
pub fn frame_from(role: Role, first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    match role {
        Role::Client => masked(first, payload),
        Role::Server => frame(first, payload),
    }
}

/// A Close frame's payload.
pub fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes(), reason.as_bytes()].concat()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (front, rest) = bytes.split_first_chunk().expect("a frame is cut off");
    *bytes = rest;
    *front
}

/// Reads what `role` has sent, with the keys; panics unless it is a sequence of whole frames as 5.2 requires of that role.
pub fn read_frames(role: Role, mut bytes: &[u8]) -> Vec<(Frame, [u8; 4])> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let start = bytes;
        let [first, second] = take(&mut bytes);
        assert!(FIRST_BYTES.contains(&first), "a first byte of {first:#x}");
        let len = match second & 0x7F {
            126 => u16::from_be_bytes(take(&mut bytes)).into(),
            127 => u64::from_be_bytes(take(&mut bytes)),
            short => short.into(),
        };
        assert!(start.starts_with(&head(first, role == Role::Client, len)), "a wrong mask bit or a length too long");
        assert!(first & 0x8 == 0 || len <= 125, "a long control frame");
        let key = if role == Role::Client { take(&mut bytes) } else { [0; 4] };
        let (payload, rest) = bytes.split_at_checked(len as usize).expect("a payload is cut off");
        bytes = rest;
        let payload = payload.iter().enumerate().map(|(i, byte)| byte ^ key[i % 4]).collect();
        frames.push(((first, payload), key));
    }
    frames
}

/// A whole binary message, for `send_fragment`.
pub const WHOLE: Fragment = Fragment::Whole(MessageKind::Binary);

/// The methods that both kinds of endpoint have.
pub trait Endpoint {
    fn receive(&mut self, input: &[u8], now: Millis);
    fn end(&mut self, now: Millis);
    fn abort(&mut self);
    fn deadline(&self) -> Option<Millis>;
    fn expire(&mut self, now: Millis);
    fn poll_event(&mut self) -> Option<Event>;
    /// Takes output, and reports it as written at time 0.
    fn take_output(&mut self) -> Vec<u8>;
    fn is_open(&self) -> bool;
    fn send_text(&mut self, text: &str) -> Result<(), SendError>;
    fn send_binary(&mut self, data: &[u8]) -> Result<(), SendError>;
    fn ping(&mut self, payload: &[u8]) -> Result<(), SendError>;
    fn close(&mut self, frame: &CloseFrame, now: Millis);

    /// Receives bytes at time 0.
    fn feed(&mut self, input: impl AsRef<[u8]>) {
        self.receive(input.as_ref(), 0);
    }

    /// All events.
    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.poll_event()).collect()
    }

    /// Receives bytes, and returns all events.
    fn after(&mut self, input: impl AsRef<[u8]>) -> Vec<Event> {
        self.feed(input);
        self.events()
    }

    /// The frames in a client's output.
    fn frames(&mut self) -> Vec<Frame> {
        read_frames(Role::Client, &self.take_output()).into_iter().map(|(frame, _)| frame).collect()
    }

    /// Sends a message.
    fn send(&mut self, message: &Message) -> Result<(), SendError> {
        match message.clone().into_text() {
            Some(text) => self.send_text(&text),
            None => self.send_binary(&message.clone().into_bytes()),
        }
    }

    /// Starts the closing handshake at time 0.
    fn shut(&mut self, code: u16, reason: &str) {
        self.close(&close_frame(code, reason), 0);
    }
}

macro_rules! endpoint {
    ($type:ty, $($aborted:expr)?) => {
        impl Endpoint for $type {
            fn receive(&mut self, input: &[u8], now: Millis) {
                self.receive(input, now);
            }
            fn end(&mut self, now: Millis) {
                self.end(now);
            }
            fn abort(&mut self) {
                self.abort($($aborted)?);
            }
            fn deadline(&self) -> Option<Millis> {
                self.deadline()
            }
            fn expire(&mut self, now: Millis) {
                self.expire(now);
            }
            fn poll_event(&mut self) -> Option<Event> {
                self.poll_event()
            }
            fn take_output(&mut self) -> Vec<u8> {
                let output = self.take_output();
                self.written(output.len() as u64, 0);
                output
            }
            fn is_open(&self) -> bool {
                self.is_open()
            }
            fn send_text(&mut self, text: &str) -> Result<(), SendError> {
                self.send_text(text)
            }
            fn send_binary(&mut self, data: &[u8]) -> Result<(), SendError> {
                self.send_binary(data)
            }
            fn ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
                self.ping(payload)
            }
            fn close(&mut self, frame: &CloseFrame, now: Millis) {
                self.close(frame, now);
            }
        }
    };
}

endpoint!(Connection,);
endpoint!(OpenConnection, Error::Aborted);

/// The system's random bytes.
pub fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

/// The default configuration with a change.
pub fn config(change: impl FnOnce(&mut Config)) -> Config {
    let mut config = Config::default();
    change(&mut config);
    config
}

/// The default offer with a change.
pub fn offer(change: impl FnOnce(&mut Offer)) -> Offer {
    let mut offer = Offer::default();
    change(&mut offer);
    offer
}

/// A connection whose opening handshake is done.
pub fn open_connection(role: Role, config: &Config) -> OpenConnection {
    OpenConnection::new(role, config, random)
}

/// A client whose opening handshake is done.
pub fn client() -> OpenConnection {
    open_connection(Role::Client, &Config::default())
}

/// A client that accepts messages of at most `limit` bytes.
pub fn client_within(limit: u64) -> OpenConnection {
    open_connection(Role::Client, &config(|config| config.max_message_size = limit))
}

/// A client that has begun to connect, with its request queued.
pub fn connect(request: &Request, config: &Config, now: Millis) -> Connection {
    let mut connection = Connection::new(config, random);
    connection.begin(now);
    connection.send_request(request.clone());
    connection
}

/// A response that accepts the request, with those subprotocols in it (4.2.2).
pub fn accept(request: &[u8], headers: &str) -> Vec<u8> {
    let request = str::from_utf8(request).unwrap();
    let key = request.split_once("Sec-WebSocket-Key: ").unwrap().1.split_once("\r\n").unwrap().0;
    let accept = ::tungstenite::handshake::derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{headers}\r\n"
    )
    .into_bytes()
}

/// A connection at the start of its opening handshake, and the response that it waits for.
pub fn connecting() -> (Connection, Vec<u8>) {
    connecting_with(&Config::default())
}

fn connecting_with(config: &Config) -> (Connection, Vec<u8>) {
    let request = Request::new("example.com", "/").unwrap();
    let mut connection = connect(&request, config, 0);
    let response = accept(&Endpoint::take_output(&mut connection), "");
    (connection, response)
}

/// A connection whose opening handshake is done.
pub fn open() -> Connection {
    open_with(&Config::default())
}

/// The same with that configuration.
pub fn open_with(config: &Config) -> Connection {
    let (mut connection, response) = connecting_with(config);
    assert!(matches!(connection.after(response)[..], [Event::Open(_)]));
    connection
}

pub fn text(text: &str) -> Event {
    Event::Message(Message::text(text))
}

pub fn binary(data: impl AsRef<[u8]>) -> Event {
    Event::Message(Message::binary(data.as_ref()))
}

pub fn close_frame(code: u16, reason: &str) -> CloseFrame {
    CloseFrame { code: CloseCode::new(code), reason: reason.to_owned() }
}

/// The end after a closing handshake.
pub fn clean(code: u16, reason: &str) -> Event {
    Event::Closed(closed(true, code, reason, None))
}

/// The end without one.
pub fn abnormal(error: Error) -> Event {
    Event::Closed(closed(false, 1006, "", Some(error)))
}

/// The end that these events are.
#[track_caller]
pub fn closed_by(events: &[Event]) -> &Closed {
    let [Event::Closed(closed)] = events else { panic!("{events:?}") };
    closed
}

/// Asserts that a client fails the connection at once with that error, and sends the code (7.1.7).
#[track_caller]
pub fn assert_fails(stream: &mut impl Endpoint, input: impl AsRef<[u8]>, code: u16, error: Error) {
    assert_eq!(stream.after(&input), [abnormal(error)], "of {:x?}", input.as_ref());
    assert_eq!(stream.frames(), [(FIN | CLOSE, code.to_be_bytes().to_vec())]);
    assert!(!stream.is_open());
    assert_eq!(stream.after(frame(FIN | TEXT, "more")), [], "nothing more may be read");
}

/// A configuration for `cases` cases that writes no files.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Sizes of chunks; [`chunks`] begins again with the first one.
pub fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), Just(vec![usize::MAX]), prop::collection::vec(1usize..40, 1..6)]
}

/// Cuts bytes into chunks of those sizes.
pub fn chunks<'a>(mut bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(move || {
        let size = *sizes.next()?;
        let (chunk, rest) = bytes.split_at(size.min(bytes.len()));
        bytes = rest;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// Bytes whose length is near a boundary between the forms of 5.2; mostly few.
pub fn payload() -> impl Strategy<Value = Vec<u8>> {
    let len = prop_oneof![20 => 0usize..40, 5 => 120usize..135, 1 => 65530usize..65540];
    (len, any::<[u8; 7]>()).prop_map(|(len, bytes)| bytes.into_iter().cycle().take(len).collect())
}

/// A message of either kind.
pub fn message() -> impl Strategy<Value = Message> {
    let short = any::<String>();
    let long = ("[a-zß€😀]{1,5}", payload()).prop_map(|(unit, like)| unit.repeat(like.len() / unit.len()));
    prop_oneof![prop_oneof![short, long].prop_map(Message::text), payload().prop_map(Message::binary)]
}
