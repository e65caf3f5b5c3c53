//! Messages and their fragments (RFC 6455 5.4, 5.6, 8.1, 10.4).

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{Assembler, FrameHeader};
use websocket_wasm::protocol::{Error, Message, Opcode};

use crate::support::*;

const NO_LIMIT: u64 = u64::MAX;

fn head(first: u8, len: u64) -> FrameHeader {
    let opcode = Opcode::from_number(first & 0xF).unwrap();
    FrameHeader { fin: first & FIN != 0, compressed: false, opcode, key: None, len }
}

fn with_limit(max_message_size: u64) -> Assembler {
    Assembler::new(&config(|config| config.max_message_size = max_message_size))
}

/// Passes a data frame to the assembler in one piece.
fn push(assembler: &mut Assembler, first: u8, payload: impl AsRef<[u8]>) -> Result<Option<Message>, Error> {
    let payload = payload.as_ref();
    let head = head(first, payload.len() as u64);
    assembler.begin(&head, false)?;
    assembler.push(payload)?;
    assembler.end(head.fin)
}

fn text(text: &str) -> Result<Option<Message>, Error> {
    Ok(Some(Message::text(text)))
}

/// 5.4: the first fragment has the opcode, the others 0, the last one FIN.
#[test]
fn fragments_make_one_message() {
    let mut assembler = with_limit(NO_LIMIT);
    assert_eq!(push(&mut assembler, TEXT, "Hel"), Ok(None));
    assert_eq!(push(&mut assembler, CONTINUATION, "lo"), Ok(None));
    assert_eq!(push(&mut assembler, FIN | CONTINUATION, "!"), text("Hello!"));
    assert_eq!(push(&mut assembler, BINARY, [0xff]), Ok(None));
    assert_eq!(push(&mut assembler, FIN | CONTINUATION, [0xfe]), Ok(Some(Message::binary(vec![0xff, 0xfe]))));
    assert_eq!(push(&mut assembler, FIN | TEXT, "next"), text("next"));
}

/// 5.2: a payload may be empty, as every fragment may.
#[test]
fn payloads_may_be_empty() {
    let mut assembler = with_limit(0);
    assert_eq!(push(&mut assembler, FIN | TEXT, ""), text(""));
    assert_eq!(push(&mut assembler, FIN | BINARY, ""), Ok(Some(Message::binary(vec![]))));
    assert_eq!(push(&mut assembler, TEXT, ""), Ok(None));
    assert_eq!(push(&mut assembler, CONTINUATION, ""), Ok(None));
    assert_eq!(push(&mut assembler, FIN | CONTINUATION, ""), text(""));
}

/// 5.4: a continuation frame continues a message that is not yet final.
#[test]
fn a_continuation_needs_a_message() {
    for first in [CONTINUATION, FIN | CONTINUATION] {
        let mut assembler = with_limit(NO_LIMIT);
        assert_eq!(push(&mut assembler, first, "x"), Err(Error::UnexpectedContinuation));
        let mut assembler = with_limit(NO_LIMIT);
        assert_eq!(assembler.whole(&head(first, 1), b"x"), Err(Error::UnexpectedContinuation));
        let mut assembler = with_limit(NO_LIMIT);
        push(&mut assembler, TEXT, "a").unwrap();
        push(&mut assembler, FIN | CONTINUATION, "b").unwrap();
        assert_eq!(push(&mut assembler, first, "x"), Err(Error::UnexpectedContinuation));
    }
}

/// 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message".
#[test]
fn a_message_may_not_begin_within_another() {
    for (outer, inner) in [(TEXT, TEXT), (TEXT, FIN | BINARY), (BINARY, FIN | TEXT), (BINARY, BINARY)] {
        let mut assembler = with_limit(NO_LIMIT);
        push(&mut assembler, outer, "a").unwrap();
        assert_eq!(push(&mut assembler, inner, "b"), Err(Error::ExpectedContinuation));
        let mut assembler = with_limit(NO_LIMIT);
        assembler.whole(&head(outer, 1), b"a").unwrap();
        assert_eq!(assembler.whole(&head(inner, 1), b"b"), Err(Error::ExpectedContinuation));
    }
}

