//! When a ping is sent, and what becomes of its answer.

use std::time::Duration;

use websocket_wasm::protocol::internals::OpenConnection;
use websocket_wasm::protocol::{Config, Connection, Error, Event, KeepAlive, Millis, Request};

use super::*;

#[test]
fn off_by_default() {
    assert_eq!(Config::default().keep_alive, None);
    let mut connection = open_with(&Config::default(), 0);
    assert_eq!(connection.deadline(), None);
    connection.probe(1);
    connection.expire(u64::MAX);
    assert_eq!(connection.take_output(), b"");
    assert!(connection.is_open());
}

#[test]
fn the_defaults() {
    let KeepAlive { interval, timeout, .. } = KeepAlive::default();
    assert_eq!((interval, timeout), (Duration::from_secs(30), Duration::from_secs(10)));
}

#[test]
fn a_silent_peer_is_pinged_after_the_interval_and_dead_after_the_timeout() {
    let mut connection = open_at(1_000);
    assert_eq!(connection.deadline(), Some(1_000 + INTERVAL));
    connection.expire(1_000 + INTERVAL - 1);
    assert_eq!(pings(&mut connection, 0), [[0; 0]; 0]);
    let end = 1_000 + INTERVAL + TIMEOUT;
    assert_eq!(run(&mut connection, end - 1, 0), (vec![1_000 + INTERVAL], None));
    assert_eq!(connection.events(), []);
    assert_eq!(run(&mut connection, end, 0), (vec![], Some(end)));
    assert_eq!(connection.events(), [abnormal(Error::KeepAliveTimeout)]);
    assert_eq!(connection.take_output(), b"", "there is nobody to send a Close frame to");
    assert_eq!(connection.deadline(), None);
}

#[test]
fn its_answer_is_no_event() {
    let mut connection = open_at(0);
    connection.expire(INTERVAL);
    let [payload] = &pings(&mut connection, INTERVAL)[..] else { panic!("no ping") };
    assert!((1..=125).contains(&payload.len()));
    connection.receive(&frame(FIN | PONG, payload), INTERVAL + 5);
    connection.receive(&frame(FIN | PONG, "another"), INTERVAL + 5);
    assert_eq!(connection.events(), [Event::Pong(b"another".to_vec())]);
    // From the answer on.
    assert_eq!(run(&mut connection, 2 * INTERVAL + 4, 0), (vec![], None));
    assert_eq!(connection.deadline(), Some(2 * INTERVAL + 5));
    connection.expire(2 * INTERVAL + 5);
    assert_ne!(payload, &pings(&mut connection, 2 * INTERVAL + 5)[0]);
}

/// A late look, or a probe, sends another ping before the first one is answered.
#[test]
fn nor_are_the_answers_to_several_pings() {
    let mut connection = open_at(0);
    let mut sent = Vec::new();
    for now in [INTERVAL, INTERVAL + TIMEOUT + 1_000, INTERVAL + 2 * TIMEOUT + 5_000] {
        connection.expire(now);
        sent.extend(pings(&mut connection, now));
    }
    assert_eq!(sent.len(), 3);
    let other = [0xb3; 8];
    for payload in [&sent[0][..], &other, &sent[2], &sent[1], &sent[0][..7]] {
        connection.receive(&frame(FIN | PONG, payload), 3 * INTERVAL);
    }
    assert_eq!(connection.events(), [Event::Pong(other.to_vec()), Event::Pong(sent[0][..7].to_vec())]);
}

/// 5.5.3: "A Pong frame MAY be sent unsolicited."
#[test]
fn pings_of_the_driver_are_answered_as_ever() {
    let mut connection = open_at(0);
    for payload in [&b""[..], &[0; 16]] {
        connection.ping(payload).unwrap();
        connection.receive(&frame(FIN | PONG, payload), 1);
        assert_eq!(connection.events(), [Event::Pong(payload.to_vec())]);
    }
    pings(&mut connection, 1);
    connection.ping(b"mine").unwrap();
    connection.expire(INTERVAL + 1);
    let sent = pings(&mut connection, INTERVAL + 1);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], b"mine");
    connection.receive(&[frame(FIN | PONG, &sent[0]), frame(FIN | PONG, &sent[1])].concat(), INTERVAL + 2);
    assert_eq!(connection.events(), [Event::Pong(b"mine".to_vec())]);
}

/// Nobody has to reset a timer for each message.
#[test]
fn receiving_changes_no_deadline() {
    let mut connection = open_at(0);
    for now in (0..INTERVAL).step_by(100) {
        connection.receive(&frame(FIN | TEXT, "x"), now);
        assert_eq!(connection.deadline(), Some(INTERVAL));
        assert_eq!(connection.events(), [text("x")]);
    }
    connection.expire(INTERVAL);
    assert_eq!(pings(&mut connection, INTERVAL), [[0; 0]; 0]);
    assert_eq!(connection.deadline(), Some(INTERVAL - 100 + INTERVAL));
}

