//! A Rust crate for a page that speaks WebSocket by itself, over whatever byte stream the page gives it.
//!
//! `tests/examples/page.test.js` builds it and runs it in a page, with streams through a relay.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, WritableStream, WritableStreamDefaultWriter};
use websocket_wasm::protocol::{CloseCode, CloseFrame, Config, Connection, Event, Message, Millis, Request};

/// Sends `text` to an echo server, and resolves with its answer once the connection is closed.
///
/// # Errors
/// Rejects where a stream breaks, or the connection is failed.
#[wasm_bindgen]
pub async fn ask(
    host: &str,
    readable: ReadableStream,
    writable: WritableStream,
    text: &str,
) -> Result<Option<String>, JsValue> {
    let reader: ReadableStreamDefaultReader = readable.get_reader().unchecked_into();
    let writer = writable.get_writer()?;
    let request = Request::new(host, "/").map_err(|error| JsError::new(&error.to_string()))?;
    let mut connection = Connection::connect(&request, &Config::default(), now());
    let mut answer = None;
    let mut closed = None;
    let mut reading = reader.read();
    loop {
        // Events and output, until both are empty.
        loop {
            while let Some(event) = connection.poll_event() {
                match event {
                    Event::Open(_) => {
                        connection.send_text(text);
                    }
                    Event::Message(message) => {
                        if let Message::Text(text) = message {
                            answer = Some(text);
                        }
                        connection.close(&CloseFrame { code: Some(CloseCode::NORMAL), reason: String::new() }, now());
                    }
                    Event::Closed(how) => closed = Some(how),
                    Event::Pong(_) | Event::Closing => {}
                }
            }
            let output = connection.take_output();
            if output.is_empty() {
                break;
            }
            write(&writer, &output).await?;
            connection.written(output.len() as u64, now());
        }
        if let Some(closed) = closed {
            let _ = JsFuture::from(writer.close()).await;
            return match closed.error {
                Some(error) => Err(JsError::new(&error.to_string()).into()),
                None => Ok(answer),
            };
        }

        // Bytes, or the deadline, whichever comes first.
        match read(&reading, connection.deadline()).await? {
            Read::Bytes(bytes) => {
                connection.receive(&bytes, now());
                reading = reader.read();
            }
            Read::End => connection.end(),
            Read::Late => connection.expire(now()),
        }
    }
}

enum Read {
    Bytes(Vec<u8>),
    End,
    Late,
}

/// Waits for a read that is under way, but not beyond `deadline`.
async fn read(reading: &Promise, deadline: Option<Millis>) -> Result<Read, JsValue> {
    let late = Promise::new(&mut |resolve, _| {
        if let Some(at) = deadline {
            set_timeout(&resolve, at.saturating_sub(now()) as f64);
        }
    });
    let result = JsFuture::from(Promise::race(&Array::of2(reading, &late))).await?;
    if result.is_undefined() {
        return Ok(Read::Late);
    }
    if Reflect::get(&result, &"done".into())?.is_truthy() {
        return Ok(Read::End);
    }
    Ok(Read::Bytes(Uint8Array::new(&Reflect::get(&result, &"value".into())?).to_vec()))
}

async fn write(writer: &WritableStreamDefaultWriter, bytes: &[u8]) -> Result<(), JsValue> {
    let chunk = Uint8Array::from(bytes);
    JsFuture::from(writer.write_with_chunk(&chunk)).await.map(drop)
}

/// The core's clock, which must never run backwards.
fn now() -> Millis {
    performance_now() as Millis
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &Function, milliseconds: f64);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}
