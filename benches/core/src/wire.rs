//! A transport in memory: prebuilt frames to read, without end, and bytes written to nowhere.

use std::cell::Cell;
use std::hint::black_box;
use std::io::{self, IoSlice, Read, Write};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes for one read, as a socket has no more.
const MAX_READ: usize = 128 << 10;

/// The transport of one contender.
#[derive(Debug)]
pub struct Wire {
    frames: Arc<[u8]>,
    at: usize,
    written: Rc<Cell<u64>>,
}

impl Wire {
    /// A transport that delivers `frames` again and again.
    pub fn new(frames: &Arc<[u8]>) -> Self {
        Self { frames: Arc::clone(frames), at: 0, written: Rc::default() }
    }

    /// How many bytes were written, also when the wire is inside of a socket.
    pub fn written(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.written)
    }

    /// The next bytes, at most `max`.
    fn next(&mut self, max: usize) -> &[u8] {
        let start = self.at;
        let end = self.frames.len().min(start + max.min(MAX_READ));
        self.at = if end == self.frames.len() { 0 } else { end };
        &self.frames[start..end]
    }

    /// Appends the next bytes to `to`, within its capacity and at most `max`.
    pub fn read_to(&mut self, to: &mut Vec<u8>, max: usize) -> usize {
        let bytes = self.next(max.min(to.capacity() - to.len()));
        to.extend_from_slice(bytes);
        bytes.len()
    }
}

impl Read for Wire {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let bytes = self.next(to.len());
        to[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.set(self.written.get() + black_box(bytes).len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let bytes = self.get_mut().next(to.remaining());
        to.put_slice(bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.get_mut().write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let len = parts.iter().map(|part| black_box(part).len()).sum();
        self.written.set(self.written.get() + len as u64);
        Poll::Ready(Ok(len))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The result of a future that never waits.
pub fn ready<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits, and the wire is always ready"),
    }
}
