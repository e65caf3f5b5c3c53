//! Masking (RFC 6455 5.3).

/// A masking key.
pub type Key = [u8; 4];

/// Masks or unmasks `payload` in place; `offset` is its position in the frame's payload.
pub fn apply(payload: &mut [u8], key: Key, offset: u64) {
    let shift = (offset % 4) as usize;
    let key: Key = core::array::from_fn(|i| key[(i + shift) % 4]);
    let word = u32::from_ne_bytes(key);
    // Eight words at a time: the compiler doesn't vectorise a loop over bytes.
    let (blocks, rest) = payload.as_chunks_mut::<32>();
    for block in blocks {
        for bytes in block.as_chunks_mut::<4>().0 {
            *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
        }
    }
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

/// Copies a frame's payload, masked; both are of the same length.
pub fn copy(payload: &[u8], to: &mut [u8], key: Key) {
    let word = u32::from_ne_bytes(key);
    let (blocks, rest) = payload.as_chunks::<32>();
    let (to_blocks, to_rest) = to.as_chunks_mut::<32>();
    for (block, to) in blocks.iter().zip(to_blocks) {
        for (bytes, to) in block.as_chunks::<4>().0.iter().zip(to.as_chunks_mut::<4>().0) {
            *to = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
        }
    }
    for ((byte, to), key) in rest.iter().zip(to_rest).zip(key.iter().cycle()) {
        *to = byte ^ key;
    }
}
