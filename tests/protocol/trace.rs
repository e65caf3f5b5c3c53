//! The record of frames: each one as it is on the wire (RFC 6455 5.2), with the beginning of its payload.

use websocket_wasm::protocol::internals::Role;
use websocket_wasm::protocol::{Connection, Direction, FrameRecord};

use crate::support::*;

fn records(connection: &mut Connection) -> Vec<FrameRecord> {
    std::iter::from_fn(|| connection.poll_frame()).collect()
}

/// Direction, first byte, length and preview of each.
fn brief(records: &[FrameRecord]) -> Vec<(Direction, u8, u64, &[u8])> {
    let first = |record: &FrameRecord| u8::from(record.fin) << 7 | record.opcode.number();
    records.iter().map(|record| (record.direction, first(record), record.len, &record.preview[..])).collect()
}

fn traced(preview: usize) -> Connection {
    let mut connection = open();
    connection.trace(Some(preview));
    connection
}

use Direction::{Received, Sent};

#[test]
fn nothing_is_recorded_unless_asked_for() {
    let mut connection = open();
    connection.send_text("x").unwrap();
    connection.feed(frame(FIN | TEXT, "x"));
    assert_eq!(connection.poll_frame(), None);
    connection.trace(Some(9));
    connection.send_text("y").unwrap();
    connection.trace(None);
    assert_eq!(connection.poll_frame(), None);
    connection.send_text("z").unwrap();
    assert_eq!(connection.poll_frame(), None);
}

/// Previews are unmasked.
#[test]
fn every_frame_both_ways_in_order() {
    let mut connection = traced(4);
    connection.send_text("").unwrap();
    connection.send_binary(b"long one").unwrap();
    connection.ping(b"p").unwrap();
    connection.feed([frame(TEXT, "frag"), frame(FIN | PING, "ping"), frame(FIN | CONTINUATION, "ments")].concat());
    let output = connection.take_output();
    connection.feed(frame(FIN | CLOSE, close_payload(1000, "")));
    let output = [output, connection.take_output()].concat();
    let close = close_payload(1000, "");
    let records = records(&mut connection);
    assert_eq!(
        brief(&records),
        [
            (Sent, FIN | TEXT, 0, &b""[..]),
            (Sent, FIN | BINARY, 8, b"long"),
            (Sent, FIN | PING, 1, b"p"),
            (Received, TEXT, 4, b"frag"),
            (Received, FIN | PING, 4, b"ping"),
            (Received, FIN | CONTINUATION, 5, b"ment"),
            (Sent, FIN | PONG, 4, b"ping"),
            (Received, FIN | CLOSE, 2, &close),
            (Sent, FIN | CLOSE, 2, &close),
        ]
    );
    assert!(records.iter().all(|record| record.masked == (record.direction == Sent)));
    assert_eq!(read_frames(Role::Client, &output).len(), 5);
}

/// A record has its whole preview once the frame is complete.
#[test]
fn a_frame_in_pieces_is_one_record() {
    for preview in [0, 3, 6, 100] {
        let mut connection = traced(preview);
        for byte in frame(FIN | TEXT, "pieces") {
            connection.feed([byte]);
        }
        let records = records(&mut connection);
        assert_eq!(brief(&records), [(Received, FIN | TEXT, 6, &b"pieces"[..preview.min(6)])]);
    }
}

/// Records may be taken at any time, also while a payload is being received.
#[test]
fn a_record_has_its_whole_preview_whenever_it_is_taken() {
    let mut connection = traced(100);
    let mut all = Vec::new();
    for byte in [frame(FIN | TEXT, "first"), frame(FIN | TEXT, "second")].concat() {
        connection.feed([byte]);
        all.extend(records(&mut connection));
    }
    assert_eq!(brief(&all), [(Received, FIN | TEXT, 5, &b"first"[..]), (Received, FIN | TEXT, 6, b"second")]);
}

/// A frame sent while another is being received: each has its own preview.
#[test]
fn a_frame_sent_while_another_comes_in() {
    let mut connection = traced(100);
    let incoming = frame(FIN | TEXT, "incoming");
    connection.feed(&incoming[..5]);
    connection.send_text("sent").unwrap();
    connection.feed(&incoming[5..]);
    let records = records(&mut connection);
    let mut brief = brief(&records);
    brief.sort_by_key(|record| record.0 == Sent);
    assert_eq!(brief, [(Received, FIN | TEXT, 8, &b"incoming"[..]), (Sent, FIN | TEXT, 4, b"sent")]);
}

/// An incomplete frame is recorded as far as it was received.
#[test]
fn a_frame_that_breaks_off() {
    const TEXT_FRAME: u8 = FIN | TEXT;
    let endings: [fn(&mut Connection); 4] = [
        |connection| connection.feed([0xff]),
        |connection| connection.end(0),
        |connection| connection.transport_lost(),
        |connection| connection.abort(),
    ];
    for (i, ending) in endings.into_iter().enumerate() {
        let mut connection = traced(100);
        connection.feed([FIN | TEXT, 9, b'h', b'i']);
        ending(&mut connection);
        let records = records(&mut connection);
        let [(Received, TEXT_FRAME, 9, preview), ..] = brief(&records)[..] else { panic!("ending {i}: {records:?}") };
        assert!(preview.starts_with(b"hi"));
    }
}

/// Records that aren't taken don't grow without bound; the latest are kept.
#[test]
fn records_are_limited() {
    let mut connection = traced(8);
    for i in 0..20_000u64 {
        connection.send_binary(&i.to_be_bytes()).unwrap();
    }
    let records = records(&mut connection);
    assert!((1000..10_000).contains(&records.len()));
    let first = 20_000 - records.len() as u64;
    assert!(records.iter().map(|record| record.preview.clone()).eq((first..20_000).map(|i| i.to_be_bytes().to_vec())));
}
