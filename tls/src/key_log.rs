//! Secrets for a decoder of captures, in the format of SSLKEYLOGFILE (RFC 9850).

use core::fmt::Write;

use rustls::KeyLog;

use crate::report;

/// Reports the lines.
#[derive(Debug)]
pub struct Lines;

impl KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut line = String::from(label);
        for bytes in [client_random, secret] {
            line.push(' ');
            for byte in bytes {
                // Writing to a String can't fail.
                let _ = write!(line, "{byte:02x}");
            }
        }
        report::key_log(&line);
    }
}
