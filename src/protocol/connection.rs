//! A client's connection from its first byte to its last.

use super::close::CloseFrame;
use super::config::{Config, Millis};
use super::deflate::Agreement;
use super::error::{Error, HandshakeError};
use super::event::Event;
use super::frame::Role;
use super::mask::Keys;
use super::request::{Request, accept_key};
use super::response::{Response, ResponseReader};
use super::sender::Part;
use super::stream::MessageStream;
use super::trace::FrameRecord;

/// A client's connection: the opening handshake, then messages, then the closing handshake.
///
/// How it is driven stands in the [module's documentation](super).
#[derive(Debug)]
pub struct Connection {
    opening: Option<Opening>,
    stream: MessageStream,
}

/// An opening handshake whose response has not come.
#[derive(Debug)]
struct Opening {
    nonce: [u8; 16],
    request: Request,
    reader: ResponseReader,
    timeout: Millis,
    /// None while the driver waits for its turn to connect.
    deadline: Option<Millis>,
}

impl Connection {
    /// Starts the opening handshake: the request is the first output. `now` is when the driver began to connect.
    pub fn connect(request: &Request, config: &Config, now: Millis) -> Self {
        let mut stream = MessageStream::new(Role::Client, config);
        let nonce = match Keys::new().take() {
            Ok(nonce) => nonce,
            Err(error) => {
                stream.abandon(error);
                return Self { opening: None, stream };
            }
        };
        stream.push_output(&request.encode(nonce));
        let opening = Opening {
            nonce,
            request: request.clone(),
            reader: ResponseReader::new(config.max_head_size),
            timeout: config.handshake_timeout,
            deadline: Some(now.saturating_add(config.handshake_timeout)),
        };
        Self { opening: Some(opening), stream }
    }

    /// Takes back the offer of compression, before the request was taken as output: there is no codec for it.
    pub fn offer_nothing(&mut self) {
        if let Some(Opening { nonce, request, .. }) = &mut self.opening {
            request.offer_deflate(None);
            self.stream.clear_output();
            self.stream.push_output(&request.encode(*nonce));
        }
    }

    /// Whether compression is offered, or was.
    pub fn offers_deflate(&self) -> bool {
        self.opening.as_ref().is_some_and(|opening| opening.request.deflate().is_some())
    }

    /// Starts the time for the opening handshake anew, or stops it: the driver waits for its turn to connect.
    pub fn turn(&mut self, now: Option<Millis>) {
        if let Some(opening) = &mut self.opening {
            opening.deadline = now.map(|now| now.saturating_add(opening.timeout));
        }
    }

    /// Takes bytes from the server, cut anywhere.
    pub fn receive(&mut self, mut input: &[u8], now: Millis) {
        if let Some(opening) = &mut self.opening {
            match opening.read(&mut input) {
                Ok(None) => return,
                Ok(Some((response, agreement))) => {
                    if let (Some(agreement), Some(offer)) = (agreement, opening.request.deflate()) {
                        self.stream.compress(&agreement, offer);
                    }
                    self.stream.push_event(Event::Open(Box::new(response)));
                }
                Err(why) => self.stream.abandon(why.into()),
            }
            self.opening = None;
        }
        self.stream.receive(input, now);
    }

    /// Records that the server sends no more bytes.
    pub fn end(&mut self) {
        match self.opening.take() {
            Some(_) => self.stream.abandon(HandshakeError::Incomplete.into()),
            None => self.stream.end(),
        }
    }

    /// Records that the transport could not connect, or broke; `why` is for people.
    pub fn lose(&mut self, why: &str) {
        self.opening = None;
        self.stream.lose(Error::Transport(why.to_owned()));
    }

    /// Gives the connection up at once, for that reason.
    pub fn abandon(&mut self, error: Error) {
        self.opening = None;
        self.stream.abandon(error);
    }

    /// When [`expire`](Self::expire) is to be called, if at all.
    pub fn deadline(&self) -> Option<Millis> {
        match &self.opening {
            Some(opening) => opening.deadline,
            None => self.stream.deadline(),
        }
    }

    /// Ends what has taken too long by now.
    pub fn expire(&mut self, now: Millis) {
        match &self.opening {
            Some(opening) => {
                if opening.deadline.is_some_and(|deadline| deadline <= now) {
                    self.abandon(Error::HandshakeTimeout);
                }
            }
            None => self.stream.expire(now),
        }
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.stream.poll_event()
    }

