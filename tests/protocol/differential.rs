//! The same bytes to our endpoint and to tungstenite, in both roles: the same messages, then the same verdict. Each
//! known difference has a rule here.

use std::io::{ErrorKind, Read, Result as IoResult, Write};

use ::tungstenite::protocol::{Role as TheirRole, WebSocketConfig};
use ::tungstenite::{Error as TheirError, Message as TheirMessage, WebSocket};
use proptest::prelude::*;
use websocket_wasm::protocol::internals::Role;
use websocket_wasm::protocol::{CloseCode, Error, Event};

use crate::holder::Holder;
use crate::support::*;

const LIMIT: usize = 300;

/// Follows every stream: it completes any frame within the limit, for an endpoint that checks a frame only at its end.
/// Alone it reads as empty continuation frames.
const PADDING: [u8; LIMIT + 16] = [0; LIMIT + 16];

/// An endpoint's reading of a stream.
#[derive(Debug, PartialEq)]
struct Reading {
    heard: Vec<Heard>,
    /// Separate, because for our endpoint only the answers are visible.
    pings: Vec<Vec<u8>>,
    verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq)]
enum Heard {
    Text(String),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Verdict {
    /// No violation so far; more may follow.
    GoesOn,
    /// A Close frame with this code was received.
    Closed(Option<u16>),
    /// The connection is failed with this code.
    Failed(u16),
}
use Verdict::*;

/// Our reading of the bytes of a peer of that role, and the error if there is one.
fn ours(from: Role, bytes: &[u8], sizes: &[usize]) -> (Reading, Option<Error>) {
    let config = config(|config| config.max_message_size = LIMIT as u64);
    let role = if from == Role::Server { Role::Client } else { Role::Server };
    let mut stream = open_connection(role, &config);
    let (mut heard, mut pings, mut verdict, mut error) = (Vec::new(), Vec::new(), GoesOn, None);
    let mut sent_code = None;
    for chunk in chunks(bytes, sizes) {
        let events = stream.after(chunk);
        for ((first, payload), _) in read_frames(role, &stream.take_output()) {
            match first & 0xF {
                PONG => pings.push(payload),
                CLOSE => sent_code = Some(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
                _ => panic!("an unsolicited frame {first:x}"),
            }
        }
        for event in events {
            match event {
                Event::Message(message) if message.is_text() => {
                    heard.push(Heard::Text(message.into_text().expect("a text")));
                }
                Event::Message(message) => heard.push(Heard::Binary(message.into_bytes())),
                Event::Pong(payload) => heard.push(Heard::Pong(payload)),
                Event::CloseReceived => verdict = Closed(sent_code.expect("a Close frame is answered")),
                Event::Closed(closed) => {
                    if let Some(why) = closed.error {
                        verdict = Failed(why.close_code().value());
                        assert_eq!(sent_code, Some(Some(why.close_code().value())), "the Close frame has the code");
                        error = Some(why);
                    }
                }
                event => panic!("{event:?}"),
            }
        }
    }
    (Reading { heard, pings, verdict }, error)
}

/// The same reading with the payloads left in the input.
#[track_caller]
fn compare_in_place(from: Role, bytes: &[u8], sizes: &[usize], expected: &Reading, error: Option<&Error>) {
    let config = config(|config| config.max_message_size = LIMIT as u64);
    let role = if from == Role::Server { Role::Client } else { Role::Server };
    let mut holder = Holder::new(open_connection(role, &config));
    let mut heard = Vec::new();
    let mut failure = None;
    for chunk in chunks(bytes, sizes) {
        holder.receive(chunk);
        for event in holder.events() {
            match event {
                Event::Message(message) if message.is_text() => {
                    heard.push(Heard::Text(message.into_text().expect("a text")));
                }
                Event::Message(message) => heard.push(Heard::Binary(message.into_bytes())),
                Event::Pong(payload) => heard.push(Heard::Pong(payload)),
                Event::Closed(closed) => failure = closed.error,
                Event::CloseReceived => {}
                event => panic!("{event:?}"),
            }
        }
    }
    assert_eq!(heard, expected.heard, "in place, of {bytes:x?}");
    assert_eq!(failure.as_ref(), error, "in place, of {bytes:x?}");
}

/// Bytes to read, then nothing more for now.
struct Input<'a>(&'a [u8]);

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        if self.0.is_empty() { Err(ErrorKind::WouldBlock.into()) } else { self.0.read(into) }
    }
}

