//! Sends and closes that can't be framed yet, in order: messages whose payload is supplied in parts (a Blob is read
//! piece by piece, a large buffer as fast as the transport accepts it), and everything after them.

use std::collections::VecDeque;

use crate::protocol::{CloseFrame, Fragment, MessageKind};

/// Whether a message is compressed; `None` if its length decides.
pub type Compress = Option<bool>;

/// A queued send or close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text message.
    Text(String, Compress),
    /// A binary message.
    Binary(Vec<u8>, Compress),
    /// A message whose payload is supplied in parts.
    Parts(Parts),
    /// The start of the closing handshake.
    Close(CloseFrame),
}

/// A message whose payload is supplied in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Identifies it among the messages of the socket.
    pub id: u32,
    kind: MessageKind,
    /// Whether it is compressed.
    pub compress: Compress,
    /// Whether no part was taken.
    is_first: bool,
    /// How many bytes of the payload were not taken.
    left: u64,
}

/// The queue.
#[derive(Debug, Default)]
pub struct SendQueue {
    items: VecDeque<Outgoing>,
}

impl SendQueue {
    /// Whether it is empty: the next message can be framed at once.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds an item that waits only for those before it.
    pub fn push(&mut self, outgoing: Outgoing) {
        self.items.push_back(outgoing);
    }

    /// Adds a message of `size` bytes whose payload is supplied in parts.
    pub fn push_parts(&mut self, id: u32, kind: MessageKind, size: u64, compress: Compress) {
        self.push(Outgoing::Parts(Parts { id, kind, compress, is_first: true, left: size }));
    }

    /// The message at the front, if it needs a part.
    pub fn wanted(&self) -> Option<&Parts> {
        match self.items.front() {
            Some(Outgoing::Parts(parts)) => Some(parts),
            _ => None,
        }
    }

    /// Takes a part of `len` bytes for the message that is wanted. Returns the place of the part in the message; `None` if
    /// no part is wanted, or not one of that length.
    pub fn take_part(&mut self, len: u64) -> Option<Fragment> {
        let Some(Outgoing::Parts(parts)) = self.items.front_mut() else { return None };
        parts.left = parts.left.checked_sub(len)?;
        let is_first = core::mem::replace(&mut parts.is_first, false);
        let is_last = parts.left == 0;
        let fragment = Fragment::new(parts.kind, is_first, is_last);
        if is_last {
            self.items.pop_front();
        }
        Some(fragment)
    }

    /// Removes the item at the front, unless it needs parts.
    pub fn pop(&mut self) -> Option<Outgoing> {
        if self.wanted().is_some() { None } else { self.items.pop_front() }
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        self.items.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_after_parts_wait_for_the_last_one() {
        let mut queue = SendQueue::default();
        queue.push_parts(7, MessageKind::Binary, 5, Some(false));
        queue.push(Outgoing::Text("after".into(), None));
        assert_eq!(queue.pop(), None);
        assert_eq!(queue.wanted().map(|parts| (parts.id, parts.compress)), Some((7, Some(false))));
        assert_eq!(queue.take_part(3), Some(Fragment::First(MessageKind::Binary)));
        assert_eq!(queue.take_part(1), Some(Fragment::Middle));
        assert_eq!(queue.pop(), None);
        assert_eq!(queue.take_part(1), Some(Fragment::Last));
        assert_eq!(queue.pop(), Some(Outgoing::Text("after".into(), None)));
        assert!(queue.is_empty());
    }

    #[test]
    fn an_empty_message_is_one_part() {
        let mut queue = SendQueue::default();
        queue.push_parts(1, MessageKind::Text, 0, None);
        assert_eq!(queue.take_part(0), Some(Fragment::Whole(MessageKind::Text)));
        assert!(queue.is_empty());
    }

    #[test]
    fn a_part_that_is_too_long_is_refused() {
        let mut queue = SendQueue::default();
        queue.push_parts(1, MessageKind::Text, 2, None);
        assert_eq!(queue.take_part(3), None);
        assert!(queue.take_part(2).is_some());
    }
}
