//! A connection after the opening handshake, for either endpoint (RFC 6455 5.5, 6, 7.1).

mod end;
mod input;

use alloc::vec::Vec;
use core::time::Duration;

use self::end::End;
use super::backlog::Backlog;
use super::close::{CloseCode, CloseFrame};
use super::compression::Compression;
use super::config::{Config, Millis};
use super::deflate::Offer;
use super::deflate::deflater::Deflater;
use super::deflate::inflater::Inflater;
use super::deflate::negotiation::Agreement;
use super::error::Error;
use super::event::Event;
use super::event_queue::EventQueue;
use super::fragment::Fragment;
use super::frame::{MAX_CONTROL_PAYLOAD, Opcode, Role};
use super::in_place::RangeTable;
use super::keep_alive::{Verdict, Watch};
use super::message::MessageKind;
use super::output::Filled;
use super::random::{RandomError, RandomSource};
use super::receiver::Receiver;
use super::send_error::SendError;
use super::sender::{Content, Sender, Unsent};
use super::statistics::{Statistics, Traffic};
use super::trace::{FrameRecord, Trace};

/// Messages, control frames and the closing handshake.
#[derive(Debug)]
pub struct OpenConnection {
    role: Role,
    close_timeout: Duration,
    max_backlog: usize,
    receiver: Receiver,
    sender: Sender,
    events: EventQueue,
    backlog: Backlog,
    table: RangeTable,
    /// What follows the backlog, if it isn't empty.
    pending_end: Option<End>,
    now: Millis,
    /// The last event, and the code to send, once the events before it were taken.
    failing: Option<(Event, CloseCode)>,
    close_sent: bool,
    close_received: Option<CloseFrame>,
    deadline: Option<Millis>,
    /// Whether `poll_event` set the deadline, by a time that may be long past.
    deadline_is_dated: bool,
    /// Whether the peer ended the transport after its Close frame and before this side's was written.
    half_closed: bool,
    ended: bool,
    /// With keep-alive.
    watch: Option<Watch>,
    /// Whether the driver reads when input is wanted.
    pub(super) reading: bool,
    trace: Trace,
    /// Whether pings are events.
    reports_pings: bool,
    agreement: Option<Agreement>,
    /// What was received; of compressed messages the receiver knows.
    traffic: Traffic,
}

impl OpenConnection {
    /// A connection on which nothing was sent or received yet.
    pub fn new(
        role: Role,
        config: &Config,
        random: impl FnMut(&mut [u8]) -> Result<(), RandomError> + Send + 'static,
    ) -> Self {
        Self {
            role,
            close_timeout: config.close_timeout,
            max_backlog: config.max_backlog,
            receiver: Receiver::new(role.peer(), config),
            sender: Sender::new(role, config.max_queued_pongs, RandomSource::new(random)),
            events: EventQueue::new(config.high_water_mark),
            backlog: Backlog::default(),
            table: RangeTable::default(),
            pending_end: None,
            now: 0,
            failing: None,
            close_sent: false,
            close_received: None,
            deadline: None,
            deadline_is_dated: false,
            half_closed: false,
            ended: false,
            watch: config.keep_alive.map(Watch::new),
            reading: true,
            trace: Trace::default(),
            reports_pings: false,
            agreement: None,
            traffic: Traffic::default(),
        }
    }

    /// Compresses from now on as agreed, with the codec, the level and the threshold of `offer` (RFC 7692).
    pub fn compress(&mut self, agreement: &Agreement, offer: &Offer) {
        let (ours, theirs) = match self.role {
            Role::Client => (agreement.client, agreement.server),
            Role::Server => (agreement.server, agreement.client),
        };
        let deflater = Deflater::new(offer.codec, ours, offer.level);
        self.sender.compress_with(Compression::new(deflater, offer.threshold));
        self.receiver.inflate_with(Inflater::new(offer.codec, theirs));
        self.agreement = Some(agreement.clone());
    }