impl Write for Input<'_> {
    fn write(&mut self, from: &[u8]) -> IoResult<usize> {
        Ok(from.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

fn theirs(from: Role, bytes: &[u8]) -> Reading {
    let role = if from == Role::Server { TheirRole::Client } else { TheirRole::Server };
    let config =
        WebSocketConfig::default().read_buffer_size(1024).max_message_size(Some(LIMIT)).max_frame_size(Some(LIMIT));
    let mut socket = WebSocket::from_raw_socket(Input(bytes), role, Some(config));
    let (mut heard, mut pings) = (Vec::new(), Vec::new());
    let verdict = loop {
        match socket.read() {
            Ok(TheirMessage::Text(text)) => heard.push(Heard::Text(text.to_string())),
            Ok(TheirMessage::Binary(data)) => heard.push(Heard::Binary(data.to_vec())),
            Ok(TheirMessage::Ping(payload)) => pings.push(payload.to_vec()),
            Ok(TheirMessage::Pong(payload)) => heard.push(Heard::Pong(payload.to_vec())),
            Ok(TheirMessage::Close(frame)) => break Closed(frame.map(|frame| frame.code.into())),
            Ok(TheirMessage::Frame(_)) => unreachable!("they read no bare frames"),
            Err(TheirError::Io(error)) if error.kind() == ErrorKind::WouldBlock => break GoesOn,
            Err(TheirError::Utf8(_)) => break Failed(1007),
            Err(TheirError::Capacity(_)) => break Failed(1009),
            Err(TheirError::Protocol(_)) => break Failed(1002),
            Err(error) => panic!("{error}"),
        }
    };
    Reading { heard, pings, verdict }
}

/// Why tungstenite's verdict may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    /// 5.2: "the minimal number of bytes MUST be used to encode the length". It accepts longer forms, and reads on.
    LongForm,
    /// 5.2: "the most significant bit MUST be 0". It accepts the bit, and finds the length too large.
    TopBit,
    /// Two things are wrong with the frame: it checks the length before the rest of the header.
    LengthFirst,
    /// 5.5: a Close frame whose code must not be sent. It answers with 1002 as we do, but continues to a clean end.
    CodeReplaced,
    /// Two things are wrong with the Close frame: it checks the reason before the code.
    ReasonFirst,
    /// 1014 was registered after RFC 6455 (7.4.2); it doesn't know it.
    BadGateway,
}

/// The rule that explains tungstenite's different verdict, if there is one.
fn rule(ours: &Reading, error: Option<&Error>, theirs: &Reading) -> Option<Rule> {
    let breaks_the_head = matches!(
        error,
        Some(
            Error::ReservedBits
                | Error::Masked
                | Error::Unmasked
                | Error::FragmentedControl
                | Error::LongControl
                | Error::UnexpectedContinuation
                | Error::ExpectedContinuation
        )
    );
    if error == Some(&Error::LengthNotMinimal) || error == Some(&Error::LongControl) && theirs.verdict != Failed(1009) {
        // It may read anything after that.
        let agrees = theirs.heard.starts_with(&ours.heard) && theirs.pings.starts_with(&ours.pings);
        return agrees.then_some(Rule::LongForm);
    }
    if (&ours.heard, &ours.pings) != (&theirs.heard, &theirs.pings) {
        return None;
    }
    match (error, ours.verdict, theirs.verdict) {
        (Some(Error::LengthTooLarge), _, Failed(1009)) => Some(Rule::TopBit),
        (_, _, Failed(1009)) if breaks_the_head => Some(Rule::LengthFirst),
        (Some(Error::CloseCode(_)), _, Closed(Some(1002))) => Some(Rule::CodeReplaced),
        (Some(Error::CloseCode(_)), _, Failed(1007)) => Some(Rule::ReasonFirst),
        (None, Closed(Some(1014)), Closed(Some(1002)) | Failed(1007)) => Some(Rule::BadGateway),
        _ => None,
    }
}

/// Passes the bytes to both. Returns the rule by which they differ, if they do.
#[track_caller]
fn compare(from: Role, bytes: &[u8], sizes: &[usize]) -> Option<Rule> {
    let bytes = [bytes, &PADDING].concat();
    let (ours, error) = ours(from, &bytes, sizes);
    compare_in_place(from, &bytes, sizes, &ours, error.as_ref());
    let theirs = theirs(from, &bytes);
    if ours == theirs {
        return None;
    }
    let rule = rule(&ours, error.as_ref(), &theirs);
    assert!(rule.is_some(), "of {bytes:x?}\nfrom {from:?}\nours {ours:x?} for {error:?}\ntheirs {theirs:x?}");
    rule
}

/// The smallest stream for each rule.
#[test]
fn what_it_judges_otherwise() {
    let head = |bytes: &[u8]| bytes.to_vec();
    let close = |payload: &[u8]| frame(FIN | CLOSE, payload);
    for (bytes, expected) in [
        (head(&[FIN | BINARY, 126, 0, 1, b'x']), Rule::LongForm),
        (head(&[FIN | BINARY, 127, 0, 0, 0, 0, 0, 0, 0, 1, b'x']), Rule::LongForm),
        (head(&[FIN | BINARY, 126, 0, 125]), Rule::LongForm),
        (head(&[FIN | BINARY, 127, 0, 0, 0, 0, 0, 0, 1, 0]), Rule::LongForm),
        (head(&[FIN | PING, 126, 0, 1, b'x']), Rule::LongForm),
        (head(&[FIN | BINARY, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]), Rule::TopBit),
        (head(&[FIN | BINARY | 0x10, 126, 0xff, 0xff]), Rule::LengthFirst),
        (head(&[FIN | BINARY, 0x80 | 126, 0xff, 0xff, 0, 0, 0, 0]), Rule::LengthFirst),
        (head(&[PING, 126, 0xff, 0xff]), Rule::LengthFirst),
        (head(&[FIN | PING, 126, 0xff, 0xff]), Rule::LengthFirst),
        (head(&[FIN | CONTINUATION, 126, 0xff, 0xff]), Rule::LengthFirst),
        (close(&close_payload(1005, "")), Rule::CodeReplaced),
        (close(&[0x03, 0xed, 0xff]), Rule::ReasonFirst),
        (close(&close_payload(1014, "")), Rule::BadGateway),
    ] {
        for sizes in [[1], [usize::MAX]] {
            assert_eq!(compare(Role::Server, &bytes, &sizes), Some(expected), "of {bytes:x?}");
        }
    }
}

/// 5.2, 5.5: every first byte with every second one, alone and within a message.
#[test]
fn every_header() {
    for (first, second) in (0..=255).flat_map(|first| (0..=255).map(move |second| (first, second))) {
        for before in [&[][..], &[TEXT, 0], &[BINARY, 1, 7]] {
            compare(Role::Server, &[before, &[first, second]].concat(), &[usize::MAX]);
        }
        compare(Role::Client, &[first, second, 1, 2, 3, 4], &[usize::MAX]);
    }
}

/// 7.4: every code.
#[test]
fn every_close_code() {
    for code in 0..=u16::MAX {
        let expected = match code {
            1014 => Some(Rule::BadGateway),
            _ if CloseCode::new(code).is_some() => None,
            // tungstenite reports 1002 in either case.
            _ => Some(Rule::CodeReplaced),
        };
        let bytes = frame(FIN | CLOSE, close_payload(code, "why"));
        assert_eq!(compare(Role::Server, &bytes, &[usize::MAX]), expected, "{code}");
    }
}

/// 8.1: every text of up to two bytes, and every third and fourth byte if those before begin a character.
#[test]
fn every_short_text() {
    let texts = (0..=255u8).flat_map(|first| (0..=255u8).map(move |second| [first, second]));
    for pair in texts {
        assert_eq!(compare(Role::Server, &frame(FIN | TEXT, pair), &[usize::MAX]), None);
        let [first, second] = pair;
        if !(0xE0..=0xF5).contains(&first) || !matches!(second, 0x7f..=0xc0) {
            continue;
        }
        for third in [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff] {
            let text = [first, second, third];
            let halves = [frame(TEXT, &text[..1]), frame(FIN | CONTINUATION, &text[1..])].concat();
            assert_eq!(compare(Role::Server, &halves, &[1]), None, "{text:x?}");
            for fourth in [0x7f, 0x80, 0xbf, 0xc0] {
                let text = [first, second, third, fourth];
                assert_eq!(compare(Role::Server, &frame(FIN | TEXT, text), &[3]), None, "{text:x?}");
            }
        }
    }
}

/// A change to a valid stream; the numbers are taken modulo its length.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(usize, u8),
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Repeat(usize, usize),
    Swap(usize, usize),
    Cut(usize),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let len = bytes.len();
        if len == 0 {
            return;
        }
        match *self {
            Self::Flip(at, bit) => bytes[at % len] ^= 1 << bit,
            Self::Set(at, value) => bytes[at % len] = value,
            Self::Insert(at, ref more) => drop(bytes.splice(at % len..at % len, more.iter().copied())),
            Self::Remove(at, size) => drop(bytes.drain(at % len..len.min(at % len + size))),
            Self::Repeat(at, size) => {
                let again = bytes[at % len..len.min(at % len + size)].to_vec();
                drop(bytes.splice(at % len..at % len, again));
            }
            Self::Swap(one, other) => bytes.swap(one % len, other % len),
            Self::Cut(at) => bytes.truncate(at % len),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || 0..400usize;
    let size = || 1..12usize;
    prop_oneof![
        4 => (at(), 0..8u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        3 => (at(), prop_oneof![any::<u8>(), prop::sample::select(&[0, 125, 126, 127, 128, 254, 255][..])])
            .prop_map(|(at, value)| Mutation::Set(at, value)),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..4)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        1 => (at(), size()).prop_map(|(at, size)| Mutation::Remove(at, size)),
        1 => (at(), size()).prop_map(|(at, size)| Mutation::Repeat(at, size)),
        1 => (at(), at()).prop_map(|(one, other)| Mutation::Swap(one, other)),
        1 => at().prop_map(Mutation::Cut),
    ]
}

/// Frames that a peer of that role may send: messages in any number of fragments, control frames between them.
fn valid(from: Role) -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        8 => "[a-zé€😀]{0,12}".prop_map(String::into_bytes),
        1 => (120..LIMIT).prop_map(|len| vec![b'x'; len]),
    ];
    let cuts = prop::collection::vec(0..20usize, 0..4);
    let control = prop_oneof![2 => Just(None), 1 => Just(Some(FIN | PING)), 1 => Just(Some(FIN | PONG))];
    let message = (any::<bool>(), payload, cuts, control).prop_map(move |(text, payload, cuts, control)| {
        let mut rest = &payload[..];
        let mut bytes = Vec::new();
        let mut opcode = if text { TEXT } else { BINARY };
        for cut in cuts {
            let (piece, behind) = rest.split_at(cut.min(rest.len()));
            bytes.extend(frame_from(from, opcode, piece));
            bytes.extend(control.map(|first| frame_from(from, first, "between")).unwrap_or_default());
            (opcode, rest) = (CONTINUATION, behind);
        }
        bytes.extend(frame_from(from, FIN | opcode, rest));
        bytes
    });
    let end = prop_oneof![
        3 => Just(Vec::new()),
        1 => (900..5100u16, "[a-é]{0,9}").prop_map(move |(code, why)| frame_from(from, FIN | CLOSE, close_payload(code, &why))),
        1 => Just(frame_from(from, FIN | CLOSE, "")),
    ];
    (prop::collection::vec(message, 0..5), end).prop_map(|(messages, end)| [messages.concat(), end].concat())
}

