//! Deadlines of the two handshakes (RFC 6455 7.1.1: "reasonable" times, chosen by the endpoint).

use std::time::Duration;

use websocket_wasm::protocol::internals::{Role, closed};
use websocket_wasm::protocol::{CloseFrame, Config, Connection, Error, Event, HandshakeError, Request};

use crate::support::*;

fn brief_config() -> Config {
    config(|config| {
        config.handshake_timeout = Duration::from_millis(500);
        config.close_timeout = Duration::from_millis(300);
    })
}

fn connecting_at(now: u64) -> (Connection, Vec<u8>) {
    let mut connection = connect(&Request::new("example.com", "/").unwrap(), &brief_config(), now);
    let response = accept(&Endpoint::take_output(&mut connection), "");
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
    // A slow response doesn't prolong it.
    connection.receive(&response[..50], 1499);
    assert_eq!(connection.deadline(), Some(1500));
    connection.expire(1500);
    assert_eq!(connection.events(), [abnormal(Error::HandshakeTimeout)]);
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
    assert_eq!(connection.events(), [abnormal(HandshakeError::NotHttp.into())]);
}

/// 7.1.5: no Close frame was received, so the code is 1006.
#[test]
fn a_close_without_an_answer() {
    let mut connection = open_at(1000);
    connection.close(&close_frame(1000, ""), 2000);
    assert_eq!(connection.deadline(), Some(2300));
    // Neither closing again nor other frames prolong it.
    connection.close(&close_frame(1000, ""), 2200);
    connection.receive(&[frame(FIN | TEXT, "x"), frame(FIN | PING, "p")].concat(), 2299);
    assert_eq!(connection.events(), [text("x")]);
    assert_eq!(connection.deadline(), Some(2300));
    connection.expire(2299);
    assert_eq!(connection.events(), []);
    connection.expire(2300);
    assert_eq!(connection.events(), [abnormal(Error::CloseTimeout)]);
    assert_eq!(connection.deadline(), None);
    connection.receive(&frame(FIN | CLOSE, ""), 2301);
    assert_eq!(connection.events(), []);
}

