//! When silence proves that the peer is gone.

use websocket_wasm::protocol::Error;

use super::*;

/// What it is that was received doesn't matter, but it must be at least a byte.
#[test]
fn any_byte_is_life() {
    let large = frame(FIN | BINARY, vec![7; 100_000]);
    let pieces = [&large[..1], &large[1..3], &large[3..10], &large[10..11], &large[11..500]];
    let mut connection = open_at(0);
    let mut now = 0;
    for piece in pieces {
        // Its ping is unanswered, almost until the end.
        assert_eq!(run(&mut connection, now + INTERVAL + TIMEOUT - 1, 0), (vec![now + INTERVAL], None));
        now += INTERVAL + TIMEOUT - 1;
        connection.receive(piece, now);
    }
    connection.receive(b"", now + INTERVAL);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0).1, Some(now + INTERVAL + TIMEOUT));
}

/// The same for a driver that keeps payloads, and for bytes that the connection doesn't see.
#[test]
fn any_byte_is_life_in_place() {
    let large = frame(FIN | BINARY, vec![7; 100_000]);
    let mut connection = open_at(0);
    connection.receive_in_place(&large[..20], 9_000);
    assert_eq!(run(&mut connection, 18_999, 0), (vec![], None));
    connection.skip(1, 18_999);
    assert_eq!(run(&mut connection, 28_998, 0), (vec![], None));
    connection.receive_in_place(&large[21..22], 28_998);
    assert_eq!(run(&mut connection, 38_997, 0), (vec![], None));
    assert_eq!(run(&mut connection, 38_998, 0), (vec![38_998], None));
}

#[test]
fn messages_before_the_end_are_not_lost() {
    let mut connection = open_at(0);
    connection.receive(&frame(FIN | TEXT, "good"), 0);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0).1, Some(INTERVAL + TIMEOUT));
    assert_eq!(connection.events(), [text("good"), abnormal(Error::KeepAliveTimeout)]);
}

/// A machine that slept: what the peer sent meanwhile is unread.
#[test]
fn a_late_look_is_no_proof() {
    for late in [101, TIMEOUT, 3_600_000] {
        let mut connection = open_at(0);
        connection.expire(INTERVAL);
        assert_eq!(pings(&mut connection, INTERVAL).len(), 1);
        let now = INTERVAL + TIMEOUT + late;
        connection.expire(now);
        assert_eq!(pings(&mut connection, now).len(), 1, "a new ping");
        assert_eq!(run(&mut connection, now + TIMEOUT - 1, 0), (vec![], None), "with the full timeout");
        assert_eq!(run(&mut connection, now + TIMEOUT, 0), (vec![], Some(now + TIMEOUT)));
    }
    let mut connection = open_at(0);
    connection.expire(INTERVAL + 3_600_000);
    assert_eq!(pings(&mut connection, INTERVAL + 3_600_000).len(), 1);
    assert!(connection.is_open());
}

/// A pause within the timeout of a ping: the look after it is in time.
#[test]
fn a_pause_of_this_side_within_the_timeout_is_no_proof() {
    let mut connection = open_at(0);
    connection.expire(INTERVAL);
    assert_eq!(pings(&mut connection, INTERVAL).len(), 1);
    let resumed = INTERVAL + TIMEOUT + 1;
    assert_eq!(run(&mut connection, resumed - TIMEOUT / 2, 0), (vec![], None));
    connection.expire(resumed);
    assert_eq!(pings(&mut connection, resumed).len(), 1);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0), (vec![], Some(resumed + TIMEOUT)));
}

/// A page that is never shown: its timers run once a minute.
#[test]
fn looks_that_are_always_late_find_a_dead_peer_at_last() {
    for late in [1_000, 60_000, 3_600_000] {
        let mut connection = open_at(0);
        let (sent, end) = run(&mut connection, u64::MAX / 2, late);
        assert_eq!(sent.len(), 3);
        let end = end.expect("an end");
        assert!(end >= sent[2] + TIMEOUT && end <= sent[2] + TIMEOUT + 4 * late, "{end} after {sent:?}");
        assert_eq!(connection.events(), [abnormal(Error::KeepAliveTimeout)]);
    }
}

