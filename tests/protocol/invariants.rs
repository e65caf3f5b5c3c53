//! Invariants for any input and any calls (RFC 6455 4.1, 5, 7.1); no input panics.

use proptest::prelude::*;
use websocket_wasm::protocol::internals::Role;
use websocket_wasm::protocol::{CloseFrame, Config, Error, Event, SendError};

use crate::support::*;

#[derive(Debug, Clone)]
enum Step {
    Receive(Vec<u8>),
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Close(u16, String),
    Expire(u64),
    End,
    Abort,
    Take,
}

/// Bytes from a peer of that role: valid frames, invalid frames, pieces of frames, noise.
fn input(from: Role) -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![8 => prop::sample::select(&FIRST_BYTES[..]), 1 => any::<u8>()];
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20),
        "[aé€😀]{0,9}".prop_map(String::into_bytes),
        (990..1020u16, "[a-é]{0,9}").prop_map(|(code, reason)| close_payload(code, &reason)),
        Just(vec![b'x'; 130]),
    ];
    let whole = (first, payload).prop_map(move |(first, payload)| frame_from(from, first, payload));
    let cut = (whole.clone(), 1..9usize).prop_map(|(frame, cut)| frame[..frame.len().saturating_sub(cut)].to_vec());
    let frames = prop::collection::vec(whole, 1..5).prop_map(|frames| frames.concat());
    prop_oneof![8 => frames, 2 => cut, 1 => prop::collection::vec(any::<u8>(), 0..30)]
}

fn steps(from: Role) -> impl Strategy<Value = Vec<Step>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..140);
    let step = prop_oneof![
        12 => input(from).prop_map(Step::Receive),
        3 => "[a-é]{0,9}".prop_map(Step::Text),
        3 => bytes().prop_map(Step::Binary),
        2 => bytes().prop_map(Step::Ping),
        1 => (any::<u16>(), any::<String>()).prop_map(|(code, reason)| Step::Close(code % 5010, reason)),
        1 => (0..12_000u64).prop_map(Step::Expire),
        1 => prop_oneof![Just(Step::End), Just(Step::Abort)],
        6 => Just(Step::Take),
    ];
    prop::collection::vec(step, 0..25)
}

/// An endpoint, with its events and output so far.
struct Observed<E> {
    endpoint: E,
    role: Role,
    now: u64,
    events: Vec<Event>,
    output: Vec<u8>,
    /// The messages that were accepted for sending.
    accepted: Vec<Frame>,
}

impl<E: Endpoint> Observed<E> {
    fn new(endpoint: E, role: Role) -> Self {
        Self { endpoint, role, now: 0, events: Vec::new(), output: Vec::new(), accepted: Vec::new() }
    }

    fn step(&mut self, step: Step) {
        let endpoint = &mut self.endpoint;
        let was_open = endpoint.is_open();
        let mut sent = |result: Result<(), SendError>, first: u8, payload: Vec<u8>| {
            assert_eq!(result, if was_open { Ok(()) } else { Err(SendError::NotOpen) });
            if result.is_ok() {
                self.accepted.push((first, payload));
            }
        };
        match step {
            Step::Receive(bytes) => endpoint.receive(&bytes, self.now),
            Step::Text(text) => sent(endpoint.send_text(&text), FIN | TEXT, text.into_bytes()),
            Step::Binary(data) => sent(endpoint.send_binary(&data), FIN | BINARY, data),
            Step::Ping(payload) => assert_eq!(endpoint.ping(&payload).is_ok(), was_open && payload.len() <= 125),
            Step::Close(code, reason) => {
                let code = websocket_wasm::protocol::CloseCode::new(code);
                endpoint.close(&CloseFrame { code, reason }, self.now);
                assert!(!endpoint.is_open());
            }
            Step::Expire(time) => {
                self.now += time;
                endpoint.expire(self.now);
                assert!(endpoint.deadline().is_none_or(|deadline| deadline > self.now), "a deadline stays in the past");
            }
            Step::End => endpoint.end(self.now),
            Step::Abort => endpoint.abort(),
            Step::Take => self.output.extend(endpoint.take_output()),
        }
        self.events.extend(endpoint.events());
        if matches!(self.events.last(), Some(Event::Closed(_))) {
            assert!(!endpoint.is_open());
            assert_eq!(endpoint.deadline(), None);
        }
    }

    fn is_closed(&self) -> bool {
        matches!(self.events.last(), Some(Event::Closed(_)))
    }

