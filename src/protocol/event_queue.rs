//! Events waiting for the driver.

use alloc::collections::VecDeque;

use super::event::Event;
use super::message::MessageKind;

/// The cost of an event beyond its payload, in bytes.
const OVERHEAD: u64 = 64;

/// For how many messages in place an empty queue keeps memory.
const MAX_KEPT: usize = 1024;

/// Events in order, and their size.
#[derive(Debug)]
pub struct EventQueue {
    /// Messages in place, which may be many and small.
    in_place: VecDeque<(MessageKind, usize)>,
    /// Other events, each with the number of messages in place between the one before it and itself.
    others: VecDeque<(usize, Event)>,
    /// How many messages in place are behind all others.
    last_run: usize,
    /// The front event, if it is a message in place.
    front: Option<Event>,
    /// In bytes.
    size: u64,
    /// How many of them are payloads that the driver holds.
    held: u64,
    high_water_mark: u64,
}

impl EventQueue {
    /// An empty queue that has room while its size is below `high_water_mark`.
    pub fn new(high_water_mark: usize) -> Self {
        Self {
            in_place: VecDeque::new(),
            others: VecDeque::new(),
            last_run: 0,
            front: None,
            size: 0,
            held: 0,
            high_water_mark: high_water_mark as u64,
        }
    }

    /// Adds an event that isn't a message in place. The caller checks [`has_room`](Self::has_room) before it produces more.
    pub fn push(&mut self, event: Event) {
        self.size += cost(&event);
        self.others.push_back((core::mem::take(&mut self.last_run), event));
    }

    /// Adds a message in place, of that kind and length.
    #[inline]
    pub fn push_in_place(&mut self, kind: MessageKind, len: usize) {
        if self.is_empty() {
            self.front = Some(Event::InPlace(kind, len));
        }
        self.in_place.push_back((kind, len));
        self.last_run += 1;
        self.size += OVERHEAD + len as u64;
        self.held += len as u64;
    }

    /// Removes the oldest event.
    pub fn pop(&mut self) -> Option<Event> {
        if self.in_place_run() > 0 {
            let front = self.front.take();
            self.take_in_place(1);
            return front;
        }
        let (_, event) = self.others.pop_front()?;
        self.size -= cost(&event);
        self.find_front();
        Some(event)
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.in_place.len() + self.others.len()
    }

    /// How many events at the front are messages in place.
    pub fn in_place_run(&self) -> usize {
        self.others.front().map_or(self.last_run, |(run, _)| *run)
    }

    /// Removes `count` of the messages in place at the front, or all there are.
    pub fn take_in_place(&mut self, count: usize) {
        let run = self.others.front_mut().map_or(&mut self.last_run, |(run, _)| run);
        let count = count.min(*run);
        *run -= count;
        let held: u64 = self.in_place.drain(..count).map(|(_, len)| len as u64).sum();
        self.size -= OVERHEAD * count as u64 + held;
        self.held -= held;
        self.find_front();
        if self.in_place.is_empty() {
            self.in_place.shrink_to(MAX_KEPT);
        }
    }

    /// Removes all events.
    pub fn clear(&mut self) {
        *self = Self::new(self.high_water_mark as usize);
    }

    /// The oldest event.
    pub fn front(&self) -> Option<&Event> {
        self.front.as_ref().or_else(|| self.others.front().map(|(_, event)| event))
    }

    fn find_front(&mut self) {
        let front = self.in_place.front().filter(|_| self.in_place_run() > 0);
        self.front = front.map(|&(kind, len)| Event::InPlace(kind, len));
    }

    fn is_empty(&self) -> bool {
        self.in_place.is_empty() && self.others.is_empty()
    }

    /// Whether there is room for more; an empty queue always has room.
    pub fn has_room(&self) -> bool {
        self.has_room_besides(0)
    }

    /// Whether there is room for more besides `len` bytes that are held elsewhere.
    pub fn has_room_besides(&self, len: u64) -> bool {
        self.size + len < self.high_water_mark || self.is_empty()
    }

    /// Whether there is room for more of the same input if the payloads in it stay there: the driver holds it as a whole.
    /// `may_own`: whether they may also become messages of their own, as compressed ones do.
    #[inline]
    pub fn has_room_in_place(&self, may_own: bool) -> bool {
        let size = if may_own { self.size - self.held } else { self.len() as u64 * OVERHEAD };
        size < self.high_water_mark || self.is_empty()
    }
}

fn cost(event: &Event) -> u64 {
    let len = match event {
        Event::Message(message) => message.len(),
        Event::Ping(payload) | Event::Pong(payload) => payload.len(),
        Event::InPlace(..) | Event::Open(_) | Event::CloseReceived | Event::Closed(_) => 0,
    };
    OVERHEAD + len as u64
}
