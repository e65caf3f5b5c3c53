//! Keep-alive: pings after silence (RFC 6455 5.5.2), and the end of a connection whose peer is gone.

mod any_order;
mod pings;
mod proof;

use std::time::Duration;

use websocket_wasm::protocol::{Config, Connection, Event, KeepAlive, Millis, Request};

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