/// Each alone breaks a rule.
fn breach(from: Role) -> impl Strategy<Value = Vec<u8>> {
    let wrong_side = if from == Role::Server { Role::Client } else { Role::Server };
    let frames = vec![
        frame_from(wrong_side, FIN | TEXT, "the wrong mask bit"),
        frame_from(from, FIN | 0x3, ""),
        frame_from(from, FIN | 0xB, ""),
        frame_from(from, FIN | 0x40 | TEXT, "x"),
        frame_from(from, FIN | 0x10 | PING, "x"),
        frame_from(from, PING, "a fragment"),
        frame_from(from, FIN | PING, [7; 126]),
        frame_from(from, FIN | CLOSE, [3]),
        frame_from(from, FIN | CLOSE, [3, 0xe8, 0xff]),
        frame_from(from, FIN | CLOSE, close_payload(1006, "")),
        frame_from(from, FIN | CONTINUATION, "of nothing"),
        [frame_from(from, BINARY, "a"), frame_from(from, FIN | TEXT, "b")].concat(),
        frame_from(from, FIN | TEXT, [b'a', 0xed, 0xa0, 0x80]),
        [frame_from(from, TEXT, [0xe2, 0x82]), frame_from(from, FIN | CONTINUATION, "x")].concat(),
        frame_from(from, FIN | BINARY, [7; LIMIT + 1]),
        [frame_from(from, BINARY, [7; LIMIT]), frame_from(from, FIN | CONTINUATION, "x")].concat(),
    ];
    prop::sample::select(frames)
}