/// 5.6: "a particular text frame might include a partial UTF-8 sequence; however, the whole message MUST" be UTF-8.
#[test]
fn fragments_may_end_within_a_character() {
    let string = "aé€😀z";
    for cut in 0..=string.len() {
        let (front, back) = string.as_bytes().split_at(cut);
        let mut assembler = with_limit(NO_LIMIT);
        assert_eq!(push(&mut assembler, TEXT, front), Ok(None));
        assert_eq!(push(&mut assembler, CONTINUATION, ""), Ok(None));
        assert_eq!(push(&mut assembler, FIN | CONTINUATION, back), text(string));
    }
}

/// 8.1: text fails at its first bad byte, however much of the frame or the message is still to be received.
#[test]
fn text_fails_at_its_first_bad_byte() {
    let mut assembler = with_limit(NO_LIMIT);
    assembler.begin(&head(TEXT, 1 << 40), false).unwrap();
    assert_eq!(assembler.push(b"good \xf0\x9f"), Ok(()));
    assert_eq!(assembler.push(b"\x98"), Ok(()));
    assert_eq!(assembler.push(b"\xc0"), Err(Error::InvalidUtf8));
}

/// 5.6, 8.1: a whole text ends between two characters.
#[test]
fn a_message_may_not_end_within_a_character() {
    let mut assembler = with_limit(NO_LIMIT);
    assert_eq!(push(&mut assembler, TEXT, "a\u{e9}".as_bytes()), Ok(None));
    assert_eq!(push(&mut assembler, FIN | CONTINUATION, [0xe2, 0x82]), Err(Error::InvalidUtf8));
    for short in [&b"\xc3"[..], b"a\xe2\x82", b"\xf0\x9f\x98"] {
        assert_eq!(push(&mut with_limit(NO_LIMIT), FIN | TEXT, short), Err(Error::InvalidUtf8));
        let whole = with_limit(NO_LIMIT).whole(&head(FIN | TEXT, short.len() as u64), short);
        assert_eq!(whole, Err(Error::InvalidUtf8));
    }
}

/// 5.6: "The 'Payload data' is arbitrary binary data".
#[test]
fn binary_data_is_not_checked() {
    let data: Vec<u8> = (0..=255).collect();
    let mut assembler = with_limit(NO_LIMIT);
    assert_eq!(push(&mut assembler, FIN | BINARY, &data), Ok(Some(Message::binary(data.clone()))));
    assert_eq!(push(&mut assembler, BINARY, [0xc3]), Ok(None));
    assert_eq!(push(&mut assembler, FIN | CONTINUATION, [0xff]), Ok(Some(Message::binary(vec![0xc3, 0xff]))));
    assert_eq!(push(&mut assembler, FIN | TEXT, "é"), text("é"));
}

/// 10.4: the limit is on the message "after reassembly from multiple frames", in bytes, and applies to the header.
#[test]
fn the_limit_is_exact() {
    let too_big = Err(Error::MessageTooBig(10));
    for opcode in [TEXT, BINARY] {
        let first = FIN | opcode;
        assert!(push(&mut with_limit(10), first, "ééééé").unwrap().is_some());
        assert_eq!(push(&mut with_limit(10), first, "éééééx"), too_big, "bytes count, not characters");
        assert!(push(&mut with_limit(10), first, [b'x'; 10]).unwrap().is_some());
        assert!(with_limit(10).whole(&head(first, 10), &[b'x'; 10]).unwrap().is_some());
        assert_eq!(with_limit(10).whole(&head(first, 11), &[b'x'; 11]), too_big.clone());
        assert_eq!(with_limit(10).begin(&head(first, 11), false), Err(Error::MessageTooBig(10)));

        let mut assembler = with_limit(10);
        push(&mut assembler, opcode, [b'x'; 9]).unwrap();
        assert!(push(&mut assembler, FIN | CONTINUATION, "x").unwrap().is_some());
        push(&mut assembler, opcode, [b'x'; 10]).unwrap();
        assert_eq!(push(&mut assembler, CONTINUATION, ""), Ok(None));
        assert_eq!(assembler.begin(&head(CONTINUATION, 1), false), Err(Error::MessageTooBig(10)));
    }
}

