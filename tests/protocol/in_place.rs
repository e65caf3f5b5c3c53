//! Payloads that stay in the driver's input: the events are those of `receive`, however the bytes are cut.

use proptest::prelude::*;
use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role};
use websocket_wasm::protocol::{Config, Error, Event, Message, MessageKind};

use crate::holder::Holder;
use crate::support::*;

fn holder(change: impl FnOnce(&mut Config)) -> Holder {
    Holder::new(open_connection(Role::Client, &config(change)))
}

fn range(
    start: usize,
    len: usize,
    kind: MessageKind,
    is_ascii: bool,
    is_last: bool,
) -> (usize, usize, MessageKind, bool, bool) {
    (start, len, kind, is_ascii, is_last)
}

fn table(endpoint: &mut OpenConnection, input: &[u8]) -> Vec<(usize, usize, MessageKind, bool, bool)> {
    let ranges = endpoint.receive_in_place(input, 0, 0);
    ranges.iter().map(|range| (range.start, range.len, range.kind, range.is_ascii, range.is_last)).collect()
}

use MessageKind::{Binary, Text};

#[test]
fn what_a_message_lacks_is_known_from_the_header_of_its_last_frame_on() {
    let mut endpoint = client();
    let missing = |endpoint: &mut OpenConnection, input: &[u8]| {
        endpoint.receive_in_place(input, 0, 0);
        endpoint.missing()
    };
    assert_eq!(missing(&mut endpoint, &frame(BINARY, "first")[..4]), 0);
    assert_eq!(missing(&mut endpoint, b"rst"), 0);
    let last = frame(FIN | CONTINUATION, "last of it");
    assert_eq!(missing(&mut endpoint, &last[..1]), 0);
    assert_eq!(missing(&mut endpoint, &last[1..5]), 7);
    assert_eq!(missing(&mut endpoint, &last[5..]), 0);
    assert_eq!(missing(&mut endpoint, &frame(FIN | PING, "ping")[..3]), 0);
    assert_eq!(missing(&mut endpoint, b"ing"), 0);
    assert_eq!(missing(&mut endpoint, &frame(FIN | TEXT, "text")[..3]), 3);
}

#[test]
fn the_table_names_the_bytes_of_payloads() {
    let mut endpoint = client();
    let input = [
        frame(FIN | TEXT, "ascii"),
        frame(FIN | PONG, "pong"),
        frame(BINARY, "bin"),
        frame(CONTINUATION, ""),
        frame(FIN | PING, "ping"),
        frame(FIN | CONTINUATION, ""),
        frame(FIN | TEXT, "é"),
        frame(FIN | BINARY, ""),
    ]
    .concat();
    let expected =
        [range(2, 5, Text, true, true), range(15, 3, Binary, false, false), range(28, 0, Binary, false, true)];
    let expected = [&expected[..], &[range(30, 2, Text, false, true), range(34, 0, Binary, false, true)]].concat();
    assert_eq!(table(&mut endpoint, &input), expected);
    assert_eq!((endpoint.in_place_run(), endpoint.event_count()), (1, 5));
    assert_eq!(
        endpoint.events(),
        [
            Event::InPlace(Text, 5),
            Event::Pong(b"pong".to_vec()),
            Event::InPlace(Binary, 3),
            Event::InPlace(Text, 2),
            Event::InPlace(Binary, 0),
        ]
    );
    assert_eq!(table(&mut endpoint, b""), []);
}

#[test]
fn a_large_message_that_is_owned_leaves_the_next_one_in_place() {
    let mut endpoint = open_connection(Role::Client, &config(|config| config.high_water_mark = 100));
    let large = frame(FIN | BINARY, [7; 1000]);
    endpoint.receive(&large[..500], 0);
    let rest = [&large[500..], &frame(FIN | TEXT, "next")].concat();
    assert_eq!(table(&mut endpoint, &rest), [range(506, 4, Text, true, true)]);
    assert_eq!(endpoint.events(), [Event::Message(Message::binary([7; 1000])), Event::InPlace(Text, 4)]);
}

