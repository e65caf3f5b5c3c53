//! The record of frames: each one as it is on the wire (RFC 6455 5.2), with the beginning of its payload.

use websocket_wasm::protocol::internals::Role;
use websocket_wasm::protocol::{Connection, Direction, FrameRecord};

use crate::holder::Holder;
use crate::memory;
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

/// However many are sent before they are taken.
#[test]
fn records_of_sent_frames_are_all_kept() {
    let mut connection = traced(8);
    for i in 0..100_000u64 {
        connection.send_binary(&i.to_be_bytes()).unwrap();
    }
    let records = records(&mut connection);
    assert!(records.iter().map(|record| &record.preview[..]).eq((0..100_000u64).map(u64::to_be_bytes)));
}

/// A hundred thousand frames in one chunk: what there is no room to record is read once there is, in order, and so is the end
/// of the transport after them.
#[test]
fn records_of_received_frames_are_all_kept() {
    let chunk: Vec<u8> = (0..100_000u32).flat_map(|i| frame(FIN | PONG, i.to_be_bytes())).collect();
    let mut connection = open_with(&config(|config| config.high_water_mark = usize::MAX));
    connection.trace(Some(8));
    let before = memory::in_use();
    connection.feed(&chunk);
    assert!(memory::in_use() - before < 4 << 20);
    assert!(!connection.wants_input());
    assert!(connection.event_count() < 10_000);
    connection.end(0);
    let mut next = 0u32;
    while let Some(record) = connection.poll_frame() {
        assert_eq!(record.preview, next.to_be_bytes());
        next += 1;
    }
    assert_eq!(next, 100_000);
    assert_eq!(connection.events().len(), 100_001);
}

/// The same with messages that stay in the driver's input, of which one began in an earlier chunk.
#[test]
fn records_of_messages_in_place_are_all_kept() {
    let count = 20_000u32;
    let input: Vec<u8> = (0..count).flat_map(|i| frame(FIN | BINARY, i.to_be_bytes())).collect();
    for cut in [3, 4, input.len() / 2, input.len() - 2] {
        let mut holder = Holder::new(client());
        holder.endpoint.record(Some(8));
        let (mut messages, mut frames) = (Vec::new(), Vec::new());
        for piece in [&input[..cut], &input[cut..]] {
            holder.receive(piece);
            loop {
                frames.extend(std::iter::from_fn(|| holder.endpoint.poll_frame()).map(|record| record.preview));
                let events = holder.events();
                if events.is_empty() {
                    break;
                }
                messages.extend(events);
            }
        }
        assert!(frames.iter().map(Vec::as_slice).eq((0..count).map(u32::to_be_bytes)), "cut at {cut}");
        assert!(messages.into_iter().eq((0..count).map(|i| binary(i.to_be_bytes()))), "cut at {cut}");
    }
}

/// What waited for room is read when nobody wants records any more.
#[test]
fn reading_goes_on_when_recording_stops() {
    let mut connection = open_with(&config(|config| config.high_water_mark = usize::MAX));
    connection.trace(Some(8));
    connection.feed(frame(FIN | PONG, "").repeat(10_000));
    assert!(!connection.wants_input());
    connection.trace(None);
    assert!(connection.wants_input());
    assert_eq!(connection.events().len(), 10_000);
}
