//! The codec of the feature `zlib`: zlib-rs.

use alloc::boxed::Box;

use zlib_rs::{Deflate, DeflateFlush, Inflate, InflateError, InflateFlush};

use super::codec::{Codec, Coder, Progress, Status};

/// DEFLATE by the crate zlib-rs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Zlib;

impl Codec for Zlib {
    fn compressor(&self, level: u8, window_bits: u8) -> Option<Box<dyn Coder>> {
        Some(Box::new(Compressor(Deflate::new(level.into(), false, window_bits))))
    }

    fn decompressor(&self, window_bits: u8) -> Option<Box<dyn Coder>> {
        Some(Box::new(Decompressor(Inflate::new(false, window_bits))))
    }
}

struct Compressor(Deflate);

impl Coder for Compressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: bool) -> Option<Progress> {
        let flush = if flush { DeflateFlush::SyncFlush } else { DeflateFlush::NoFlush };
        let (consumed, produced) = (self.0.total_in(), self.0.total_out());
        let status = self.0.compress(input, output, flush).ok()?;
        Some(progress(self.0.total_in() - consumed, self.0.total_out() - produced, status.into()))
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

struct Decompressor(Inflate);

impl Coder for Decompressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], _flush: bool) -> Option<Progress> {
        let (consumed, produced) = (self.0.total_in(), self.0.total_out());
        let status = match self.0.decompress(input, output, InflateFlush::SyncFlush) {
            Ok(status) => status.into(),
            Err(InflateError::MemError) => return None,
            Err(_) => Status::Invalid,
        };
        Some(progress(self.0.total_in() - consumed, self.0.total_out() - produced, status))
    }

    fn reset(&mut self) {
        self.0.reset(false);
    }
}

fn progress(consumed: u64, produced: u64, status: Status) -> Progress {
    Progress { consumed: consumed as usize, produced: produced as usize, status }
}

impl From<zlib_rs::Status> for Status {
    fn from(status: zlib_rs::Status) -> Self {
        match status {
            zlib_rs::Status::Ok | zlib_rs::Status::BufError => Self::Open,
            zlib_rs::Status::StreamEnd => Self::Ended,
        }
    }
}
