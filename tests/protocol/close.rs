//! The closing handshake, its codes and its reasons (RFC 6455 5.5.1, 7).

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{MAX_REASON, OpenConnection, Role};
use websocket_wasm::protocol::{CloseCode, CloseFrame, Config, Error, Event, SendError};

use crate::support::*;

/// Whether a Close frame may have that code (7.4.1, 7.4.2, and the registry that 11.7 sets up).
fn may_be_sent(code: u16) -> bool {
    match code {
        0..=999 => false,            // "not used"
        1000..=1003 => true,         // normal, going away, protocol error, unacceptable type
        1004 => false,               // reserved
        1005 | 1006 | 1015 => false, // "MUST NOT be set as a status code in a Close control frame"
        1007..=1011 => true,         // bad payload, policy, too big, extension needed, internal error
        1012..=1014 => true,         // registered: restart, try again later, bad gateway
        1016..=2999 => false,        // kept for the RFC's successors
        3000..=4999 => true,         // libraries and applications
        5000..=u16::MAX => false,    // outside of all ranges
    }
}

/// 7.1.5: the connection close code is a number, since it may be 1005 or 1006; it compares with the codes that are sent.
#[test]
fn a_close_code_compares_with_its_number() {
    assert!(1000 == CloseCode::NORMAL && 1001 != CloseCode::NORMAL);
    assert_eq!(u16::from(CloseCode::GOING_AWAY), 1001);
}

/// 7.4: every code, as a value and in a Close frame from the server.
#[test]
fn every_close_code() {
    for code in (0..=5000).chain([9999, u16::MAX]) {
        let allowed = may_be_sent(code);
        assert_eq!(CloseCode::new(code).map(CloseCode::value), allowed.then_some(code));
        let mut stream = client();
        let input = frame(FIN | CLOSE, code.to_be_bytes());
        if allowed {
            assert_eq!(stream.after(input), [Event::CloseReceived], "{code}");
            assert_eq!(stream.frames(), [(FIN | CLOSE, code.to_be_bytes().to_vec())], "{code} is echoed");
            stream.end(0);
            assert_eq!(stream.events(), [clean(code, "")]);
        } else {
            assert_fails(&mut stream, input, 1002, Error::CloseCode(code));
        }
    }
}

/// 7.4.1: the codes with a name have their numbers.
#[test]
fn named_codes() {
    let codes = [CloseCode::NORMAL, CloseCode::GOING_AWAY, CloseCode::PROTOCOL_ERROR];
    assert_eq!(codes.map(CloseCode::value), [1000, 1001, 1002]);
    assert_eq!([CloseCode::INVALID_PAYLOAD, CloseCode::TOO_BIG].map(CloseCode::value), [1007, 1009]);
    assert_eq!([CloseCode::NO_STATUS, CloseCode::ABNORMAL], [1005, 1006]);
}

/// 5.5.1: "If there is a body, the first two bytes of the body MUST be" the code; the rest is UTF-8.
#[test]
fn payloads() {
    let longest = close_payload(1000, &"r".repeat(123));
    assert_eq!(CloseFrame::decode(b""), Ok(CloseFrame::default()));
    assert_eq!(CloseFrame::decode(b"\x03"), Err(Error::CloseTooShort));
    assert_eq!(CloseFrame::decode(b"\x03\xe8"), Ok(close_frame(1000, "")));
    assert_eq!(CloseFrame::decode(b"\x03\xe8bye \xe2\x82\xac"), Ok(close_frame(1000, "bye €")));
    assert_eq!(CloseFrame::decode(&longest), Ok(close_frame(1000, &"r".repeat(123))));
    for bad in [&b"\xff"[..], b"\xed\xa0\x80", b"\xc0\x80", b"cut \xe2\x82"] {
        assert_eq!(CloseFrame::decode(&[b"\x03\xe8", bad].concat()), Err(Error::InvalidUtf8));
    }
}

