//! Another implementation as the peer, in both roles: each side accepts the messages of the other.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Result as IoResult, Write};
use std::rc::Rc;

use ::tungstenite::handshake::server::{Request as TheirRequest, Response as TheirResponse};
use ::tungstenite::protocol::{CloseFrame as TheirCloseFrame, Role as TheirRole};
use ::tungstenite::{Error as TheirError, Message as TheirMessage, WebSocket};
use proptest::prelude::*;
use websocket_wasm::protocol::internals::{OpenConnection, Role};
use websocket_wasm::protocol::{Config, Connection, Event, Message, Request, Statistics};

use crate::support::*;

/// Their end of a transport in memory: they read our output, and write our input.
#[derive(Debug, Clone, Default)]
struct Pipe(Rc<RefCell<Buffers>>);

#[derive(Debug, Default)]
struct Buffers {
    to_them: VecDeque<u8>,
    from_them: Vec<u8>,
    ended: bool,
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        let mut buffers = self.0.borrow_mut();
        match buffers.to_them.is_empty() && !buffers.ended {
            true => Err(ErrorKind::WouldBlock.into()),
            false => buffers.to_them.read(into),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, from: &[u8]) -> IoResult<usize> {
        self.0.borrow_mut().from_them.write(from)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

/// The two ends, and the messages that each has received.
struct Pair<E> {
    ours: E,
    theirs: WebSocket<Pipe>,
    pipe: Pipe,
    sizes: Vec<usize>,
    to_us: Vec<Event>,
    to_them: Vec<TheirMessage>,
    they_are_done: bool,
    /// The bytes that went to them, and to us.
    carried: [u64; 2],
}

impl<E: Endpoint> Pair<E> {
    fn new(ours: E, theirs: WebSocket<Pipe>, pipe: Pipe, sizes: &[usize]) -> Self {
        let (to_us, to_them) = (Vec::new(), Vec::new());
        Self { ours, theirs, pipe, sizes: sizes.to_vec(), to_us, to_them, they_are_done: false, carried: [0; 2] }
    }

    /// Passes bytes both ways until neither end has any more.
    fn run(&mut self) {
        loop {
            let output = self.ours.take_output();
            let idle = output.is_empty();
            self.carried[0] += output.len() as u64;
            self.pipe.0.borrow_mut().to_them.extend(output);
            while !self.they_are_done {
                match self.theirs.read() {
                    Ok(message) => self.to_them.push(message),
                    Err(TheirError::ConnectionClosed) => self.they_are_done = true,
                    Err(TheirError::Io(error)) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("tungstenite failed: {error}"),
                }
            }
            let input = std::mem::take(&mut self.pipe.0.borrow_mut().from_them);
            self.carried[1] += input.len() as u64;
            for chunk in chunks(&input, &self.sizes) {
                self.to_us.extend(self.ours.after(chunk));
            }
            if idle && input.is_empty() {
                return;
            }
        }
    }

    /// Ends the transport.
    fn end(&mut self) {
        self.pipe.0.borrow_mut().ended = true;
        self.run();
        assert!(self.they_are_done, "tungstenite did not read the end");
        self.ours.end(0);
        self.to_us.extend(self.ours.events());
    }
}

/// Our client and their server, after a real opening handshake.
fn with_server(sizes: &[usize]) -> Pair<Connection> {
    let mut request = Request::new("example.com", "/chat?x=y").unwrap();
    request.subprotocol("superchat").unwrap();
    request.subprotocol("chat").unwrap();
    request.header("Origin", "http://example.com").unwrap();
    let mut ours = connect(&request, &Config::default(), 0);
    let pipe = Pipe::default();
    pipe.0.borrow_mut().to_them.extend(Endpoint::take_output(&mut ours));
    #[expect(clippy::result_large_err, reason = "the callback's type is theirs")]
    let choose = |request: &TheirRequest, mut response: TheirResponse| {
        assert_eq!(request.uri(), "/chat?x=y");
        assert_eq!(request.headers()["Host"], "example.com");
        assert_eq!(request.headers()["Origin"], "http://example.com");
        assert_eq!(request.headers()["Sec-WebSocket-Protocol"], "superchat, chat");
        response.headers_mut().insert("Sec-WebSocket-Protocol", "chat".parse().unwrap());
        Ok(response)
    };
    let theirs = ::tungstenite::accept_hdr(pipe.clone(), choose).unwrap();
    let mut pair = Pair::new(ours, theirs, pipe, sizes);
    pair.run();
    let Event::Open(response) = pair.to_us.remove(0) else { panic!("{:?}", pair.to_us) };
    assert_eq!(response.subprotocol(), "chat");
    pair
}

/// Our server's half and their client, after the opening handshake.
fn with_client(sizes: &[usize]) -> Pair<OpenConnection> {
    let pipe = Pipe::default();
    let theirs = WebSocket::from_raw_socket(pipe.clone(), TheirRole::Client, None);
    Pair::new(open_connection(Role::Server, &Config::default()), theirs, pipe, sizes)
}

fn theirs(message: &Message) -> TheirMessage {
    match message.clone().into_text() {
        Some(text) => TheirMessage::text(text),
        None => TheirMessage::binary(message.clone().into_bytes()),
    }
}

/// Sends messages both ways, with pings of either side between them, and compares what arrives.
fn talk<E: Endpoint>(pair: &mut Pair<E>, up: &[Message], down: &[Message]) {
    for i in 0..up.len().max(down.len()) {
        if let Some(message) = up.get(i) {
            assert_eq!(pair.ours.send(message), Ok(()));
        }
        if let Some(message) = down.get(i) {
            pair.theirs.send(theirs(message)).unwrap();
        }
        if i % 2 == 1 {
            pair.run();
        }
    }
    assert_eq!(pair.ours.ping(b"ours"), Ok(()));
    pair.theirs.send(TheirMessage::Ping(b"theirs".to_vec().into())).unwrap();
    pair.run();

    let of_them = |message: &TheirMessage| message.is_text() || message.is_binary();
    let expected: Vec<TheirMessage> = up.iter().map(theirs).collect();
    assert_eq!(pair.to_them.iter().filter(|message| of_them(message)).cloned().collect::<Vec<_>>(), expected);
    assert!(pair.to_them.contains(&TheirMessage::Ping(b"ours".to_vec().into())));
    assert!(pair.to_them.contains(&TheirMessage::Pong(b"theirs".to_vec().into())));

    let expected: Vec<Event> = down.iter().cloned().map(Event::Message).collect();
    let (pongs, messages): (Vec<_>, Vec<_>) = pair.to_us.drain(..).partition(|event| matches!(event, Event::Pong(_)));
    assert_eq!(messages, expected);
    assert_eq!(pongs, [Event::Pong(b"ours".to_vec())]);
    pair.to_them.clear();
}

/// The closing handshake with that code and reason (7.1.2), begun by us or by them.
fn part<E: Endpoint>(pair: &mut Pair<E>, code: u16, reason: &str, we_begin: bool) {
    let frame = TheirCloseFrame { code: code.into(), reason: reason.into() };
    if we_begin {
        pair.ours.shut(code, reason);
    } else {
        pair.theirs.close(Some(frame.clone())).unwrap();
    }
    pair.run();
    pair.end();
    if we_begin {
        assert_eq!(pair.to_them, [TheirMessage::Close(Some(frame))]);
        let Some(Event::Closed(closed)) = pair.to_us.pop() else { panic!("Closed is the last event") };
        assert_eq!((closed.was_clean, closed.code), (true, code), "they echo the code");
        assert_eq!(pair.to_us, []);
    } else {
        assert_eq!(pair.to_us, [Event::CloseReceived, clean(code, reason)]);
        let Some(TheirMessage::Close(Some(echo))) = pair.to_them.pop() else { panic!("they got no answer") };
        assert_eq!(u16::from(echo.code), code, "we echo the code");
    }
}

fn sized_messages() -> impl Strategy<Value = Vec<Message>> {
    prop::collection::vec(message(), 0..6)
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn their_server(
        up in sized_messages(),
        down in sized_messages(),
        sizes in sizes(),
        (code, reason, we_begin) in (3000..5000u16, "[ -~é€]{0,40}", any::<bool>()),
    ) {
        let mut pair = with_server(&sizes);
        talk(&mut pair, &up, &down);
        part(&mut pair, code, &reason, we_begin);
    }

    #[test]
    fn their_client(
        up in sized_messages(),
        down in sized_messages(),
        sizes in sizes(),
        (code, reason, we_begin) in (3000..5000u16, "[ -~é€]{0,40}", any::<bool>()),
    ) {
        let mut pair = with_client(&sizes);
        talk(&mut pair, &up, &down);
        part(&mut pair, code, &reason, we_begin);
    }
}

/// Every length at which the form of a header changes, both ways, in both roles.
#[test]
fn every_form_of_length() {
    let all: Vec<Message> = [0, 1, 125, 126, 127, 65535, 65536, 65537, 300_000]
        .into_iter()
        .flat_map(|len| [Message::binary(vec![7; len]), Message::text("t".repeat(len))])
        .collect();
    talk(&mut with_server(&[usize::MAX]), &all, &all);
    talk(&mut with_client(&[usize::MAX]), &all, &all);
    talk(&mut with_server(&[1000, 1]), &all, &all);
}

/// Codes of the RFC, with the longest possible reason and with none.
#[test]
fn closing_with_every_kind_of_code() {
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 4999] {
        for reason in [String::new(), "r".repeat(123)] {
            for we_begin in [true, false] {
                part(&mut with_server(&[1]), code, &reason, we_begin);
                part(&mut with_client(&[1]), code, &reason, we_begin);
            }
        }
    }
}

/// A Close frame without a code, from either side.
#[test]
fn closing_without_a_code() {
    let mut pair = with_server(&[1]);
    pair.theirs.close(None).unwrap();
    pair.run();
    pair.end();
    assert_eq!(pair.to_us, [Event::CloseReceived, clean(1005, "")]);

    let mut pair = with_server(&[1]);
    pair.ours.close(&Default::default(), 0);
    pair.run();
    assert_eq!(pair.to_them, [TheirMessage::Close(None)]);
    pair.end();
    assert_eq!(pair.to_us, [clean(1005, "")]);
}

/// Both sides start before either has received the other's Close frame.
#[test]
fn closing_at_the_same_time() {
    let mut pair = with_server(&[usize::MAX]);
    pair.theirs.close(Some(TheirCloseFrame { code: 4001.into(), reason: "they".into() })).unwrap();
    pair.ours.shut(4002, "we");
    pair.run();
    pair.end();
    assert_eq!(pair.to_us, [clean(4001, "they")]);
}

/// The counters, against what went through the pipe and what they have received and sent.
#[test]
fn counters() {
    let up: Vec<Message> = (0..50).map(|i| Message::text("é".repeat(i * 11))).collect();
    let down: Vec<Message> = (0..70).map(|i| Message::binary(vec![7; i * i * 17])).collect();
    let len = |messages: &[Message]| messages.iter().map(|message| message.len() as u64).sum::<u64>();
    for sizes in [&[usize::MAX][..], &[1], &[1000, 3]] {
        let mut pair = with_server(sizes);
        pair.carried[1] = 0;
        talk(&mut pair, &up, &down);
        let Statistics { sent, received, .. } = pair.ours.statistics();
        assert_eq!([sent.bytes, received.bytes], pair.carried);
        // And a ping and a pong each.
        assert_eq!((sent.messages, sent.frames, sent.payload), (50, 52, len(&up)));
        assert_eq!((received.messages, received.frames, received.payload), (70, 72, len(&down)));
        assert_eq!([sent.plain, sent.deflated, received.plain, received.deflated], [0; 4]);
        part(&mut pair, 3000, "", true);
        let Statistics { sent, received, .. } = pair.ours.statistics();
        assert_eq!([sent.bytes, received.bytes], pair.carried, "after the end, too");
        assert_eq!((sent.frames, received.frames), (53, 73));
    }
}
