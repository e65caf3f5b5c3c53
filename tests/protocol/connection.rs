//! A connection's life from its request to its end (RFC 6455 4.1, 7.1).

use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::{Config, Connection, Error, Event, HandshakeError, Message, Part, Request};

use crate::support::*;

const PART: Part = Part { text: true, first: true, last: false };

/// 4.1: the request is the first output, and until its answer the only one.
#[test]
fn only_the_request_goes_out_before_the_answer() {
    let request = Request::new("example.com", "/chat").unwrap();
    let mut connection = Connection::connect(&request, &Config::default(), 0);
    assert!(!connection.is_open());
    assert!(!connection.send_text("early"));
    assert!(!connection.send_binary(b"early"));
    assert!(!connection.send_binary_with(5, |_| {}));
    assert!(!connection.send_part(PART, 5, |_| {}));
    assert!(!connection.ping(b"early"));
    let output = connection.take_output();
    assert!(output.starts_with(b"GET /chat HTTP/1.1\r\n"));
    assert!(output.ends_with(b"\r\n\r\n"));
    assert_eq!(connection.take_output(), b"");
    assert!(!connection.has_event());
}

/// 4.1: with a good answer the connection is established; the driver learns what it said.
#[test]
fn the_answer_opens_the_connection() {
    let mut request = Request::new("example.com", "/").unwrap();
    request.subprotocol("chat").unwrap();
    let mut connection = Connection::connect(&request, &Config::default(), 0);
    let response = accept(&connection.take_output(), "Sec-WebSocket-Protocol: chat\r\nSet-Cookie: a=b\r\n");
    connection.feed(response);
    assert!(connection.has_event());
    let Some(Event::Open(response)) = connection.poll_event() else { panic!("Open is the first event") };
    assert!(!connection.has_event());
    assert_eq!((response.status, response.subprotocol()), (101, "chat"));
    assert_eq!(response.values("set-cookie").collect::<Vec<_>>(), ["a=b"]);
    assert!(connection.is_open());
    assert!(connection.send_text("now"));
    assert!(connection.send_binary_with(3, |to| to.copy_from_slice(b"and")));
    assert!(connection.send_part(PART, 4, |to| to.copy_from_slice(b"part")));
    assert_eq!(connection.output_len(), 2 * (2 + 4 + 3) + (2 + 4 + 4));
    let expected = [(FIN | TEXT, &b"now"[..]), (FIN | BINARY, b"and"), (TEXT, b"part")];
    assert_eq!(connection.frames(), expected.map(|(first, payload)| (first, payload.to_vec())));
}

/// RFC 7692 5: what isn't offered may not be chosen, nor is it when the offer was taken back before it left.
#[test]
fn an_offer_that_is_taken_back_does_not_leave() {
    let mut request = Request::new("example.com", "/chat").unwrap();
    request.offer_deflate(Some(Offer::default()));
    let started = || Connection::connect(&request, &Config::default(), 0);
    let chosen = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

    let mut offering = started();
    assert!(offering.offers_deflate());
    let sent = offering.take_output();
    assert!(String::from_utf8_lossy(&sent).contains("\r\nSec-WebSocket-Extensions: permessage-deflate; "));
    offering.feed(accept(&sent, chosen));
    assert!(offering.is_open());

    let mut connection = started();
    connection.offer_nothing();
    assert!(!connection.offers_deflate());
    let sent = connection.take_output();
    assert!(sent.starts_with(b"GET /chat HTTP/1.1\r\n") && sent.ends_with(b"\r\n\r\n"));
    assert!(!String::from_utf8_lossy(&sent).contains("Extensions"));
    let why = HandshakeError::Extension("permessage-deflate".to_owned());
    assert_eq!(connection.after(accept(&sent, chosen)), [abnormal(why.into())]);
}

/// 7.1.4: what was taken back was never to be written, so that it isn't waited for.
#[test]
fn a_close_is_clean_after_the_offer_was_taken_back() {
    let mut request = Request::new("example.com", "/chat").unwrap();
    request.offer_deflate(Some(Offer::default()));
    let mut connection = Connection::connect(&request, &Config::default(), 0);
    connection.offer_nothing();
    let sent = connection.take_output();
    connection.written(sent.len() as u64, 0);
    let events = connection.after(accept(&sent, ""));
    assert!(matches!(events[..], [Event::Open(_)]));
    connection.close(&close_frame(1000, ""), 0);
    let close = connection.take_output();
    connection.written(close.len() as u64, 0);
    connection.feed(frame(FIN | CLOSE, close_payload(1000, "")));
    connection.end();
    assert_eq!(connection.poll_event(), Some(clean(1000, "")));
}

/// After the answer there is nothing to take back.
#[test]
fn an_offer_that_was_answered_stays() {
    let mut connection = open();
    assert!(!connection.offers_deflate());
    connection.offer_nothing();
    assert_eq!(connection.take_output(), b"");
    assert!(connection.is_open());
}