/// 5.2: a length may be 2^63-1; added to the payload so far it is still too big.
#[test]
fn huge_lengths_do_not_wrap_around() {
    for limit in [10, u64::MAX >> 1] {
        let mut assembler = with_limit(limit);
        push(&mut assembler, BINARY, "xx").unwrap();
        assert_eq!(assembler.begin(&head(CONTINUATION, u64::MAX >> 1), false), Err(Error::MessageTooBig(limit)));
    }
    let mut assembler = with_limit(NO_LIMIT);
    push(&mut assembler, BINARY, "xx").unwrap();
    assert_eq!(assembler.begin(&head(CONTINUATION, u64::MAX), false), Err(Error::MessageTooBig(NO_LIMIT)));
}

proptest! {
    #![proptest_config(cases(1000))]

    /// 5.4: whether a frame is received in one piece or many makes no difference, nor do the messages before it.
    #[test]
    fn frames_in_one_piece_are_as_frames_in_many(
        frames in prop::collection::vec((0..6usize, prop::collection::vec(any::<u8>(), 0..20)), 1..6),
        sizes in sizes(),
        limit in prop_oneof![Just(NO_LIMIT), 0..40u64],
    ) {
        let mut whole = with_limit(limit);
        let mut pieces = with_limit(limit);
        for (kind, payload) in frames {
            let head = head(FIRST_BYTES[kind], payload.len() as u64);
            let at_once = whole.whole(&head, &payload);
            let bit_by_bit = (|| {
                pieces.begin(&head, false)?;
                for chunk in chunks(&payload, &sizes) {
                    pieces.push(chunk)?;
                }
                pieces.end(head.fin)
            })();
            prop_assert_eq!(&at_once, &bit_by_bit);
            if at_once.is_err() {
                break;
            }
        }
    }
}

/// 5.4: of any size and cut anywhere, a message has the bytes of its fragments; beyond 1 MiB it is held in chunks.
#[test]
fn large_messages() {
    const MIB: usize = 1 << 20;
    for size in [MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 3] {
        let data: Vec<u8> = (0..size).map(|i| (i * 7 + i / 251) as u8).collect();
        for piece in [1000, 65_536, MIB, 3 * MIB] {
            let mut assembler = with_limit(size as u64);
            assembler.begin(&head(FIN | BINARY, size as u64), false).unwrap();
            data.chunks(piece).for_each(|piece| assembler.push(piece).unwrap());
            let message = assembler.end(true).unwrap().unwrap();
            assert_eq!(message.chunks().count() == 1, size <= MIB);
            assert_eq!(message.len(), size);
            assert_eq!(message.chunks().collect::<Vec<_>>().concat(), data);
            assert!(message.into_bytes() == data, "{size} in pieces of {piece}");
            let mut assembler = with_limit(size as u64 - 1);
            let pushed = assembler.begin(&head(FIN | BINARY, size as u64), false);
            assert_eq!(pushed, Err(Error::MessageTooBig(size as u64 - 1)));
        }
    }
    let text = "ü€🙂x".repeat(300_000);
    let mut assembler = with_limit(NO_LIMIT);
    assembler.begin(&head(FIN | TEXT, text.len() as u64), false).unwrap();
    text.as_bytes().chunks(50_001).for_each(|piece| assembler.push(piece).unwrap());
    let message = assembler.end(true).unwrap().unwrap();
    assert!(message.is_text() && message.chunks().count() > 1);
    assert!(message.clone().into_bytes() == text.as_bytes());
    assert!(message.clone().into_chunks().concat() == text.as_bytes());
    assert!(message.into_text() == Some(text));
}