    /// Whether more input is wanted: not while many events wait to be taken.
    pub fn wants_input(&self) -> bool {
        self.stream.wants_input()
    }

    /// Whether there is a next event.
    pub fn has_event(&self) -> bool {
        self.stream.has_event()
    }

    /// Whether the next event says that the connection was failed.
    pub fn next_is_failure(&self) -> bool {
        self.stream.next_is_failure()
    }

    /// Whether the next event is a message.
    pub fn next_is_message(&self) -> bool {
        self.stream.next_is_message()
    }

    /// What is to be written to the transport, once.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.stream.take_output()
    }

    /// Whether a Close frame was sent or received, or the connection is closed.
    pub fn is_closing(&self) -> bool {
        self.opening.is_none() && !self.stream.is_open()
    }

    /// Whether data may be sent: the opening handshake is done, the closing handshake not started from here.
    pub fn is_open(&self) -> bool {
        self.opening.is_none() && self.stream.is_open()
    }

    /// Sends a text. Returns whether it was queued: not unless [`is_open`](Self::is_open), nor where there is no memory.
    pub fn send_text(&mut self, text: &str) -> bool {
        self.is_open() && self.stream.send_text(text)
    }

    /// Sends binary data. Returns as [`send_text`](Self::send_text).
    pub fn send_binary(&mut self, data: &[u8]) -> bool {
        self.is_open() && self.stream.send_binary(data)
    }

    /// Sends `len` bytes of binary data, which `fill` writes to where they are needed. Returns as
    /// [`send_text`](Self::send_text).
    pub fn send_binary_with(&mut self, len: usize, fill: impl FnMut(&mut [u8])) -> bool {
        self.is_open() && self.stream.send_binary_with(len, fill)
    }

    /// Sends a fragment of a message; as [`MessageStream::send_part`].
    pub fn send_part(&mut self, part: Part, len: usize, fill: impl FnMut(&mut [u8])) -> bool {
        self.is_open() && self.stream.send_part(part, len, fill)
    }

    /// Records that the transport has written `bytes` more bytes of the output. Without it no close is clean; the time
    /// for the answer to a Close frame starts again as long as data in front of it is written.
    pub fn written(&mut self, bytes: u64, now: Millis) {
        self.stream.written(bytes, now);
    }

    /// Fails the connection because of a message that was received and can't be used: none after it is delivered either.
    pub fn refuse_message(&mut self, error: Error) {
        self.stream.refuse_message(error);
    }

    /// Records that [`close`](Self::close) follows once data is sent that has not come yet; the wait is bounded by `close_timeout`.
    pub fn close_later(&mut self, now: Millis) {
        self.stream.close_later(now);
    }

    /// How many bytes [`take_output`](Self::take_output) would give, answers to pings aside.
    pub fn output_len(&self) -> usize {
        self.stream.output_len()
    }

    /// Sends a ping. Returns as [`send_text`](Self::send_text), and false where the payload is over 125 bytes.
    pub fn ping(&mut self, payload: &[u8]) -> bool {
        self.is_open() && self.stream.ping(payload)
    }

    /// Starts the closing handshake; gives up an opening handshake that isn't done.
    pub fn close(&mut self, frame: &CloseFrame, now: Millis) {
        match self.opening.take() {
            Some(_) => self.stream.abandon(Error::Aborted),
            None => self.stream.close(frame, now),
        }
    }

    /// Records the frames that pass from now on, with the first `preview` bytes of their payloads; `None` stops it.
    pub fn trace(&mut self, preview: Option<usize>) {
        self.stream.trace.record(preview);
    }

    /// The next frame that was recorded.
    pub fn poll_frame(&mut self) -> Option<FrameRecord> {
        self.stream.trace.poll()
    }
}

impl Opening {
    fn read(&mut self, input: &mut &[u8]) -> Result<Option<(Response, Option<Agreement>)>, HandshakeError> {
        let Some(response) = self.reader.read(input)? else { return Ok(None) };
        let agreement = response.check(&accept_key(self.nonce), &self.request)?;
        Ok(Some((response, agreement)))
    }
}
