//! `bufferedAmount`: how many bytes of payload were passed to `send()` and not yet written (WHATWG WebSockets 3.1).

use std::collections::VecDeque;

/// Counts payload bytes, although the transport reports written bytes including framing.
#[derive(Debug, Default)]
pub struct BufferedAmount {
    amount: u64,
    /// The messages that are framed and not completely written.
    spans: VecDeque<Span>,
    /// How many bytes were written so far.
    written: u64,
}

/// A message, or a part of one, in the output.
#[derive(Debug)]
struct Span {
    /// The position after its last byte among all bytes of output.
    end: u64,
    /// How many bytes of its payload are not written.
    payload: u64,
}

impl BufferedAmount {
    /// The amount in bytes.
    pub fn get(&self) -> u64 {
        self.amount
    }

    /// Adds a message's payload when `send()` is called.
    pub fn add(&mut self, payload: u64) {
        self.amount += payload;
    }

    /// Records that a payload which was added is framed; `end` is the position after its last byte.
    pub fn framed(&mut self, payload: u64, end: u64) {
        if payload > 0 {
            self.spans.push_back(Span { end, payload });
        }
    }

    /// Records that the transport has written `bytes` more bytes. A frame's header is written before its payload.
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
    fn decreases_with_payload_and_not_with_headers() {
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
    fn payload_that_is_never_framed_stays() {
        let mut buffered = BufferedAmount::default();
        buffered.add(7);
        buffered.written(1_000);
        assert_eq!(buffered.get(), 7);
    }
}
