//! Compressed messages (RFC 7692 6, 7.2).

use proptest::prelude::*;
use websocket_wasm::protocol::deflate::{Codec, Coder, Offer, Progress, WindowBits, Zlib};
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role, Side};
use websocket_wasm::protocol::{Config, Error, Event, Fragment, Message, MessageKind, SendError};

use crate::support::*;

const RSV1: u8 = 0x40;
const LIMIT: u64 = 1 << 20;

fn side(no_context_takeover: bool, bits: u8) -> Side {
    Side { no_context_takeover, window_bits: WindowBits::new(bits).unwrap() }
}

fn stream_with(role: Role, agreement: &Agreement, offer: &Offer) -> OpenConnection {
    let config = config(|config| config.max_message_size = LIMIT);
    let mut stream = open_connection(role, &config);
    stream.compress(agreement, offer);
    stream
}

/// Compresses everything that shrinks.
fn eager() -> Offer {
    offer(|offer| offer.threshold = 0)
}

fn client() -> OpenConnection {
    stream_with(Role::Client, &Agreement::default(), &eager())
}

fn text(text: &str) -> Event {
    Event::Message(Message::text(text))
}

fn binary(bytes: impl AsRef<[u8]>) -> Event {
    Event::Message(Message::binary(bytes.as_ref().to_vec()))
}

/// Whether these events end with that failure and no other.
fn fails_with(events: &[Event], error: &Error) -> bool {
    matches!(events.last(), Some(Event::Closed(closed)) if closed.error.as_ref() == Some(error) && closed.code == 1006)
}

const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

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

/// The frames that our server sends for messages: first bytes and lengths.
fn sent(stream: &mut OpenConnection, messages: &[&[u8]]) -> Vec<(u8, usize)> {
    for message in messages {
        assert_eq!(stream.send_binary(message), Ok(()));
    }
    let output = stream.take_output();
    let mut rest = &output[..];
    let mut frames = Vec::new();
    while let [first, len, ..] = *rest {
        let (len, head) = match len & 0x7f {
            126 => (usize::from(u16::from_be_bytes([rest[2], rest[3]])), 4),
            len => (usize::from(len), 2),
        };
        frames.push((first, len));
        rest = &rest[head + len..];
    }
    frames
}

fn server(agreement: &Agreement, offer: &Offer) -> OpenConnection {
    stream_with(Role::Server, agreement, offer)
}

/// 7.2.1: the output ends like the example of 7.2.3.1, without the tail.
#[test]
fn what_we_send_lacks_the_tail() {
    let mut server = server(&Agreement::default(), &eager());
    assert_eq!(server.send_text("HelloHelloHelloHello"), Ok(()));
    let output = server.take_output();
    assert_eq!(output[0], FIN | RSV1 | TEXT);
    assert!(!output.ends_with(&[0x00, 0x00, 0xff, 0xff]));
    assert_eq!(client().after(output), [text("HelloHelloHelloHello")]);
}

#[test]
fn under_the_threshold_nothing_is_compressed() {
    let offer = offer(|offer| offer.threshold = 100);
    let mut server = server(&Agreement::default(), &offer);
    let frames = sent(&mut server, &[&[7; 99], &[7; 100]]);
    assert_eq!(frames[0], (FIN | BINARY, 99));
    assert_eq!(frames[1].0, FIN | RSV1 | BINARY);
    assert!(frames[1].1 < 20);
}

fn noise(len: usize, mut seed: u32) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// A message that doesn't shrink is sent uncompressed, and later messages don't refer to it: the peer never inflated it.
#[test]
fn what_does_not_shrink_is_sent_plain_and_forgotten() {
    let mut server = server(&Agreement::default(), &eager());
    let mut client = client();
    for seed in 0..3 {
        let noise = noise(1000, seed);
        server.send_binary(&noise).unwrap();
        server.send_binary(&[&noise[..], &[0; 5000]].concat()).unwrap();
        server.send_binary(&[]).unwrap();
        let output = server.take_output();
        assert_eq!(output[0], FIN | BINARY);
        assert_eq!(client.after(output), [binary(&noise), binary([&noise[..], &[0; 5000]].concat()), binary([])]);
    }
}

/// 7.1.1.2: without context takeover, equal messages are compressed to equal bytes; with it the second refers to the
/// first.
#[test]
fn our_context_takeover() {
    let message = noise(600, 2).repeat(2);
    let offer = eager();
    let mut sharing = server(&Agreement::default(), &offer);
    let sizes = sent(&mut sharing, &[&message, &message]);
    assert!(sizes[1].1 * 10 < sizes[0].1, "{sizes:?}");
    let promise = Agreement { server: side(true, 15), ..Agreement::default() };
    let mut alone = server(&promise, &offer);
    let sizes = sent(&mut alone, &[&message, &message]);
    assert_eq!(sizes[0], sizes[1]);
}