#[test]
fn not_before_the_connection_is_established() {
    let mut connection = connect(&Request::new("example.com", "/").unwrap(), &usual(), 0);
    let response = accept(&connection.take_output(), "");
    assert_eq!(connection.deadline(), Some(60_000), "the handshake's");
    connection.probe(1);
    connection.receive(&response[..20], 59_000);
    assert_eq!(connection.deadline(), Some(60_000));
    connection.receive(&response[20..], 59_999);
    assert_eq!(connection.deadline(), Some(59_999 + INTERVAL));
    assert_eq!(connection.take_output(), b"");
}

/// From then on the close timeout counts.
#[test]
fn not_while_closing() {
    let closes: [fn(&mut Connection, Millis); 3] = [
        |connection, now| connection.close(&close_frame(1000, ""), now),
        |connection, now| connection.announce_close(now),
        |connection, now| connection.receive(&frame(FIN | CLOSE, ""), now),
    ];
    for close in closes {
        for pinged in [false, true] {
            let mut connection = open_at(0);
            if pinged {
                connection.expire(INTERVAL);
                assert_eq!(pings(&mut connection, INTERVAL).len(), 1);
            }
            close(&mut connection, INTERVAL + 1);
            assert_eq!(connection.deadline(), Some(INTERVAL + 301));
            connection.probe(INTERVAL + 2);
            connection.expire(INTERVAL + 300);
            assert_eq!(pings(&mut connection, INTERVAL), [[0; 0]; 0]);
            connection.expire(INTERVAL + 3_000);
            assert!(!connection.events().contains(&abnormal(Error::KeepAliveTimeout)));
        }
    }
}

#[test]
fn not_after_the_end() {
    let mut connection = open_at(0);
    connection.receive(&[frame(FIN | TEXT, "x"), frame(0x83, "")].concat(), 1);
    // The violation counts once the message before it was taken.
    assert_eq!(connection.deadline(), None);
    connection.expire(u64::MAX);
    connection.probe(u64::MAX);
    assert_eq!(pings(&mut connection, 1), [[0; 0]; 0]);
    assert_eq!(connection.events(), [text("x"), abnormal(Error::ReservedOpcode(3))]);
    connection.probe(u64::MAX);
    assert_eq!(connection.events(), []);
}

#[test]
fn a_probe_pings_at_once() {
    let mut connection = open_at(0);
    connection.receive(&frame(FIN | TEXT, "x"), 4_999);
    connection.probe(5_000);
    assert_eq!(pings(&mut connection, 5_000).len(), 1);
    // Several events of the platform for one cause need one ping.
    connection.probe(5_001);
    assert_eq!(pings(&mut connection, 5_001), [[0; 0]; 0]);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0), (vec![], Some(5_000 + TIMEOUT)));
}

#[test]
fn an_interval_shorter_than_the_timeout() {
    let mut connection = open_with(&keep_alive(Duration::from_millis(500), Duration::from_secs(20)), 0);
    let mut now = 0;
    for _ in 0..5 {
        let (sent, end) = run(&mut connection, now + 500, 0);
        assert_eq!((sent, end), (vec![now + 500], None));
        now += 501;
        connection.receive(&frame(FIN | PONG, "x"), now);
    }
    assert_eq!(run(&mut connection, u64::MAX / 2, 0), (vec![now + 500], Some(now + 20_500)));
}

#[test]
fn extreme_durations() {
    for interval in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
        for timeout in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
            let mut connection = open_with(&keep_alive(interval, timeout), 5);
            for now in 6..40 {
                connection.probe(now);
                connection.expire(now);
                assert!(connection.deadline().is_none_or(|deadline| deadline > now));
                pings(&mut connection, now);
            }
            assert_eq!(connection.is_open(), timeout == Duration::MAX, "{interval:?} {timeout:?}");
        }
    }
}

/// Without random bytes there is no key to mask it.
#[test]
fn a_ping_without_random_bytes_fails() {
    let mut left = 1;
    let random = move |bytes: &mut [u8]| {
        left -= 1;
        if left < 0 { Err(websocket_wasm::protocol::RandomError) } else { random(bytes) }
    };
    let mut connection = OpenConnection::new(websocket_wasm::protocol::internals::Role::Client, &usual(), random);
    connection.watch_peer(0);
    connection.expire(INTERVAL);
    assert_eq!(connection.events(), []);
    connection.expire(2 * INTERVAL);
    assert_eq!(connection.events(), [abnormal(Error::NoRandomness)]);
}
