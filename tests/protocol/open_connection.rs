//! Messages and control frames on an open connection (RFC 6455 5.4, 5.5.2, 5.5.3, 6, 7.1.7).

use proptest::prelude::*;
use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{Agreement, Role};
use websocket_wasm::protocol::{CloseCode, Config, Error, Event, Fragment, Message, MessageKind, SendError};

use crate::support::*;

/// 5.7: the RFC's examples of messages and pings.
#[test]
fn the_examples_of_the_rfc() {
    let mut stream = client();
    assert_eq!(stream.after(b"\x81\x05Hello"), [text("Hello")]);
    assert_eq!(stream.after(b"\x01\x03Hel\x80\x02lo"), [text("Hello")]);
    assert_eq!(stream.after(b"\x89\x05Hello"), []);
    assert_eq!(stream.frames(), [(FIN | PONG, b"Hello".to_vec())]);
    assert_eq!(stream.after([&b"\x82\x7E\x01\x00"[..], &[7; 256]].concat()), [binary([7; 256])]);
    assert_eq!(stream.after([&b"\x82\x7F\0\0\0\0\0\x01\0\0"[..], &[7; 65536]].concat()), [binary(vec![7; 65536])]);
    let mut server = open_connection(Role::Server, &Config::default());
    assert_eq!(server.after(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), [text("Hello")]);
    assert_eq!(server.after(b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), [Event::Pong(b"Hello".to_vec())]);
}

/// 5.1, 5.3, 6.1: a client sends final masked frames of the right type, in order, each with a new key.
#[test]
fn a_client_sends_masked_frames() {
    let mut stream = client();
    let long = "x".repeat(70000);
    assert_eq!(stream.send_text(""), Ok(()));
    assert_eq!(stream.send_text("é"), Ok(()));
    assert_eq!(stream.send_binary(b""), Ok(()));
    assert_eq!(stream.send_fragment(WHOLE, 3, |to| to.copy_from_slice(b"abc")), Ok(()));
    assert_eq!(stream.ping(b"p"), Ok(()));
    assert_eq!(stream.send_text(&long), Ok(()));
    assert_eq!(stream.events(), []);
    let len = stream.output_len();
    let output = stream.take_output();
    assert_eq!(output.len(), len);
    let (frames, keys): (Vec<Frame>, Vec<_>) = read_frames(Role::Client, &output).into_iter().unzip();
    let expected: [(u8, &[u8]); 6] = [
        (FIN | TEXT, b""),
        (FIN | TEXT, "é".as_bytes()),
        (FIN | BINARY, b""),
        (FIN | BINARY, b"abc"),
        (FIN | PING, b"p"),
        (FIN | TEXT, long.as_bytes()),
    ];
    assert_eq!(frames, expected.map(|(first, payload)| (first, payload.to_vec())));
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:x?}");
    assert_eq!(stream.take_output(), b"", "output is taken once");
    assert_eq!(stream.output_len(), 0);
}

/// 5.1: "A server MUST NOT mask any frames that it sends".
#[test]
fn a_server_sends_unmasked_frames() {
    let mut stream = open_connection(Role::Server, &Config::default());
    stream.send_text("Hello").unwrap();
    stream.ping(b"p").unwrap();
    stream.feed(masked(FIN | PING, "q"));
    let expected = [frame(FIN | TEXT, "Hello"), frame(FIN | PING, "p"), frame(FIN | PONG, "q")];
    assert_eq!(stream.take_output(), expected.concat());
}

