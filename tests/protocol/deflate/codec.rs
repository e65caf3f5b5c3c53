//! Codecs without memory.

use websocket_wasm::protocol::deflate::{Codec, Coder, Offer, Progress, Zlib};
use websocket_wasm::protocol::internals::{Agreement, Role};
use websocket_wasm::protocol::{Error, Event, Fragment, MessageKind, SendError};

use super::*;

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
