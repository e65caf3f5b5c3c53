//! What a server sends in a scenario: recorded from a connection with the client.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use arbitrary::Arbitrary;
use rustls::{ServerConfig, ServerConnection};

use super::changes::{Content, ContentChange};
use super::client::Client;
use super::encrypter;
use super::random::Stream;
use super::scenario::Scenario;

/// The number of the server's random bytes.
const SERVER: u8 = 2;

/// What was recorded.
pub struct Recording {
    /// The bytes of an earlier connection, which this one resumes.
    pub earlier: Option<Vec<u8>>,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The application data in them.
    pub sent: Vec<u8>,
}

/// The same, many times.
#[derive(Debug, Clone, Arbitrary)]
pub enum Flood {
    Records(Content, u16),
    KeyUpdates(u16),
}

thread_local! {
    static RECORDINGS: RefCell<HashMap<Scenario, Rc<Recording>>> = RefCell::default();
}

/// What a server that follows the protocol sends.
pub fn recording(scenario: Scenario) -> Rc<Recording> {
    if let Some(recording) = RECORDINGS.with_borrow(|recordings| recordings.get(&scenario).cloned()) {
        return recording;
    }
    let recording = Rc::new(record(scenario, &[], None));
    RECORDINGS.with_borrow_mut(|recordings| recordings.insert(scenario, recording.clone()));
    recording
}

/// What a server sends that changes the contents of its records.
pub fn record(scenario: Scenario, changes: &[(u8, ContentChange)], flood: Option<&Flood>) -> Recording {
    let server = scenario.server();
    let mut stream = Stream::new(SERVER);
    encrypter::changes(core::mem::take);
    let mut client = Client::new(scenario);
    let earlier = scenario.resumed.then(|| {
        let bytes = run(&mut client, &server, &mut stream, scenario, None);
        client.connect(scenario);
        bytes
    });
    encrypter::changes(core::mem::take);
    encrypter::changes(|state| state.records = changes.to_vec());
    let bytes = run(&mut client, &server, &mut stream, scenario, flood);
    let sent = encrypter::changes(core::mem::take).sent;
    Recording { earlier, bytes, sent }
}

/// Runs a connection to its end, and returns the server's bytes.
fn run(
    client: &mut Client,
    server: &Arc<ServerConfig>,
    stream: &mut Stream,
    scenario: Scenario,
    flood: Option<&Flood>,
) -> Vec<u8> {
    let mut server = stream.with(|| ServerConnection::new(server.clone())).expect("the configuration is valid");
    server.set_buffer_limit(None);
    let (mut bytes, mut spoken, mut failed) = (Vec::new(), false, false);
    loop {
        let to_server = client.take_output();
        stream.with(|| {
            let mut rest = &*to_server;
            while !rest.is_empty() && !failed {
                failed = server.read_tls(&mut rest).is_err() || server.process_new_packets().is_err();
                let _ = server.reader().read(&mut [0; 1 << 14]);
            }
            if !failed && !server.is_handshaking() && !core::mem::replace(&mut spoken, true) {
                speak(&mut server, scenario, flood);
            }
        });
        let start = bytes.len();
        while server.wants_write() {
            server.write_tls(&mut bytes).expect("memory takes everything");
        }
        client.receive(&bytes[start..]);
        if to_server.is_empty() && start == bytes.len() {
            return bytes;
        }
    }
}

/// Sends data, key updates and close_notify.
fn speak(server: &mut ServerConnection, scenario: Scenario, flood: Option<&Flood>) {
    let mut send = |len: usize| {
        let data: Vec<_> = (0..len).map(|at| (at * 31 + len) as u8).collect();
        server.writer().write_all(&data).expect("it is buffered");
        if scenario.is_tls13() && len.is_multiple_of(2) {
            let _ = server.refresh_traffic_keys();
        }
    };
    for len in [1, 100, 3001, 3, 5, 17_000, 7] {
        send(len);
    }
    match flood {
        Some(Flood::Records(content, times)) => {
            encrypter::changes(|changes| changes.flood = Some(content.clone()));
            for _ in 0..times % 2000 {
                server.writer().write_all(b".").expect("it is buffered");
            }
            encrypter::changes(|changes| changes.flood = None);
        }
        Some(Flood::KeyUpdates(times)) => {
            for _ in 0..times % 2000 {
                let _ = server.refresh_traffic_keys();
            }
        }
        None => {}
    }
    server.writer().write_all(b"the end").expect("it is buffered");
    server.send_close_notify();
}
