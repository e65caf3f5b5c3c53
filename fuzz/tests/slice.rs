//! A few seconds of each target without a fuzzer: the seeds, and made-up bytes.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use websocket_wasm_fuzz::{connection, deflate, frames, handshake};

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 4] = [
    ("handshake", handshake::check),
    ("frames", frames::check),
    ("deflate", deflate::check),
    ("connection", connection::check),
];

#[test]
fn seeds() {
    for (name, check) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
        let mut count = 0;
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            check(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
    }
}

/// Bytes that are often those of heads, frames and blocks.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => any::<u8>(),
        4 => prop::sample::select(&[0x01, 0x02, 0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0xC2, 0x00, 0x80, 0x7E, 0x7F, 0xFF][..]),
        2 => 0..10u8,
    ];
    prop::collection::vec(byte, 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn made_up(data in bytes()) {
        for (_, check) in TARGETS {
            check(&data);
        }
    }
}
