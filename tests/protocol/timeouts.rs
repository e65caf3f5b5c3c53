//! Deadlines of the two handshakes (RFC 6455 7.1.1: "reasonable" times, chosen by the endpoint).

use websocket_wasm::protocol::{
    CloseFrame, Config, Connection, Error, Event, HandshakeError, MessageStream, Request, Role,
};

use crate::support::*;

const CONFIG: Config = Config {
    max_message_size: 1000,
    max_fragments: 10,
    max_head_size: 1000,
    max_queued_pongs: 10,
    high_water_mark: 1000,
    handshake_timeout: 500,
    close_timeout: 300,
};

fn connecting_at(now: u64) -> (Connection, Vec<u8>) {
    let mut connection = Connection::connect(&Request::new("example.com", "/").unwrap(), &CONFIG, now);
    let response = accept(&connection.take_output(), "");
    (connection, response)
}

fn open_at(now: u64) -> Connection {
    let (mut connection, response) = connecting_at(now);
    connection.receive(&response, now);
    assert!(matches!(connection.events()[..], [Event::Open(_)]));
    connection
}

#[test]
fn the_handshake_has_a_deadline() {
    let (mut connection, response) = connecting_at(1000);
    assert_eq!(connection.deadline(), Some(1500));
    connection.expire(1499);
    assert_eq!(connection.events(), []);
    // Who answers drop by drop wins no time.
    connection.receive(&response[..50], 1499);
    assert_eq!(connection.deadline(), Some(1500));
    connection.expire(1500);
    assert_eq!(connection.events(), [abnormal(Some(Error::HandshakeTimeout))]);
    assert_eq!(connection.take_output(), b"");
    assert_eq!(connection.deadline(), None);
    connection.receive(&response[50..], 1501);
    assert_eq!(connection.events(), []);
}

#[test]
fn an_open_connection_has_none() {
    let mut connection = open_at(1000);
    assert_eq!(connection.deadline(), None);
    connection.expire(u64::MAX);
    assert_eq!(connection.events(), []);
    assert!(connection.is_open());
}

#[test]
fn a_failed_handshake_has_none() {
    let (mut connection, _) = connecting_at(1000);
    connection.receive(b"nonsense", 1001);
    assert_eq!(connection.deadline(), None);
    connection.expire(u64::MAX);
    assert_eq!(connection.events(), [abnormal(Some(HandshakeError::NotHttp.into()))]);
}

/// 7.1.5: no Close frame came, so it is 1006.
#[test]
fn a_close_that_nobody_answers() {
    let mut connection = open_at(1000);
    connection.close(&close_frame(1000, ""), 2000);
    assert_eq!(connection.deadline(), Some(2300));
    // Neither closing again nor what else comes wins time.
    connection.close(&close_frame(1000, ""), 2200);
    connection.receive(&[frame(FIN | TEXT, "x"), frame(FIN | PING, "p")].concat(), 2299);
    assert_eq!(connection.events(), [text("x")]);
    assert_eq!(connection.deadline(), Some(2300));
    connection.expire(2299);
    assert_eq!(connection.events(), []);
    connection.expire(2300);
    assert_eq!(connection.events(), [abnormal(None)]);
    assert_eq!(connection.deadline(), None);
    connection.receive(&frame(FIN | CLOSE, ""), 2301);
    assert_eq!(connection.events(), []);
}

/// 7.1.1, 7.1.4: after both Close frames the server is to close the transport; where it doesn't, "a client MAY ... at
/// any time", and it was clean.
#[test]
fn a_server_that_never_closes_the_transport() {
    for ours_first in [true, false] {
        let mut connection = open_at(1000);
        if ours_first {
            connection.close(&close_frame(1000, ""), 2000);
        }
        connection.receive(&frame(FIN | CLOSE, close_payload(4000, "bye")), 2100);
        connection.events();
        let deadline = connection.deadline().expect("a deadline");
        assert!((2101..=2400).contains(&deadline), "{deadline}");
        connection.receive(&frame(FIN | TEXT, "ignored"), deadline - 1);
        connection.expire(deadline - 1);
        assert_eq!(connection.events(), []);
        assert_eq!(connection.deadline(), Some(deadline));
        connection.expire(deadline);
        assert_eq!(connection.events(), [clean(4000, "bye")]);
        assert_eq!(connection.deadline(), None);
    }
}