/// 4.1: frames may follow the head in its very chunk, which may be cut anywhere.
#[test]
fn head_and_frames_cut_at_every_position() {
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

/// 4.1: byte by byte, and with a whole closing handshake behind the head.
#[test]
fn a_whole_life_byte_by_byte() {
    let (mut connection, response) = connecting();
    let all = [response, frame(FIN | TEXT, "hi"), frame(FIN | CLOSE, close_payload(1000, "bye"))].concat();
    let mut events: Vec<Event> = all.iter().flat_map(|byte| connection.after([*byte])).collect();
    assert_eq!(connection.frames().len(), 1);
    connection.end();
    events.extend(connection.events());
    assert!(matches!(events.remove(0), Event::Open(_)));
    assert_eq!(events, [text("hi"), Event::Closing, clean(1000, "bye")]);
}

/// 4.1, 7.1.7: a bad answer fails the connection; before it is established no Close frame is sent.
#[test]
fn a_bad_answer_fails_the_connection() {
    let (_, good) = connecting();
    let good = String::from_utf8(good).unwrap();
    for (bad, error) in [
        ("HTTP/1.1 101 X\r\n\r\n", HandshakeError::Missing("Upgrade")),
        ("nonsense", HandshakeError::NotHttp),
        (&good, HandshakeError::Wrong("Sec-WebSocket-Accept", String::new())),
    ] {
        let (mut connection, _) = connecting();
        connection.feed([bad.as_bytes(), &frame(FIN | TEXT, "late")].concat());
        let events = connection.events();
        let [Event::Closed(closed)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((closed.was_clean, closed.code, &closed.reason[..]), (false, 1006, ""));
        match &closed.error {
            // Another connection's key isn't this one's.
            Some(Error::Handshake(HandshakeError::Wrong(name, _))) => {
                assert_eq!(error, HandshakeError::Wrong(name, String::new()));
            }
            other => assert_eq!(*other, Some(error.into())),
        }
        assert_eq!(connection.take_output(), b"");
        assert!(!connection.is_open());
        assert_eq!(connection.deadline(), None);
        assert_eq!(connection.after(&good), []);
    }
}

/// 4.1, on the response, 1: who is refused with a status learns of it and of its headers.
#[test]
fn a_refusal_is_reported() {
    let (mut connection, _) = connecting();
    let events = connection.after("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\nbody");
    let [Event::Closed(closed)] = &events[..] else { panic!("{events:?}") };
    let Some(Error::Handshake(HandshakeError::Status(response))) = &closed.error else { panic!("{closed:?}") };
    assert_eq!((response.status, response.values("www-authenticate").next()), (401, Some("Basic")));
}

/// The limits are those of the configuration.
#[test]
fn the_configuration_counts() {
    let config = Config { max_head_size: 100, max_message_size: 5, ..Config::default() };
    let request = Request::new("example.com", "/").unwrap();
    let mut connection = Connection::connect(&request, &config, 0);
    let endless = format!("HTTP/1.1 101 X\r\n{}", "X: y\r\n".repeat(100));
    let error = HandshakeError::HeadTooLarge(100).into();
    assert_eq!(connection.after(endless), [abnormal(error)]);

    let config = Config { max_message_size: 5, ..Config::default() };
    let mut connection = Connection::connect(&request, &config, 0);
    let response = accept(&connection.take_output(), "");
    connection.after(response);
    assert_eq!(connection.after(frame(FIN | TEXT, "fives")), [text("fives")]);
    assert_fails(&mut connection, head(FIN | TEXT, false, 6), 1009, Error::MessageTooBig(5));
}

/// A way to end a connection, and the error it leaves behind if the connection was open, or was not.
type Ending = (fn(&mut Connection), fn(bool) -> Error);

const ENDINGS: [Ending; 3] = [
    (
        |connection| connection.end(),
        |opened| if opened { Error::NoCloseFrame } else { HandshakeError::Incomplete.into() },
    ),
    (|connection| connection.lose("broken"), |_| Error::Transport("broken".to_owned())),
    (|connection| connection.abandon(Error::UnreadableBlob), |_| Error::UnreadableBlob),
];

/// 7.1.5, 7.1.7: however the transport goes, at whatever time, Closed comes once with 1006, and nothing follows.
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
            assert_eq!(connection.take_output(), b"", "nobody is there to read it");
            assert!(!connection.is_open());
            assert_eq!(connection.deadline(), None);
            for (again, _) in ENDINGS {
                again(&mut connection);
            }
            connection.shut(1000, "");
            connection.expire(u64::MAX);
            connection.feed(frame(FIN | TEXT, "late"));
            assert!(!connection.send_text("late"));
            assert_eq!(connection.events(), []);
            assert_eq!(connection.take_output(), b"");
            assert_eq!(connection.deadline(), None);
        }
    }
}

/// 7.1.5: what was received before the transport broke is delivered before the end.
#[test]
fn messages_before_the_end_are_delivered() {
    for (end, _) in ENDINGS {
        let (mut connection, response) = connecting();
        connection.feed([response, frame(FIN | TEXT, "last")].concat());
        end(&mut connection);
        let events = connection.events();
        assert!(matches!(
            &events[..],
            [Event::Open(_), Event::Message(Message::Text(_)), Event::Closed(closed)] if closed.code == 1006
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
