//! The rows of the table.

use std::sync::Arc;

use crate::contenders::{BUILDERS, Contenders, Job, PARSERS};

#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    pub job: Job,
    pub parses: bool,
    /// How many messages make a sample.
    pub messages: usize,
}

impl Row {
    pub fn contenders(&self) -> &'static Contenders {
        if self.parses { PARSERS } else { BUILDERS }
    }
}

/// All rows; with `check`, each does very little.
pub fn rows(check: bool) -> Vec<Row> {
    let ascii = |len: usize| -> Vec<u8> { (b'a'..=b'z').cycle().take(len).collect() };
    let noise =
        |len: usize| -> Vec<u8> { (0..len as u32).map(|i| (i.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect() };
    let row = |name, is_text, payload: Vec<u8>, parses| {
        let frame = frame(is_text, &payload);
        // Frames of about 1 MiB, so that they don't come from the nearest cache; and at least one.
        let frames: Vec<u8> = frame.repeat((1 << 20) / frame.len() + 1);
        // A few milliseconds.
        let messages = if check { 3 } else { (100_000_000 / (payload.len() + 900)).clamp(10, 100_000) };
        Row { name, job: Job { is_text, payload: payload.into(), frames: Arc::from(frames) }, parses, messages }
    };
    vec![
        row("parse 128 B text", true, ascii(128), true),
        row("parse 128 B binary", false, noise(128), true),
        row("parse 4 KiB non-ASCII text", true, text(4096), true),
        row("parse 64 KiB binary", false, noise(64 << 10), true),
        row("parse 16 MiB binary", false, noise(16 << 20), true),
        row("build 128 B", false, noise(128), false),
        row("build 4 KiB", false, noise(4096), false),
        row("build 64 KiB", false, noise(64 << 10), false),
    ]
}

/// A frame from a server (RFC 6455 5.2).
fn frame(is_text: bool, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![if is_text { 0x81 } else { 0x82 }];
    match payload.len() {
        len @ ..126 => frame.push(len as u8),
        len @ ..0x1_0000 => {
            frame.push(126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// Text of several scripts, of exactly that many bytes.
fn text(len: usize) -> Vec<u8> {
    let unit = "Größe, naïveté, Ελλάδα, привет, мир; 日本語のテキスト, 한국어 — and some ASCII between. ";
    let mut text = String::new();
    for c in unit.chars().cycle() {
        if text.len() + c.len_utf8() > len {
            break;
        }
        text.push(c);
    }
    text.extend(std::iter::repeat_n('.', len - text.len()));
    text.into_bytes()
}