/// `STREAMS=100000` tries more than `npm test` does.
fn streams() -> ProptestConfig {
    cases(std::env::var("STREAMS").ok().and_then(|streams| streams.parse().ok()).unwrap_or(1500))
}

proptest! {
    #![proptest_config(streams())]

    #[test]
    fn valid_streams(client in valid(Role::Client), server in valid(Role::Server), sizes in sizes()) {
        compare(Role::Client, &client, &sizes);
        compare(Role::Server, &server, &sizes);
    }

    #[test]
    fn mutated_streams(
        streams in (valid(Role::Client), valid(Role::Server)),
        mutations in prop::collection::vec(mutation(), 1..4),
        sizes in sizes(),
    ) {
        for (from, mut bytes) in [(Role::Client, streams.0), (Role::Server, streams.1)] {
            mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
            compare(from, &bytes, &sizes);
        }
    }

    #[test]
    fn hostile_streams(
        before in (valid(Role::Client), valid(Role::Server)),
        breaches in (breach(Role::Client), breach(Role::Server)),
        sizes in sizes(),
    ) {
        compare(Role::Client, &[before.0, breaches.0].concat(), &sizes);
        compare(Role::Server, &[before.1, breaches.1].concat(), &sizes);
    }

    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..60), sizes in sizes()) {
        for from in [Role::Client, Role::Server] {
            compare(from, &[&frame_from(from, FIN | TEXT, "sound")[..], &bytes].concat(), &sizes);
        }
    }
}
