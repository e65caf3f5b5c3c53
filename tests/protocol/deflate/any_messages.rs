//! Any messages, and any payload of a compressed one.

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{Agreement, Role};
use websocket_wasm::protocol::{Event, Fragment, MessageKind};

use super::*;

fn agreements() -> impl Strategy<Value = Agreement> {
    let side = || (any::<bool>(), 8..=15u8).prop_map(|(no_context_takeover, bits)| side(no_context_takeover, bits));
    (side(), side()).prop_map(|(client, server)| Agreement { client, server })
}

/// Messages that repeat themselves and each other, and some that don't.
fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let repeated =
        (prop::collection::vec(any::<u8>(), 0..40), 0..200usize).prop_map(|(bytes, times)| bytes.repeat(times));
    let random = prop::collection::vec(any::<u8>(), 0..3000);
    prop::collection::vec(prop_oneof![3 => repeated, 1 => random], 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 7.2.1 with fragments: any message in any parts, compressed, is read by any agreement's other end.
    #[test]
    fn what_one_end_sends_the_other_one_reads(
        agreement in agreements(),
        level in 0..=9u8,
        threshold in prop_oneof![Just(0u64), 0..2000u64],
        payloads in payloads(),
        part in 1..500usize,
        cut in 1..700usize,
        from_client in any::<bool>(),
    ) {
        let offer = offer(|offer| { offer.level = level; offer.threshold = threshold; });
        let roles = if from_client { [Role::Client, Role::Server] } else { [Role::Server, Role::Client] };
        let [mut sender, mut receiver] = roles.map(|role| stream_with(role, &agreement, &offer));
        for (i, payload) in payloads.iter().enumerate() {
            if i % 3 == 2 {
                let count = payload.chunks(part).count();
                for (at, chunk) in payload.chunks(part).enumerate() {
                    let fragment = Fragment::new(MessageKind::Binary, at == 0, at + 1 == count);
                    prop_assert_eq!(sender.send_fragment(fragment, chunk.len(), |to| to.copy_from_slice(chunk)), Ok(()));
                }
            } else {
                prop_assert_eq!(sender.send_binary(payload), Ok(()));
            }
        }
        let output = sender.take_output();
        let mut events = Vec::new();
        for chunk in output.chunks(cut) {
            events.extend(receiver.after(chunk));
        }
        let expected: Vec<_> = payloads
            .iter()
            .enumerate()
            .filter(|(i, payload)| i % 3 != 2 || !payload.is_empty())
            .map(|(_, payload)| binary(payload))
            .collect();
        prop_assert_eq!(events, expected);
    }

    /// A text that is neither UTF-8 nor DEFLATE fails for what comes first in it, however its bytes are cut.
    #[test]
    fn the_failure_does_not_depend_on_the_cuts(
        text in prop::collection::vec(prop_oneof![20 => 0x20..0x7fu8, 1 => any::<u8>()], 0..300),
        damage in (any::<prop::sample::Index>(), 1..=255u8),
        cut in 1..50usize,
    ) {
        let mut sender = stream_with(Role::Server, &Agreement::default(), &eager());
        prop_assert_eq!(sender.send_binary(&text), Ok(()));
        let mut sent = sender.take_output();
        sent[0] = sent[0] & !BINARY | TEXT;
        let head = if sent[1] < 126 { 2 } else { 4 };
        if sent.len() > head {
            let at = head + damage.0.index(sent.len() - head);
            sent[at] ^= damage.1;
        }
        let whole = client().after(&sent);
        let mut client = client();
        let pieces: Vec<_> = sent.chunks(cut).flat_map(|piece| client.after(piece)).collect();
        prop_assert_eq!(whole, pieces);
    }

    /// Any compressed payload: an end or messages within the limit, never a panic.
    #[test]
    fn anything_compressed(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..6)) {
        let mut client = client();
        for payload in payloads {
            for event in client.after(frame(FIN | RSV1 | BINARY, payload)) {
                if let Event::Message(message) = event {
                    prop_assert!(message.len() as u64 <= LIMIT);
                }
            }
        }
    }
}
