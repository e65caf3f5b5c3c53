//! Events that wait for the driver, within a bound.

use std::collections::VecDeque;

use super::event::Event;

/// What an event costs beyond its payload, in bytes.
const OVERHEAD: usize = 64;

/// Events in their order.
#[derive(Debug)]
pub struct Events {
    queue: VecDeque<Event>,
    /// The bytes that they take.
    size: usize,
    high_water_mark: usize,
}

impl Events {
    /// None yet; there is room for more while they take less than that many bytes.
    pub fn new(high_water_mark: usize) -> Self {
        Self { queue: VecDeque::new(), size: 0, high_water_mark }
    }

    /// Adds one, room or not: it is for the caller to ask before it makes more.
    pub fn push(&mut self, event: Event) {
        self.size += cost(&event);
        self.queue.push_back(event);
    }

    /// Takes the oldest one.
    pub fn pop(&mut self) -> Option<Event> {
        let event = self.queue.pop_front()?;
        self.size -= cost(&event);
        Some(event)
    }

    /// Discards all of them.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.size = 0;
    }

    /// The oldest one.
    pub fn front(&self) -> Option<&Event> {
        self.queue.front()
    }

    /// Whether there is room for more. There always is where there are none.
    pub fn have_room(&self) -> bool {
        self.queue.is_empty() || self.size < self.high_water_mark
    }
}

fn cost(event: &Event) -> usize {
    OVERHEAD
        + match event {
            Event::Message(message) => message.size(),
            Event::Pong(payload) => payload.len(),
            Event::Open(_) | Event::Closing | Event::Closed(_) => 0,
        }
}
