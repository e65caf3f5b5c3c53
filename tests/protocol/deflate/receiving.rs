//! Compressed messages that are received (7.2.2), with the examples of 7.2.3.

use websocket_wasm::protocol::internals::{Agreement, Role};
use websocket_wasm::protocol::{Config, Error, Event};

use super::*;

/// 7.2.3.1: one compressed block, in one frame and in two.
#[test]
fn one_block() {
    assert_eq!(client().after(frame(FIN | RSV1 | TEXT, HELLO)), [text("Hello")]);
    let mut client = client();
    assert_eq!(client.after(frame(RSV1 | TEXT, &HELLO[..3])), []);
    assert_eq!(client.after(frame(FIN | CONTINUATION, &HELLO[3..])), [text("Hello")]);
}

/// 7.2.3.2: the second message refers to the first one's window.
#[test]
fn the_window_is_shared() {
    let mut client = client();
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, HELLO)), [text("Hello")]);
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, [0xf2, 0x00, 0x11, 0x00, 0x00])), [text("Hello")]);
}

/// 7.2.3.2 after an agreement that the server resets its window: there is nothing to refer to.
#[test]
fn the_window_is_not_shared_where_the_server_promised_it() {
    let agreement = Agreement { server: side(true, 15), ..Agreement::default() };
    let mut client = stream_with(Role::Client, &agreement, &eager());
    for _ in 0..3 {
        assert_eq!(client.after(frame(FIN | RSV1 | TEXT, HELLO)), [text("Hello")]);
    }
    let events = client.after(frame(FIN | RSV1 | TEXT, [0xf2, 0x00, 0x11, 0x00, 0x00]));
    assert!(fails_with(&events, &Error::InvalidDeflate), "{events:?}");
}

/// A stored block of a byte that isn't UTF-8, then a block of the reserved type: one piece fails as two do.
#[test]
fn what_precedes_invalid_data_is_validated() {
    let payload = [0x00, 0x01, 0x00, 0xfe, 0xff, 0xff, 0x06];
    let events = client().after(frame(FIN | RSV1 | TEXT, payload));
    assert!(fails_with(&events, &Error::InvalidUtf8), "{events:?}");
    let events = client().after(frame(FIN | RSV1 | BINARY, payload));
    assert!(fails_with(&events, &Error::InvalidDeflate), "{events:?}");
}

/// 7.2.3.3: a block that isn't compressed.
#[test]
fn stored_block() {
    let payload = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    assert_eq!(client().after(frame(FIN | RSV1 | TEXT, payload)), [text("Hello")]);
}

/// 7.2.3.4: a block with BFINAL set. The data after it, in this message or the next one, is still read.
#[test]
fn final_block() {
    let payload = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    let mut client = client();
    for _ in 0..3 {
        assert_eq!(client.after(frame(FIN | RSV1 | TEXT, payload)), [text("Hello")]);
    }
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, HELLO)), [text("Hello")]);
    // Without the octet of another block, as some compressors end a message.
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, &payload[..7])), [text("Hello")]);
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, [&payload[..7], &HELLO].concat())), [text("HelloHello")]);
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, HELLO)), [text("Hello")]);
}

