//! Events waiting for the driver.

use alloc::collections::VecDeque;

use super::event::Event;

/// The cost of an event beyond its payload, in bytes.
const OVERHEAD: usize = 64;

/// Events in order, and their size.
#[derive(Debug)]
pub struct EventQueue {
    queue: VecDeque<Event>,
    /// In bytes.
    size: usize,
    high_water_mark: usize,
}

impl EventQueue {
    /// An empty queue that has room while its size is below `high_water_mark`.
    pub fn new(high_water_mark: usize) -> Self {
        Self { queue: VecDeque::new(), size: 0, high_water_mark }
    }

    /// Adds an event. The caller checks [`has_room`](Self::has_room) before it produces more.
    pub fn push(&mut self, event: Event) {
        self.size += cost(&event);
        self.queue.push_back(event);
    }

    /// Removes the oldest event.
    pub fn pop(&mut self) -> Option<Event> {
        let event = self.queue.pop_front()?;
        self.size -= cost(&event);
        Some(event)
    }

    /// Removes all events.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.size = 0;
    }

    /// The oldest event.
    pub fn front(&self) -> Option<&Event> {
        self.queue.front()
    }

    /// Whether there is room for more; an empty queue always has room.
    pub fn has_room(&self) -> bool {
        self.has_room_besides(0)
    }

    /// Whether there is room for more besides `len` bytes that are held elsewhere.
    pub fn has_room_besides(&self, len: u64) -> bool {
        self.queue.is_empty() || self.size as u64 + len < self.high_water_mark as u64
    }
}

fn cost(event: &Event) -> usize {
    OVERHEAD
        + match event {
            Event::Message(message) => message.len(),
            Event::Pong(payload) => payload.len(),
            Event::Open(_) | Event::CloseReceived | Event::Closed(_) => 0,
        }
}
