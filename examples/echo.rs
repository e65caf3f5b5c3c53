//! The protocol over `std::net`: sends each word to an echo server, prints the answers, and closes.
//!
//! ```sh
//! cargo run --example echo -- 127.0.0.1:8081 hello there
//! ```

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use websocket_wasm::protocol::{
    CloseCode, CloseFrame, Closed, Config, Connection, Event, Message, Millis, RandomError, Request,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let host = args.next().ok_or("usage: echo HOST:PORT WORD...")?;
    let words: Vec<String> = args.collect();

    let closed = echo(&host, &words)?;
    if let Some(error) = closed.error {
        return Err(error.into());
    }
    println!("closed: {} {}", closed.code, closed.reason);
    Ok(())
}

fn echo(host: &str, words: &[String]) -> Result<Closed, Box<dyn Error>> {
    let clock = Instant::now();
    let now = || clock.elapsed().as_millis() as Millis;
    let mut connection = Connection::new(&Config::default(), random);
    connection.begin(now());
    connection.send_request(Request::new(host, "/")?);
    let mut socket = TcpStream::connect(host)?;
    let mut unanswered = words.len();
    let mut chunk = [0; 64 * 1024];
    loop {
        // Events. This driver takes all there are, so the connection wants input afterwards.
        let mut closed = None;
        while let Some(event) = connection.poll_event() {
            match event {
                Event::Open(_) => {
                    for word in words {
                        connection.send_text(word)?;
                    }
                }
                Event::Message(message) => {
                    println!("{}", describe(message));
                    unanswered = unanswered.saturating_sub(1);
                    if unanswered == 0 {
                        let frame = CloseFrame { code: Some(CloseCode::NORMAL), reason: "all said".to_owned() };
                        connection.close(&frame, now());
                    }
                }
                Event::Closed(how) => closed = Some(how),
                _ => {}
            }
        }

        // Output, before waiting for input, and once more after the end.
        let output = connection.take_output();
        match socket.write_all(&output) {
            Ok(()) => connection.written(output.len() as u64, now()),
            Err(error) => {
                eprintln!("{error}");
                connection.transport_lost();
            }
        }
        if let Some(closed) = closed {
            return Ok(closed);
        }

        // Input, or the deadline, whichever comes first. None is wanted from a transport that is lost.
        if !connection.wants_input() {
            continue;
        }
        let wait = connection.deadline().map(|at| Duration::from_millis(at.saturating_sub(now()).max(1)));
        socket.set_read_timeout(wait)?;
        match socket.read(&mut chunk) {
            Ok(0) => connection.end(now()),
            Ok(len) => connection.receive(&chunk[..len], now()),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => connection.expire(now()),
                ErrorKind::Interrupted => {}
                _ => {
                    eprintln!("{error}");
                    connection.transport_lost();
                }
            },
        }
    }
}

fn describe(message: Message) -> String {
    let len = message.len();
    message.into_text().unwrap_or_else(|| format!("{len} bytes"))
}

fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}