/// 5.4: a fragmented message is a frame with its type, frames of opcode 0, and FIN on the last; each has its own key.
#[test]
fn a_message_is_sent_in_fragments() {
    for (opcode, kind) in [(TEXT, MessageKind::Text), (BINARY, MessageKind::Binary)] {
        let mut stream = client();
        let fragments = [
            (Fragment::First(kind), "ab"),
            (Fragment::Middle, ""),
            (Fragment::Last, "c"),
            (Fragment::Whole(kind), "whole"),
        ];
        for (fragment, payload) in fragments {
            let sent = stream.send_fragment(fragment, payload.len(), |to| to.copy_from_slice(payload.as_bytes()));
            assert_eq!(sent, Ok(()));
            // Control frames may come between them.
            stream.ping(b"p").unwrap();
        }
        let (frames, keys): (Vec<Frame>, Vec<_>) = read_frames(Role::Client, &stream.take_output()).into_iter().unzip();
        let ping = (FIN | PING, &b"p"[..]);
        let expected = [
            (opcode, &b"ab"[..]),
            ping,
            (CONTINUATION, b""),
            ping,
            (FIN | CONTINUATION, b"c"),
            ping,
            (FIN | opcode, b"whole"),
            ping,
        ];
        assert_eq!(frames, expected.map(|(first, payload)| (first, payload.to_vec())));
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]));
        stream.shut(1000, "");
        assert_eq!(stream.send_fragment(Fragment::Whole(kind), 1, |_| {}), Err(SendError::NotOpen), "5.5.1");
        assert_eq!(stream.frames().len(), 1);
    }
}

/// 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message": nothing that
/// violates this is sent, and the message can be continued.
#[test]
fn fragments_out_of_order_are_refused() {
    let (text, binary) = (MessageKind::Text, MessageKind::Binary);
    let offers = [None, Some(Offer::default()), Some(offer(|offer| offer.threshold = 0))];
    for offer in offers {
        let mut stream = client();
        if let Some(offer) = offer {
            stream.compress(&Agreement::default(), &offer);
        }
        let out_of_order = Err(SendError::FragmentOrder);
        for fragment in [Fragment::Middle, Fragment::Last] {
            assert_eq!(stream.send_fragment(fragment, 1, |_| {}), out_of_order);
        }
        assert_eq!(stream.take_output(), b"");
        assert_eq!(stream.send_fragment(Fragment::First(text), 1, |to| to.fill(b'a')), Ok(()));
        for fragment in [Fragment::First(text), Fragment::First(binary), Fragment::Whole(text), Fragment::Whole(binary)]
        {
            assert_eq!(stream.send_fragment(fragment, 1, |_| {}), out_of_order);
        }
        assert_eq!(stream.send_text("x"), out_of_order);
        assert_eq!(stream.send_binary(b"x"), out_of_order);
        assert_eq!(stream.ping(b"p"), Ok(()), "a control frame may come between them");
        assert_eq!(stream.send_fragment(Fragment::Last, 1, |to| to.fill(b'b')), Ok(()));
        assert_eq!(stream.send_fragment(Fragment::Middle, 1, |_| {}), out_of_order);
        assert_eq!(stream.send_text("next"), Ok(()));
        let mut server = open_connection(Role::Server, &Config::default());
        server.compress(&Agreement::default(), &Offer::default());
        assert_eq!(server.after(stream.take_output()), [crate::support::text("ab"), crate::support::text("next")]);
    }
}

/// 5.5: control frames have at most 125 bytes of payload: a longer ping isn't sent.
#[test]
fn pings_of_any_allowed_length() {
    let mut stream = client();
    for len in [0, 1, 125] {
        assert_eq!(stream.ping(&vec![7; len]), Ok(()));
        assert_eq!(stream.frames(), [(FIN | PING, vec![7; len])]);
    }
    assert_eq!(stream.ping(&[7; 126]), Err(SendError::ControlTooLong(126)));
    assert_eq!(stream.take_output(), b"");
    assert!(stream.is_open());
}

/// 5.5.2, 5.5.3: a ping is answered with its own payload, without the caller's help.
#[test]
fn pings_are_answered() {
    for payload in [vec![], vec![0xff], (0..125).collect()] {
        let mut stream = client();
        assert_eq!(stream.after(frame(FIN | PING, &payload)), []);
        assert_eq!(stream.frames(), [(FIN | PONG, payload)]);
        assert_eq!(stream.frames(), [], "once");
    }
    assert_fails(&mut client(), head(FIN | PING, false, 126), 1002, Error::LongControl);
    assert_fails(&mut client(), [PING, 0], 1002, Error::FragmentedControl);
}

