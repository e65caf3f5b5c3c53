//! Why a connection failed, or wasn't closed cleanly: the protocol's reasons, and those of the layers around it.

use core::fmt;

use crate::protocol::Error;

/// A reason.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// One of the protocol's.
    Protocol(Error),
    /// `close()`, or an AbortSignal, before the connection was established.
    Aborted,
    /// The page entered the back/forward cache.
    PageCached,
    /// The transport couldn't connect, or broke; the text is the transport's.
    Transport(String),
    /// The port is blocked (Fetch 2.8).
    BlockedPort(u16),
    /// There is no memory to buffer a message of this many bytes that is to be sent.
    NoMemoryToSend(u64),
    /// The engine has no memory for this many bytes of output.
    NoMemoryToWrite(usize),
    /// The engine has no memory for a binary message that was received.
    NoMemoryToReceive,
    /// A text message that was received is longer than the engine's strings.
    TextTooLong,
    /// A Blob that is to be sent can't be read.
    UnreadableBlob,
    /// `terminate()`.
    Terminated,
}

impl Failure {
    /// A stable code for programs, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Protocol(error) => error.code(),
            Self::Aborted => "aborted",
            Self::PageCached => "back-forward-cache",
            Self::Transport(_) => "transport-failed",
            Self::BlockedPort(_) => "blocked-port",
            Self::NoMemoryToSend(_) | Self::NoMemoryToWrite(_) | Self::NoMemoryToReceive => "out-of-memory",
            Self::TextTooLong => "message-too-big",
            Self::UnreadableBlob => "unreadable-blob",
            Self::Terminated => "terminated",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol(error) => error.fmt(f),
            Self::Aborted => f.write_str("the connection was closed before it was established"),
            Self::PageCached => f.write_str("the page entered the back/forward cache"),
            Self::Transport(why) => f.write_str(why),
            Self::BlockedPort(port) => write!(f, "connections to port {port} are blocked"),
            Self::NoMemoryToSend(bytes) => write!(f, "out of memory: can't buffer a message of {bytes} bytes"),
            Self::NoMemoryToWrite(bytes) => write!(f, "out of memory: can't write {bytes} bytes"),
            Self::NoMemoryToReceive => f.write_str("out of memory: can't receive a message"),
            Self::TextTooLong => f.write_str("a message is too large for this environment"),
            Self::UnreadableBlob => f.write_str("a Blob that is to be sent can't be read"),
            Self::Terminated => f.write_str("the connection was terminated"),
        }
    }
}

/// The reasons for which this side ended the connection. The protocol reports only that it did, and whether it was for
/// one of them: it may have failed before.
#[derive(Debug, Default)]
pub struct OwnReasons {
    aborted: Option<Failure>,
    transport: Option<String>,
    refused: Option<Failure>,
}

impl OwnReasons {
    /// Sets why the connection is aborted; the first reason counts.
    pub fn aborted(&mut self, why: Failure) {
        self.aborted.get_or_insert(why);
    }

    /// Sets why the transport was lost; the first reason counts.
    pub fn transport_lost(&mut self, why: &str) {
        self.transport.get_or_insert_with(|| why.to_owned());
    }

    /// Sets why a message is refused.
    pub fn refused(&mut self, why: Failure) {
        self.refused = Some(why);
    }

    /// Takes the reason for an error that the protocol reports.
    pub fn failure(&mut self, error: Error) -> Failure {
        let own = match error {
            Error::Aborted => self.aborted.take(),
            Error::TransportLost => self.transport.take().map(Failure::Transport),
            Error::MessageRefused => self.refused.take(),
            _ => None,
        };
        own.unwrap_or(Failure::Protocol(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [(Failure, &'static str, &'static str); 11] {
        [
            (Failure::Protocol(Error::Masked), "masked-frame", "masked"),
            (Failure::Aborted, "aborted", "before it was established"),
            (Failure::PageCached, "back-forward-cache", "entered the back/forward cache"),
            (Failure::Transport("no route".to_owned()), "transport-failed", "no route"),
            (Failure::BlockedPort(77), "blocked-port", "77"),
            (Failure::NoMemoryToSend(77), "out-of-memory", "77"),
            (Failure::NoMemoryToWrite(78), "out-of-memory", "78"),
            (Failure::NoMemoryToReceive, "out-of-memory", "receive"),
            (Failure::TextTooLong, "message-too-big", "too large"),
            (Failure::UnreadableBlob, "unreadable-blob", "Blob"),
            (Failure::Terminated, "terminated", "terminated"),
        ]
    }

    #[test]
    fn every_reason_has_a_code_and_a_text_with_its_details() {
        let mut texts = std::collections::HashSet::new();
        for (failure, code, detail) in all() {
            assert_eq!(failure.code(), code);
            let text = failure.to_string();
            assert!(text.contains(detail), "{text}");
            assert!(texts.insert(text));
        }
    }

    #[test]
    fn an_own_reason_counts_only_for_the_error_that_it_caused() {
        let mut reasons = OwnReasons::default();
        assert_eq!(reasons.failure(Error::Aborted), Failure::Protocol(Error::Aborted));
        reasons.aborted(Failure::UnreadableBlob);
        reasons.aborted(Failure::Aborted);
        reasons.transport_lost("reset");
        reasons.transport_lost("again");
        reasons.refused(Failure::TextTooLong);
        assert_eq!(reasons.failure(Error::Aborted), Failure::UnreadableBlob);
        assert_eq!(reasons.failure(Error::TransportLost), Failure::Transport("reset".to_owned()));
        assert_eq!(reasons.failure(Error::MessageRefused), Failure::TextTooLong);
        assert_eq!(reasons.failure(Error::InvalidUtf8), Failure::Protocol(Error::InvalidUtf8));
    }
}
