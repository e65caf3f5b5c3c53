//! What `send()` and `close()` were given and can't be framed yet, in its order: messages whose payload comes in parts
//! (a Blob is read bit by bit, a large buffer goes as the transport takes it), and all that came behind them.

use std::collections::VecDeque;

use crate::protocol::CloseFrame;

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text.
    Text(String),
    /// Binary data.
    Binary(Vec<u8>),
    /// A message whose payload comes in parts.
    Parts(Parts),
    /// The start of the closing handshake.
    Close(CloseFrame),
}

/// A message whose payload comes in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Its name among those of the socket.
    pub id: u32,
    /// Whether it is a text.
    pub text: bool,
    /// Whether nothing of it was taken.
    pub first: bool,
    /// The bytes of payload that were not taken.
    pub left: u64,
}

/// Things that wait.
#[derive(Debug, Default)]
pub struct SendQueue {
    items: VecDeque<Outgoing>,
}

impl SendQueue {
    /// Whether nothing waits: what comes now can be framed at once.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds what waits only for those before it.
    pub fn push(&mut self, outgoing: Outgoing) {
        self.items.push_back(outgoing);
    }

    /// Adds a message of `size` bytes whose payload comes in parts.
    pub fn push_parts(&mut self, id: u32, text: bool, size: u64) {
        self.push(Outgoing::Parts(Parts { id, text, first: true, left: size }));
    }

    /// The message whose next part is wanted, if it is the turn of one.
    pub fn wanted(&self) -> Option<&Parts> {
        match self.items.front() {
            Some(Outgoing::Parts(parts)) => Some(parts),
            _ => None,
        }
    }

    /// Takes `len` bytes of the message that is wanted. Returns it as it was, and whether this is its last part.
    pub fn take_part(&mut self, len: u64) -> Option<(Parts, bool)> {
        let Some(Outgoing::Parts(parts)) = self.items.front_mut() else { return None };
        let before = parts.clone();
        parts.left = parts.left.checked_sub(len)?;
        parts.first = false;
        let last = parts.left == 0;
        if last {
            self.items.pop_front();
        }
        Some((before, last))
    }

    /// Takes the next thing, unless it waits for parts.
    pub fn pop(&mut self) -> Option<Outgoing> {
        if self.wanted().is_some() { None } else { self.items.pop_front() }
    }

    /// Forgets all of it.
    pub fn clear(&mut self) {
        self.items.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_behind_parts_waits_for_the_last_one() {
        let mut queue = SendQueue::default();
        queue.push_parts(7, false, 5);
        queue.push(Outgoing::Text("after".into()));
        assert_eq!(queue.pop(), None);
        let (before, last) = queue.take_part(3).unwrap();
        assert_eq!((before.id, before.first, before.left, last), (7, true, 5, false));
        assert_eq!(queue.pop(), None);
        let (before, last) = queue.take_part(2).unwrap();
        assert_eq!((before.first, before.left, last), (false, 2, true));
        assert_eq!(queue.pop(), Some(Outgoing::Text("after".into())));
        assert!(queue.is_empty());
    }

    #[test]
    fn an_empty_message_is_one_part() {
        let mut queue = SendQueue::default();
        queue.push_parts(1, false, 0);
        assert!(queue.take_part(0).unwrap().1);
        assert!(queue.is_empty());
    }

    #[test]
    fn no_part_is_larger_than_what_is_left() {
        let mut queue = SendQueue::default();
        queue.push_parts(1, true, 2);
        assert_eq!(queue.take_part(3), None);
        assert!(queue.take_part(2).is_some());
    }
}