/// 7.1.1: waiting for the server to close the transport takes no longer than waiting for its Close frame may.
#[test]
fn the_wait_for_the_transport_is_brief() {
    let mut stream = MessageStream::new(Role::Client, &Config { close_timeout: u64::MAX, ..CONFIG });
    stream.receive(&frame(FIN | CLOSE, ""), 0);
    assert!(stream.deadline().is_some_and(|deadline| deadline <= 60_000));
}

#[test]
fn failing_leaves_no_deadline() {
    let mut connection = open_at(1000);
    connection.close(&close_frame(1000, ""), 2000);
    connection.receive(&[0xff], 2100);
    assert_eq!(connection.deadline(), None);
    connection.events();
    connection.expire(u64::MAX);
    assert_eq!(connection.events(), []);
}

#[test]
fn times_at_the_end_of_the_clock_do_not_wrap_around() {
    let now = u64::MAX - 10;
    let (mut connection, response) = connecting_at(now);
    assert_eq!(connection.deadline(), Some(u64::MAX));
    connection.receive(&response, now);
    connection.close(&CloseFrame::default(), now);
    assert_eq!(connection.deadline(), Some(u64::MAX));
    connection.receive(&frame(FIN | CLOSE, ""), now);
    assert_eq!(connection.deadline(), Some(u64::MAX));
}

/// Who waits for its turn to connect (4.1 item 2: "no more than one connection in a CONNECTING state") has all its time
/// once the turn comes.
#[test]
fn waiting_for_a_turn_takes_no_time() {
    let (mut connection, response) = connecting_at(1000);
    connection.turn(None);
    assert_eq!(connection.deadline(), None);
    connection.expire(u64::MAX);
    assert_eq!(connection.events(), []);
    connection.turn(Some(9000));
    assert_eq!(connection.deadline(), Some(9500));
    connection.receive(&response, 9499);
    assert!(connection.is_open());
    connection.turn(Some(9499));
    assert_eq!(connection.deadline(), None, "an open connection waits for nothing");
}

/// An answer to a Close frame isn't due before that frame has left: whatever leaves puts the deadline off.
#[test]
fn output_that_leaves_puts_the_deadline_off() {
    let mut connection = open_at(1000);
    connection.progress(1000);
    assert_eq!(connection.deadline(), None, "where there is no deadline there is none to put off");
    connection.close(&close_frame(1000, ""), 2000);
    connection.progress(2299);
    assert_eq!(connection.deadline(), Some(2599));
    connection.receive(&frame(FIN | CLOSE, ""), 2300);
    let deadline = connection.deadline();
    connection.progress(2310);
    assert_eq!(connection.deadline(), deadline, "nothing is due any more but the transport's end");
    connection.end();
    connection.progress(2320);
    assert_eq!(connection.deadline(), None);
}

/// A Close frame that is still to come has its deadline, too; data may be sent until then.
#[test]
fn a_close_that_waits_for_data() {
    let mut connection = open_at(1000);
    connection.close_later(2000);
    assert!(connection.is_open());
    assert_eq!(connection.deadline(), Some(2300));
    connection.progress(2100);
    assert!(connection.send_text("data"));
    connection.close(&close_frame(1000, ""), 2200);
    assert_eq!(connection.frames(), [(FIN | TEXT, b"data".to_vec()), (FIN | CLOSE, close_payload(1000, ""))]);
    assert_eq!(connection.deadline(), Some(2500));
    connection.close_later(2400);
    assert_eq!(connection.deadline(), Some(2500), "the Close frame is sent");

    let mut connection = open_at(1000);
    connection.close_later(2000);
    connection.expire(2300);
    assert_eq!(connection.events(), [abnormal(None)]);
    connection.close_later(2400);
    assert_eq!(connection.deadline(), None);
}

/// The defaults that the configuration documents.
#[test]
fn defaults() {
    let expected = Config {
        max_message_size: 256 * 1024 * 1024,
        max_fragments: 1_048_576,
        max_head_size: 64 * 1024,
        max_queued_pongs: 64,
        high_water_mark: 1024 * 1024,
        handshake_timeout: 60_000,
        close_timeout: 10_000,
    };
    assert_eq!(Config::default(), expected);
}
