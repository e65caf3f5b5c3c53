//! Masking (RFC 6455 5.3).

/// A masking key.
pub type Key = [u8; 4];

/// Masks or unmasks `payload` in place; `offset` is its position in the frame's payload.
pub fn apply(payload: &mut [u8], key: Key, offset: u64) {
    let key = rotated(key, (offset % 4) as usize);
    if cfg!(target_arch = "wasm32") || payload.len() < LONG {
        return apply_to(payload, key);
    }
    let (unaligned, payload) = payload.split_at_mut(payload.as_ptr().align_offset(BLOCK).min(payload.len()));
    apply_to(unaligned, key);
    apply_to(payload, rotated(key, unaligned.len()));
}

fn apply_to(payload: &mut [u8], key: Key) {
    // Several words at a time: the compiler doesn't vectorise a loop over bytes.
    let (blocks, rest) = payload.as_chunks_mut::<BLOCK>();
    for block in blocks {
        *block = masked(*block, key);
    }
    let (words, rest) = rest.as_chunks_mut::<4>();
    for word in words {
        *word = masked(*word, key);
    }
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
    }
}

/// Copies a frame's payload, masked; both are of the same length.
pub fn copy(payload: &[u8], to: &mut [u8], key: Key) {
    if cfg!(target_arch = "wasm32") {
        // As fast there, and with less code.
        to.copy_from_slice(payload);
        return apply_to(to, key);
    }
    if to.len() < LONG {
        return copy_to(payload, to, key);
    }
    let (unaligned, to) = to.split_at_mut(to.as_ptr().align_offset(BLOCK).min(payload.len()));
    let (start, payload) = payload.split_at(unaligned.len());
    copy_to(start, unaligned, key);
    copy_to(payload, to, rotated(key, unaligned.len()));
}

fn copy_to(payload: &[u8], to: &mut [u8], key: Key) {
    let (blocks, rest) = payload.as_chunks::<BLOCK>();
    let (to_blocks, to_rest) = to.as_chunks_mut::<BLOCK>();
    for (block, to) in blocks.iter().zip(to_blocks) {
        *to = masked(*block, key);
    }
    let (words, rest) = rest.as_chunks::<4>();
    let (to_words, to_rest) = to_rest.as_chunks_mut::<4>();
    for (word, to) in words.iter().zip(to_words) {
        *to = masked(*word, key);
    }
    for ((byte, to), key) in rest.iter().zip(to_rest).zip(key) {
        *to = byte ^ key;
    }
}

/// The key for the bytes that follow the first `by`.
fn rotated(key: Key, by: usize) -> Key {
    core::array::from_fn(|i| key[(i + by) % 4])
}

/// How many bytes are masked at a time.
const BLOCK: usize = 64;

/// From which length it is worth it to begin with the bytes in front of an aligned block.
const LONG: usize = 1024;

/// Masks a number of words.
fn masked<const N: usize>(mut bytes: [u8; N], key: Key) -> [u8; N] {
    let key = u32::from_ne_bytes(key);
    for word in bytes.as_chunks_mut::<4>().0 {
        *word = (u32::from_ne_bytes(*word) ^ key).to_ne_bytes();
    }
    bytes
}
