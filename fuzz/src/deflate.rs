//! permessage-deflate (RFC 7692): every message that is sent is received, and the output is bounded.

use arbitrary::{Arbitrary, Unstructured};
use websocket_wasm::protocol::deflate::{Offer, WindowBits, Zlib};
use websocket_wasm::protocol::internals::{Agreement, Inflater, Role, Side};
use websocket_wasm::protocol::{Error, Fragment, MessageKind};

use crate::{LIMIT, Seen, config, memory, open_connection, seen};

#[derive(Debug, Arbitrary)]
struct Conversation<'a> {
    bits: u8,
    no_context_takeover: bool,
    level: u8,
    threshold: u8,
    from_client: bool,
    piece: u8,
    messages: Vec<Sent<'a>>,
}

#[derive(Debug, Arbitrary)]
struct Sent<'a> {
    bytes: &'a [u8],
    repeat: u8,
    /// The size of its fragments; 0 if it isn't fragmented.
    part: u8,
}

/// Panics if any of this doesn't hold.
pub fn check(data: &[u8]) {
    inflates(data);
    let mut input = Unstructured::new(data);
    if let Ok(conversation) = Conversation::arbitrary(&mut input) {
        converse(&conversation);
    }
}

/// Any bytes as compressed data, twice: the output stays within the limit.
fn inflates(data: &[u8]) {
    let before = memory::in_use();
    let bits = WindowBits::new(8 + data.first().map_or(0, |first| first % 8)).expect("8 to 15");
    let mut inflater =
        Inflater::new(&Zlib, Side { no_context_takeover: data.len().is_multiple_of(2), window_bits: bits });
    for _ in 0..2 {
        let mut made = 0;
        let mut sink = |bytes: &[u8]| {
            made += bytes.len() as u64;
            if made > LIMIT { Err(Error::MessageTooBig(LIMIT)) } else { Ok(()) }
        };
        let result = inflater.push(data, &mut sink).and_then(|()| inflater.finish());
        assert!(memory::in_use() - before < 100_000, "the inflater grows");
        if result.is_err() {
            break;
        }
    }
}

fn converse(conversation: &Conversation) {
    let side = Side {
        no_context_takeover: conversation.no_context_takeover,
        window_bits: WindowBits::new(8 + conversation.bits % 8).expect("8 to 15"),
    };
    let agreement = Agreement { client: side, server: side };
    let mut offer = Offer::default();
    offer.level = conversation.level % 10;
    offer.threshold = conversation.threshold.into();
    let roles = if conversation.from_client { [Role::Client, Role::Server] } else { [Role::Server, Role::Client] };
    let config = config(|config| config.max_message_size = LIMIT);
    let [mut sender, mut receiver] = roles.map(|role| {
        let mut stream = open_connection(role, &config);
        stream.compress(&agreement, &offer);
        stream
    });
    let mut expected = Vec::new();
    for sent in conversation.messages.iter().take(20) {
        let bytes = sent.bytes.repeat(1 + usize::from(sent.repeat % 32));
        if bytes.len() as u64 > LIMIT {
            continue;
        }
        if sent.part == 0 || bytes.is_empty() {
            assert_eq!(sender.send_binary(&bytes), Ok(()));
        } else {
            let size = usize::from(sent.part) * 16;
            let count = bytes.len().div_ceil(size);
            for (at, part) in bytes.chunks(size).enumerate() {
                let fragment = Fragment::new(MessageKind::Binary, at == 0, at + 1 == count);
                assert_eq!(sender.send_fragment(fragment, part.len(), |to| to.copy_from_slice(part)), Ok(()));
            }
        }
        expected.push(Seen::Message(false, bytes));
    }
    let output = sender.take_output();
    let mut events = Vec::new();
    for piece in output.chunks(1 + usize::from(conversation.piece) * 8) {
        receiver.receive(piece, 0);
        events.extend(std::iter::from_fn(|| receiver.poll_event()).map(seen));
    }
    assert_eq!(events, expected);
}
