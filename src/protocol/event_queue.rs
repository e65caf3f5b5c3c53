//! Events waiting for the driver.

use alloc::collections::VecDeque;

use super::event::Event;

/// The cost of an event beyond its payload, in bytes.
const OVERHEAD: u64 = 64;

/// Events in order, and their size.
#[derive(Debug)]
pub struct EventQueue {
    queue: VecDeque<Event>,
    /// In bytes.
    size: u64,
    /// How many of them are payloads that the driver holds.
    held: u64,
    /// How many events at the front are messages in place.
    in_place: usize,
    high_water_mark: usize,
}

impl EventQueue {
    /// An empty queue that has room while its size is below `high_water_mark`.
    pub fn new(high_water_mark: usize) -> Self {
        Self { queue: VecDeque::new(), size: 0, held: 0, in_place: 0, high_water_mark }
    }

    /// Adds an event. The caller checks [`has_room`](Self::has_room) before it produces more.
    pub fn push(&mut self, event: Event) {
        self.size += OVERHEAD + payload_len(&event);
        if let Event::InPlace(_, len) = event {
            self.held += len as u64;
            if self.in_place == self.queue.len() {
                self.in_place += 1;
            }
        }
        self.queue.push_back(event);
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Removes the oldest event.
    pub fn pop(&mut self) -> Option<Event> {
        let event = self.queue.pop_front()?;
        self.size -= OVERHEAD + payload_len(&event);
        if let Event::InPlace(_, len) = event {
            self.held -= len as u64;
            self.in_place -= 1;
        } else {
            self.in_place = self.queue.iter().take_while(|event| matches!(event, Event::InPlace(..))).count();
        }
        Some(event)
    }

    /// How many events at the front are messages in place.
    pub fn in_place_run(&self) -> usize {
        self.in_place
    }

    /// Removes `count` of the messages in place at the front, or all there are.
    pub fn take_in_place(&mut self, count: usize) {
        for _ in 0..count.min(self.in_place) {
            self.pop();
        }
    }

    /// Removes all events.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.size = 0;
        self.held = 0;
        self.in_place = 0;
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
        self.queue.is_empty() || self.size + len < self.high_water_mark as u64
    }

    /// Whether there is room for more of the same input if the payloads in it stay there: the driver holds it as a whole.
    pub fn has_room_in_place(&self) -> bool {
        self.queue.is_empty() || self.size - self.held < self.high_water_mark as u64
    }
}

fn payload_len(event: &Event) -> u64 {
    let len = match event {
        Event::Message(message) => message.len(),
        Event::InPlace(_, len) => *len,
        Event::Pong(payload) => payload.len(),
        Event::Open(_) | Event::CloseReceived | Event::Closed(_) => 0,
    };
    len as u64
}
