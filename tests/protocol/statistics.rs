//! Counters, pings as events, and whether a message is compressed.

use proptest::prelude::*;
use websocket_wasm::protocol::deflate::{Agreement, Offer, WindowBits};
use websocket_wasm::protocol::internals::{OpenConnection, Role};
use websocket_wasm::protocol::{Config, Event, Fragment, MessageKind, Request, Traffic};

use crate::holder::Holder;
use crate::support::*;

const RSV1: u8 = 0x40;

fn counted(traffic: Traffic) -> [u64; 4] {
    [traffic.messages, traffic.frames, traffic.bytes, traffic.payload]
}

/// An end of a connection with compression.
fn compressing(role: Role) -> OpenConnection {
    let mut endpoint = open_connection(role, &Config::default());
    endpoint.compress(&Agreement::default(), &Offer::default());
    endpoint
}

#[test]
fn the_opening_handshake_does_not_count() {
    let mut connection = open();
    assert_eq!(connection.statistics(), <_>::default());
    connection.feed(frame(FIN | TEXT, "four"));
    connection.send_text("three").unwrap();
    assert_eq!(counted(connection.statistics().received), [1, 1, 6, 4]);
    assert_eq!(counted(connection.statistics().sent), [1, 1, 11, 5]);
    // Nor if frames come with its response.
    let (mut connection, response) = connecting();
    connection.feed([response, frame(FIN | TEXT, "four")].concat());
    assert_eq!(counted(connection.statistics().received), [1, 1, 6, 4]);
}

/// Output that is discarded was not sent.
#[test]
fn bytes_that_no_transport_gets_do_not_count() {
    let mut connection = open();
    connection.send_text("taken").unwrap();
    let taken = Endpoint::take_output(&mut connection).len() as u64;
    connection.send_text("discarded").unwrap();
    connection.abort();
    assert_eq!(connection.statistics().sent.bytes, taken);
}

proptest! {
    #![proptest_config(cases(300))]

    /// Whatever way they are received, and however they are cut.
    #[test]
    fn received_frames(
        messages in prop::collection::vec(prop::collection::vec(payload(), 1..4), 0..6),
        text in any::<bool>(),
        sizes in sizes(),
    ) {
        let (mut input, mut frames, mut len) = (Vec::new(), 0, 0);
        for fragments in &messages {
            for (i, payload) in fragments.iter().enumerate() {
                let payload: Vec<u8> = payload.iter().map(|byte| byte & 0x7f).collect();
                let first = match i {
                    0 if text => TEXT,
                    0 => BINARY,
                    _ => CONTINUATION,
                };
                let fin = if i + 1 == fragments.len() { FIN } else { 0 };
                input.extend(frame(fin | first, &payload));
                input.extend(frame(FIN | PING, "p"));
                frames += 2;
                len += payload.len() as u64;
            }
        }
        let expected = [messages.len() as u64, frames, input.len() as u64, len];
        let mut endpoint = client();
        let mut holder = Holder::new(client());
        for chunk in chunks(&input, &sizes) {
            endpoint.after(chunk);
            holder.receive(chunk);
            holder.events();
        }
        prop_assert_eq!(counted(endpoint.statistics().received), expected);
        prop_assert_eq!(counted(holder.endpoint.statistics().received), expected);
    }
}

/// A large binary message, most of which the connection never sees.
#[test]
fn skipped_payload_counts() {
    let mut holder = Holder::new(client());
    let input = frame(FIN | BINARY, vec![7; 1 << 20]);
    let mut skipped = 0;
    for chunk in input.chunks(50_000) {
        skipped += holder.endpoint.skippable().min(chunk.len() as u64);
        holder.receive(chunk);
        assert_eq!(holder.endpoint.statistics().received.frames, u64::from(!holder.events().is_empty()));
    }
    assert!(skipped > 900_000);
    assert_eq!(counted(holder.endpoint.statistics().received), [1, 1, input.len() as u64, 1 << 20]);
}

#[test]
fn compressed_messages_count_as_they_were_and_as_they_are() {
    let (mut ours, mut theirs) = (compressing(Role::Client), compressing(Role::Server));
    ours.send_text(&"long ".repeat(1000)).unwrap();
    ours.send_text("short").unwrap();
    ours.send_fragment(Fragment::First(MessageKind::Binary), 3000, |to| to.fill(7)).unwrap();
    ours.send_fragment(Fragment::Middle, 2000, |to| to.fill(7)).unwrap();
    ours.send_fragment(Fragment::Last, 1000, |to| to.fill(7)).unwrap();
    let up = Endpoint::take_output(&mut ours);
    let compressed = read_short(&up).into_iter().filter(|&(first, _)| first != FIN | TEXT);
    let deflated: usize = compressed.map(|(_, len)| len).sum();
    theirs.feed(&up);
    let (sent, received) = (ours.statistics().sent, theirs.statistics().received);
    assert_eq!((sent.messages, sent.payload), (3, 5005 + 6000));
    assert_eq!((sent.plain, sent.deflated), (11_000, deflated as u64));
    assert_eq!(sent.bytes, up.len() as u64);
    assert_eq!(sent, received);
    assert!(sent.deflated < 200);
}

