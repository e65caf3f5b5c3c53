//! A response that doesn't open the connection (RFC 6455 4.1, on the response, 1).

use websocket_wasm::protocol::{CloseFrame, Closed, Connection, Error, HandshakeError, Request};

use crate::support::*;

const REFUSAL: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n";

/// 4.1, on the response, 1: a refusal is reported with its status, headers and body.
#[test]
fn a_refusal_is_reported() {
    let (mut connection, _) = connecting();
    assert_eq!(connection.after(REFUSAL), []);
    assert!(connection.wants_input() && !connection.is_open());
    assert_eq!(connection.after("bo"), []);
    connection.feed("dy");
    connection.end(0);
    let events = connection.events();
    let Closed { error, response: Some(response), .. } = closed_by(&events) else { panic!("{events:?}") };
    assert_eq!(*error, Some(HandshakeError::Status(401).into()));
    assert_eq!((response.status, &response.reason()[..]), (401, "Unauthorized"));
    assert_eq!(response.values("www-authenticate").next(), Some("Basic"));
    assert_eq!((&response.body[..], response.body_truncated), (&b"body"[..], false));
    assert_eq!(connection.after(REFUSAL), []);
}

/// With the length of its body known, the end isn't awaited; what follows the body is ignored.
#[test]
fn a_refusal_ends_with_its_body() {
    let (mut connection, _) = connecting();
    let events = connection.after("HTTP/1.1 403 X\r\nContent-Length: 4\r\n\r\nbody and more");
    let closed = closed_by(&events);
    assert_eq!(closed.response.as_ref().unwrap().body, b"body");
    assert_eq!(connection.deadline(), None);
    assert!(!connection.wants_input());
}

/// While the body is being read everything that ends the handshake ends it at once, with what there is.
#[test]
fn a_body_is_cut_off() {
    let refused = || Error::from(HandshakeError::Status(401));
    type End = fn(&mut Connection);
    let ends: [(End, Error); 4] = [
        (|connection| connection.expire(60_000), refused()),
        (|connection| connection.transport_lost(), refused()),
        (|connection| connection.close(&CloseFrame::default(), 0), Error::Aborted),
        (|connection| connection.abort(), Error::Aborted),
    ];
    for (end, error) in ends {
        let (mut connection, _) = connecting();
        assert_eq!(connection.after(format!("{REFUSAL}bo")), []);
        assert_eq!(connection.deadline(), Some(60_000), "the body doesn't prolong it");
        connection.expire(59_999);
        assert_eq!(connection.events(), []);
        end(&mut connection);
        let events = connection.events();
        let closed = closed_by(&events);
        assert_eq!((closed.code, &closed.error), (1006, &Some(error)));
        let response = closed.response.as_ref().unwrap();
        assert_eq!((&response.body[..], response.body_truncated), (&b"bo"[..], true));
        assert_eq!(connection.deadline(), None);
    }
}

/// `max_error_body` bounds the body; with 0 nothing of it is awaited.
#[test]
fn a_body_has_a_limit() {
    for limit in [0, 1, 3] {
        let request = Request::new("example.com", "/").unwrap();
        let mut connection = connect(&request, &config(|config| config.max_error_body = limit), 0);
        let mut events = connection.after(REFUSAL);
        assert_eq!(events.is_empty(), limit > 0);
        events.extend(connection.after(&"four"[..limit]));
        assert_eq!(events.is_empty(), limit > 0, "it may be all of it");
        events.extend(connection.after(&"four"[limit..]));
        let response = closed_by(&events).response.as_ref().unwrap();
        assert_eq!((&response.body[..], response.body_truncated), (&b"four"[..limit], true));
    }
}

/// A response that is invalid is reported, too; an accepted one comes with `Open`, and no more with the end.
#[test]
fn the_response_is_reported_once() {
    let (mut connection, _) = connecting();
    let events = connection.after("HTTP/1.1 101 X\r\nRetry-After: 5\r\n\r\nmore");
    let response = closed_by(&events).response.as_ref().unwrap();
    assert_eq!((response.status, response.values("retry-after").next()), (101, Some("5")));
    assert_eq!((&response.body[..], response.body_truncated), (&b""[..], false));

    let mut connection = open();
    connection.end(0);
    assert_eq!(connection.events(), [abnormal(Error::NoCloseFrame)]);
    let (mut connection, _) = connecting();
    connection.expire(60_000);
    assert_eq!(connection.events(), [abnormal(Error::HandshakeTimeout)]);
}
