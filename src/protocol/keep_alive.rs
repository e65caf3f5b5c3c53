//! Whether the peer is still there: pings after silence (RFC 6455 5.5.2), and when silence after them is death.

use core::time::Duration;

use super::config::{Millis, deadline_after};

/// How much later than the deadline a look may be, in milliseconds, and still prove anything: timers are that inexact.
const MAX_LATENESS: Millis = 100;

/// How many pings in a row may go unanswered before late looks count, too: in a page that is never shown all are late.
const MAX_PINGS: u8 = 3;

/// How many looks divide the timeout. A pause of this side that is longer than the time between two of them shows.
const LOOKS: u32 = 4;

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
    limits: KeepAlive,
    /// When something was last received.
    heard_at: Millis,
    /// When to look next.
    deadline: Millis,
    /// How many pings were sent since then.
    pings: u8,
    /// The payload of the last ping.
    payload: [u8; 16],
    /// Where that ping ends in the output; 0 before the first one.
    end: u64,
    /// When the peer is dead, if nothing is received after it.
    dead_at: Millis,
}

impl Watch {
    /// For a connection that isn't established yet.
    pub fn new(limits: KeepAlive) -> Self {
        Self { limits, heard_at: 0, deadline: 0, pings: 0, payload: [0; 16], end: 0, dead_at: 0 }
    }

    /// The connection is established.
    pub fn start(&mut self, now: Millis) {
        self.heard_at = now;
        self.deadline = deadline_after(now, self.limits.interval);
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
    pub fn look(&mut self, now: Millis, paused: bool) -> Verdict {
        if now < self.deadline {
            return Verdict::Wait;
        }
        let is_late = now - self.deadline > MAX_LATENESS;
        if paused {
            self.pings = 0;
            self.deadline = deadline_after(now, self.limits.interval);
        } else if self.pings == 0 {
            self.deadline = deadline_after(self.heard_at, self.limits.interval);
            if self.deadline <= now {
                return Verdict::Ping;
            }
        } else if is_late && self.pings < MAX_PINGS {
            return Verdict::Ping;
        } else if self.dead_at <= now {
            return Verdict::Dead;
        } else {
            self.look_again(now);
        }
        Verdict::Wait
    }

    /// Asks for a ping before it is time: the network may have changed. One that was sent less than half of the timeout ago
    /// suffices.
    pub fn probe(&self, now: Millis, paused: bool) -> Verdict {
        let is_fresh = self.dead_at.saturating_sub(now) >= deadline_after(0, self.limits.timeout / 2);
        let wants = self.pings == 0 || !is_fresh && self.pings < MAX_PINGS;
        if wants && !paused { Verdict::Ping } else { Verdict::Wait }
    }

    /// A ping was sent with that payload, up to there in the output.
    pub fn pinged(&mut self, now: Millis, payload: [u8; 16], end: u64) {
        self.pings += 1;
        self.payload = payload;
        self.end = end;
        self.restart(now);
        self.look_again(now);
    }

    /// The transport has written more of the output, of which it had written the part up to `before`. The peer can't answer a
    /// ping that is still to be written, so that the timeout restarts.
    pub fn written(&mut self, now: Millis, before: u64) {
        if self.pings > 0 && before < self.end {
            self.restart(now);
        }
    }

    /// Whether a pong with that payload answers the last ping.
    pub fn is_answer(&self, payload: &[u8]) -> bool {
        self.end > 0 && payload == self.payload
    }

    fn restart(&mut self, now: Millis) {
        self.dead_at = deadline_after(now, self.limits.timeout);
    }

    fn look_again(&mut self, now: Millis) {
        let step = (self.limits.timeout / LOOKS).min(self.limits.interval).max(Duration::from_millis(1));
        self.deadline = deadline_after(now, step).min(self.dead_at);
    }
}
