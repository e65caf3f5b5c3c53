//! Base64 (RFC 4648 4).

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes, with padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | usize::from(group.get(i).copied().unwrap_or_default()));
        for i in 0..4 {
            let digit = ALPHABET[bits >> (18 - 6 * i) & 63];
            text.push(if i > group.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn it_is_that_of_the_base64_crate() {
        let bytes: alloc::vec::Vec<u8> = (0..=255).rev().chain(0..=255).collect();
        for len in 0..=bytes.len() {
            assert_eq!(super::encode(&bytes[..len]), STANDARD.encode(&bytes[..len]));
        }
    }
}
