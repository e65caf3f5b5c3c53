//! Writes roots.bin: the certification authorities that Mozilla trusts, as tls.wasm reads them (tls/src/roots.rs).
//!
//! `websocket-wasm-roots FILE`
//!
//! Each authority is a trust anchor (RFC 5280 6.1.1): not a certificate, but the DER of its fields as `TrustAnchor` of
//! rustls-pki-types has them. Integers are little-endian.
//!
//! ```text
//! file   = "wwr" 0x01, count: u16, subjects, public keys, name constraints
//! column = a field for each of the `count` anchors, in the same order
//! field  = length: u16, bytes
//! ```
//!
//! 0x01 is the version of the format. Subjects and keys are never empty; name constraints are, where an anchor has none.
//! Nothing follows the last column. Columns compress better than rows: subjects share words, and keys are random.

use std::{env, fs, io};

use webpki_roots::TLS_SERVER_ROOTS;

/// Magic and version. Another file is refused, such as a page that a server sends for a missing file.
const HEADER: &[u8; 4] = b"wwr\x01";

fn main() -> io::Result<()> {
    let path = env::args_os().nth(1).expect("the file to write");
    // Similar subjects become neighbours.
    let mut roots = TLS_SERVER_ROOTS.to_vec();
    roots.sort_by(|a, b| a.subject.cmp(&b.subject));

    let mut file = HEADER.to_vec();
    file.extend(length(roots.len()));
    for root in &roots {
        append(&mut file, &root.subject);
    }
    for root in &roots {
        append(&mut file, &root.subject_public_key_info);
    }
    for root in &roots {
        append(&mut file, root.name_constraints.as_deref().unwrap_or_default());
    }
    fs::write(path, file)
}

/// Appends a field.
fn append(file: &mut Vec<u8>, bytes: &[u8]) {
    file.extend(length(bytes.len()));
    file.extend(bytes);
}

fn length(length: usize) -> [u8; 2] {
    u16::try_from(length).expect("fields and their number fit 16 bits").to_le_bytes()
}
