//! A connection's life from its request to its end (RFC 6455 4.1, 7.1).

use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{OpenConnection, Role};
use websocket_wasm::protocol::{
    CloseCode, Config, Connection, Error, Event, Fragment, HandshakeError, MessageKind, RandomError, Request, SendError,
};

use crate::support::*;

const FIRST: Fragment = Fragment::First(MessageKind::Text);

/// 4.1: the request is the first output, and the only one until its response.
#[test]
fn only_the_request_goes_out_before_the_answer() {
    let request = Request::new("example.com", "/chat").unwrap();
    let mut connection = connect(&request, &Config::default(), 0);
    assert!(!connection.is_open());
    assert_eq!(connection.send_text("early"), Err(SendError::NotOpen));
    assert_eq!(connection.send_binary(b"early"), Err(SendError::NotOpen));
    assert_eq!(connection.send_fragment(WHOLE, 5, |_| {}), Err(SendError::NotOpen));
    assert_eq!(connection.send_fragment(FIRST, 5, |_| {}), Err(SendError::NotOpen));
    assert_eq!(connection.ping(b"early"), Err(SendError::NotOpen));
    let output = connection.take_output();
    assert!(output.starts_with(b"GET /chat HTTP/1.1\r\n"));
    assert!(output.ends_with(b"\r\n\r\n"));
    assert_eq!(connection.take_output(), b"");
    assert_eq!(connection.peek_event(), None);
}

/// 4.1: with a valid response the connection is established; the driver gets the response.
#[test]
fn the_answer_opens_the_connection() {
    let mut request = Request::new("example.com", "/").unwrap();
    request.subprotocol("chat").unwrap();
    let mut connection = connect(&request, &Config::default(), 0);
    let response = accept(&connection.take_output(), "Sec-WebSocket-Protocol: chat\r\nSet-Cookie: a=b\r\n");
    connection.feed(response);
    assert!(connection.peek_event().is_some());
    let Some(Event::Open(response)) = connection.poll_event() else { panic!("Open is the first event") };
    assert_eq!(connection.peek_event(), None);
    assert_eq!((response.status, response.subprotocol()), (101, "chat"));
    assert_eq!(response.values("set-cookie").collect::<Vec<_>>(), ["a=b"]);
    assert!(connection.is_open());
    assert_eq!(connection.send_text("now"), Ok(()));
    assert_eq!(connection.send_fragment(WHOLE, 3, |to| to.copy_from_slice(b"and")), Ok(()));
    assert_eq!(connection.send_fragment(FIRST, 4, |to| to.copy_from_slice(b"part")), Ok(()));
    assert_eq!(connection.output_len(), 2 * (2 + 4 + 3) + (2 + 4 + 4));
    let expected = [(FIN | TEXT, &b"now"[..]), (FIN | BINARY, b"and"), (TEXT, b"part")];
    assert_eq!(connection.frames(), expected.map(|(first, payload)| (first, payload.to_vec())));
}

/// RFC 7692 5: only an extension that was offered may be chosen. The offer depends on the request that is sent, which
/// may be known only after the connection has begun.
#[test]
fn the_request_decides_what_is_offered() {
    let chosen = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let mut request = Request::new("example.com", "/chat").unwrap();
    let mut connection = Connection::new(&Config::default(), random);
    connection.begin(0);
    assert_eq!(connection.take_output(), b"");
    request.offer_deflate(Some(Offer::default()));
    connection.send_request(request.clone());
    let sent = connection.take_output();
    assert!(String::from_utf8_lossy(&sent).contains("\r\nSec-WebSocket-Extensions: permessage-deflate; "));
    connection.feed(accept(&sent, chosen));
    assert!(connection.is_open());

    request.offer_deflate(None);
    let mut connection = connect(&request, &Config::default(), 0);
    let sent = connection.take_output();
    assert!(!String::from_utf8_lossy(&sent).contains("Extensions"));
    let why = HandshakeError::Extension("permessage-deflate".to_owned());
    assert_eq!(closed_by(&connection.after(accept(&sent, chosen))).error, Some(why.into()));
}

