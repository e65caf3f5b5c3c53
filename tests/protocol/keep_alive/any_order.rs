//! Any order of looks, input and probes.

use proptest::prelude::*;
use websocket_wasm::protocol::{Error, Millis};

use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// The time until the next look, beyond its deadline.
    Look(Millis),
    /// Bytes are received so much later.
    Receive(Millis),
    /// A probe so much later.
    Probe(Millis),
    Reading(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop_oneof![4 => 0u64..=100, 1 => 101u64..100_000].prop_map(Step::Look),
        2 => (0u64..TIMEOUT).prop_map(Step::Receive),
        1 => (0u64..TIMEOUT).prop_map(Step::Probe),
        1 => any::<bool>().prop_map(Step::Reading),
    ]
}

proptest! {
    #![proptest_config(cases(500))]

    /// Whatever happens: the connection ends only if nothing was received for the timeout of a ping, at a look that was in
    /// time or after three pings, while it was read. And if all looks are in time, at that time.
    #[test]
    fn death_is_proved(steps in prop::collection::vec(step(), 1..60)) {
        let mut connection = open_at(0);
        let (mut now, mut heard, mut sent, mut count, mut reading) = (0, 0, None, 0, true);
        for step in steps {
            let (mut is_late, mut is_look) = (false, false);
            let is_probe = matches!(step, Step::Probe(_));
            match step {
                Step::Look(late) => {
                    let deadline = connection.deadline().expect("a deadline");
                    is_look = true;
                    is_late = now.max(deadline + late) > deadline + 100;
                    now = now.max(deadline + late);
                    connection.expire(now);
                }
                Step::Receive(after) if reading => {
                    now += after;
                    let deadline = connection.deadline();
                    connection.receive(&frame(FIN | TEXT, "x"), now);
                    prop_assert_eq!(connection.deadline(), deadline);
                    (heard, sent, count) = (now, None, 0);
                }
                Step::Receive(_) => {}
                Step::Probe(after) => {
                    now += after;
                    connection.probe(now);
                }
                Step::Reading(now_reading) => {
                    reading = now_reading;
                    connection.set_reading(reading);
                }
            }
            let pinged = pings(&mut connection, now).len();
            prop_assert!(pinged <= 1);
            if pinged == 1 {
                prop_assert!(reading);
                prop_assert!(!is_look || sent.is_some() || now >= heard + INTERVAL);
                sent = Some(now);
                count += 1;
            }
            // Silence says nothing about a peer that isn't read.
            if (is_look || is_probe) && !reading {
                (sent, count) = (None, 0);
            }
            if !connection.is_open() {
                let last = sent.expect("a ping");
                prop_assert!(reading && now >= last + TIMEOUT);
                prop_assert!(is_look && !is_late || count == 3);
                let last = connection.events().pop();
                prop_assert_eq!(last, Some(abnormal(Error::KeepAliveTimeout)));
                break;
            }
            if is_look && !is_late && reading && let Some(last) = sent {
                prop_assert!(now < last + TIMEOUT, "it should have ended");
            }
            connection.events();
            prop_assert!(connection.deadline().is_some_and(|deadline| !is_look || deadline > now));
        }
    }
}