/// Back-pressure: unread bytes are in the transport.
#[test]
fn silence_means_nothing_while_no_input_is_wanted() {
    let mut connection = open_at(0);
    connection.receive(&frame(FIN | BINARY, vec![7; 2_000]), 1);
    assert!(!connection.wants_input());
    assert_eq!(run(&mut connection, 50 * INTERVAL, 0), (vec![], None));
    connection.probe(50 * INTERVAL);
    assert_eq!(pings(&mut connection, 50 * INTERVAL), [[0; 0]; 0]);
    assert_eq!(connection.events(), [binary(vec![7; 2_000])]);
    let (sent, end) = run(&mut connection, u64::MAX / 2, 0);
    assert!(sent[0] <= 51 * INTERVAL, "within an interval of being read again");
    assert_eq!((sent.len(), end), (1, Some(sent[0] + TIMEOUT)));
}

#[test]
fn silence_means_nothing_while_the_driver_does_not_read() {
    let mut connection = open_at(0);
    connection.expire(INTERVAL);
    assert_eq!(pings(&mut connection, INTERVAL).len(), 1);
    connection.set_reading(false);
    assert_eq!(run(&mut connection, 50 * INTERVAL, 0), (vec![], None));
    connection.set_reading(true);
    let (sent, end) = run(&mut connection, u64::MAX / 2, 0);
    assert_eq!((sent.len(), end), (1, Some(sent[0] + TIMEOUT)));
}

/// The ping follows a large message, which the transport is still writing: the peer can't answer yet.
#[test]
fn the_timeout_begins_when_the_ping_is_written() {
    let mut connection = open_at(0);
    connection.send_binary(&[7; 1_000]).unwrap();
    connection.expire(INTERVAL);
    let len = connection.take_output().len() as u64;
    let mut now = INTERVAL;
    for _ in 0..10 {
        now += TIMEOUT - 1;
        assert_eq!(run(&mut connection, now, 0), (vec![], None));
        connection.written(100, now);
    }
    now += TIMEOUT - 1;
    assert_eq!(run(&mut connection, now, 0), (vec![], None));
    connection.written(len - 1_000, now);
    // What is written after it is no sign of life: the peer may be gone.
    connection.send_binary(&[7; 10]).unwrap();
    let more = connection.take_output().len() as u64;
    connection.written(more, now + 1);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0), (vec![], Some(now + TIMEOUT)));
}

#[test]
fn a_transport_that_writes_nothing_any_more_is_dead() {
    let mut connection = open_at(0);
    connection.send_binary(&[7; 1_000]).unwrap();
    connection.expire(INTERVAL);
    connection.take_output();
    connection.written(0, INTERVAL + 1);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0), (vec![], Some(INTERVAL + TIMEOUT)));
}

#[test]
fn probes_cannot_prolong_the_wait_without_end() {
    let mut connection = open_at(0);
    let mut sent = 0;
    for now in (0..).step_by(500) {
        connection.probe(now);
        sent += pings(&mut connection, now).len();
        run(&mut connection, now + 499, 0);
        if !connection.is_open() {
            assert!((1..=3).contains(&sent) && now <= 3 * TIMEOUT, "{sent} pings until {now}");
            break;
        }
    }
}

/// It is called after a sleep, perhaps before the timer is.
#[test]
fn a_probe_in_place_of_a_late_look_gives_the_full_timeout() {
    let mut connection = open_at(0);
    connection.expire(INTERVAL);
    pings(&mut connection, INTERVAL);
    let woken = INTERVAL + 3_600_000;
    connection.probe(woken);
    assert!(connection.is_open());
    assert_eq!(pings(&mut connection, woken).len(), 1);
    connection.expire(woken + 1);
    assert!(connection.is_open());
    assert_eq!(run(&mut connection, u64::MAX / 2, 0), (vec![], Some(woken + TIMEOUT)));
}