/// 4.1: there is one request.
#[test]
fn the_request_is_sent_once() {
    let request = Request::new("example.com", "/").unwrap();
    let mut connection = connect(&request, &Config::default(), 0);
    let sent = connection.take_output();
    connection.send_request(request.clone());
    assert_eq!(connection.take_output(), b"");
    connection.feed(accept(&sent, ""));
    assert!(connection.is_open());
    connection.send_request(request.clone());
    assert_eq!(connection.take_output(), b"");
    let mut aborted = Connection::new(&Config::default(), random);
    aborted.abort();
    aborted.send_request(request);
    assert_eq!(aborted.take_output(), b"");
    assert_eq!(aborted.events(), [abnormal(Error::Aborted)]);
}

/// 4.2.2: no response answers a request that was not sent, whatever the value of its key.
#[test]
fn a_response_before_the_request_is_refused() {
    for value in ["", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="] {
        let mut connection = Connection::new(&Config::default(), random);
        connection.begin(0);
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {value}\r\n\r\n"
        );
        let why = HandshakeError::Invalid("Sec-WebSocket-Accept", value.to_owned());
        assert_eq!(closed_by(&connection.after(response)).error, Some(why.into()));
    }
    let mut connection = Connection::new(&Config::default(), random);
    let events = connection.after("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    assert!(matches!(&events[..], [Event::Closed(closed)] if closed.failed()), "{events:?}");
}

/// 5.3, 10.3: without random bytes there are no keys, and so nothing is sent.
#[test]
fn a_source_of_random_bytes_that_fails() {
    let mut connection = Connection::new(&Config::default(), |_| Err(RandomError));
    connection.begin(0);
    connection.send_request(Request::new("example.com", "/").unwrap());
    assert_eq!(connection.events(), [abnormal(Error::NoRandomness)]);
    assert_eq!(connection.take_output(), b"");

    // The source supplies 512 bytes, and then fails.
    let mut left = 1;
    let once = move |bytes: &mut [u8]| {
        left -= 1;
        if left < 0 { Err(RandomError) } else { random(bytes) }
    };
    let mut connection = OpenConnection::new(Role::Client, &Config::default(), once);
    let sent = (0..1000).take_while(|_| connection.send_text("x").is_ok()).count();
    assert!(sent < 1000, "a key for each of {sent} messages");
    assert_eq!(connection.send_text("x"), Err(SendError::NotOpen));
    assert_eq!(connection.events(), [abnormal(Error::NoRandomness)]);
}

/// A driver may write the output in place, a piece at a time.
#[test]
fn output_is_removed_in_pieces() {
    let mut connection = open();
    for i in 0..100u8 {
        connection.send_binary(&[i; 1000]).unwrap();
        connection.feed(frame(FIN | PING, [i]));
    }
    let mut output = Vec::new();
    loop {
        let pending = connection.output();
        let len = pending.len().min(1 + output.len() % 3000);
        if len == 0 {
            break;
        }
        output.extend_from_slice(&pending[..len]);
        connection.advance_output(len);
        if output.len() % 7 == 0 {
            connection.send_binary(b"more").unwrap();
        }
        assert_eq!(connection.output_len(), connection.output().len());
    }
    connection.advance_output(1);
    connection.written(output.len() as u64, 0);
    connection.shut(1000, "");
    output.extend(Endpoint::take_output(&mut connection));
    let frames = read_frames(Role::Client, &output);
    let binary = frames.iter().filter(|((_, payload), _)| payload.len() == 1000).map(|((_, payload), _)| payload[0]);
    assert!(binary.eq(0..100));
    assert_eq!(frames.last().unwrap().0.0, FIN | CLOSE);
    connection.feed(frame(FIN | CLOSE, close_payload(1000, "")));
    connection.end(0);
    assert_eq!(connection.events(), [clean(1000, "")], "every byte is counted as written");
}

/// The next event can be looked at; a failure that waits for the events before it is the last of them.
#[test]
fn peeking_shows_the_next_event() {
    let mut connection = open();
    connection.feed([frame(FIN | TEXT, "a"), frame(FIN | PONG, "b"), vec![0xff]].concat());
    let mut seen = 0;
    while let Some(next) = connection.peek_event().cloned() {
        assert_eq!(connection.poll_event(), Some(next));
        seen += 1;
    }
    assert_eq!(seen, 3);
    assert_eq!(connection.poll_event(), None);
}

