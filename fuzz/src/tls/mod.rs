//! What a server sends to the client of TLS: any bytes, and connections that are changed on the way or by a server that has
//! the keys. What is delivered is a prefix of what was sent, whatever happens ends, memory is bounded, and nothing depends
//! on how the bytes are cut.

mod certificates;
mod changes;
mod client;
mod encrypter;
#[path = "../../../tls/tests/client/ml_kem.rs"]
mod ml_kem;
mod random;
mod scenario;
mod server;

use std::rc::Rc;

use arbitrary::{Arbitrary, Unstructured};
use websocket_wasm_tls::facts;
use websocket_wasm_tls::failure::Failure;
use websocket_wasm_tls::session::Status;

use crate::memory;
use changes::{Change, ContentChange};
use client::{CALL, Client};
use scenario::Scenario;
use server::{Flood, Recording};

/// How much memory a connection may use beside what was taken from it: for a call's bytes, a message of the handshake that
/// isn't complete, and tickets.
const MEMORY: isize = 500_000;

/// How much a client that sends no data may send.
const OUTPUT: usize = 20_000;

#[derive(Debug, Arbitrary)]
struct Story {
    scenario: u8,
    /// Of a server that has the keys.
    contents: Vec<(u8, ContentChange)>,
    flood: Option<Flood>,
    /// On the way.
    changes: Vec<Change>,
    /// The size of the calls.
    piece: u16,
    calls: Vec<Call>,
}

/// What the client does after it has received a piece.
#[derive(Debug, Clone, Copy, Arbitrary)]
enum Call {
    Nothing,
    Send(u16),
    UpdateKey,
    Close,
}

/// What became of a connection.
#[derive(Debug, PartialEq)]
struct Outcome {
    plaintext: Vec<u8>,
    output: Vec<u8>,
    status: Status,
    failure: Option<Failure>,
}

/// Panics if any of this doesn't hold.
pub fn check(data: &[u8]) {
    match data {
        [choice, bytes @ ..] if choice % 4 == 0 => check_bytes(*choice, bytes),
        [_, rest @ ..] => {
            if let Ok(story) = Story::arbitrary(&mut Unstructured::new(rest)) {
                check_story(&story);
            }
        }
        [] => {}
    }
}

/// Any bytes in answer to the ClientHello.
fn check_bytes(choice: u8, bytes: &[u8]) {
    let scenario = Scenario::new(0);
    let whole = receive(Client::new(scenario), bytes, CALL, &[]);
    assert!(whole.plaintext.is_empty());
    assert!([Status::Handshaking, Status::Failed].contains(&whole.status));
    let pieces = receive(Client::new(scenario), bytes, 1 + usize::from(choice / 4), &[]);
    assert_eq!(whole, pieces);
}

fn check_story(story: &Story) {
    let scenario = Scenario::new(story.scenario);
    let recording = if story.contents.is_empty() && story.flood.is_none() {
        server::recording(scenario)
    } else {
        Rc::new(server::record(scenario, &story.contents, story.flood.as_ref()))
    };
    let Recording { earlier, bytes, sent } = &*recording;
    let mut records = changes::records(bytes);
    for change in story.changes.iter().take(20) {
        change.apply(&mut records);
    }
    let changed = records.concat();
    let client = || Client::after(scenario, earlier.as_deref());
    let piece = 1 + usize::from(story.piece);

    let whole = receive(client(), &changed, CALL, &[]);
    assert!(sent.starts_with(&whole.plaintext), "data that the server didn't send");
    assert!(whole.output.len() < OUTPUT, "{} bytes are sent", whole.output.len());
    assert_eq!(whole, receive(client(), &changed, piece, &[]), "in pieces of {piece}");
    if story.contents.is_empty() && story.flood.is_none() && changed == *bytes {
        assert_eq!((whole.plaintext.len(), whole.status), (sent.len(), Status::Closed), "{:?}", whole.failure);
    }
    if !story.calls.is_empty() {
        let busy = receive(client(), &changed, piece, &story.calls);
        // What the client sends changes nothing of what it receives.
        assert_eq!((whole.plaintext, whole.failure), (busy.plaintext, busy.failure));
    }
}

/// Receives the bytes in pieces of that size, each but the first after one of the calls.
fn receive(mut client: Client, bytes: &[u8], piece: usize, calls: &[Call]) -> Outcome {
    let hello = client.take_output();
    assert!(hello.len() > 100);
    drop(hello);
    let before = memory::in_use();
    let (mut plaintext, mut output) = (Vec::new(), Vec::new());
    let mut calls = calls.iter();
    for bytes in bytes.chunks(piece) {
        let was = client.session().status();
        client.receive(bytes);
        let session = client.session();
        assert!(was == Status::Handshaking || session.plaintext.is_empty() || was == Status::Open);
        assert!(session.plaintext.is_empty() || !session.negotiated().is_handshaking(), "data before the handshake");
        assert_eq!(session.status() == Status::Failed, session.failure().is_some());
        plaintext.append(&mut session.plaintext);
        output.append(&mut session.output);
        match calls.next() {
            Some(Call::Send(len)) => session.send(&vec![7; (*len).into()]),
            Some(Call::UpdateKey) => session.update_key(),
            Some(Call::Close) => session.close(),
            Some(Call::Nothing) | None => {}
        }
        output.append(&mut session.output);
        let held = memory::in_use() - before - (plaintext.capacity() + output.capacity()) as isize;
        assert!(held < MEMORY, "{held} bytes are in use");
    }
    let session = client.session();
    facts::facts(session.negotiated());
    Outcome { plaintext, output, status: session.status(), failure: session.failure().cloned() }
}
