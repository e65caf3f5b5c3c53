//! What `send()` and `close()` were given behind a Blob whose bytes are not read yet: it all keeps its order.

use std::collections::VecDeque;

use crate::protocol::CloseFrame;

/// One thing to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text.
    Text(String),
    /// Binary data.
    Binary(Vec<u8>),
    /// The start of the closing handshake.
    Close(CloseFrame),
}

/// Things to send, some of which wait for their bytes.
#[derive(Debug, Default)]
pub struct SendQueue {
    items: VecDeque<Item>,
    next_id: u32,
}

#[derive(Debug)]
enum Item {
    Ready(Outgoing),
    Blob(u32),
}

impl SendQueue {
    /// Whether nothing waits: what comes now can be sent at once.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds what is ready but for those before it.
    pub fn push(&mut self, outgoing: Outgoing) {
        self.items.push_back(Item::Ready(outgoing));
    }

    /// Adds a Blob that is being read, and names it.
    pub fn push_blob(&mut self) -> u32 {
        self.next_id = self.next_id.wrapping_add(1);
        self.items.push_back(Item::Blob(self.next_id));
        self.next_id
    }

    /// Fills in a Blob's bytes.
    pub fn blob_read(&mut self, id: u32, bytes: Vec<u8>) {
        if let Some(item) = self.items.iter_mut().find(|item| matches!(item, Item::Blob(i) if *i == id)) {
            *item = Item::Ready(Outgoing::Binary(bytes));
        }
    }

    /// Takes the next thing, if it waits for nothing.
    pub fn pop(&mut self) -> Option<Outgoing> {
        match self.items.pop_front()? {
            Item::Ready(outgoing) => Some(outgoing),
            blob => {
                self.items.push_front(blob);
                None
            }
        }
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
    fn what_comes_behind_a_blob_waits_for_it() {
        let mut queue = SendQueue::default();
        let first = queue.push_blob();
        let second = queue.push_blob();
        queue.push(Outgoing::Text("after".into()));
        assert_eq!(queue.pop(), None);
        queue.blob_read(second, vec![2]);
        assert_eq!(queue.pop(), None);
        queue.blob_read(first, vec![1]);
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(rest, [Outgoing::Binary(vec![1]), Outgoing::Binary(vec![2]), Outgoing::Text("after".into())]);
        assert!(queue.is_empty());
    }
}
