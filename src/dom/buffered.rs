//! `bufferedAmount`: how many bytes of payload were given to `send()` and have not left (WHATWG WebSockets 3.1).

use std::collections::VecDeque;

/// Counts payload in, and out as the transport reports bytes written, framing included.
#[derive(Debug, Default)]
pub struct BufferedAmount {
    amount: u64,
    /// The messages whose frames are among the bytes that were not reported as written.
    spans: VecDeque<Span>,
    written: u64,
}

/// One message on the wire.
#[derive(Debug)]
struct Span {
    /// The position behind its last byte among all bytes ever written.
    end: u64,
    /// The bytes of its payload that still count.
    payload: u64,
}

impl BufferedAmount {
    /// The amount in bytes.
    pub fn get(&self) -> u64 {
        self.amount
    }

    /// Counts a message's payload at the call of `send()`.
    pub fn add(&mut self, payload: u64) {
        self.amount += payload;
    }

    /// Notes that a message which was counted is framed: `end` is the position behind its last byte.
    pub fn framed(&mut self, payload: u64, end: u64) {
        if payload > 0 {
            self.spans.push_back(Span { end, payload });
        }
    }

    /// Notes that so many more bytes left the transport. A frame's payload is at its end, so its head goes first.
    pub fn written(&mut self, bytes: u64) {
        self.written = self.written.saturating_add(bytes);
        while let Some(span) = self.spans.front_mut() {
            let left = span.end.saturating_sub(self.written).min(span.payload);
            self.amount -= span.payload - left;
            span.payload = left;
            if left > 0 {
                break;
            }
            self.spans.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_down_as_payload_leaves_and_not_with_heads() {
        let mut buffered = BufferedAmount::default();
        buffered.add(10);
        buffered.framed(10, 16);
        buffered.add(5);
        buffered.framed(5, 27);
        let mut seen = vec![buffered.get()];
        for bytes in [6, 4, 6, 6, 4, 1] {
            buffered.written(bytes);
            seen.push(buffered.get());
        }
        assert_eq!(seen, [15, 15, 11, 5, 5, 1, 0]);
    }

    #[test]
    fn keeps_what_never_leaves() {
        let mut buffered = BufferedAmount::default();
        buffered.add(7);
        buffered.written(1_000);
        assert_eq!(buffered.get(), 7);
    }
}
