//! The core over `std::net`: says each word to an echo server, prints what comes back, and closes.
//!
//! ```sh
//! cargo run --example echo -- 127.0.0.1:8081 hello there
//! ```

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use websocket_wasm::protocol::{CloseCode, CloseFrame, Closed, Config, Connection, Event, Message, Millis, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let host = args.next().ok_or("usage: echo HOST:PORT WORD...")?;
    let words: Vec<String> = args.collect();

    let closed = say(&host, &words)?;
    if let Some(error) = closed.error {
        return Err(error.into());
    }
    println!("closed: {} {}", closed.code, closed.reason);
    Ok(())
}

fn say(host: &str, words: &[String]) -> Result<Closed, Box<dyn Error>> {
    let mut socket = TcpStream::connect(host)?;
    let clock = Instant::now();
    let now = || clock.elapsed().as_millis() as Millis;
    let mut connection = Connection::connect(&Request::new(host, "/")?, &Config::default(), now());
    let mut unanswered = words.len();
    let mut closed = None;
    let mut chunk = [0; 64 * 1024];
    loop {
        // Events and output, until both are empty.
        loop {
            while let Some(event) = connection.poll_event() {
                match event {
                    Event::Open(_) => words.iter().for_each(|word| assert!(connection.send_text(word))),
                    Event::Message(message) => {
                        println!("{}", text_of(message));
                        unanswered = unanswered.saturating_sub(1);
                        if unanswered == 0 {
                            let bye = CloseFrame { code: Some(CloseCode::NORMAL), reason: "all said".to_owned() };
                            connection.close(&bye, now());
                        }
                    }
                    Event::Closed(how) => closed = Some(how),
                    Event::Pong(_) | Event::Closing => {}
                }
            }
            let output = connection.take_output();
            if output.is_empty() {
                break;
            }
            socket.write_all(&output)?;
            connection.written(output.len() as u64, now());
        }
        if let Some(closed) = closed {
            return Ok(closed);
        }

        // Bytes, or the deadline, whichever comes first.
        let wait = connection.deadline().map(|at| Duration::from_millis(at.saturating_sub(now()).max(1)));
        socket.set_read_timeout(wait)?;
        match socket.read(&mut chunk) {
            Ok(0) => connection.end(),
            Ok(length) => connection.receive(&chunk[..length], now()),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => connection.expire(now()),
                ErrorKind::Interrupted => {}
                _ => connection.lose(&error.to_string()),
            },
        }
    }
}

fn text_of(message: Message) -> String {
    match message {
        Message::Text(text) => text,
        other => format!("{} bytes", other.size()),
    }
}