#[test]
fn the_rest_of_a_binary_frame_is_skippable() {
    let mut endpoint = client();
    let large = frame(BINARY, [7; 1000]);
    assert_eq!(endpoint.skippable(), 0);
    assert_eq!(table(&mut endpoint, &large[..4]), []);
    assert_eq!(endpoint.skippable(), 1000);
    assert_eq!(table(&mut endpoint, &large[4..104]), [range(0, 100, Binary, false, false)]);
    assert_eq!(endpoint.skippable(), 900);
    assert!(!endpoint.skip(800, 0));
    assert_eq!(table(&mut endpoint, &large[904..]), [range(0, 100, Binary, false, false)]);
    assert_eq!(endpoint.skippable(), 0);
    assert!(!endpoint.skip(9, 0), "nothing is skipped that isn't skippable");
    endpoint.feed_in_place(&head(FIN | CONTINUATION, false, 9));
    assert!(endpoint.skip(10, 0), "no more than the frame has");
    assert_eq!(endpoint.events(), [Event::InPlace(Binary, 1009)]);
    // Neither a text nor a control frame.
    endpoint.feed_in_place(&frame(FIN | TEXT, "text")[..3]);
    assert_eq!(endpoint.skippable(), 0);
    endpoint.feed_in_place(b"ext");
    endpoint.feed_in_place(&[&frame(BINARY, "b")[..], &frame(FIN | PING, "ping")[..3]].concat());
    assert_eq!(endpoint.skippable(), 0);
}

trait FeedInPlace {
    fn feed_in_place(&mut self, input: &[u8]);
}

impl FeedInPlace for OpenConnection {
    fn feed_in_place(&mut self, input: &[u8]) {
        self.receive_in_place(input, 0, 0);
    }
}

/// A failure that waits for the events before it is an event that waits.
#[test]
fn a_failure_that_waits_counts() {
    let mut endpoint = client();
    endpoint.feed_in_place(&[frame(FIN | TEXT, "good"), vec![FIN | 3]].concat());
    assert_eq!((endpoint.in_place_run(), endpoint.event_count()), (1, 2));
    endpoint.take_in_place(1);
    assert_eq!((endpoint.in_place_run(), endpoint.event_count()), (0, 1));
    assert_eq!(endpoint.events(), [abnormal(Error::ReservedOpcode(3))]);
}

/// What the driver holds counts, and the rest of the chunk that fills the queue is read in place too.
#[test]
fn payloads_in_place_count_until_they_are_taken() {
    let mut endpoint = open_connection(Role::Client, &config(|config| config.high_water_mark = 1000));
    let chunk = [frame(FIN | BINARY, [1; 2000]), frame(FIN | TEXT, "next"), frame(BINARY, [2; 500])].concat();
    assert_eq!(table(&mut endpoint, &chunk).len(), 3);
    assert!(!endpoint.wants_input());
    assert!(!endpoint.wants_partial());
    assert_eq!(endpoint.poll_event(), Some(Event::InPlace(Binary, 2000)));
    assert!(endpoint.wants_input());
    endpoint.feed_in_place(&frame(CONTINUATION, [2; 500]));
    assert!(!endpoint.wants_input(), "a message that isn't complete counts");
    assert_eq!(endpoint.skippable(), 0);
    assert_eq!(endpoint.poll_event(), Some(Event::InPlace(Text, 4)));
    assert!(endpoint.wants_input(), "as long as no event waits it may be as large as its limit");
    endpoint.feed_in_place(&frame(FIN | CONTINUATION, ""));
    assert_eq!(endpoint.in_place_run(), 1);
    endpoint.take_in_place(9);
    assert_eq!((endpoint.peek_event(), endpoint.event_count()), (None, 0));
    // Events without payloads fill the queue too: what follows waits.
    assert_eq!(table(&mut endpoint, &frame(FIN | TEXT, "").repeat(100)).len(), 16);
    assert_eq!(endpoint.in_place_run(), 16);
    endpoint.take_in_place(15);
    assert_eq!(endpoint.in_place_run(), 1, "messages that waited aren't in place");
    assert_eq!(endpoint.events().len(), 100 - 15);
}

