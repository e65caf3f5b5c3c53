//! Messages whose length is estimated, written straight into the output.

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role};
use websocket_wasm::protocol::{Config, Direction, Filled, MessageKind, SendError};

use crate::support::*;

/// Sends `payload` with an estimate of its length, at most `step` bytes at a time. Returns the sizes of the rooms.
fn send(endpoint: &mut OpenConnection, payload: &[u8], estimate: usize, step: usize) -> Vec<usize> {
    let mut rest = payload;
    let mut rooms = Vec::new();
    let sent = endpoint.send_with(MessageKind::Binary, estimate, &mut |room| {
        rooms.push(room.len());
        let written = room.len().min(rest.len()).min(step);
        room[..written].copy_from_slice(&rest[..written]);
        rest = &rest[written..];
        Filled { written, needed: rest.len() }
    });
    assert_eq!(sent, Ok(payload.len()));
    rooms
}

#[test]
fn rooms_are_as_large_as_was_asked_for() {
    let mut client = client();
    assert_eq!(send(&mut client, b"exactly", 7, 9), [7]);
    assert_eq!(send(&mut client, b"too small an estimate", 3, 99), [3, 18]);
    assert_eq!(send(&mut client, b"too large", 100, 99), [100]);
    assert_eq!(send(&mut client, b"", 0, 99), [0]);
    assert_eq!(send(&mut client, b"in pieces", 9, 4), [9, 5, 1]);
    let payloads = client.frames().into_iter().map(|(first, payload)| {
        assert_eq!(first, FIN | BINARY);
        String::from_utf8(payload).unwrap()
    });
    assert_eq!(payloads.collect::<Vec<_>>(), ["exactly", "too small an estimate", "too large", "", "in pieces"]);
}

/// It may claim more than it wrote, or need room without end.
#[test]
fn a_fill_that_lies() {
    let mut client = client();
    let sent = client.send_with(MessageKind::Binary, 4, &mut |room| {
        room.fill(b'x');
        Filled { written: 1000, needed: 0 }
    });
    assert_eq!(sent, Ok(4));
    let mut calls = 0;
    let sent = client.send_with(MessageKind::Binary, 4, &mut |_| {
        calls += 1;
        Filled { written: 0, needed: 9 }
    });
    assert_eq!((sent, calls), (Ok(0), 2));
    let sent = client.send_with(MessageKind::Binary, 4, &mut |_| Filled { written: 0, needed: usize::MAX });
    assert_eq!(sent, Err(SendError::OutOfMemory));
    let sent = client.send_with(MessageKind::Binary, usize::MAX, &mut |_| unreachable!("there is no such room"));
    assert_eq!(sent, Err(SendError::OutOfMemory));
    client.send_text("next").unwrap();
    assert_eq!(
        client.frames(),
        [(FIN | BINARY, b"xxxx".to_vec()), (FIN | BINARY, vec![]), (FIN | TEXT, b"next".to_vec())]
    );
}

/// RFC 7692: the threshold is one of the real length.
#[test]
fn the_threshold_is_compared_with_the_real_length() {
    for role in [Role::Client, Role::Server] {
        let mut endpoint = open_connection(role, &Config::default());
        endpoint.compress(&Agreement::default(), &offer(|offer| offer.threshold = 100));
        let long = [b'x'; 100];
        send(&mut endpoint, &long[1..], 200, 200);
        send(&mut endpoint, &long, 10, 200);
        let frames = read_first_bytes(&endpoint.take_output());
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[0], (FIN | BINARY, 99));
        assert!(frames[1].0 == FIN | 0x40 | BINARY && frames[1].1 < 20, "{frames:?}");
    }
}

/// The first byte and the length of each frame.
fn read_first_bytes(mut bytes: &[u8]) -> Vec<(u8, usize)> {
    let mut frames = Vec::new();
    while let [first, second, ..] = *bytes {
        let len = usize::from(second & 0x7f);
        frames.push((first, len));
        bytes = &bytes[2 + len + if second & 0x80 != 0 { 4 } else { 0 }..];
    }
    frames
}

#[test]
fn the_record_has_the_payload_unmasked() {
    let mut client = open();
    client.trace(Some(9));
    let sent = client.send_with(MessageKind::Text, 200, &mut |room| {
        room[..4].copy_from_slice(b"text");
        Filled { written: 4, needed: 0 }
    });
    assert_eq!(sent, Ok(4));
    let record = client.poll_frame().unwrap();
    assert_eq!((record.direction, record.len, &record.preview[..]), (Direction::Sent, 4, &b"text"[..]));
}

#[test]
fn only_an_open_connection_sends() {
    let (mut connection, _) = connecting();
    let fill = &mut |_: &mut [u8]| Filled::default();
    assert_eq!(connection.send_with(MessageKind::Text, 0, fill), Err(SendError::NotOpen));
    let mut client = client();
    client.shut(1000, "");
    assert_eq!(client.send_with(MessageKind::Text, 0, fill), Err(SendError::NotOpen));
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Whatever the estimate, and however much output is taken between.
    #[test]
    fn the_frames_are_those_of_send_binary(
        messages in prop::collection::vec((payload(), 0..70_000usize, 1..70_000usize, any::<bool>(), 0..300usize), 1..6),
        compress: bool,
        role in prop::sample::select(&[Role::Client, Role::Server][..]),
    ) {
        let new = || {
            let mut endpoint = open_connection(role, &Config::default());
            if compress {
                endpoint.compress(&Agreement::default(), &offer(|offer| offer.threshold = 50));
            }
            endpoint
        };
        let (mut sender, mut reference) = (new(), new());
        let (mut sent, mut expected) = (Vec::new(), Vec::new());
        for (payload, estimate, step, close, taken) in messages {
            let estimate = if close { payload.len().saturating_sub(estimate % 9) } else { estimate };
            send(&mut sender, &payload, estimate, step);
            reference.send_binary(&payload).unwrap();
            let taken = taken.min(sender.output().len());
            sent.extend_from_slice(&sender.output()[..taken]);
            sender.advance_output(taken);
            prop_assert_eq!(sender.output_len() + sent.len(), reference.output_len());
        }
        sent.extend(sender.take_output());
        expected.extend(reference.take_output());
        // Each has its own keys.
        let mut receivers = [new(), new()].map(|_| {
            let mut endpoint = open_connection(if role == Role::Client { Role::Server } else { Role::Client }, &Config::default());
            if compress {
                endpoint.compress(&Agreement::default(), &offer(|_| {}));
            }
            endpoint
        });
        let [one, other] = &mut receivers;
        prop_assert_eq!(one.after(&sent), other.after(&expected));
    }
}