/// 7.1.7, 7.4.1: the driver refuses a message with a code of its choice; the messages after it aren't delivered.
#[test]
fn a_message_that_is_refused() {
    for code in [CloseCode::TOO_BIG, CloseCode::POLICY_VIOLATION] {
        let mut connection = open();
        connection.feed([frame(FIN | TEXT, "a"), frame(FIN | TEXT, "b")].concat());
        assert_eq!(connection.poll_event(), Some(text("a")));
        connection.refuse_message(code);
        assert_eq!(connection.events(), [abnormal(Error::MessageRefused)]);
        assert_eq!(connection.frames(), [(FIN | CLOSE, close_payload(code.value(), ""))]);
    }
    // The connection may have ended since; no message after it is delivered either.
    let mut connection = open();
    connection.feed([frame(FIN | TEXT, "a"), frame(FIN | TEXT, "b")].concat());
    connection.transport_lost();
    assert_eq!(connection.poll_event(), Some(text("a")));
    connection.refuse_message(CloseCode::TOO_BIG);
    assert_eq!(connection.events(), [abnormal(Error::MessageRefused)]);
}

/// 4.1: frames may follow the response in the same chunk; the bytes may be cut anywhere.
#[test]
fn response_and_frames_cut_at_every_position() {
    let frames = [frame(FIN | TEXT, "first"), frame(BINARY, "sec"), frame(FIN | CONTINUATION, "ond")].concat();
    let len = connecting().1.len() + frames.len();
    for cut in 0..=len {
        let (mut connection, response) = connecting();
        let all = [response, frames.clone()].concat();
        let mut events = connection.after(&all[..cut]);
        events.extend(connection.after(&all[cut..]));
        assert!(matches!(events.remove(0), Event::Open(_)));
        assert_eq!(events, [text("first"), binary("second")], "cut at {cut}");
    }
}

/// 4.1: byte by byte, with a whole closing handshake after the response.
#[test]
fn a_whole_life_byte_by_byte() {
    let (mut connection, response) = connecting();
    let all = [response, frame(FIN | TEXT, "hi"), frame(FIN | CLOSE, close_payload(1000, "bye"))].concat();
    let mut events: Vec<Event> = all.iter().flat_map(|byte| connection.after([*byte])).collect();
    assert_eq!(connection.frames().len(), 1);
    connection.end(0);
    events.extend(connection.events());
    assert!(matches!(events.remove(0), Event::Open(_)));
    assert_eq!(events, [text("hi"), Event::CloseReceived, clean(1000, "bye")]);
}