/// Input that has to wait, in the middle of a message.
#[test]
fn a_driver_gives_back_what_it_holds() {
    let mut holder = holder(|config| config.high_water_mark = 1000);
    holder.receive(&[frame(BINARY, [1; 500]), frame(FIN | PONG, [2; 100]).repeat(10)].concat());
    assert!(!holder.endpoint.wants_input());
    holder.receive(&frame(FIN | CONTINUATION, [3; 10]));
    let events = holder.events();
    assert_eq!(events.len(), 11);
    assert_eq!(events[10], binary([&[1; 500][..], &[3; 10]].concat()));
    // Then in place again.
    holder.receive(&frame(FIN | TEXT, "text"));
    assert_eq!(holder.endpoint.in_place_run(), 1);
    assert_eq!(holder.events(), [text("text")]);
}

/// `receive` in the middle of a message in place.
#[test]
fn receive_continues_a_message_in_place() {
    for len in [0, 3] {
        let mut holder = holder(|_| {});
        holder.receive(&frame(TEXT, &"abc"[..len]));
        holder.endpoint.receive(&[frame(FIN | CONTINUATION, "d"), frame(FIN | PONG, "")].concat(), 0);
        assert_eq!(holder.endpoint.wants_partial(), len > 0);
        assert_eq!(holder.endpoint.wants_input(), len == 0);
        holder.give();
        assert!(holder.endpoint.wants_input());
        assert_eq!(holder.events(), [text(&("abc"[..len].to_owned() + "d")), Event::Pong(vec![])]);
    }
    // And the other way: a message that was begun here is completed here.
    let mut holder = holder(|_| {});
    holder.endpoint.receive(&frame(TEXT, "a"), 0);
    holder.receive(&[frame(FIN | CONTINUATION, "b"), frame(FIN | TEXT, "c")].concat());
    assert_eq!(holder.endpoint.peek_event(), Some(&text("ab")));
    assert_eq!(holder.events(), [text("ab"), text("c")]);
}