/// The first byte and the payload's length of each frame of a client with short payloads.
fn read_short(mut bytes: &[u8]) -> Vec<(u8, usize)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        let len = usize::from(second & 0x7f);
        assert!(len < 126);
        frames.push((*first, len));
        bytes = &rest[4 + len..];
    }
    frames
}

#[test]
fn pings_are_events_only_if_that_is_asked_for() {
    let mut connection = open();
    let input = [frame(FIN | TEXT, "a"), frame(FIN | PING, "p"), frame(FIN | TEXT, "b")].concat();
    assert_eq!(connection.after(&input), [text("a"), text("b")]);
    connection.report_pings(true);
    assert_eq!(connection.after(&input), [text("a"), Event::Ping(b"p".to_vec()), text("b")]);
    assert_eq!(connection.frames(), vec![(FIN | PONG, b"p".to_vec()); 2], "they are answered in any case");
    connection.report_pings(false);
    assert_eq!(connection.after(&input), [text("a"), text("b")]);
}

/// A flood of pings that nobody takes stops at the high-water mark.
#[test]
fn pings_that_wait_are_limited() {
    let mut connection = open_with(&config(|config| config.high_water_mark = 10_000));
    connection.report_pings(true);
    connection.feed(frame(FIN | PING, [7; 125]).repeat(1_000));
    assert!(connection.event_count() < 100);
    assert!(!connection.wants_input());
    assert_eq!(connection.events().len(), 1_000);
}

#[test]
fn the_next_message_is_compressed_or_not() {
    let mut endpoint = compressing(Role::Client);
    let long = "long ".repeat(1000);
    let mut sent = |choice: Option<bool>, text: &str| {
        endpoint.compress_next(choice);
        endpoint.send_text(text).unwrap();
        let output = Endpoint::take_output(&mut endpoint);
        (output[0] & RSV1 > 0, endpoint.statistics().sent.deflated)
    };
    assert_eq!(sent(Some(false), &long), (false, 0));
    assert!(sent(None, &long).0, "only that one");
    assert!(!sent(None, "short short short short short").0);
    assert!(sent(Some(true), "short short short short short").0, "below the threshold");
    assert!(!sent(Some(true), "x").0, "it doesn't shrink");
    assert!(!sent(Some(true), "").0);
    assert!(!sent(None, "short short short short short").0, "a choice for an empty message isn't kept");
}

/// The choice is for the whole message: also for the fragments after the first.
#[test]
fn a_fragmented_message_is_compressed_or_not() {
    for choice in [Some(false), None] {
        let (mut ours, mut theirs) = (compressing(Role::Client), compressing(Role::Server));
        ours.compress_next(choice);
        for fragment in [Fragment::First(MessageKind::Binary), Fragment::Middle, Fragment::Last] {
            ours.send_fragment(fragment, 2_000, |to| to.fill(7)).unwrap();
        }
        ours.send_binary(&[8; 2_000]).unwrap();
        let output = Endpoint::take_output(&mut ours);
        assert_eq!(output[0] & RSV1 > 0, choice.is_none());
        assert_eq!(output.len() > 6_000, choice.is_some());
        assert_eq!(theirs.after(&output), [binary([7; 6_000]), binary([8; 2_000])]);
    }
}

#[test]
fn without_compression_the_choice_has_no_effect() {
    let mut connection = open();
    connection.compress_next(Some(true));
    connection.send_text(&"long ".repeat(1000)).unwrap();
    assert_eq!(connection.frames()[0].0, FIN | TEXT);
    assert_eq!(connection.compression(), None);
}

#[test]
fn the_parameters_of_compression() {
    let mut request = Request::new("example.com", "/").unwrap();
    request.offer_deflate(Some(offer(|offer| {
        offer.client_no_context_takeover = true;
        offer.client_max_window_bits = WindowBits::new(12);
    })));
    let mut connection = connect(&request, &Config::default(), 0);
    assert_eq!(connection.compression(), None);
    let answer = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n";
    let response = accept(&Endpoint::take_output(&mut connection), answer);
    connection.feed(response);
    let Agreement { client, server } = connection.compression().unwrap();
    assert_eq!((client.no_context_takeover, client.window_bits.get()), (true, 12));
    assert_eq!((server.no_context_takeover, server.window_bits.get()), (false, 10));
    connection.abort();
    assert!(connection.compression().is_some(), "after the end, too");
}
