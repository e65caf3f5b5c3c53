//! Keep-alive: pings after silence (RFC 6455 5.5.2), and the end of a connection whose peer is gone.

use std::time::Duration;

use proptest::prelude::*;
use websocket_wasm::protocol::internals::OpenConnection;
use websocket_wasm::protocol::{Config, Connection, Error, Event, KeepAlive, Millis, Request};

use crate::support::*;

const INTERVAL: Millis = 10_000;
const TIMEOUT: Millis = 4_000;

fn keep_alive(interval: Duration, timeout: Duration) -> Config {
    config(|config| {
        let mut keep_alive = KeepAlive::default();
        keep_alive.interval = interval;
        keep_alive.timeout = timeout;
        config.keep_alive = Some(keep_alive);
        config.close_timeout = Duration::from_millis(300);
        config.high_water_mark = 1_000;
    })
}

fn usual() -> Config {
    keep_alive(Duration::from_millis(INTERVAL), Duration::from_millis(TIMEOUT))
}

fn open_with(config: &Config, now: Millis) -> Connection {
    let mut connection = connect(&Request::new("example.com", "/").unwrap(), config, now);
    let response = accept(&Endpoint::take_output(&mut connection), "");
    connection.receive(&response, now);
    assert!(matches!(connection.events()[..], [Event::Open(_)]));
    connection
}

fn open_at(now: Millis) -> Connection {
    open_with(&usual(), now)
}

/// Takes the output, and reports it as written at that time. Returns the payloads of the pings in it.
fn pings(connection: &mut Connection, now: Millis) -> Vec<Vec<u8>> {
    let output = connection.take_output();
    connection.written(output.len() as u64, now);
    let frames = read_frames(websocket_wasm::protocol::internals::Role::Client, &output);
    frames.into_iter().filter(|((first, _), _)| *first == FIN | PING).map(|((_, payload), _)| payload).collect()
}

/// Looks at every deadline up to a time, each `late`. Returns when pings were sent, and when the connection ended.
fn run(connection: &mut Connection, until: Millis, late: Millis) -> (Vec<Millis>, Option<Millis>) {
    let mut sent = Vec::new();
    while let Some(deadline) = connection.deadline().filter(|deadline| deadline + late <= until) {
        let now = deadline + late;
        connection.expire(now);
        assert!(connection.deadline().is_none_or(|deadline| deadline > now), "a deadline in the past");
        sent.extend(pings(connection, now).iter().map(|_| now));
        if !connection.is_open() {
            return (sent, Some(now));
        }
    }
    (sent, None)
}

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
fn messages_before_the_end_are_not_lost() {
    let mut connection = open_at(0);
    connection.receive(&frame(FIN | TEXT, "good"), 0);
    assert_eq!(run(&mut connection, u64::MAX / 2, 0).1, Some(INTERVAL + TIMEOUT));
    assert_eq!(connection.events(), [text("good"), abnormal(Error::KeepAliveTimeout)]);
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

#[derive(Debug, Clone)]
enum Step {
    /// The time until the next look, beyond its deadline.
    Look(Millis),
    /// Bytes are received so much later.
    Receive(Millis),
    /// A probe so much later.
    Probe(Millis),
    Reading(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop_oneof![4 => 0u64..=100, 1 => 101u64..100_000].prop_map(Step::Look),
        2 => (0u64..TIMEOUT).prop_map(Step::Receive),
        1 => (0u64..TIMEOUT).prop_map(Step::Probe),
        1 => any::<bool>().prop_map(Step::Reading),
    ]
}

proptest! {
    #![proptest_config(cases(500))]

    /// Whatever happens: the connection ends only if nothing was received for the timeout of a ping, at a look that was in
    /// time or after three pings, while it was read. And if all looks are in time, at that time.
    #[test]
    fn death_is_proved(steps in prop::collection::vec(step(), 1..60)) {
        let mut connection = open_at(0);
        let (mut now, mut heard, mut sent, mut count, mut reading) = (0, 0, None, 0, true);
        for step in steps {
            let (mut is_late, mut is_look) = (false, false);
            let is_probe = matches!(step, Step::Probe(_));
            match step {
                Step::Look(late) => {
                    let deadline = connection.deadline().expect("a deadline");
                    is_look = true;
                    is_late = now.max(deadline + late) > deadline + 100;
                    now = now.max(deadline + late);
                    connection.expire(now);
                }
                Step::Receive(after) if reading => {
                    now += after;
                    let deadline = connection.deadline();
                    connection.receive(&frame(FIN | TEXT, "x"), now);
                    prop_assert_eq!(connection.deadline(), deadline);
                    (heard, sent, count) = (now, None, 0);
                }
                Step::Receive(_) => {}
                Step::Probe(after) => {
                    now += after;
                    connection.probe(now);
                }
                Step::Reading(now_reading) => {
                    reading = now_reading;
                    connection.set_reading(reading);
                }
            }
            let pinged = pings(&mut connection, now).len();
            prop_assert!(pinged <= 1);
            if pinged == 1 {
                prop_assert!(reading);
                prop_assert!(!is_look || sent.is_some() || now >= heard + INTERVAL);
                sent = Some(now);
                count += 1;
            }
            // Silence says nothing about a peer that isn't read.
            if (is_look || is_probe) && !reading {
                (sent, count) = (None, 0);
            }
            if !connection.is_open() {
                let last = sent.expect("a ping");
                prop_assert!(reading && now >= last + TIMEOUT);
                prop_assert!(is_look && !is_late || count == 3);
                let last = connection.events().pop();
                prop_assert_eq!(last, Some(abnormal(Error::KeepAliveTimeout)));
                break;
            }
            if is_look && !is_late && reading && let Some(last) = sent {
                prop_assert!(now < last + TIMEOUT, "it should have ended");
            }
            connection.events();
            prop_assert!(connection.deadline().is_some_and(|deadline| !is_look || deadline > now));
        }
    }
}
