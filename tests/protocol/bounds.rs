//! Limits that no peer can exceed (RFC 6455 10.4; RFC 7692 8).

use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role};
use websocket_wasm::protocol::{Config, Error, Event, Message};

use crate::support::*;

const RSV1: u8 = 0x40;

fn client(config: &Config) -> OpenConnection {
    let mut client = open_connection(Role::Client, config);
    client.compress(&Agreement::default(), &Offer::default());
    client
}

fn failed_with(events: &[Event], error: &Error) -> bool {
    matches!(events.last(), Some(Event::Closed(closed)) if closed.error.as_ref() == Some(error))
}

/// `len` zeros, compressed by our server.
fn bomb(len: usize) -> Vec<u8> {
    let mut server = open_connection(Role::Server, &Config::default());
    server.compress(&Agreement::default(), &Offer::default());
    assert_eq!(server.send_binary(&vec![0; len]), Ok(()));
    server.take_output()
}

#[test]
fn a_message_is_limited_as_it_is_decompressed() {
    let limit = 100_000;
    let config = config(|config| config.max_message_size = limit as u64);
    assert_eq!(client(&config).after(bomb(limit)), [Event::Message(Message::binary(vec![0; limit]))]);
    for size in [limit + 1, limit * 100] {
        let mut client = client(&config);
        let events = client.after(bomb(size));
        assert!(failed_with(&events, &Error::MessageTooBig(limit as u64)), "{size}: {events:?}");
        assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1009, ""))]);
    }
}

/// A compressed message may be longer on the wire than its payload (a stored block): only the decompressed length counts.
#[test]
fn a_compressed_message_may_be_longer_on_the_wire_than_its_limit() {
    let config = config(|config| config.max_message_size = 5);
    let stored = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    let events = client(&config).after(frame(FIN | RSV1 | TEXT, stored));
    assert_eq!(events, [Event::Message(Message::text("Hello"))]);
}

/// However its bytes are cut.
#[test]
fn a_whole_message_is_within_every_limit_on_fragments() {
    let config = config(|config| config.max_fragments = 0);
    let bytes = frame(FIN | TEXT, "whole");
    for sizes in [[1], [3], [usize::MAX]] {
        let mut client = client(&config);
        chunks(&bytes, &sizes).for_each(|chunk| client.feed(chunk));
        assert_eq!(client.events(), [Event::Message(Message::text("whole"))]);
    }
    let events = client(&config).after([frame(TEXT, ""), frame(FIN | CONTINUATION, "")].concat());
    assert!(failed_with(&events, &Error::TooManyFragments(1)), "{events:?}");
}

#[test]
fn the_number_of_fragments_is_limited() {
    let config = config(|config| config.max_fragments = 3);
    let fragments = |count: usize| {
        let mut bytes = frame(TEXT, "a");
        (2..count).for_each(|_| bytes.extend(frame(CONTINUATION, "")));
        bytes.extend(frame(FIN | CONTINUATION, "z"));
        bytes
    };
    for _ in 0..2 {
        assert_eq!(client(&config).after(fragments(3)), [Event::Message(Message::text("az"))]);
    }
    let mut client = client(&config);
    let events = client.after(fragments(4));
    assert!(failed_with(&events, &Error::TooManyFragments(3)), "{events:?}");
    assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1008, ""))]);
}

/// 5.5.3: "MAY elect to send a Pong frame for only the most recently processed Ping frame".
#[test]
fn of_many_pings_the_latest_are_answered() {
    for max_queued_pongs in [0, 1, 5] {
        let mut client = client(&config(|config| config.max_queued_pongs = max_queued_pongs));
        let pings: Vec<u8> = (0..100u8).flat_map(|i| frame(FIN | PING, [i])).collect();
        client.feed(pings);
        let answered: Vec<_> = client.frames().into_iter().map(|(first, payload)| (first, payload[0])).collect();
        let latest: Vec<_> = (100 - max_queued_pongs as u8..100).map(|i| (FIN | PONG, i)).collect();
        assert_eq!(answered, latest);
    }
}

/// A chunk of messages that inflate a thousandfold: they are inflated as events are taken, and in order.
#[test]
fn events_are_produced_while_there_is_room() {
    let config = config(|config| config.high_water_mark = 200_000);
    let mut client = client(&config);
    let mut chunk = Vec::new();
    let mut server = open_connection(Role::Server, &config);
    server.compress(&Agreement::default(), &Offer::default());
    for i in 0..50u8 {
        assert_eq!(server.send_binary(&vec![i; 50_000]), Ok(()));
    }
    chunk.extend(server.take_output());
    // The input after it waits too: more bytes, the peer's Close frame, the end of the transport.
    client.feed(&chunk);
    client.feed(frame(FIN | PONG, "p"));
    client.feed(frame(FIN | CLOSE, close_payload(1000, "bye")));
    client.end(0);
    for i in 0..50u8 {
        assert!(client.peek_event().is_some());
        assert_eq!(client.poll_event(), Some(Event::Message(Message::binary(vec![i; 50_000]))));
    }
    assert_eq!(client.poll_event(), Some(Event::Pong(b"p".to_vec())));
    assert_eq!(client.poll_event(), Some(Event::CloseReceived));
    assert_eq!(client.poll_event(), None, "the answer to the Close frame may still be written");
    assert_eq!(client.frames().len(), 1);
    match client.poll_event() {
        Some(Event::Closed(closed)) => {
            assert_eq!((closed.was_clean, closed.code, &*closed.reason), (true, 1000, "bye"))
        }
        event => panic!("{event:?}"),
    }
    assert_eq!(client.poll_event(), None);
}

/// Queued messages are delivered although the transport broke after them.
#[test]
fn a_broken_transport_loses_no_message() {
    let mut client = client(&config(|config| config.high_water_mark = 1));
    client.feed([frame(FIN | TEXT, "a"), frame(FIN | TEXT, "b"), frame(FIN | TEXT, "c")].concat());
    client.transport_lost();
    let texts = ["a", "b", "c"].map(|text| Event::Message(Message::text(text)));
    let events = client.events();
    assert_eq!(events[..3], texts);
    assert!(failed_with(&events, &Error::TransportLost));
    assert_eq!(events.len(), 4);
}

/// Queued messages are delivered before a bad frame after them fails the connection.
#[test]
fn a_bad_frame_after_messages_that_wait() {
    let mut client = client(&config(|config| config.high_water_mark = 1));
    client.feed([frame(FIN | TEXT, "a"), frame(FIN | TEXT, "b"), vec![0x83]].concat());
    assert_eq!(client.frames(), []);
    let events = client.events();
    assert_eq!(events.len(), 3);
    assert!(failed_with(&events, &Error::ReservedOpcode(3)));
    assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1002, ""))]);
}
