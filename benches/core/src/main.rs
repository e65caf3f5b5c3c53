//! The protocol beside other crates, natively. `npm run bench -- core` builds and runs it, and prints the table.
//!
//! Prints the samples as JSON: one for each round and contender, in nanoseconds of CPU time for each message. With
//! `--table`, the medians and the ratios instead.

mod contenders;
mod rows;
mod wire;

use std::cell::Cell;
use std::fmt::Write;

use rustix::time::{ClockId, clock_gettime};

use contenders::{Contender, Tally};
use rows::Row;
use wire::Wire;

/// For how many rounds the contenders stay.
const ROUNDS_IN_A_PLACE: usize = 3;

const BASE: &str = "websocket-wasm";

#[derive(Debug)]
struct Arguments {
    cases: Vec<String>,
    rounds: usize,
    check: bool,
    table: bool,
    /// The only contender, for a profiler.
    only: Option<String>,
}

fn main() {
    let arguments = arguments();
    let mut results = Vec::new();
    for row in rows::rows(arguments.check) {
        if arguments.cases.is_empty() || arguments.cases.iter().any(|case| matches(case, row.name)) {
            eprintln!("{} ...", row.name);
            let samples = measure(&row, &arguments);
            results.push((row, samples));
        }
    }
    print!("{}", if arguments.table { table(&results) } else { json(&results) });
}

fn arguments() -> Arguments {
    let mut arguments = Arguments { cases: Vec::new(), rounds: 15, check: false, table: false, only: None };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match &*arg {
            "--check" => arguments.check = true,
            "--table" => arguments.table = true,
            "--only" => arguments.only = args.next(),
            "--case" => arguments.cases.extend(args.next()),
            "--rounds" => arguments.rounds = args.next().and_then(|rounds| rounds.parse().ok()).expect("--rounds N"),
            _ => panic!("usage: [--case GLOB]... [--rounds N] [--check] [--table] [--only CONTENDER]"),
        }
    }
    if arguments.check {
        arguments.rounds = 1;
    }
    arguments
}

/// Whether a name matches a pattern, in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| matches(rest, &name[at..]))
        }),
    }
}

/// The samples of each contender, one a round; each round has another order. Every few rounds the contenders are new, and
/// elsewhere in memory: how source and destination are placed to each other makes a difference of a third.
fn measure(row: &Row, arguments: &Arguments) -> Vec<Vec<f64>> {
    let mut samples = vec![Vec::new(); row.contenders().len()];
    let mut contenders = Vec::new();
    let mut gaps = Vec::new();
    for round in 0..arguments.rounds {
        if round % ROUNDS_IN_A_PLACE == 0 {
            contenders.clear();
            for (at, (_, create)) in row.contenders().iter().enumerate() {
                gaps.push(vec![1_u8; 64 + (round * 1000 + at * 300) % 4096]);
                let job = row.job.elsewhere();
                let wire = Wire::new(&job.frames);
                contenders.push((wire.written(), create(&job, wire)));
            }
        }
        for &at in &order(contenders.len(), round) {
            let (written, contender) = &mut contenders[at];
            if arguments.only.as_ref().is_none_or(|only| only == row.contenders()[at].0) {
                samples[at].push(sample(&mut **contender, written, row, arguments.check));
            }
        }
    }
    samples
}

/// The contenders in an order that looks random: what the one before has left in the caches is another thing each time.
fn order(count: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut seed = round as u32 + 1;
    for at in (1..count).rev() {
        seed = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        order.swap(at, (seed >> 16) as usize % (at + 1));
    }
    order
}

/// The nanoseconds for each message.
fn sample(contender: &mut dyn Contender, written: &Cell<u64>, row: &Row, compare: bool) -> f64 {
    // A few messages first, for the caches.
    work(contender, written, row, row.messages.div_ceil(10), compare);
    let start = cpu_time();
    let messages = work(contender, written, row, row.messages, compare);
    (cpu_time() - start) / messages as f64
}

/// Parses or builds that many messages. Returns how many there were.
fn work(contender: &mut dyn Contender, written: &Cell<u64>, row: &Row, count: usize, compare: bool) -> usize {
    if row.parses {
        let mut tally = Tally::new(&row.job, compare);
        contender.parse(count, &mut tally);
        tally.finish();
        tally.messages
    } else {
        let before = written.get();
        contender.build(count);
        let written = written.get() - before;
        let overhead = written as usize / count - row.job.payload.len();
        assert!((6..=14).contains(&overhead), "{written} bytes were written");
        count
    }
}

/// This thread's, in nanoseconds.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn json(results: &[(Row, Vec<Vec<f64>>)]) -> String {
    let rows = results.iter().map(|(row, samples)| {
        let contenders = row.contenders().iter().zip(samples).map(|((name, _), samples)| {
            let samples: Vec<String> = samples.iter().map(|sample| format!("{sample:.2}")).collect();
            format!("{name:?}: {{ \"cpu\": [{}] }}", samples.join(", "))
        });
        let contenders: Vec<String> = contenders.collect();
        let name = row.name;
        format!(
            "{{ \"name\": {name:?}, \"metrics\": {{ \"cpu\": \"ns/message\" }}, \"samples\": {{ {} }} }}",
            contenders.join(", ")
        )
    });
    let rows: Vec<String> = rows.collect();
    let title = "the core, natively: the CPU time of one message";
    format!("{{ \"title\": {title:?}, \"base\": {BASE:?}, \"rows\": [\n{}\n] }}\n", rows.join(",\n"))
}

fn table(results: &[(Row, Vec<Vec<f64>>)]) -> String {
    let mut table = String::new();
    for (row, samples) in results {
        let _ = writeln!(table, "{}", row.name);
        for ((name, _), theirs) in row.contenders().iter().zip(samples) {
            if theirs.is_empty() {
                continue;
            }
            let ratios = theirs.iter().zip(&samples[0]).map(|(theirs, ours)| theirs / ours).collect();
            let [_, median, _] = quartiles(theirs.clone());
            let [q1, ratio, q3] = quartiles(ratios);
            let _ = writeln!(table, "  {name:<24}{median:>12.1} ns{ratio:>8.2}  ({q1:.2} to {q3:.2})");
        }
    }
    table
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    // None if this crate's own was left out.
    [1, 2, 3].map(|quarter| values.get(values.len().saturating_sub(1) * quarter / 4).copied().unwrap_or(f64::NAN))
}