    /// The parameters of compression; `None` if it isn't in use.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.agreement.as_ref()
    }

    /// What was sent and received.
    pub fn statistics(&self) -> Statistics {
        let (plain, deflated) = self.receiver.inflated();
        Statistics { sent: self.sender.traffic(), received: Traffic { plain, deflated, ..self.traffic } }
    }

    /// Starts keep-alive, if it is wanted: the connection is established.
    pub fn watch_peer(&mut self, now: Millis) {
        if let Some(watch) = &mut self.watch {
            watch.start(now);
        }
    }

    /// Sends a ping if it is time for one, or for a `probe`; or finds that the peer is dead. Only while the connection is open:
    /// afterwards the close timeout counts.
    pub fn check_peer(&mut self, now: Millis, probe: bool) {
        let paused = !self.reading || !self.wants_input();
        if self.deadline.is_some() || self.deadline().is_none() {
            return;
        }
        let Some(watch) = &mut self.watch else { return };
        match watch.look(now, paused, probe) {
            Verdict::Wait => {}
            Verdict::Ping => {
                let payload = watch.pinged(now, self.sender.output().end_position());
                // A failure here ends the connection; the result isn't needed.
                let _ = self.send_control(Opcode::Ping, &payload);
            }
            Verdict::Dead => self.abort(Error::KeepAliveTimeout),
        }
    }

    /// Removes the next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        let event = self.events.pop().or_else(|| {
            let (event, code) = self.failing.take()?;
            self.fail_with(code, event);
            self.events.pop()
        });
        self.read_backlog();
        event
    }

    /// How many events wait.
    pub fn event_count(&self) -> usize {
        self.events.len() + usize::from(self.failing.is_some())
    }

    /// How many events at the front of the queue are messages in place.
    pub fn in_place_run(&self) -> usize {
        self.events.in_place_run()
    }

    /// Removes `count` of them, or all there are.
    pub fn take_in_place(&mut self, count: usize) {
        self.events.take_in_place(count);
        self.read_backlog();
    }

    /// The next event.
    pub fn peek_event(&self) -> Option<&Event> {
        self.events.front().or(self.failing.as_ref().map(|(event, _)| event))
    }

    /// The output, from which [`advance_output`](Self::advance_output) removes.
    pub fn output(&mut self) -> &[u8] {
        self.answer_pings();
        self.sender.output().pending()
    }

    /// Removes `len` bytes from the front of the output.
    pub fn advance_output(&mut self, len: usize) {
        self.sender.output_mut().advance(len);
    }

    /// Takes over the memory of `spare` for output.
    pub fn lend_memory(&mut self, spare: &mut Vec<u8>) {
        self.sender.output_mut().lend(spare);
    }

    /// Gives memory back to `spare` if there is no output.
    pub fn return_memory(&mut self, spare: &mut Vec<u8>) {
        self.sender.output_mut().give_back(spare);
    }

    /// Removes all of the output.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.answer_pings();
        self.sender.output_mut().take()
    }

    /// Whether data may still be sent.
    pub fn is_open(&self) -> bool {
        !self.close_sent && !self.ended
    }

    /// Sends a text message.
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.send(Fragment::Whole(MessageKind::Text), Content::Bytes(text.as_bytes())).map(drop)
    }

    /// Sends a binary message.
    pub fn send_binary(&mut self, data: &[u8]) -> Result<(), SendError> {
        self.send(Fragment::Whole(MessageKind::Binary), Content::Bytes(data)).map(drop)
    }

    /// Sends a fragment of a message (5.4).
    pub fn send_fragment(
        &mut self,
        fragment: Fragment,
        len: usize,
        mut fill: impl FnMut(&mut [u8]),
    ) -> Result<(), SendError> {
        let mut fill = |room: &mut [u8]| {
            fill(room);
            Filled { written: room.len(), needed: 0 }
        };
        self.send(fragment, Content::Fill(len, &mut fill)).map(drop)
    }

    /// Sends a message whose length is estimated. Returns its length.
    pub fn send_with(
        &mut self,
        kind: MessageKind,
        len: usize,
        fill: &mut dyn FnMut(&mut [u8]) -> Filled,
    ) -> Result<usize, SendError> {
        self.send(Fragment::Whole(kind), Content::Fill(len, fill))
    }

    fn send(&mut self, fragment: Fragment, content: Content<'_>) -> Result<usize, SendError> {
        if !self.is_open() {
            return Err(SendError::NotOpen);
        }
        // A ping is answered before the message that followed it.
        self.answer_pings();
        let sent = self.sender.message(fragment, content, &mut self.trace);
        self.sent(sent)
    }

    /// How many bytes of output there are, without the answers to pings.
    pub fn output_len(&self) -> usize {
        self.sender.output().pending().len()
    }

    /// Sends a ping.
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        if !self.is_open() {
            return Err(SendError::NotOpen);
        }
        if payload.len() as u64 > MAX_CONTROL_PAYLOAD {
            return Err(SendError::ControlTooLong(payload.len()));
        }
        self.send_control(Opcode::Ping, payload)
    }

    fn answer_pings(&mut self) {
        while let Some(payload) = self.sender.next_pong() {
            // Even after a Close frame was sent, but not after one was received (5.5.2).
            if !self.ended && self.close_received.is_none() {
                // A failure here ends the connection; the result isn't needed.
                let _ = self.send_control(Opcode::Pong, &payload);
            }
        }
    }

    fn send_control(&mut self, opcode: Opcode, payload: &[u8]) -> Result<(), SendError> {
        let sent = self.sender.control(opcode, payload, &mut self.trace);
        self.sent(sent)
    }

    fn sent<T>(&mut self, sent: Result<T, Unsent>) -> Result<T, SendError> {
        sent.map_err(|why| match why {
            Unsent::OutOfMemory => SendError::OutOfMemory,
            Unsent::FragmentOrder => SendError::FragmentOrder,
            Unsent::Failed(error) => {
                self.abort(error);
                SendError::NotOpen
            }
        })
    }

    /// Records frames from now on, or stops it: [`Connection::trace`](super::Connection::trace).
    pub fn record(&mut self, preview: Option<usize>) {
        self.trace.record(preview);
        self.read_backlog();
    }

    /// Removes the oldest record; once there are none, goes on reading what had to wait for that.
    pub fn poll_frame(&mut self) -> Option<FrameRecord> {
        if self.trace.is_empty() {
            self.read_backlog();
        }
        self.trace.poll()
    }

    /// Whether pings are events from now on.
    pub fn report_pings(&mut self, reports: bool) {
        self.reports_pings = reports;
    }

    /// Says whether to compress the message that begins next.
    pub fn compress_next(&mut self, choice: Option<bool>) {
        self.sender.compress_next(choice);
    }

    /// The sender, for the opening handshake.
    pub(super) fn sender(&mut self) -> &mut Sender {
        &mut self.sender
    }

    pub(super) fn push_event(&mut self, event: Event) {
        self.events.push(event);
    }
}