    /// Ends the transport, and checks events and output as a whole.
    fn finish(mut self) {
        self.step(Step::Take);
        self.step(Step::End);
        // For a Close frame of this side that was never written.
        self.step(Step::Expire(60_000));
        assert!(self.is_closed());
        self.step(Step::Take);

        let closed = self.events.iter().filter(|event| matches!(event, Event::Closed(_))).count();
        assert_eq!(closed, 1, "{:?}", self.events);
        let Some(Event::Closed(closed)) = self.events.last() else { panic!("Closed isn't the last event") };
        assert!(!closed.was_clean || closed.code != 1006);
        assert_eq!(closed.was_clean, closed.error.is_none());
        let closing = self.events.iter().position(|event| *event == Event::CloseReceived);
        assert!(closing.is_none_or(|at| at == self.events.len() - 2), "an event between CloseReceived and Closed");

        let frames: Vec<Frame> = read_frames(self.role, &self.output).into_iter().map(|(frame, _)| frame).collect();
        if let Some(close) = frames.iter().position(|(first, _)| *first == FIN | CLOSE) {
            let after = &frames[close + 1..];
            assert!(after.iter().all(|(first, _)| *first == FIN | PONG), "5.5.1: data after Close: {after:x?}");
            assert!(CloseFrame::decode(&frames[close].1).is_ok());
        }
        assert!(frames.iter().all(|(first, _)| first & FIN != 0 && first & 0xF != CONTINUATION));
        let is_data = |frame: &Frame| frame.0 & 0x8 == 0;
        let data: Vec<Frame> = frames.into_iter().filter(is_data).collect();
        assert!(self.accepted.starts_with(&data), "the frames aren't the accepted messages");
        let aborted = matches!(closed.error, Some(Error::Aborted));
        assert!(aborted || data.len() == self.accepted.len(), "an accepted message wasn't sent");
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn a_client_obeys_the_rules(steps in steps(Role::Server)) {
        let mut observed = Observed::new(client(), Role::Client);
        steps.into_iter().for_each(|step| observed.step(step));
        observed.finish();
    }

    #[test]
    fn a_server_obeys_the_rules(steps in steps(Role::Client)) {
        let mut observed = Observed::new(open_connection(Role::Server, &Config::default()), Role::Server);
        steps.into_iter().for_each(|step| observed.step(step));
        observed.finish();
    }

    /// 4.1: calls before the answer, the answer, and calls after it: Open is the first event, if it comes.
    #[test]
    fn a_connection_obeys_the_rules(
        before in prop::collection::vec(prop_oneof![
            Just(Step::Text("early".to_owned())),
            Just(Step::Ping(vec![])),
            Just(Step::Take),
            (0..70_000u64).prop_map(Step::Expire),
            Just(Step::Receive(vec![])),
        ], 0..3),
        steps in steps(Role::Server),
        sizes in sizes(),
    ) {
        let (connection, response) = connecting();
        let mut observed = Observed::new(connection, Role::Client);
        before.into_iter().for_each(|step| observed.step(step));
        let timed_out = observed.is_closed();
        for chunk in chunks(&response, &sizes) {
            observed.step(Step::Receive(chunk.to_vec()));
        }
        prop_assert_eq!(observed.endpoint.is_open(), !timed_out);
        steps.into_iter().for_each(|step| observed.step(step));
        let opens: Vec<bool> = observed.events.iter().map(|event| matches!(event, Event::Open(_))).collect();
        prop_assert_eq!(opens[0], !timed_out);
        prop_assert!(!opens[1..].contains(&true));
        observed.finish();
    }

    /// 4.1: without the right response, the connection isn't opened and sends nothing more.
    #[test]
    fn a_connection_without_an_answer_is_not_opened(
        beginning in 0..200usize,
        steps in steps(Role::Server),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (connection, response) = connecting();
        let mut observed = Observed::new(connection, Role::Client);
        observed.step(Step::Receive(response[..beginning.min(response.len() - 4)].to_vec()));
        observed.step(Step::Receive(noise));
        steps.into_iter().for_each(|step| observed.step(step));
        prop_assert!(!observed.endpoint.is_open());
        observed.step(Step::End);
        prop_assert_eq!(observed.events.len(), 1);
        prop_assert_eq!(&observed.output, b"");
        observed.finish();
    }

    /// 5: noise alone, in any chunks, for either role.
    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..300), sizes in sizes()) {
        for (role, first) in [(Role::Client, 0x05), (Role::Server, 0x85)] {
            // A valid beginning, so that some of the noise is read as payload.
            let bytes = [&[FIN | BINARY, first, 1, 2, 3, 4][..], &bytes].concat();
            let mut observed = Observed::new(open_connection(role, &Config::default()), role);
            for chunk in chunks(&bytes, &sizes) {
                observed.step(Step::Receive(chunk.to_vec()));
            }
            observed.finish();
        }
    }
}