/// 7.2.3.5: two blocks in one message.
#[test]
fn two_blocks() {
    let payload = [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
    assert_eq!(client().after(frame(FIN | RSV1 | TEXT, payload)), [text("Hello")]);
}

/// 7.2.3.6: an empty message.
#[test]
fn empty_message() {
    assert_eq!(client().after(frame(FIN | RSV1 | TEXT, [0x00])), [text("")]);
    assert_eq!(client().after(frame(FIN | RSV1 | BINARY, [0x02, 0x00])), [binary([])]);
}

/// 7.2.2, 7.2.3.6: an empty message is compressed to one byte, and no compressor makes fewer. One without any payload is
/// treated as empty; in either case, in one fragment or several, the next message is read correctly.
#[test]
fn a_compressed_message_without_payload_is_empty() {
    let mut client = client();
    for _ in 0..3 {
        for frames in [
            frame(FIN | RSV1 | TEXT, ""),
            frame(FIN | RSV1 | TEXT, [0x00]),
            [frame(RSV1 | TEXT, ""), frame(FIN | CONTINUATION, "")].concat(),
            [frame(RSV1 | TEXT, ""), frame(CONTINUATION, [0x00]), frame(FIN | CONTINUATION, "")].concat(),
        ] {
            assert_eq!(client.after(frames), [text("")]);
            assert_eq!(client.after(frame(FIN | RSV1 | TEXT, HELLO)), [text("Hello")]);
        }
    }
    let split = [frame(RSV1 | TEXT, ""), frame(FIN | CONTINUATION, HELLO)].concat();
    assert_eq!(client.after(split), [text("Hello")]);
}

/// 6.1: control frames between the fragments of a compressed message, and plain messages between compressed ones.
#[test]
fn plain_frames_between() {
    let mut client = client();
    assert_eq!(client.after(frame(RSV1 | TEXT, &HELLO[..1])), []);
    assert_eq!(client.after(frame(FIN | PONG, "x")), [Event::Pong(b"x".to_vec())]);
    assert_eq!(client.after(frame(CONTINUATION, "")), []);
    assert_eq!(client.after(frame(FIN | CONTINUATION, &HELLO[1..])), [text("Hello")]);
    assert_eq!(client.after(frame(FIN | TEXT, "plain")), [text("plain")]);
    assert_eq!(client.after(frame(FIN | RSV1 | TEXT, [0xf2, 0x00, 0x11, 0x00, 0x00])), [text("Hello")]);
}

/// 6.1: "RSV1 MUST NOT be set on control frames and on non-first fragments"; 6.2; and if no extension was agreed on.
#[test]
fn rsv1_elsewhere() {
    for first in [FIN | PING, FIN | PONG, FIN | CLOSE] {
        let events = client().after([RSV1 | first]);
        assert!(fails_with(&events, &Error::ReservedBits), "{first:#x}: {events:?}");
    }
    for rest in [CONTINUATION, FIN | CONTINUATION] {
        let mut client = client();
        client.feed(frame(RSV1 | TEXT, &HELLO[..3]));
        let events = client.after([RSV1 | rest]);
        assert!(fails_with(&events, &Error::ReservedBits), "{events:?}");
        assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1002, ""))]);
    }
    let mut plain = open_connection(Role::Client, &Config::default());
    assert!(fails_with(&plain.after([FIN | RSV1 | TEXT]), &Error::ReservedBits));
}

/// The other two bits mean nothing (RFC 6455 5.2).
#[test]
fn rsv2_and_rsv3() {
    for bits in [0x10, 0x20, 0x30, 0x50, 0x60, 0x70] {
        assert!(fails_with(&client().after([FIN | bits | BINARY]), &Error::ReservedBits));
    }
}

#[test]
fn what_is_not_deflate_data() {
    // A block of the reserved type; a stored block whose length is contradicted; a distance beyond the beginning.
    for payload in [&[0x06, 0x00][..], &[0x00, 0x05, 0x00, 0x00, 0x00, 0x48], &[0xf2, 0x00, 0x11, 0x00, 0x00]] {
        let mut client = client();
        let events = client.after(frame(FIN | RSV1 | BINARY, payload));
        assert!(fails_with(&events, &Error::InvalidDeflate), "{payload:x?}: {events:?}");
        assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1007, ""))]);
    }
}

/// 7.2.2: the payload followed by the tail is a sequence of whole blocks.
#[test]
fn what_ends_within_a_block() {
    let stored = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48];
    let events = client().after(frame(FIN | RSV1 | BINARY, stored));
    assert!(fails_with(&events, &Error::InvalidDeflate), "{events:?}");
}

/// A good message before a bad one is not lost.
#[test]
fn a_good_message_before_a_bad_one() {
    let both = [frame(FIN | RSV1 | TEXT, HELLO), frame(FIN | RSV1 | TEXT, [0x06])].concat();
    let events = client().after(both);
    assert_eq!(events[0], text("Hello"));
    assert!(fails_with(&events, &Error::InvalidDeflate));
}

/// RFC 6455 8.1 inside compressed messages, before their end.
#[test]
fn utf8_is_checked_as_it_is_decompressed() {
    let stored = [0x00, 0x03, 0x00, 0xfc, 0xff, b'a', 0xff, b'b'];
    let mut client = client();
    let events = client.after(frame(RSV1 | TEXT, stored));
    assert!(fails_with(&events, &Error::InvalidUtf8), "{events:?}");
    assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1007, ""))]);
}