/// 4.1, 7.1.7: a bad answer fails the connection; before it is established no Close frame is sent.
#[test]
fn a_bad_answer_fails_the_connection() {
    let (_, good) = connecting();
    let good = String::from_utf8(good).unwrap();
    for (bad, error) in [
        ("HTTP/1.1 101 X\r\n\r\n", HandshakeError::Missing("Upgrade")),
        ("nonsense", HandshakeError::NotHttp),
        (&good, HandshakeError::Invalid("Sec-WebSocket-Accept", String::new())),
    ] {
        let (mut connection, _) = connecting();
        connection.feed([bad.as_bytes(), &frame(FIN | TEXT, "late")].concat());
        let events = connection.events();
        let [Event::Closed(closed)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((closed.was_clean, closed.code, &closed.reason[..]), (false, 1006, ""));
        match &closed.error {
            // The key of another connection.
            Some(Error::Handshake(HandshakeError::Invalid(name, _))) => {
                assert_eq!(error, HandshakeError::Invalid(name, String::new()));
            }
            other => assert_eq!(*other, Some(error.into())),
        }
        assert_eq!(connection.take_output(), b"");
        assert!(!connection.is_open());
        assert_eq!(connection.deadline(), None);
        assert_eq!(connection.after(&good), []);
    }
}

/// The limits of the configuration apply.
#[test]
fn the_configuration_counts() {
    let request = Request::new("example.com", "/").unwrap();
    let mut connection = connect(&request, &config(|config| config.max_header_size = 100), 0);
    let endless = format!("HTTP/1.1 101 X\r\n{}", "X: y\r\n".repeat(100));
    let error = HandshakeError::HeaderTooLarge(100).into();
    assert_eq!(connection.after(endless), [abnormal(error)]);

    let mut connection = connect(&request, &config(|config| config.max_message_size = 5), 0);
    let response = accept(&connection.take_output(), "");
    connection.after(response);
    assert_eq!(connection.after(frame(FIN | TEXT, "fives")), [text("fives")]);
    assert_fails(&mut connection, head(FIN | TEXT, false, 6), 1009, Error::MessageTooBig(5));
}

/// 7.1.7: a driver that leaves fails the connection with a Close frame with 1001 if it is established; what was received
/// before comes before the end.
#[test]
fn leaving_fails_the_connection() {
    let (mut connection, _) = connecting();
    connection.take_output();
    connection.leave();
    assert_eq!(connection.events(), [abnormal(Error::Aborted)]);
    assert_eq!(connection.take_output(), b"");

    let mut connection = open();
    connection.feed(frame(FIN | TEXT, "before"));
    connection.send_text("sent").unwrap();
    connection.leave();
    assert_eq!(connection.send_text("late"), Err(SendError::NotOpen));
    assert_eq!(connection.events(), [text("before"), abnormal(Error::Aborted)]);
    let frames = connection.frames();
    assert_eq!(frames, [(FIN | TEXT, b"sent".to_vec()), (FIN | CLOSE, 1001u16.to_be_bytes().to_vec())]);
    connection.leave();
    connection.feed(frame(FIN | TEXT, "late"));
    assert_eq!(connection.events(), []);
    assert_eq!(connection.take_output(), b"");
    assert_eq!(connection.deadline(), None);
}

/// A way to end a connection, and its error if the connection was open, or not.
type Ending = (fn(&mut Connection), fn(bool) -> Error);

const ENDINGS: [Ending; 3] = [
    (
        |connection| connection.end(0),
        |opened| if opened { Error::NoCloseFrame } else { HandshakeError::Incomplete.into() },
    ),
    (|connection| connection.transport_lost(), |_| Error::TransportLost),
    (|connection| connection.abort(), |_| Error::Aborted),
];

/// 7.1.5, 7.1.7: however and whenever the transport ends, there is one Closed, with 1006, and nothing after it.
#[test]
fn every_end_at_every_time() {
    let times: [(bool, fn() -> Connection); 6] = [
        (false, || connecting().0),
        (false, || {
            let (mut connection, response) = connecting();
            connection.feed(&response[..response.len() - 1]);
            connection
        }),
        (true, open),
        (true, || {
            let mut connection = open();
            connection.feed(frame(TEXT, "half"));
            connection
        }),
        (true, || {
            let mut connection = open();
            connection.feed(frame(FIN | PING, "unanswered"));
            connection
        }),
        (true, || {
            let mut connection = open();
            connection.shut(1000, "");
            connection.take_output();
            connection
        }),
    ];
    for (opened, at) in times {
        for (end, error) in ENDINGS {
            let mut connection = at();
            end(&mut connection);
            assert_eq!(connection.events(), [abnormal(error(opened))]);
            assert_eq!(connection.take_output(), b"", "the peer is gone");
            assert!(!connection.is_open());
            assert_eq!(connection.deadline(), None);
            for (again, _) in ENDINGS {
                again(&mut connection);
            }
            connection.shut(1000, "");
            connection.expire(u64::MAX);
            connection.feed(frame(FIN | TEXT, "late"));
            assert_eq!(connection.send_text("late"), Err(SendError::NotOpen));
            assert_eq!(connection.events(), []);
            assert_eq!(connection.take_output(), b"");
            assert_eq!(connection.deadline(), None);
        }
    }
}

/// 7.1.5: messages received before the transport broke are delivered before the end.
#[test]
fn messages_before_the_end_are_delivered() {
    for (end, _) in ENDINGS {
        let (mut connection, response) = connecting();
        connection.feed([response, frame(FIN | TEXT, "last")].concat());
        end(&mut connection);
        let events = connection.events();
        assert!(matches!(
            &events[..],
            [Event::Open(_), Event::Message(message), Event::Closed(closed)]
                if message.is_text() && closed.code == 1006
        ));
    }
}

/// WHATWG WebSockets 3.1, `close()`, 3: a connection "not yet established" is failed, with 1006.
#[test]
fn closed_before_it_is_established() {
    let (mut connection, response) = connecting();
    connection.shut(1000, "never mind");
    assert_eq!(connection.events(), [abnormal(Error::Aborted)]);
    assert_eq!(connection.take_output(), b"");
    assert_eq!(connection.after(response), []);
}