/// 5.5.3: of several pings that wait "the endpoint MAY elect to send a Pong frame for only the most recent".
#[test]
fn of_too_many_pings_the_latest_are_answered() {
    for (count, answered) in [(63, 63), (64, 64), (65, 64), (1000, 64)] {
        let mut stream = client();
        let ping = |i: usize| i.to_be_bytes();
        stream.feed((0..count).flat_map(|i| frame(FIN | PING, ping(i))).collect::<Vec<_>>());
        let pongs = (count - answered..count).map(|i| (FIN | PONG, ping(i).to_vec()));
        assert_eq!(stream.frames(), pongs.collect::<Vec<_>>());
    }
}

/// 5.5.2: "an endpoint MUST send a Pong frame in response, unless it already received a Close frame".
#[test]
fn pings_before_the_peers_close_are_answered_before_ours() {
    let mut stream = client();
    stream.feed([frame(FIN | PING, "p"), frame(FIN | CLOSE, ""), frame(FIN | PING, "q")].concat());
    assert_eq!(stream.frames(), [(FIN | PONG, b"p".to_vec()), (FIN | CLOSE, vec![])]);
}

/// The same, and 5.5.1: after our own Close frame only data frames must not be sent.
#[test]
fn pings_after_our_close_are_still_answered() {
    let mut stream = client();
    stream.shut(1000, "");
    stream.feed(frame(FIN | PING, "p"));
    assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(1000, "")), (FIN | PONG, b"p".to_vec())]);
}

/// 5.5.3: "A Pong frame MAY be sent unsolicited"; "A response to an unsolicited Pong frame is not expected."
#[test]
fn an_unsolicited_pong_is_an_event_only() {
    let mut stream = client();
    assert_eq!(stream.after(frame(FIN | PONG, "beat")), [Event::Pong(b"beat".to_vec())]);
    assert_eq!(stream.after(frame(FIN | PONG, "")), [Event::Pong(vec![])]);
    assert_eq!(stream.take_output(), b"");
}

/// 5.4: "Control frames MAY be injected in the middle of a fragmented message" and are handled at once.
#[test]
fn control_frames_between_fragments() {
    let mut stream = client();
    assert_eq!(stream.after(frame(TEXT, "\u{20ac}".as_bytes().split_at(1).0)), []);
    assert_eq!(stream.after(frame(FIN | PING, "p")), []);
    assert_eq!(stream.frames(), [(FIN | PONG, b"p".to_vec())]);
    assert_eq!(stream.after(frame(FIN | PONG, [0xff])), [Event::Pong(vec![0xff])]);
    assert_eq!(stream.after(frame(FIN | CONTINUATION, "\u{20ac}".as_bytes().split_at(1).1)), [text("€")]);
}