/// 5.5, 5.5.1, 7.1.5, 8.1: the payloads of 0, 1, 2 and 125 bytes, and a reason that isn't UTF-8, from the server.
#[test]
fn payloads_on_the_wire() {
    for (payload, code, reason) in
        [(vec![], 1005, String::new()), (close_payload(1001, &"r".repeat(123)), 1001, "r".repeat(123))]
    {
        let mut stream = client();
        assert_eq!(stream.after(frame(FIN | CLOSE, &payload)), [Event::CloseReceived]);
        let echo = payload[..payload.len().min(2)].to_vec();
        assert_eq!(stream.frames(), [(FIN | CLOSE, echo)]);
        stream.end(0);
        assert_eq!(stream.events(), [clean(code, &reason)]);
    }
    assert_fails(&mut client(), frame(FIN | CLOSE, [3]), 1002, Error::CloseTooShort);
    assert_fails(&mut client(), frame(FIN | CLOSE, b"\x03\xe8\xff"), 1007, Error::InvalidUtf8);
    assert_fails(&mut client(), frame(FIN | CLOSE, b"\x03\xe8\xe2\x82"), 1007, Error::InvalidUtf8);
    assert_fails(&mut client(), head(FIN | CLOSE, false, 126), 1002, Error::LongControl);
}

/// 5.5: a reason is truncated to 123 bytes, between two characters; without a code there is none.
#[test]
fn encoding() {
    assert_eq!(MAX_REASON, 123);
    assert_eq!(CloseFrame::default().encode(), b"");
    assert_eq!(CloseFrame { code: None, reason: "lost".to_owned() }.encode(), b"");
    assert_eq!(close_frame(4999, "€").encode(), close_payload(4999, "€"));
    assert_eq!(close_frame(1000, &"r".repeat(200)).encode(), close_payload(1000, &"r".repeat(123)));
    assert_eq!(close_frame(1000, &"é".repeat(62)).encode(), close_payload(1000, &"é".repeat(61)));
    assert_eq!(close_frame(1000, &"😀".repeat(31)).encode(), close_payload(1000, &"😀".repeat(30)));
}

/// 7.1.3, 7.1.4: the server starts. The connection is closed once the transport is, not before.
#[test]
fn begun_by_the_server() {
    let mut stream = client();
    assert_eq!(stream.after(frame(FIN | CLOSE, close_payload(1001, "away"))), [Event::CloseReceived]);
    assert!(!stream.is_open());
    assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(1001, ""))]);
    assert_eq!(stream.events(), []);
    stream.end(0);
    assert_eq!(stream.events(), [clean(1001, "away")]);
    assert_eq!(stream.frames(), [], "one Close frame is enough");
}

/// 7.1.2, 7.1.5: this side starts; the code is the one received, not the one sent.
#[test]
fn begun_by_us() {
    let mut stream = client();
    stream.shut(4000, "done");
    assert!(!stream.is_open());
    assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(4000, "done"))]);
    stream.shut(4001, "again");
    assert_eq!(stream.after(frame(FIN | CLOSE, close_payload(4002, "well"))), []);
    assert_eq!(stream.frames(), [], "neither a second Close frame nor an answer to the answer");
    stream.end(0);
    assert_eq!(stream.events(), [clean(4002, "well")]);
}

/// 7.1.2: without a code the frame's body is empty.
#[test]
fn begun_by_us_without_a_code() {
    let mut stream = client();
    stream.close(&CloseFrame::default(), 0);
    assert_eq!(stream.frames(), [(FIN | CLOSE, vec![])]);
    stream.feed(frame(FIN | CLOSE, ""));
    stream.end(0);
    assert_eq!(stream.events(), [clean(1005, "")]);
}

/// 5.5.1: "If a client and server both send a Close message at the same time, both ... have sent and received" one.
#[test]
fn begun_by_both() {
    let mut ours = client();
    let mut theirs = open_connection(Role::Server, &Config::default());
    ours.shut(4001, "client");
    theirs.shut(4002, "server");
    let (up, down) = (Endpoint::take_output(&mut ours), theirs.take_output());
    theirs.feed(up);
    assert_eq!(theirs.events(), [clean(4001, "client")], "7.1.1: the server closes the transport at once");
    assert_eq!(theirs.take_output(), b"");
    ours.feed(down);
    ours.end(0);
    assert_eq!(ours.events(), [clean(4002, "server")]);
    assert_eq!(ours.frames(), []);
}

/// 5.5.1, 7.1.1: in the server's role, a Close frame is answered and the connection has ended.
#[test]
fn a_server_answers_and_ends() {
    let mut stream = open_connection(Role::Server, &Config::default());
    stream.feed(masked(FIN | CLOSE, close_payload(1000, "bye")));
    assert_eq!(stream.events(), [Event::CloseReceived, clean(1000, "bye")]);
    assert_eq!(stream.take_output(), frame(FIN | CLOSE, close_payload(1000, "")));
    assert_eq!(stream.deadline(), None);
}

