//! Whether the peer is still there: pings after silence (RFC 6455 5.5.2), and when silence after them is death.

use core::time::Duration;

use super::config::{Millis, deadline_after};

/// How much later than the deadline a look may be, in milliseconds, and still prove anything: timers are that inexact.
const MAX_LATENESS: Millis = 100;

/// How many pings in a row may go unanswered before late looks count, too: in a page that is never shown all are late.
const MAX_PINGS: u8 = 3;

/// How many looks divide the timeout. A pause of this side that is longer than the time between two of them shows.
const LOOKS: Millis = 4;

/// What the payloads of pings differ in from those that a driver may choose. Any number serves.
const MARK: u64 = 0xb3d9_0f4e_a86c_2715;

/// Pings that find out whether the peer is alive ([`Config::keep_alive`](super::Config::keep_alive)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeepAlive {
    /// How long nothing must have been received before a ping is sent. 30 s by default.
    pub interval: Duration,
    /// How long after a ping anything must be received. 10 s by default.
    pub timeout: Duration,
}

impl Default for KeepAlive {
    fn default() -> Self {
        Self { interval: Duration::from_secs(30), timeout: Duration::from_secs(10) }
    }
}

/// What follows from a look.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Wait,
    /// A ping is to be sent, and reported by [`Watch::pinged`].
    Ping,
    /// The peer is dead.
    Dead,
}

/// What is known about the peer of one connection.
///
/// Receiving doesn't change the deadline: the look that is then due finds out, and sets the next one. So no driver has to
/// reset a timer for each message.
#[derive(Debug)]
pub struct Watch {
    interval: Millis,
    timeout: Millis,
    /// When something was last received.
    heard_at: Millis,
    /// When to look next.
    deadline: Millis,
    /// How many pings were sent since then.
    pings: u8,
    /// Where the last ping begins in the output.
    start: u64,
    /// When the peer is dead, if nothing is received after that ping.
    dead_at: Millis,
}

impl Watch {
    /// For a connection that isn't established yet.
    pub fn new(limits: KeepAlive) -> Self {
        let [interval, timeout] = [limits.interval, limits.timeout].map(|limit| deadline_after(0, limit).max(1));
        Self { interval, timeout, heard_at: 0, deadline: 0, pings: 0, start: 0, dead_at: 0 }
    }

    /// The connection is established.
    pub fn start(&mut self, now: Millis) {
        self.heard_at = now;
        self.deadline = now.saturating_add(self.interval);
    }

    /// Something was received.
    pub fn heard(&mut self, now: Millis) {
        self.heard_at = now;
        self.pings = 0;
    }

    /// When to [`look`](Self::look).
    pub fn deadline(&self) -> Millis {
        self.deadline
    }

    /// Looks at the clock, if the deadline has passed. `paused`: whether nothing is being read, so that silence says nothing
    /// about the peer.
    ///
    /// Nor does it in a late look: this side was suspended, or busy, and what the peer sent may be unread. Then another ping
    /// decides.
    ///
    /// `probe`: whether to send a ping before it is time. One that was sent less than half of the timeout ago suffices.
    pub fn look(&mut self, now: Millis, paused: bool, probe: bool) -> Verdict {
        let is_due = self.deadline <= now;
        if !is_due && !probe {
            return Verdict::Wait;
        }
        if paused {
            self.pings = 0;
            self.deadline = now.saturating_add(self.interval);
        } else if self.pings == 0 {
            self.deadline = self.heard_at.saturating_add(self.interval);
            if probe || self.deadline <= now {
                return Verdict::Ping;
            }
        } else {
            // When the last ping proves nothing any more.
            let limit =
                if probe { self.dead_at - self.timeout / 2 } else { self.deadline.saturating_add(MAX_LATENESS) };
            if self.pings < MAX_PINGS && limit < now {
                return Verdict::Ping;
            }
            if self.dead_at <= now {
                return Verdict::Dead;
            }
            self.look_again(now);
        }
        Verdict::Wait
    }

    /// A ping is sent, which begins there in the output. Returns its payload.
    pub fn pinged(&mut self, now: Millis, start: u64) -> [u8; 8] {
        self.pings += 1;
        self.start = start;
        self.restart(now);
        self.look_again(now);
        self.payload()
    }

    /// The transport has written more of the output, of which it had written the part up to `before`. The peer can't answer a
    /// ping that is still to be written, so that the timeout restarts.
    pub fn written(&mut self, now: Millis, before: u64) {
        if before <= self.start {
            self.restart(now);
        }
    }

    /// The payload of the last ping: no other one has it.
    fn payload(&self) -> [u8; 8] {
        (self.start ^ MARK).to_be_bytes()
    }

    /// Whether a pong answers one of the pings: perhaps not the last one.
    pub fn is_answer(&self, payload: &[u8]) -> bool {
        payload.try_into().is_ok_and(|bytes| u64::from_be_bytes(bytes) ^ MARK <= self.start)
    }

    fn restart(&mut self, now: Millis) {
        self.dead_at = now.saturating_add(self.timeout);
    }

    fn look_again(&mut self, now: Millis) {
        // Not `clamp`: its panic's message would double the size of all this.
        let step = (self.timeout / LOOKS).min(self.interval).max(1);
        self.deadline = now.saturating_add(step).min(self.dead_at);
    }
}