/// 7.1.7: each invalid frame fails at the last of these bytes, or before.
fn broken() -> Vec<(Vec<u8>, u16, Error)> {
    let continued = |frame: Vec<u8>| [crate::support::frame(TEXT, "a"), frame].concat();
    let mut table = vec![
        (vec![FIN | TEXT, 0x80], 1002, Error::Masked),
        (vec![FIN | BINARY, 126, 0, 125], 1002, Error::LengthNotMinimal),
        (vec![FIN | BINARY, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 1002, Error::LengthNotMinimal),
        (vec![FIN | BINARY, 127, 0x80], 1002, Error::LengthTooLarge),
        (vec![PING], 1002, Error::FragmentedControl),
        (vec![CLOSE], 1002, Error::FragmentedControl),
        (vec![FIN | PONG, 126], 1002, Error::LongControl),
        (vec![CONTINUATION, 1], 1002, Error::UnexpectedContinuation),
        (frame(FIN | CONTINUATION, ""), 1002, Error::UnexpectedContinuation),
        (continued(vec![FIN | TEXT, 1]), 1002, Error::ExpectedContinuation),
        (continued(frame(FIN | BINARY, "b")), 1002, Error::ExpectedContinuation),
        (frame(FIN | CLOSE, [3]), 1002, Error::CloseTooShort),
        (frame(FIN | CLOSE, 1005u16.to_be_bytes()), 1002, Error::CloseCode(1005)),
        (frame(FIN | CLOSE, b"\x03\xe8\xc0"), 1007, Error::InvalidUtf8),
        (vec![FIN | TEXT, 100, b'a', 0xff], 1007, Error::InvalidUtf8),
        (vec![FIN | TEXT, 3, 0xed, 0xa0], 1007, Error::InvalidUtf8),
        (frame(FIN | TEXT, [0xe2, 0x82]), 1007, Error::InvalidUtf8),
        (continued(frame(FIN | CONTINUATION, [0xe2, 0x82])), 1007, Error::InvalidUtf8),
        (head(FIN | TEXT, false, 1001), 1009, Error::MessageTooBig(1000)),
        (head(FIN | BINARY, false, u64::MAX >> 1), 1009, Error::MessageTooBig(1000)),
        (continued(head(CONTINUATION, false, 1000)), 1009, Error::MessageTooBig(1000)),
    ];
    table.extend((1..8).map(|rsv| (vec![FIN | TEXT | rsv << 4], 1002, Error::ReservedBits)));
    for opcode in (3..8).chain(0xB..0x10) {
        table.push((vec![FIN | opcode], 1002, Error::ReservedOpcode(opcode)));
    }
    table
}

/// 7.1.7, 7.4.1: the connection is failed at once, with the right code, and not before the bytes are invalid.
#[test]
fn what_is_broken_fails_the_connection() {
    for (bytes, code, error) in broken() {
        assert_fails(&mut client_within(1000), &bytes, code, error.clone());
        let mut stream = client_within(1000);
        let (last, front) = bytes.split_last().unwrap();
        let shown_before = matches!(
            error,
            Error::UnexpectedContinuation
                | Error::ExpectedContinuation
                | Error::LengthNotMinimal
                | Error::CloseTooShort
        );
        if !shown_before {
            assert_eq!(stream.after(front), [], "{bytes:x?} fails too early");
            assert_fails(&mut stream, [*last], code, error);
        }
    }
}

/// 6.2, 7.1.7: messages before it are delivered first and pings are answered first, even from the same chunk.
#[test]
fn frames_before_an_invalid_one_count() {
    for (bytes, code, error) in broken() {
        let mut stream = client_within(1000);
        let good = [frame(FIN | TEXT, "good"), frame(FIN | PING, "p"), frame(FIN | PONG, "q")].concat();
        let events = stream.after([&good[..], &bytes, &frame(FIN | TEXT, "late")].concat());
        assert_eq!(events, [text("good"), Event::Pong(b"q".to_vec()), abnormal(error)]);
        let answers = [(FIN | PONG, b"p".to_vec()), (FIN | CLOSE, code.to_be_bytes().to_vec())];
        assert_eq!(stream.frames(), answers);
    }
}

/// 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
#[test]
fn a_server_takes_masked_frames_only() {
    let mut stream = open_connection(Role::Server, &Config::default());
    assert_eq!(stream.after([FIN | TEXT, 0]), [abnormal(Error::Unmasked)]);
    assert_eq!(stream.take_output(), frame(FIN | CLOSE, 1002u16.to_be_bytes()));
}

/// 5.5.1: queued messages are sent before the Close frame; a failure doesn't send a second Close frame.
#[test]
fn failing_sends_one_close_frame_after_the_rest() {
    let mut stream = client();
    stream.send_text("queued").unwrap();
    stream.fail(Error::InvalidUtf8);
    stream.fail(Error::Masked);
    assert_eq!(stream.events(), [abnormal(Error::InvalidUtf8)]);
    assert_eq!(stream.frames(), [(FIN | TEXT, b"queued".to_vec()), (FIN | CLOSE, 1007u16.to_be_bytes().to_vec())]);

    let mut stream = client();
    stream.shut(1000, "");
    assert_eq!(stream.after([0xff]), [abnormal(Error::ReservedBits)]);
    assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(1000, ""))]);
}

