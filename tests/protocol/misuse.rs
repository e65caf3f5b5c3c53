//! Drivers that ignore the contract: nothing that a peer sends makes the connection grow without bound, whatever the
//! driver fails to do, and no order of calls panics.

use proptest::prelude::*;
use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role};
use websocket_wasm::protocol::{
    CloseCode, CloseFrame, Config, Connection, Error, Event, Fragment, KeepAlive, MessageKind, Request,
};

use crate::memory;
use crate::support::*;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Small limits, which are soon reached.
fn tight() -> Config {
    config(|config| {
        config.max_message_size = 64 * KIB as u64;
        config.high_water_mark = 64 * KIB;
        config.max_backlog = 256 * KIB;
    })
}

/// The floods: a name, a piece, and whether they fill the queue of events.
fn floods() -> [(&'static str, Vec<u8>, bool); 6] {
    let compressed = {
        let mut server = open_connection(Role::Server, &Config::default());
        server.compress(&Agreement::default(), &Offer::default());
        server.send_binary(&[0; 32 * KIB]).unwrap();
        Endpoint::take_output(&mut server)
    };
    [
        ("empty messages", frame(FIN | TEXT, ""), true),
        ("messages", frame(FIN | BINARY, [7; 1000]), true),
        ("pongs", frame(FIN | PONG, [7; 125]), true),
        ("empty pongs", frame(FIN | PONG, ""), true),
        ("pings", frame(FIN | PING, [7; 125]), false),
        ("compressed messages", compressed, true),
    ]
}

fn open_tight() -> OpenConnection {
    let mut connection = open_connection(Role::Client, &tight());
    connection.compress(&Agreement::default(), &Offer::default());
    connection
}

/// Receives a flood of `total` bytes in chunks, and asserts after each that the memory is bounded.
fn flood(
    connection: &mut OpenConnection,
    what: &str,
    unit: &[u8],
    total: usize,
    mut step: impl FnMut(&mut OpenConnection),
) {
    let chunk = unit.repeat(1 + 4 * KIB / unit.len());
    let before = memory::in_use();
    let mut sent = 0;
    while sent < total {
        connection.receive(&chunk, 0);
        sent += chunk.len();
        step(connection);
        let used = memory::in_use() - before;
        assert!(used < 2 * MIB as isize, "{what}: {used} bytes in use after {sent}");
    }
}

/// A driver that only ever receives: it neither polls nor takes output.
#[test]
fn a_driver_that_never_polls() {
    for (what, unit, fills) in floods() {
        let mut connection = open_tight();
        flood(&mut connection, what, &unit, 8 * MIB, |_| {});
        assert_eq!(connection.wants_input(), !fills, "{what}");
        let events = connection.events();
        if fills {
            assert!(!events.is_empty());
            let limit = tight().max_backlog;
            assert_eq!(events.last(), Some(&abnormal(Error::InputOverrun(limit))), "{what}");
            assert_eq!(connection.frames().last(), Some(&(FIN | CLOSE, close_payload(1011, ""))), "{what}");
        } else {
            assert_eq!(events, []);
        }
    }
}

/// A driver that takes events more slowly than they are produced.
#[test]
fn a_driver_that_polls_too_seldom() {
    for (what, unit, fills) in floods() {
        let mut connection = open_tight();
        flood(&mut connection, what, &unit, 8 * MIB, |connection| {
            connection.poll_event();
        });
        while connection.poll_event().is_some() {}
        assert_eq!(connection.is_open(), !fills, "{what}");
    }
}

/// A driver that takes events as fast as they are produced, but delivers unwanted input: the backlog never empties.
#[test]
fn a_driver_that_keeps_up_but_never_pauses() {
    let unit = frame(FIN | BINARY, [7; 1000]);
    let mut connection = open_tight();
    connection.receive(&unit.repeat(200), 0);
    assert!(!connection.wants_input());
    flood(&mut connection, "messages", &unit, 8 * MIB, |connection| {
        for _ in 0..5 {
            connection.poll_event();
        }
    });
    assert!(!connection.wants_input());
    assert!(connection.is_open());
    let rest = connection.events();
    assert!(rest.iter().all(|event| matches!(event, Event::Message(_))), "nothing is lost");
    assert!(connection.wants_input());
}

/// A driver that sends, and never takes output: input adds no more than the pongs that may be queued.
#[test]
fn a_driver_that_never_takes_output() {
    let mut connection = open_tight();
    let pings = frame(FIN | PING, [7; 125]);
    flood(&mut connection, "pings", &pings, 8 * MIB, |_| {});
    connection.shut(1000, "");
    assert_eq!(connection.frames().len(), tight().max_queued_pongs + 1);
}

/// Records of frames that aren't taken, with previews as large as the frames: no more is read, and none is lost.
#[test]
fn a_driver_that_never_takes_records() {
    let mut connection = open_tight();
    connection.record(Some(usize::MAX));
    let unit = frame(FIN | BINARY, vec![7; 32 * KIB]);
    let before = memory::in_use();
    let mut last = None;
    let mut read = 0;
    for _ in 0..2_000 {
        connection.receive(&unit, 0);
        while let Some(event) = connection.poll_event() {
            read += usize::from(matches!(event, Event::Message(_)));
            last = Some(event);
        }
        let used = memory::in_use() - before;
        assert!(used < 20 * MIB as isize, "{used} bytes in use");
        assert_eq!(connection.wants_input(), read < 512 && last != Some(abnormal(Error::InputOverrun(256 * KIB))));
    }
    assert_eq!(last, Some(abnormal(Error::InputOverrun(256 * KIB))));
    let lens: Vec<usize> = std::iter::from_fn(|| connection.poll_frame()).map(|record| record.preview.len()).collect();
    assert_eq!((read, &lens[..read]), (512, &vec![32 * KIB; 512][..]), "and the Close frame");
}

/// The chunk that fills the queue is accepted, however large, and so are `max_backlog` bytes after it; no more.
#[test]
fn the_chunk_that_fills_the_queue_is_taken_whole() {
    let config = config(|config| {
        config.high_water_mark = 1;
        config.max_backlog = 100;
    });
    for (more, overrun) in [(100, false), (101, true)] {
        let mut connection = open_connection(Role::Client, &config);
        let message = frame(FIN | TEXT, "x");
        connection.receive(&message.repeat(10_000), 0);
        assert!(!connection.wants_input());
        // An incomplete frame.
        connection.receive(&[&head(FIN | BINARY, false, 125)[..], &vec![0; more - 2]].concat(), 0);
        let mut count = 0;
        while connection.poll_event() == Some(text("x")) {
            count += 1;
        }
        // The messages before the overrun that were read are delivered.
        assert_eq!(count, if overrun { 1 } else { 10_000 });
        assert_eq!(connection.is_open(), !overrun);
        assert_eq!(connection.wants_input(), !overrun);
    }
}

/// `wants_input` is the driver's signal to pause and to continue; it is false after the end.
#[test]
fn input_is_wanted_again_once_events_are_taken() {
    let (mut connection, response) = {
        let mut connection = Connection::new(&tight(), random);
        assert!(connection.wants_input());
        connection.send_request(Request::new("example.com", "/").unwrap());
        let response = accept(&Endpoint::take_output(&mut connection), "");
        (connection, response)
    };
    assert!(connection.wants_input());
    connection.feed(response);
    assert!(connection.wants_input());
    connection.feed(frame(FIN | BINARY, vec![0; 64 * KIB]));
    assert!(!connection.wants_input());
    assert_eq!(connection.events().len(), 2);
    assert!(connection.wants_input());
    // After the peer's Close frame the transport's end is still to be read.
    connection.feed(frame(FIN | CLOSE, ""));
    assert_eq!(connection.events(), [Event::CloseReceived]);
    assert!(connection.wants_input());
    Endpoint::take_output(&mut connection);
    connection.end(0);
    assert!(!connection.wants_input());
    assert_eq!(connection.events(), [clean(1005, "")]);
    assert!(!connection.wants_input());
}

#[derive(Debug, Clone)]
enum Call {
    Begin(u64),
    SendRequest,
    Accept,
    Receive(Vec<u8>, u8),
    End,
    TransportLost,
    Abort,
    Leave,
    Refuse,
    Expire(u64),
    Probe(u64),
    SetReading(bool),
    Poll,
    Peek,
    TakeOutput,
    AdvanceOutput(usize),
    Written(u64),
    Text,
    Fragment(bool, bool),
    Ping(usize),
    AnnounceClose,
    Close,
    Trace(Option<usize>),
    PollFrame,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let unit = prop_oneof![
        prop::sample::select(floods().map(|(_, unit, _)| unit).to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
        Just(frame(FIN | CLOSE, "")),
    ];
    let call = prop_oneof![
        1 => any::<u64>().prop_map(Call::Begin),
        1 => Just(Call::SendRequest),
        2 => Just(Call::Accept),
        6 => (unit, 0..200u8).prop_map(|(unit, times)| Call::Receive(unit, times)),
        1 => Just(Call::End),
        1 => Just(Call::TransportLost),
        1 => Just(Call::Abort),
        1 => Just(Call::Leave),
        1 => Just(Call::Refuse),
        1 => any::<u64>().prop_map(Call::Expire),
        1 => any::<u64>().prop_map(Call::Probe),
        1 => any::<bool>().prop_map(Call::SetReading),
        2 => Just(Call::Poll),
        1 => Just(Call::Peek),
        1 => Just(Call::TakeOutput),
        1 => any::<usize>().prop_map(Call::AdvanceOutput),
        1 => any::<u64>().prop_map(Call::Written),
        1 => Just(Call::Text),
        1 => any::<(bool, bool)>().prop_map(|(first, last)| Call::Fragment(first, last)),
        1 => (0..200usize).prop_map(Call::Ping),
        1 => Just(Call::AnnounceClose),
        1 => Just(Call::Close),
        1 => any::<Option<usize>>().prop_map(Call::Trace),
        1 => Just(Call::PollFrame),
    ];
    prop::collection::vec(call, 0..40)
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Any calls in any order, before the beginning and after the end: none panics, and Closed is the last event.
    #[test]
    fn calls_in_any_order(calls in calls()) {
        let before = memory::in_use();
        let mut config = tight();
        config.keep_alive = Some(KeepAlive::default());
        let mut connection = Connection::new(&config, random);
        let mut request = Vec::new();
        let mut closed = false;
        for call in calls {
            let mut event = None;
            match call {
                Call::Begin(now) => connection.begin(now),
                Call::SendRequest => {
                    connection.send_request(Request::new("example.com", "/").unwrap());
                    if request.is_empty() {
                        request = connection.take_output();
                    }
                }
                Call::Accept if request.is_empty() => {}
                Call::Accept => connection.receive(&accept(&request, ""), 0),
                Call::Receive(unit, times) => connection.receive(&unit.repeat(times.into()), 0),
                Call::End => connection.end(u64::MAX),
                Call::TransportLost => connection.transport_lost(),
                Call::Abort => connection.abort(),
                Call::Leave => connection.leave(),
                Call::Refuse => connection.refuse_message(CloseCode::TOO_BIG),
                Call::Expire(now) => connection.expire(now),
                Call::Probe(now) => connection.probe(now),
                Call::SetReading(reading) => connection.set_reading(reading),
                Call::Poll => event = connection.poll_event(),
                Call::Peek => drop(connection.peek_event()),
                Call::TakeOutput => drop(connection.take_output()),
                Call::AdvanceOutput(len) => connection.advance_output(len),
                Call::Written(bytes) => connection.written(bytes, 0),
                Call::Text => drop(connection.send_text("text")),
                Call::Fragment(first, last) => {
                    let fragment = Fragment::new(MessageKind::Binary, first, last);
                    let _ = connection.send_fragment(fragment, 9, |to| to.fill(1));
                }
                Call::Ping(len) => drop(connection.ping(&vec![0; len])),
                Call::AnnounceClose => connection.announce_close(0),
                Call::Close => connection.close(&CloseFrame::default(), 0),
                Call::Trace(preview) => connection.trace(preview),
                Call::PollFrame => drop(connection.poll_frame()),
            }
            prop_assert!(event.is_none() || !closed, "an event after Closed: {event:?}");
            closed |= matches!(event, Some(Event::Closed(_)));
            prop_assert!(memory::in_use() - before < 30 * MIB as isize);
        }
    }
}
