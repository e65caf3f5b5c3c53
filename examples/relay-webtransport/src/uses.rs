//! Whether a session is used.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Counts the streams of a session whose requests have the token.
#[derive(Clone, Default)]
pub struct Uses(watch::Sender<usize>);

/// One of them, until it is dropped.
pub struct Use(Uses);

impl Uses {
    pub fn begin(&self) -> Use {
        self.0.send_modify(|count| *count += 1);
        Use(self.clone())
    }

    /// Resolves when there was none for some time.
    pub async fn none_for(&self, time: Duration) {
        let mut changes = self.0.subscribe();
        loop {
            // Each change restarts the time, also one that was undone before this saw it.
            let unchanged = timeout(time, changes.changed()).await.is_err();
            if unchanged && *changes.borrow() == 0 {
                return;
            }
        }
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}
