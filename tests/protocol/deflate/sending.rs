//! Messages that are sent: whether they are compressed, and to what (7.1, 7.2.1).

use websocket_wasm::protocol::internals::{Agreement, OpenConnection};

use super::*;

/// The frames that our server sends for messages: first bytes and lengths.
fn sent(stream: &mut OpenConnection, messages: &[&[u8]]) -> Vec<(u8, usize)> {
    for message in messages {
        assert_eq!(stream.send_binary(message), Ok(()));
    }
    let output = stream.take_output();
    let mut rest = &output[..];
    let mut frames = Vec::new();
    while let [first, len, ..] = *rest {
        let (len, head) = match len & 0x7f {
            126 => (usize::from(u16::from_be_bytes([rest[2], rest[3]])), 4),
            len => (usize::from(len), 2),
        };
        frames.push((first, len));
        rest = &rest[head + len..];
    }
    frames
}

/// 7.2.1: the output ends like the example of 7.2.3.1, without the tail.
#[test]
fn what_we_send_lacks_the_tail() {
    let mut server = server(&Agreement::default(), &eager());
    assert_eq!(server.send_text("HelloHelloHelloHello"), Ok(()));
    let output = server.take_output();
    assert_eq!(output[0], FIN | RSV1 | TEXT);
    assert!(!output.ends_with(&[0x00, 0x00, 0xff, 0xff]));
    assert_eq!(client().after(output), [text("HelloHelloHelloHello")]);
}

#[test]
fn under_the_threshold_nothing_is_compressed() {
    let offer = offer(|offer| offer.threshold = 100);
    let mut server = server(&Agreement::default(), &offer);
    let frames = sent(&mut server, &[&[7; 99], &[7; 100]]);
    assert_eq!(frames[0], (FIN | BINARY, 99));
    assert_eq!(frames[1].0, FIN | RSV1 | BINARY);
    assert!(frames[1].1 < 20);
}

fn noise(len: usize, mut seed: u32) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// A message that doesn't shrink is sent uncompressed, and later messages don't refer to it: the peer never inflated it.
#[test]
fn what_does_not_shrink_is_sent_plain_and_forgotten() {
    let mut server = server(&Agreement::default(), &eager());
    let mut client = client();
    for seed in 0..3 {
        let noise = noise(1000, seed);
        server.send_binary(&noise).unwrap();
        server.send_binary(&[&noise[..], &[0; 5000]].concat()).unwrap();
        server.send_binary(&[]).unwrap();
        let output = server.take_output();
        assert_eq!(output[0], FIN | BINARY);
        assert_eq!(client.after(output), [binary(&noise), binary([&noise[..], &[0; 5000]].concat()), binary([])]);
    }
}

/// 7.1.1.2: without context takeover, equal messages are compressed to equal bytes; with it the second refers to the
/// first.
#[test]
fn our_context_takeover() {
    let message = noise(600, 2).repeat(2);
    let offer = eager();
    let mut sharing = server(&Agreement::default(), &offer);
    let sizes = sent(&mut sharing, &[&message, &message]);
    assert!(sizes[1].1 * 10 < sizes[0].1, "{sizes:?}");
    let promise = Agreement { server: side(true, 15), ..Agreement::default() };
    let mut alone = server(&promise, &offer);
    let sizes = sent(&mut alone, &[&message, &message]);
    assert_eq!(sizes[0], sizes[1]);
}

/// 7.1.2: no distance is longer than the window that was agreed on, that of 256 bytes included.
#[test]
fn our_window_is_no_larger_than_agreed() {
    for bits in 8..=15 {
        let window = 1 << bits;
        let agreement = Agreement { server: side(false, bits), ..Agreement::default() };
        let mut server = server(&agreement, &eager());
        // Repeats at every distance up to twice the window, of random content.
        let block = noise(window * 2, bits.into());
        let message: Vec<u8> = (0..6).flat_map(|i| block[..window / 2 + i * window / 4].to_vec()).collect();
        assert_eq!(server.send_binary(&message), Ok(()));
        let output = server.take_output();
        let head = if output[1] & 0x7f == 126 { 4 } else { 10 };
        assert_ne!(output[0] & RSV1, 0, "{bits}");
        assert_eq!(inflated_within(&output[head..], window), Ok(message), "{bits}");
    }
}

/// The test's own strict inflater: it refuses any distance beyond `window`.
fn inflated_within(payload: &[u8], window: usize) -> Result<Vec<u8>, String> {
    let mut data = payload.to_vec();
    data.extend([0x00, 0x00, 0xff, 0xff]);
    crate::inflate::inflate(&data, window)
}
