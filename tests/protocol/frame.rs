//! Frame headers (RFC 6455 5.2, 5.5, 5.7).

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{FrameHeader, HeaderReader, Role};
use websocket_wasm::protocol::{Error, Opcode};

use crate::support::*;

const OPCODES: [(u8, Opcode); 6] = [
    (CONTINUATION, Opcode::Continuation),
    (TEXT, Opcode::Text),
    (BINARY, Opcode::Binary),
    (CLOSE, Opcode::Close),
    (PING, Opcode::Ping),
    (PONG, Opcode::Pong),
];

fn encoded(head: FrameHeader) -> Vec<u8> {
    let (bytes, size) = head.encode();
    assert_eq!(size, head.size());
    bytes[..size].to_vec()
}

/// 5.2: each length is written in the fewest bytes and read back, with a mask and without; not before it is complete.
#[test]
fn every_length_at_the_bounds_of_its_form() {
    let table: [(u64, &[u8]); 7] = [
        (0, &[0]),
        (125, &[125]),
        (126, &[126, 0, 126]),
        (65535, &[126, 0xff, 0xff]),
        (65536, &[127, 0, 0, 0, 0, 0, 1, 0, 0]),
        (0x1_0000_0000, &[127, 0, 0, 0, 1, 0, 0, 0, 0]),
        (u64::MAX >> 1, &[127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ];
    for (len, wire) in table {
        let plain = [&[FIN | BINARY], wire].concat();
        let mut masked = [&plain[..], &[1, 2, 3, 4]].concat();
        masked[1] |= 0x80;
        for (from, key, bytes) in [(Role::Server, None, plain), (Role::Client, Some([1, 2, 3, 4]), masked)] {
            let head = FrameHeader { fin: true, compressed: false, opcode: Opcode::Binary, key, len };
            assert_eq!(encoded(head), bytes);
            for end in 0..bytes.len() {
                assert_eq!(FrameHeader::decode(&bytes[..end], from, false), Ok(None), "{end} bytes of {bytes:x?}");
            }
            let behind = [&bytes[..], b"payload"].concat();
            assert_eq!(FrameHeader::decode(&behind, from, false), Ok(Some((head, bytes.len()))));
        }
    }
}

/// 5.2: "the minimal number of bytes MUST be used to encode the length".
#[test]
fn lengths_in_a_longer_form_than_needed_are_refused() {
    let table: [&[u8]; 6] = [
        &[126, 0, 0],
        &[126, 0, 125],
        &[127, 0, 0, 0, 0, 0, 0, 0, 0],
        &[127, 0, 0, 0, 0, 0, 0, 0, 125],
        &[127, 0, 0, 0, 0, 0, 0, 0, 126],
        &[127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
    ];
    for wire in table {
        let mut bytes = [&[FIN | BINARY], wire].concat();
        assert_eq!(FrameHeader::decode(&bytes, Role::Server, false), Err(Error::LengthNotMinimal), "{bytes:x?}");
        bytes[1] |= 0x80;
        assert_eq!(FrameHeader::decode(&bytes, Role::Client, false), Err(Error::LengthNotMinimal), "{bytes:x?}");
    }
}

/// 5.2: of a 64-bit length "the most significant bit MUST be 0"; the first of its bytes shows it.
#[test]
fn the_top_bit_of_a_64_bit_length_is_refused_at_its_byte() {
    for top in [0x80, 0xff] {
        assert_eq!(FrameHeader::decode(&[FIN | BINARY, 127, top], Role::Server, false), Err(Error::LengthTooLarge));
        assert_eq!(FrameHeader::decode(&[FIN | BINARY, 0xff, top], Role::Client, false), Err(Error::LengthTooLarge));
    }
    assert_eq!(FrameHeader::decode(&[FIN | BINARY, 127, 0x7f], Role::Server, false), Ok(None));
}

/// 5.2: RSV1, RSV2 and RSV3 "MUST be 0 unless an extension is negotiated"; the first byte shows it.
#[test]
fn reserved_bits_are_refused_at_the_first_byte() {
    for first in FIRST_BYTES {
        for rsv in 1..8 {
            assert_eq!(FrameHeader::decode(&[first | rsv << 4], Role::Server, false), Err(Error::ReservedBits));
        }
    }
}

/// 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
#[test]
fn reserved_opcodes_are_refused_at_the_first_byte() {
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        for fin in [0, FIN] {
            assert_eq!(FrameHeader::decode(&[fin | opcode], Role::Server, false), Err(Error::ReservedOpcode(opcode)));
        }
        assert_eq!(Opcode::from_number(opcode), Err(Error::ReservedOpcode(opcode)));
    }
}

/// 5.2 and 5.5: control frames "are identified by opcodes where the most significant bit of the opcode is 1".
#[test]
fn opcodes_have_their_numbers() {
    for (number, opcode) in OPCODES {
        assert_eq!(Opcode::from_number(number), Ok(opcode));
        assert_eq!(opcode.number(), number);
        assert_eq!(opcode.is_control(), number >= 8);
    }
}

/// 5.1: "A server MUST NOT mask any frames", "A client MUST mask all frames"; the second byte shows it.
#[test]
fn the_wrong_mask_bit_is_refused_at_the_second_byte() {
    for first in FIRST_BYTES {
        assert_eq!(FrameHeader::decode(&[first, 0x80], Role::Server, false), Err(Error::Masked));
        assert_eq!(FrameHeader::decode(&[first, 0x00], Role::Client, false), Err(Error::Unmasked));
    }
}

/// 5.5: control frames "MUST have a payload length of 125 bytes or less and MUST NOT be fragmented".
#[test]
fn long_and_fragmented_control_frames_are_refused_at_once() {
    for opcode in [CLOSE, PING, PONG] {
        assert_eq!(FrameHeader::decode(&[opcode], Role::Server, false), Err(Error::FragmentedControl));
        for short in [126, 127] {
            assert_eq!(FrameHeader::decode(&[FIN | opcode, short], Role::Server, false), Err(Error::LongControl));
            assert_eq!(
                FrameHeader::decode(&[FIN | opcode, 0x80 | short], Role::Client, false),
                Err(Error::LongControl)
            );
        }
        assert!(matches!(
            FrameHeader::decode(&[FIN | opcode, 125], Role::Server, false),
            Ok(Some((FrameHeader { len: 125, .. }, 2)))
        ));
    }
}

/// 5.2, 5.5: exactly those beginnings are accepted that the RFC allows.
#[test]
fn every_first_and_second_byte() {
    for (first, second) in (0..=255).flat_map(|first| (0..=255).map(move |second| (first, second))) {
        let short = second & 0x7f;
        let sound = FIRST_BYTES.contains(&first) && (first & 0x8 == 0 || short <= 125);
        for (from, has_mask) in [(Role::Server, false), (Role::Client, true)] {
            let allowed = sound && has_mask == (second & 0x80 != 0);
            assert_eq!(
                FrameHeader::decode(&[first, second], from, false).is_ok(),
                allowed,
                "{first:#x} {second:#x} from {from:?}"
            );
        }
        assert_eq!(FrameHeader::decode(&[first], Role::Server, false).is_ok(), FIRST_BYTES.contains(&first));
    }
}

/// 5.7: the RFC's examples of headers.
#[test]
fn the_examples_of_the_rfc() {
    let key = Some([0x37, 0xfa, 0x21, 0x3d]);
    let head = |fin, opcode, key, len| FrameHeader { fin, compressed: false, opcode, key, len };
    let table: [(&[u8], FrameHeader); 8] = [
        (&[0x81, 0x05], head(true, Opcode::Text, None, 5)),
        (&[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d], head(true, Opcode::Text, key, 5)),
        (&[0x01, 0x03], head(false, Opcode::Text, None, 3)),
        (&[0x80, 0x02], head(true, Opcode::Continuation, None, 2)),
        (&[0x89, 0x05], head(true, Opcode::Ping, None, 5)),
        (&[0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d], head(true, Opcode::Pong, key, 5)),
        (&[0x82, 0x7E, 0x01, 0x00], head(true, Opcode::Binary, None, 256)),
        (&[0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0], head(true, Opcode::Binary, None, 65536)),
    ];
    for (bytes, head) in table {
        let from = if head.key.is_some() { Role::Client } else { Role::Server };
        assert_eq!(FrameHeader::decode(bytes, from, false), Ok(Some((head, bytes.len()))));
        assert_eq!(encoded(head), bytes);
    }
}

fn any_header() -> impl Strategy<Value = FrameHeader> {
    let len = prop_oneof![0..200u64, 65000..66000u64, 0..=u64::MAX >> 1];
    (prop::sample::select(&OPCODES[..]), any::<bool>(), any::<Option<[u8; 4]>>(), len).prop_map(
        |((_, opcode), fin, key, len)| match opcode.is_control() {
            true => FrameHeader { fin: true, compressed: false, opcode, key, len: len % 126 },
            false => FrameHeader { fin, compressed: false, opcode, key, len },
        },
    )
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn a_header_may_be_cut_anywhere(head in any_header(), sizes in sizes(), behind in any::<[u8; 3]>()) {
        let wire = encoded(head);
        let masked = head.key.is_some();
        let first = u8::from(head.fin) << 7 | head.opcode.number();
        prop_assert!(wire.starts_with(&crate::support::head(first, masked, head.len)));
        let from = if masked { Role::Client } else { Role::Server };
        let all = [&wire[..], &behind].concat();
        let mut reader = HeaderReader::default();
        let mut consumed = 0;
        for mut chunk in chunks(&all, &sizes) {
            let before = chunk.len();
            let read = reader.read(&mut chunk, from, false).unwrap();
            consumed += before - chunk.len();
            if let Some(read) = read {
                prop_assert_eq!(read, head);
                prop_assert_eq!(consumed, wire.len(), "the bytes after the header are left");
                return Ok(());
            }
            prop_assert!(chunk.is_empty());
        }
        prop_assert!(false, "no header was read");
    }

    /// The header that is read has those bytes as its encoding, and a verdict on a prefix is final.
    #[test]
    fn any_bytes_have_one_reading(
        first in prop::sample::select(&FIRST_BYTES[..]),
        rest in prop::collection::vec(prop_oneof![Just(0u8), Just(126), Just(127), any::<u8>()], 0..20),
        from in prop::sample::select(&[Role::Client, Role::Server][..]),
    ) {
        let bytes = [&[first], &rest[..]].concat();
        let mut verdict = Ok(None);
        for end in 0..=bytes.len() {
            let next = FrameHeader::decode(&bytes[..end], from, false);
            match &verdict {
                Ok(None) => verdict = next,
                _ => prop_assert_eq!(&next, &verdict),
            }
        }
        if let Ok(Some((head, size))) = verdict {
            prop_assert_eq!(encoded(head), &bytes[..size]);
        }
    }
}