/// 10.4: the limit is exact, for one frame and for fragments, and is enforced before the payload is received.
#[test]
fn the_limit_on_messages() {
    let mut stream = client_within(10);
    assert_eq!(stream.after(frame(FIN | BINARY, [7; 10])), [binary([7; 10])]);
    assert_eq!(stream.after([frame(BINARY, [7; 9]), frame(FIN | CONTINUATION, [7])].concat()), [binary([7; 10])]);
    assert_eq!(stream.after(frame(FIN | TEXT, "ééééé")), [text("ééééé")]);
    assert_eq!(stream.after(frame(FIN | PING, [7; 125])), [], "control frames don't count");
    stream.take_output();
    assert_fails(&mut stream, head(FIN | BINARY, false, 11), 1009, Error::MessageTooBig(10));

    let mut stream = client_within(10);
    stream.feed(frame(BINARY, [7; 10]));
    assert_fails(&mut stream, head(FIN | CONTINUATION, false, 1), 1009, Error::MessageTooBig(10));
}

/// A message, the lengths of its fragments, and the pings (true) or pongs before each fragment.
type Sent = (Message, Vec<usize>, Vec<Vec<(bool, Vec<u8>)>>);

fn sent() -> impl Strategy<Value = Sent> {
    let control = (any::<bool>(), prop::collection::vec(any::<u8>(), 0..20));
    let controls = prop::collection::vec(prop::collection::vec(control, 0..3), 0..4);
    (message(), prop::collection::vec(0..30usize, 0..4), controls)
}

proptest! {
    #![proptest_config(cases(400))]

    /// 5.4, 6.2: messages are delivered unchanged and in order, however they are fragmented and cut.
    #[test]
    fn everything_comes_out_as_it_went_in(
        all in prop::collection::vec(sent(), 0..5),
        sizes in sizes(),
        from in prop::sample::select(&[Role::Client, Role::Server][..]),
    ) {
        let (mut wire, mut expected, mut pongs) = (Vec::new(), Vec::new(), Vec::new());
        for (message, lengths, controls) in all {
            let payload = message.clone().into_bytes();
            let (mut opcode, mut rest) = (if message.is_text() { TEXT } else { BINARY }, &payload[..]);
            for i in 0..=lengths.len() {
                for (is_ping, payload) in controls.get(i).into_iter().flatten() {
                    wire.extend(frame_from(from, FIN | if *is_ping { PING } else { PONG }, payload));
                    match is_ping {
                        true => pongs.push((FIN | PONG, payload.clone())),
                        false => expected.push(Event::Pong(payload.clone())),
                    }
                }
                let fin = if i == lengths.len() { FIN } else { 0 };
                let (fragment, next) = rest.split_at(lengths.get(i).map_or(rest.len(), |len| *len.min(&rest.len())));
                wire.extend(frame_from(from, fin | opcode, fragment));
                (opcode, rest) = (CONTINUATION, next);
            }
            expected.push(Event::Message(message));
        }
        let role = if from == Role::Client { Role::Server } else { Role::Client };
        let mut stream = open_connection(role, &Config::default());
        let (mut events, mut output) = (Vec::new(), Vec::new());
        for chunk in chunks(&wire, &sizes) {
            events.extend(stream.after(chunk));
            output.extend(stream.take_output());
        }
        prop_assert_eq!(events, expected);
        prop_assert!(read_frames(role, &output).into_iter().map(|(frame, _)| frame).eq(pongs));
        prop_assert!(stream.is_open());
    }

    /// 5.1 to 5.3: one endpoint receives the messages that the other sends.
    #[test]
    fn both_roles_understand_each_other(
        all in prop::collection::vec(message(), 0..6),
        sizes in sizes(),
        role in prop::sample::select(&[Role::Client, Role::Server][..]),
    ) {
        let other = if role == Role::Client { Role::Server } else { Role::Client };
        let mut here = open_connection(role, &Config::default());
        let mut there = open_connection(other, &Config::default());
        for message in &all {
            prop_assert_eq!(here.send(message), Ok(()));
        }
        let wire = here.take_output();
        let events: Vec<Event> = chunks(&wire, &sizes).flat_map(|chunk| there.after(chunk)).collect();
        prop_assert_eq!(events, all.into_iter().map(Event::Message).collect::<Vec<_>>());
    }
}