/// 7.1.2: no distance is longer than the window that was agreed on, that of 256 bytes included.
#[test]
fn our_window_is_no_larger_than_agreed() {
    for bits in 8..=15 {
        let window = 1 << bits;
        let agreement = Agreement { server: side(false, bits), ..Agreement::default() };
        let mut server = server(&agreement, &eager());
        // Repeats at every distance up to twice the window, of random content.
        let block = noise(window * 2, bits.into());
        let message: Vec<u8> = (0..6).flat_map(|i| block[..window / 2 + i * window / 4].to_vec()).collect();
        assert_eq!(server.send_binary(&message), Ok(()));
        let output = server.take_output();
        let head = if output[1] & 0x7f == 126 { 4 } else { 10 };
        assert_ne!(output[0] & RSV1, 0, "{bits}");
        assert_eq!(inflated_within(&output[head..], window), Ok(message), "{bits}");
    }
}

/// The test's own strict inflater: it refuses any distance beyond `window`.
fn inflated_within(payload: &[u8], window: usize) -> Result<Vec<u8>, String> {
    let mut data = payload.to_vec();
    data.extend([0x00, 0x00, 0xff, 0xff]);
    crate::inflate::inflate(&data, window)
}

/// 7.2.1 with fragments: any message in any parts, compressed, is read by any agreement's other end.
fn agreements() -> impl Strategy<Value = Agreement> {
    let side = || (any::<bool>(), 8..=15u8).prop_map(|(no_context_takeover, bits)| side(no_context_takeover, bits));
    (side(), side()).prop_map(|(client, server)| Agreement { client, server })
}

/// Messages that repeat themselves and each other, and some that don't.
fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let repeated =
        (prop::collection::vec(any::<u8>(), 0..40), 0..200usize).prop_map(|(bytes, times)| bytes.repeat(times));
    let random = prop::collection::vec(any::<u8>(), 0..3000);
    prop::collection::vec(prop_oneof![3 => repeated, 1 => random], 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_one_end_sends_the_other_one_reads(
        agreement in agreements(),
        level in 0..=9u8,
        threshold in prop_oneof![Just(0u64), 0..2000u64],
        payloads in payloads(),
        part in 1..500usize,
        cut in 1..700usize,
        from_client in any::<bool>(),
    ) {
        let offer = offer(|offer| { offer.level = level; offer.threshold = threshold; });
        let roles = if from_client { [Role::Client, Role::Server] } else { [Role::Server, Role::Client] };
        let [mut sender, mut receiver] = roles.map(|role| stream_with(role, &agreement, &offer));
        for (i, payload) in payloads.iter().enumerate() {
            if i % 3 == 2 {
                let count = payload.chunks(part).count();
                for (at, chunk) in payload.chunks(part).enumerate() {
                    let fragment = Fragment::new(MessageKind::Binary, at == 0, at + 1 == count);
                    prop_assert_eq!(sender.send_fragment(fragment, chunk.len(), |to| to.copy_from_slice(chunk)), Ok(()));
                }
            } else {
                prop_assert_eq!(sender.send_binary(payload), Ok(()));
            }
        }
        let output = sender.take_output();
        let mut events = Vec::new();
        for chunk in output.chunks(cut) {
            events.extend(receiver.after(chunk));
        }
        let expected: Vec<_> = payloads
            .iter()
            .enumerate()
            .filter(|(i, payload)| i % 3 != 2 || !payload.is_empty())
            .map(|(_, payload)| binary(payload))
            .collect();
        prop_assert_eq!(events, expected);
    }

    /// A text that is neither UTF-8 nor DEFLATE fails for what comes first in it, however its bytes are cut.
    #[test]
    fn the_failure_does_not_depend_on_the_cuts(
        text in prop::collection::vec(prop_oneof![20 => 0x20..0x7fu8, 1 => any::<u8>()], 0..300),
        damage in (any::<prop::sample::Index>(), 1..=255u8),
        cut in 1..50usize,
    ) {
        let mut sender = stream_with(Role::Server, &Agreement::default(), &eager());
        prop_assert_eq!(sender.send_binary(&text), Ok(()));
        let mut sent = sender.take_output();
        sent[0] = sent[0] & !BINARY | TEXT;
        let head = if sent[1] < 126 { 2 } else { 4 };
        if sent.len() > head {
            let at = head + damage.0.index(sent.len() - head);
            sent[at] ^= damage.1;
        }
        let whole = client().after(&sent);
        let mut client = client();
        let pieces: Vec<_> = sent.chunks(cut).flat_map(|piece| client.after(piece)).collect();
        prop_assert_eq!(whole, pieces);
    }

    /// Any compressed payload: an end or messages within the limit, never a panic.
    #[test]
    fn anything_compressed(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..6)) {
        let mut client = client();
        for payload in payloads {
            for event in client.after(frame(FIN | RSV1 | BINARY, payload)) {
                if let Event::Message(message) = event {
                    prop_assert!(message.len() as u64 <= LIMIT);
                }
            }
        }
    }
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

