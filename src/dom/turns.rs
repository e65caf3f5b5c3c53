//! One connection attempt at a time for each host and port (RFC 6455 4.1, step 2 of "establish a connection").

/// Who connects and who waits, in order, by host and port.
#[derive(Debug, Default)]
pub struct Turns {
    entries: Vec<(String, u32)>,
}

impl Turns {
    /// Queues an attempt. Returns whether it may start: nobody is before it at that host and port.
    pub fn enter(&mut self, host: &str, id: u32) -> bool {
        let first = self.entries.iter().all(|(other, _)| other != host);
        self.entries.push((host.to_owned(), id));
        first
    }

    /// Ends an attempt, or the wait for it. Returns who may start now.
    pub fn leave(&mut self, id: u32) -> Option<u32> {
        let at = self.entries.iter().position(|(_, other)| *other == id)?;
        let (host, _) = self.entries.remove(at);
        let mut same = self.entries.iter().enumerate().filter(|(_, (other, _))| *other == host);
        // Whoever waited behind somebody else than the one that left goes on waiting.
        same.next().filter(|(next, _)| *next >= at).map(|(_, (_, next))| *next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_starts_when_the_one_before_it_ends() {
        let mut turns = Turns::default();
        assert!(turns.enter("a:80", 1));
        assert!(!turns.enter("a:80", 2));
        assert!(turns.enter("b:80", 3), "another host doesn't wait");
        assert!(!turns.enter("a:80", 4));
        assert_eq!(turns.leave(1), Some(2));
        assert_eq!(turns.leave(3), None);
        assert_eq!(turns.leave(2), Some(4));
        assert_eq!(turns.leave(4), None);
        assert!(turns.enter("a:80", 5));
    }

    #[test]
    fn who_gives_up_waiting_starts_nobody() {
        let mut turns = Turns::default();
        turns.enter("a:80", 1);
        turns.enter("a:80", 2);
        turns.enter("a:80", 3);
        assert_eq!(turns.leave(2), None);
        assert_eq!(turns.leave(2), None, "twice is once");
        assert_eq!(turns.leave(1), Some(3));
    }
}