/// A message before the failure is answered as if nothing followed it: the Close frame is sent after the answer.
#[test]
fn a_message_before_a_bad_frame_can_be_answered() {
    let mut client = client();
    client.feed([frame(FIN | TEXT, "question"), vec![FIN | 0x3]].concat());
    assert_eq!(client.poll_event(), Some(Event::Message(Message::text("question"))));
    assert_eq!(client.send_text("answer"), Ok(()));
    match client.poll_event() {
        Some(Event::Closed(closed)) => assert_eq!(closed.error, Some(Error::ReservedOpcode(3))),
        event => panic!("{event:?}"),
    }
    assert_eq!(client.send_text("too late"), Err(SendError::NotOpen));
    assert_eq!(client.frames(), [(FIN | TEXT, b"answer".to_vec()), (FIN | CLOSE, close_payload(1002, ""))]);
}

/// 5.5.3: "as soon as is practical": a ping is answered before the message after it.
#[test]
fn a_pong_goes_before_the_answer_to_what_followed_its_ping() {
    let mut client = client();
    client.feed([frame(TEXT, "quest"), frame(FIN | PING, "p"), frame(FIN | CONTINUATION, "ion")].concat());
    assert_eq!(client.poll_event(), Some(Event::Message(Message::text("question"))));
    assert_eq!(client.send_text("answer"), Ok(()));
    assert_eq!(client.frames(), [(FIN | PONG, b"p".to_vec()), (FIN | TEXT, b"answer".to_vec())]);
}

/// A failing connection has no deadline, even if close() is called before the failure is reported.
#[test]
fn no_deadline_while_the_failure_waits_for_its_turn() {
    let mut client = client();
    client.feed([frame(FIN | TEXT, "a"), vec![FIN | 0x3]].concat());
    client.shut(1000, "");
    assert_eq!(client.deadline(), None);
    client.expire(1_000_000);
    let events = client.events();
    assert!(matches!(events.last(), Some(Event::Closed(closed)) if closed.error == Some(Error::ReservedOpcode(3))));
    assert_eq!(client.frames(), [(FIN | CLOSE, close_payload(1000, ""))]);
}

/// The next event can be inspected: a driver may leave messages, but no other events, for later.
#[test]
fn the_next_event_is_known_before_it_is_taken() {
    let mut stream = client();
    assert!(!matches!(stream.peek_event(), Some(Event::Message(_))));
    stream.feed(b"\x8a\x01p\x81\x01a\x82\x01b\x88\x02\x03\xe8");
    let mut messages = Vec::new();
    loop {
        let is_message = matches!(stream.peek_event(), Some(Event::Message(_)));
        let Some(event) = stream.poll_event() else { break };
        assert_eq!(is_message, matches!(event, Event::Message(_)), "{event:?}");
        messages.extend(is_message.then_some(event));
    }
    assert_eq!(messages, [text("a"), binary([b'b'])]);
}

/// A message that can't be delivered fails the connection, and nothing after it is delivered, not even if the
/// connection was closed cleanly meanwhile.
#[test]
fn a_message_that_is_refused() {
    for closed in [false, true] {
        let mut stream = client();
        stream.feed([frame(FIN | TEXT, "one"), frame(FIN | TEXT, "two"), frame(FIN | PONG, "")].concat());
        if closed {
            stream.feed(frame(FIN | CLOSE, close_payload(1000, "")));
            assert_eq!(stream.frames(), [(FIN | CLOSE, close_payload(1000, ""))]);
            stream.end(0);
        }
        assert_eq!(stream.poll_event(), Some(text("one")));
        stream.refuse_message(CloseCode::TOO_BIG);
        assert_eq!(stream.events(), [abnormal(Error::MessageRefused)]);
        let told = if closed { vec![] } else { vec![(FIN | CLOSE, close_payload(1009, ""))] };
        assert_eq!(stream.frames(), told);
        assert_eq!(stream.deadline(), None);
    }
}