/// A driver that doesn't give back what it holds, or something else.
#[test]
fn what_is_not_given_back_fails_the_connection() {
    let endings: [fn(&mut OpenConnection); 5] = [
        |_| {},
        |endpoint| endpoint.end(0),
        |endpoint| endpoint.transport_lost(),
        |endpoint| endpoint.give_partial(b"ab"),
        |endpoint| endpoint.feed_in_place(&frame(FIN | TEXT, "more")),
    ];
    for ending in endings {
        let mut endpoint = client();
        endpoint.feed_in_place(&[frame(FIN | TEXT, "first"), frame(TEXT, "a")].concat());
        endpoint.receive(&frame(FIN | CONTINUATION, "b"), 0);
        assert!(endpoint.wants_partial());
        assert_eq!((endpoint.in_place_run(), endpoint.event_count()), (1, 1));
        ending(&mut endpoint);
        assert_eq!(endpoint.events(), [Event::InPlace(Text, 5), abnormal(Error::PartialMissing)]);
        assert_eq!(endpoint.frames(), [(FIN | CLOSE, close_payload(1011, ""))]);
        endpoint.give_partial(b"a");
        assert_eq!(endpoint.events(), []);
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// The next bytes of the stream.
    Receive(usize),
    /// The same, by `receive`.
    Own(usize),
    Poll(usize),
    TakeInPlace(usize),
    Trace(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let size = || prop_oneof![1 => Just(0usize), 8 => 1..40usize, 2 => 40..2000usize];
    prop_oneof![
        12 => size().prop_map(Step::Receive),
        1 => size().prop_map(Step::Own),
        4 => (0..6usize).prop_map(Step::Poll),
        1 => (0..6usize).prop_map(Step::TakeInPlace),
        1 => prop_oneof![Just(None), Just(Some(5))].prop_map(Step::Trace),
    ]
}

/// Frames of a server, most of them valid; some compressed.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let first =
        prop_oneof![30 => prop::sample::select(&FIRST_BYTES[..6]), 3 => prop::sample::select(&FIRST_BYTES[6..])];
    let payload = prop_oneof![
        10 => "[a-z]{0,9}".prop_map(String::into_bytes),
        6 => "[aé€😀]{0,40}".prop_map(String::into_bytes),
        2 => (0..2000usize).prop_map(|len| vec![b'x'; len]),
        1 => prop::collection::vec(any::<u8>(), 0..9),
    ];
    let message = (any::<bool>(), payload, prop::collection::vec(0..30usize, 0..4), any::<bool>()).prop_map(
        |(is_text, payload, cuts, control)| {
            let mut rest = &payload[..];
            let mut bytes = Vec::new();
            let mut opcode = if is_text { TEXT } else { BINARY };
            for cut in cuts {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                bytes.extend(frame(opcode, piece));
                if control {
                    bytes.extend(frame(FIN | PONG, "between"));
                }
                (opcode, rest) = (CONTINUATION, behind);
            }
            bytes.extend(frame(FIN | opcode, rest));
            bytes
        },
    );
    let raw = (first, "[aé]{0,9}").prop_map(|(first, payload)| frame(first, payload));
    let compressed = "[ab]{0,100}".prop_map(|text| {
        let mut server = open_connection(Role::Server, &Config::default());
        server.compress(&Agreement::default(), &offer(|offer| offer.threshold = 0));
        server.send_text(&text).unwrap();
        server.take_output()
    });
    prop::collection::vec(prop_oneof![20 => message, 1 => raw, 3 => compressed], 0..12)
        .prop_map(|frames| frames.concat())
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Any cut, any order of receiving and taking, tracing switched on and off: the events of `receive`, and its output.
    #[test]
    fn in_place_is_as_receive(
        bytes in stream(),
        steps in prop::collection::vec(step(), 1..40),
        high_water_mark in prop_oneof![Just(1usize), Just(300), Just(1 << 20)],
        max_message_size in prop_oneof![Just(1500u64), Just(1 << 20)],
    ) {
        let config = config(|config| {
            config.high_water_mark = high_water_mark;
            config.max_message_size = max_message_size;
            config.max_fragments = 4;
        });
        let new = || {
            let mut endpoint = open_connection(Role::Client, &config);
            let mut agreement = Agreement::default();
            agreement.server.no_context_takeover = true;
            endpoint.compress(&agreement, &Offer::default());
            endpoint
        };
        let mut whole = new();
        whole.receive(&bytes, 0);
        let mut expected = whole.events();
        whole.end(0);
        expected.extend(whole.events());

        let mut holder = Holder::new(new());
        let mut events = Vec::new();
        let mut rest = &bytes[..];
        let mut steps = steps.iter().cycle();
        let mut count = 0;
        while !rest.is_empty() {
            count += 1;
            let step = if count > 2000 { &Step::Receive(2000) } else { steps.next().unwrap() };
            let mut next = |size: &usize| {
                let (chunk, behind) = rest.split_at(rest.len().min(*size));
                rest = behind;
                chunk
            };
            match step {
                Step::Receive(size) => holder.receive(next(size)),
                Step::Own(size) => {
                    holder.endpoint.receive(next(size), 0);
                    holder.give();
                }
                Step::Poll(times) => events.extend((0..*times).map_while(|_| holder.poll())),
                Step::TakeInPlace(times) => {
                    let run = holder.endpoint.in_place_run().min(*times);
                    holder.endpoint.take_in_place(*times);
                    events.extend(holder.take(run).map(Event::Message));
                }
                Step::Trace(preview) => holder.endpoint.record(*preview),
            }
        }
        events.extend(holder.events());
        holder.endpoint.end(0);
        events.extend(holder.events());
        prop_assert_eq!(&events, &expected);
        prop_assert_eq!(holder.endpoint.frames(), whole.frames());
        prop_assert_eq!(holder.take(1).next(), None, "a message without an event");
    }
}
