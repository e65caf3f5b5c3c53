//! UTF-8 that is received in pieces (RFC 6455 8.1, RFC 3629).

use proptest::prelude::*;
use websocket_wasm::protocol::Error;
use websocket_wasm::protocol::internals::Utf8;

use crate::support::*;

/// The number of bytes after which no continuation is valid UTF-8, if there is one.
fn first_bad(bytes: &[u8]) -> Option<usize> {
    (1..=bytes.len()).find(|&n| str::from_utf8(&bytes[..n]).is_err_and(|e| e.error_len().is_some()))
}

/// Validates bytes in chunks. Returns the number of bytes after which it failed, if it did, and the verdict at the end.
fn check(bytes: &[u8], sizes: &[usize]) -> (Option<usize>, Result<(), Error>) {
    let mut utf8 = Utf8::default();
    let mut fed = 0;
    for chunk in chunks(bytes, sizes) {
        fed += chunk.len();
        if let Err(error) = utf8.push(chunk) {
            return (Some(fed), Err(error));
        }
    }
    (None, utf8.finish())
}

/// RFC 3629 3 and 4: the sequences that aren't UTF-8, with the number of bytes that show it.
#[test]
fn what_is_not_utf8_fails_at_the_byte_that_shows_it() {
    let mut table: Vec<(Vec<u8>, usize)> = vec![
        (vec![0xED, 0xA0, 0x80], 2),       // U+D800, the first surrogate
        (vec![0xED, 0xBF, 0xBF], 2),       // U+DFFF, the last one
        (vec![0xC0, 0x80], 1),             // an overlong U+0000
        (vec![0xC1, 0xBF], 1),             // an overlong U+007F
        (vec![0xE0, 0x80, 0x80], 2),       // overlong in three bytes
        (vec![0xE0, 0x9F, 0xBF], 2),       // an overlong U+07FF
        (vec![0xF0, 0x80, 0x80, 0x80], 2), // overlong in four bytes
        (vec![0xF0, 0x8F, 0xBF, 0xBF], 2), // an overlong U+FFFF
        (vec![0xF4, 0x90, 0x80, 0x80], 2), // U+110000
        (vec![0xC3, 0x28], 2),             // no continuation
        (vec![0xE2, 0x82, 0x28], 3),
        (vec![0xF0, 0x9F, 0x98, 0xC0], 4),
    ];
    table.extend((0x80..=0xBF).map(|byte| (vec![byte], 1)));
    table.extend((0xF5..=0xFF).map(|byte| (vec![byte], 1)));
    for (bad, at) in table {
        for good in ["", "a", "€", "κόσμε and some more, so that vectors are used"] {
            let bytes = [good.as_bytes(), &bad, b"zzz"].concat();
            let expected = (Some(good.len() + at), Err(Error::InvalidUtf8));
            assert_eq!(check(&bytes, &[1]), expected, "{bytes:x?}");
            assert!(check(&bytes, &[usize::MAX]).1.is_err(), "{bytes:x?}");
        }
    }
}

/// RFC 3629 4: every character, byte by byte.
#[test]
fn every_character_is_valid() {
    let mut utf8 = Utf8::default();
    let mut buffer = [0; 4];
    for c in '\0'..=char::MAX {
        for byte in c.encode_utf8(&mut buffer).bytes() {
            assert_eq!(utf8.push(&[byte]), Ok(c.is_ascii()), "{c:?}");
        }
        assert_eq!(utf8.clone().finish(), Ok(()), "{c:?}");
    }
}

/// 8.1: a text that ends within a character isn't UTF-8; the next text is checked from its start.
#[test]
fn a_text_may_not_end_within_a_character() {
    for c in ["é", "€", "😀"] {
        for end in 1..c.len() {
            let mut utf8 = Utf8::default();
            assert_eq!(utf8.push(&c.as_bytes()[..end]), Ok(false), "a prefix is no error");
            assert_eq!(utf8.finish(), Err(Error::InvalidUtf8));
            assert_eq!(utf8.push(b"next"), Ok(true));
            assert_eq!(utf8.finish(), Ok(()));
        }
    }
}

/// Bytes that are nearly UTF-8.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        3 => "[ -~]{0,40}".prop_map(String::into_bytes),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
        1 => any::<char>().prop_map(|c| c.to_string().as_bytes()[..c.len_utf8() - 1].to_vec()),
    ];
    prop_oneof![
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn the_verdict_is_that_on_the_whole(bytes in nearly(), sizes in sizes()) {
        let (failed, verdict) = check(&bytes, &sizes);
        prop_assert_eq!(verdict.is_ok(), str::from_utf8(&bytes).is_ok());
        // It fails in the chunk that holds the first bad byte: not before, not after.
        let mut end = 0;
        let chunk_end = first_bad(&bytes).map(|bad| {
            chunks(&bytes, &sizes).map(|chunk| { end += chunk.len(); end }).find(|&end| end >= bad).unwrap()
        });
        prop_assert_eq!(failed, chunk_end);
        prop_assert_eq!(check(&bytes, &[1]).0, first_bad(&bytes));
    }
}