/// 5.5.1: "MUST NOT send any more data frames after sending a Close frame"; nothing is read after receiving one (1.4).
#[test]
fn nothing_follows_a_close_frame() {
    for close_first in [true, false] {
        let mut stream = client();
        if close_first {
            stream.shut(1000, "");
        } else {
            stream.feed(frame(FIN | CLOSE, close_payload(1000, "")));
        }
        assert_eq!(stream.send_text("x"), Err(SendError::NotOpen));
        assert_eq!(stream.send_binary(b"x"), Err(SendError::NotOpen));
        assert_eq!(stream.send_fragment(WHOLE, 1, |_| {}), Err(SendError::NotOpen));
        assert_eq!(stream.ping(b"x"), Err(SendError::NotOpen));
        assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(1000, ""))]);
    }

    let mut stream = client();
    let close = frame(FIN | CLOSE, close_payload(1000, ""));
    let more = [frame(FIN | TEXT, "x"), frame(FIN | PING, "x"), vec![0xff; 20]].concat();
    assert_eq!(stream.after([&close[..], &more].concat()), [Event::CloseReceived]);
    assert_eq!(stream.after(&more), []);
    assert_eq!(stream.frames().len(), 1, "not even a ping is answered (5.5.2)");
    stream.end(0);
    assert_eq!(stream.events(), [clean(1000, "")]);
}

/// 5.5.1: a server may finish what it was sending before it answers our Close frame.
#[test]
fn messages_still_come_after_our_close() {
    let mut stream = client();
    stream.feed(frame(TEXT, "a"));
    stream.shut(1000, "");
    assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(1000, ""))]);
    assert_eq!(stream.after(frame(FIN | CONTINUATION, "b")), [text("ab")]);
    assert_eq!(stream.after(frame(FIN | CLOSE, close_payload(1000, ""))), []);
    stream.end(0);
    assert_eq!(stream.events(), [clean(1000, "")]);
}

/// 5.4: a Close frame may come between fragments; their message is lost.
#[test]
fn closed_between_fragments() {
    let mut stream = client();
    stream.feed(frame(TEXT, "half"));
    assert_eq!(stream.after(frame(FIN | CLOSE, close_payload(1000, ""))), [Event::CloseReceived]);
    assert_eq!(stream.frames().len(), 1);
    stream.end(0);
    assert_eq!(stream.events(), [clean(1000, "")]);
}

/// 7.1.5: "If ... no Close control frame was received", the code is 1006, and it wasn't clean.
#[test]
fn the_transport_ends_without_a_close_frame() {
    let before: [fn(&mut OpenConnection); 5] = [
        |_| {},
        |stream| stream.shut(1000, "unanswered"),
        |stream| stream.feed(frame(TEXT, "half")),
        |stream| stream.feed(&frame(FIN | TEXT, "half")[..3]),
        |stream| stream.feed(&frame(FIN | CLOSE, close_payload(1000, ""))[..3]),
    ];
    for before in before {
        let mut stream = client();
        before(&mut stream);
        stream.end(0);
        assert_eq!(stream.events(), [abnormal(Error::NoCloseFrame)]);
        assert!(!stream.is_open());
        stream.end(0);
        assert_eq!(stream.after(frame(FIN | TEXT, "late")), []);
    }
}

/// 7.1.4, 7.1.5: once both Close frames were exchanged, the close is clean and has the code received, even after a reset.
#[test]
fn a_reset_after_the_closing_handshake_is_still_clean() {
    for ours_first in [true, false] {
        let mut connection = open();
        if ours_first {
            connection.shut(1000, "");
        }
        connection.feed(frame(FIN | CLOSE, close_payload(4000, "bye")));
        connection.events();
        assert_eq!(connection.frames().len(), 1);
        connection.transport_lost();
        let [Event::Closed(closed)] = &connection.events()[..] else { panic!("Closed is the last event") };
        assert_eq!((closed.was_clean, closed.code, &closed.reason[..]), (true, 4000, "bye"));
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn any_reason_fits_or_is_cut(code in 3000..5000u16, reason in any::<String>(), times in 1..20usize) {
        let reason = reason.repeat(times);
        let payload = close_frame(code, &reason).encode();
        prop_assert!(payload.len() <= 125);
        let read = CloseFrame::decode(&payload).unwrap();
        prop_assert_eq!(read.code, CloseCode::new(code));
        prop_assert!(reason.starts_with(&read.reason));
        let next = reason[read.reason.len()..].chars().next();
        prop_assert!(next.is_none_or(|c| payload.len() + c.len_utf8() > 125), "cut too early");
    }
}