/// A codec of the driver's own without memory for compressors or decompressors.
struct NoMemory;

impl Codec for NoMemory {
    fn compressor(&self, _level: u8, _window_bits: u8) -> Option<Box<dyn Coder>> {
        None
    }

    fn decompressor(&self, _window_bits: u8) -> Option<Box<dyn Coder>> {
        None
    }
}

#[test]
fn a_codec_without_memory_sends_nothing_and_fails_what_is_received() {
    let mut offer = Offer::new(&NoMemory);
    offer.threshold = 3;
    let mut client = stream_with(Role::Client, &Agreement::default(), &offer);
    assert_eq!(client.send_binary(&[7; 3]), Err(SendError::OutOfMemory));
    assert_eq!(client.send_binary(&[7; 2]), Ok(()), "too short to be compressed");
    assert_eq!(client.frames(), [(FIN | BINARY, vec![7; 2])]);
    let events = client.after(frame(FIN | RSV1 | TEXT, HELLO));
    assert!(fails_with(&events, &Error::OutOfMemory), "{events:?}");
    assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1009, ""))]);
}

/// A codec whose compressor is out of memory once it has read [`FATAL`].
struct Fragile;

struct FragileCoder(Box<dyn Coder>);

const FATAL: &str = "the window now refers to this";

impl Codec for Fragile {
    fn compressor(&self, level: u8, window_bits: u8) -> Option<Box<dyn Coder>> {
        Some(Box::new(FragileCoder(Zlib.compressor(level, window_bits)?)))
    }

    fn decompressor(&self, window_bits: u8) -> Option<Box<dyn Coder>> {
        Zlib.decompressor(window_bits)
    }
}

impl Coder for FragileCoder {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: bool) -> Option<Progress> {
        let progress = self.0.run(input, output, flush)?;
        (input != FATAL.as_bytes()).then_some(progress)
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

/// RFC 7692 7.2.3.2: a message may refer only to bytes that the peer received.
#[test]
fn messages_do_not_refer_to_one_that_was_not_sent() {
    let mut offer = Offer::new(&Fragile);
    offer.threshold = 0;
    for failing in [Fragment::Whole(MessageKind::Text), Fragment::First(MessageKind::Text)] {
        let mut server = stream_with(Role::Server, &Agreement::default(), &offer);
        let mut client = client();
        let longer = format!("{FATAL} {FATAL}");
        let fill = |to: &mut [u8]| to.copy_from_slice(FATAL.as_bytes());
        assert_eq!(server.send_fragment(failing, FATAL.len(), fill), Err(SendError::OutOfMemory));
        assert_eq!(server.send_text(&longer), Ok(()));
        assert_eq!(client.after(Endpoint::take_output(&mut server)), [text(&longer)]);
    }
}

/// Its compressor may have kept bytes of earlier fragments, which are lost.
#[test]
fn a_compressed_message_without_one_of_its_fragments_is_not_continued() {
    let mut offer = Offer::new(&Fragile);
    offer.threshold = 0;
    let mut server = stream_with(Role::Server, &Agreement::default(), &offer);
    let mut send =
        |fragment, part: &str| server.send_fragment(fragment, part.len(), |to| to.copy_from_slice(part.as_bytes()));
    let part = "part ".repeat(20);
    assert_eq!(send(Fragment::First(MessageKind::Text), &part), Ok(()));
    assert_eq!(send(Fragment::Middle, &part), Ok(()));
    assert_eq!(send(Fragment::Middle, FATAL), Err(SendError::OutOfMemory));
    assert_eq!(send(Fragment::Middle, &part), Err(SendError::OutOfMemory));
    assert_eq!(send(Fragment::Last, &part), Err(SendError::OutOfMemory));
    assert_eq!(send(Fragment::Whole(MessageKind::Text), &part), Err(SendError::FragmentOrder));
    // The connection can be closed, but with nothing after the fragments that were sent.
    server.shut(1011, "");
    let mut client = client();
    assert_eq!(client.after(Endpoint::take_output(&mut server)), [Event::CloseReceived]);
}