/// 7.1.1, 7.1.4: after both Close frames the server should close the transport; if it doesn't, "a client MAY ... at
/// any time", and the close was clean.
#[test]
fn a_server_that_never_closes_the_transport() {
    for ours_first in [true, false] {
        let mut connection = open_at(1000);
        if ours_first {
            connection.close(&close_frame(1000, ""), 2000);
        }
        connection.receive(&frame(FIN | CLOSE, close_payload(4000, "bye")), 2100);
        connection.events();
        let written = connection.take_output().len() as u64;
        connection.written(written, 2100);
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

/// 7.1.1: the wait for the server to close the transport is no longer than the close timeout.
#[test]
fn the_wait_for_the_transport_is_brief() {
    let mut stream = open_connection(Role::Client, &config(|config| config.close_timeout = Duration::MAX));
    stream.receive(&frame(FIN | CLOSE, ""), 0);
    let written = stream.take_output().len() as u64;
    stream.written(written, 0);
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

/// A connection that waits until it may connect (4.1 item 2: "no more than one connection in a CONNECTING state") gets
/// the whole time once it begins.
#[test]
fn the_handshake_timeout_starts_when_the_attempt_begins() {
    let mut connection = Connection::new(&brief_config(), random);
    assert_eq!(connection.deadline(), None);
    connection.expire(u64::MAX);
    assert_eq!(connection.events(), []);
    connection.begin(9000);
    assert_eq!(connection.deadline(), Some(9500));
    connection.begin(9400);
    assert_eq!(connection.deadline(), Some(9500), "it begins once");
    connection.send_request(Request::new("example.com", "/").unwrap());
    let response = accept(&Endpoint::take_output(&mut connection), "");
    connection.receive(&response, 9499);
    assert!(connection.is_open());
    connection.begin(9499);
    assert_eq!(connection.deadline(), None, "an open connection has no deadline");
}

/// The answer to a Close frame isn't due until the data before that frame is written: while data is written, the timeout
/// restarts.
#[test]
fn data_that_is_written_restarts_the_time() {
    let mut connection = open_at(1000);
    assert_eq!(connection.send_binary(&[0; 100]), Ok(()));
    let frame_len = connection.output_len() as u64;
    connection.written(0, 1000);
    assert_eq!(connection.deadline(), None, "without a deadline none is set");
    connection.close(&close_frame(1000, ""), 2000);
    let all = connection.take_output().len() as u64;
    connection.written(frame_len - 1, 2299);
    assert_eq!(connection.deadline(), Some(2599));
    connection.written(1, 2500);
    assert_eq!(connection.deadline(), Some(2800), "the last byte of the data");
    connection.written(all - frame_len, 2700);
    assert_eq!(connection.deadline(), Some(2800), "the Close frame");
    connection.receive(&frame(FIN | CLOSE, ""), 2750);
    let deadline = connection.deadline();
    connection.written(1000, 2760);
    assert_eq!(connection.deadline(), deadline, "only the transport's end is still due");
    connection.end(2765);
    connection.written(1000, 2770);
    assert_eq!(connection.deadline(), None);
}

/// Nothing written isn't progress: a driver that reports it whenever it is woken can be woken by the server.
#[test]
fn writing_nothing_does_not_restart_the_time() {
    let mut connection = open_at(1000);
    assert_eq!(connection.send_binary(&[0; 100]), Ok(()));
    connection.close(&close_frame(1000, ""), 2000);
    connection.written(1000, 2100);
    assert_eq!(connection.deadline(), Some(2300), "no output was taken that could have been written");
    connection.take_output();
    connection.written(0, 2100);
    assert_eq!(connection.deadline(), Some(2300));
    connection.written(1, 2100);
    assert_eq!(connection.deadline(), Some(2400));
}

/// Written pongs don't restart it: a server that pings could delay the end forever.
#[test]
fn pings_do_not_prolong_the_time() {
    let mut connection = open_at(1000);
    connection.close(&close_frame(1000, ""), 2000);
    for now in [2000, 2100, 2200, 2299] {
        connection.receive(&frame(FIN | PING, "still here"), now);
        let written = connection.take_output().len() as u64;
        assert!(written > 0, "a ping is answered");
        connection.written(written, now);
        assert_eq!(connection.deadline(), Some(2300), "at {now}");
    }
    connection.expire(2300);
    assert_eq!(connection.events(), [abnormal(Error::CloseTimeout)]);

    // Nor while the Close frame waits for data that is never sent.
    let mut connection = open_at(1000);
    connection.announce_close(2000);
    connection.receive(&frame(FIN | PING, ""), 2100);
    let written = connection.take_output().len() as u64;
    connection.written(written, 2200);
    assert_eq!(connection.deadline(), Some(2300));
}

/// The server closes first, with data of this side unsent: the timeout restarts while that data is written, then a
/// brief one starts.
#[test]
fn data_before_the_answer_to_a_close_frame() {
    let mut connection = open_at(1000);
    assert_eq!(connection.send_binary(&[0; 100]), Ok(()));
    connection.receive(&frame(FIN | CLOSE, close_payload(4567, "")), 2000);
    assert_eq!(connection.events(), [Event::CloseReceived]);
    let all = connection.take_output().len() as u64;
    assert_eq!(connection.deadline(), Some(2300));
    connection.written(50, 2200);
    assert_eq!(connection.deadline(), Some(2500));
    connection.written(all - 50, 2450);
    let deadline = connection.deadline();
    assert_eq!(deadline, Some(2750), "the transport is to be closed within the time for a close, or less");
    connection.expire(2750);
    assert_eq!(connection.events(), [clean(4567, "")]);
}

/// 7.1.4: the closing handshake is completed once both Close frames were exchanged, so an end with ours unwritten isn't
/// clean.
#[test]
fn a_close_frame_that_was_never_written() {
    let reason = "enough";
    let unsent = [Event::Closed(closed(false, 4567, reason, Some(Error::Unsent)))];
    let ends: [fn(&mut Connection); 3] = [
        // The direction to the server may still be open, for a limited time.
        |connection| {
            connection.end(2000);
            assert_eq!(connection.events(), []);
            let deadline = connection.deadline().expect("a deadline");
            assert!(deadline <= 2300, "{deadline}");
            connection.expire(deadline);
        },
        |connection| connection.expire(2300),
        |connection| connection.transport_lost(),
    ];
    for ours_first in [true, false] {
        for end in ends {
            let mut connection = open_at(1000);
            assert_eq!(connection.send_binary(&[0; 100]), Ok(()));
            if ours_first {
                connection.close(&close_frame(1000, ""), 2000);
            }
            connection.receive(&frame(FIN | CLOSE, close_payload(4567, "enough")), 2000);
            let all = connection.take_output().len() as u64;
            connection.written(all - 1, 2000);
            connection.events();
            end(&mut connection);
            assert_eq!(connection.events(), unsent);
            assert_eq!(connection.deadline(), None);
        }
    }
    // Written after the server's end, and before the deadline.
    let mut connection = open_at(1000);
    connection.receive(&frame(FIN | CLOSE, close_payload(4567, "enough")), 2000);
    connection.end(2000);
    assert_eq!(connection.events(), [Event::CloseReceived]);
    let all = connection.take_output().len() as u64;
    connection.written(all, 2100);
    assert_eq!(connection.events(), [clean(4567, "enough")]);
}

/// A driver that takes events late still has the whole time to write the answer to a Close frame after them.
#[test]
fn a_close_frame_read_late_is_answered_in_time() {
    let config = config(|config| {
        config.close_timeout = Duration::from_millis(300);
        config.high_water_mark = 1;
    });
    let input = [frame(FIN | TEXT, "a"), frame(FIN | TEXT, "b"), frame(FIN | CLOSE, close_payload(4567, ""))].concat();
    for server_ends in [false, true] {
        let mut connection = open_connection(Role::Client, &config);
        connection.receive(&input, 1000);
        if server_ends {
            connection.end(1000);
        }
        // Much later.
        assert_eq!(connection.events(), [text("a"), text("b"), Event::CloseReceived]);
        let all = connection.take_output().len() as u64;
        connection.expire(60_000);
        assert_eq!(connection.deadline(), Some(60_300));
        connection.expire(60_299);
        assert_eq!(connection.events(), []);
        connection.written(all, 60_299);
        connection.end(60_299);
        assert_eq!(connection.events(), [clean(4567, "")]);
    }
    let mut connection = open_connection(Role::Client, &config);
    connection.receive(&input, 1000);
    connection.events();
    connection.expire(60_000);
    connection.expire(60_300);
    assert_eq!(connection.deadline(), None, "it isn't prolonged again");
}

/// A Close frame that was announced has a deadline, too; data may be sent until it is sent.
#[test]
fn a_close_that_waits_for_data() {
    let mut connection = open_at(1000);
    connection.announce_close(2000);
    assert!(connection.is_open());
    assert_eq!(connection.deadline(), Some(2300));
    assert_eq!(connection.send_text("data"), Ok(()));
    let first = connection.take_output();
    connection.written(first.len() as u64, 2100);
    assert_eq!(connection.deadline(), Some(2400), "data was written");
    connection.close(&close_frame(1000, ""), 2200);
    assert_eq!(connection.deadline(), Some(2500));
    connection.announce_close(2400);
    assert_eq!(connection.deadline(), Some(2500), "the Close frame is sent");

    let mut connection = open_at(1000);
    connection.announce_close(2000);
    connection.expire(2300);
    assert_eq!(connection.events(), [abnormal(Error::CloseTimeout)]);
    connection.announce_close(2400);
    assert_eq!(connection.deadline(), None);
}

/// The defaults that the configuration documents.
#[test]
fn defaults() {
    let config = Config::default();
    assert_eq!(config.max_message_size, 256 * 1024 * 1024);
    assert_eq!(config.max_fragments, 1_048_576);
    assert_eq!(config.max_header_size, 64 * 1024);
    assert_eq!(config.max_queued_pongs, 64);
    assert_eq!(config.high_water_mark, 1024 * 1024);
    assert_eq!(config.max_backlog, 64 * 1024 * 1024);
    assert_eq!(config.handshake_timeout, Duration::from_secs(60));
    assert_eq!(config.close_timeout, Duration::from_secs(10));
}
