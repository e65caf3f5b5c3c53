//! Compressors that streams share. One takes 374 KiB, of which its window's bytes are 32. So each stream keeps those, and
//! when [`MOST`] are in use, a stream takes the compressor of another that is between two messages.

use websocket_wasm::protocol::deflate::{Progress, Status};
use zlib_rs::{Deflate, DeflateFlush, Status as ZlibStatus};

use crate::history::History;
use crate::memory::reserve;

/// How many compressors there are before they are taken from streams.
const MOST: usize = 8;

/// More than the memory of a compressor with the largest window, in bytes.
const SIZE: usize = 384 << 10;

/// How a stream is compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// 0 to 9.
    pub level: u8,
    /// The binary logarithm of the window's size: 9 to 15.
    pub window_bits: u8,
}

/// A stream of compressed messages.
pub struct Stream {
    settings: Settings,
    history: History,
}

impl Stream {
    /// A stream without any bytes.
    pub fn new(settings: Settings) -> Self {
        // Level 0 looks for no matches.
        let window = if settings.level == 0 { 0 } else { 1 << settings.window_bits };
        Self { settings, history: History::new(window) }
    }
}

struct Compressor {
    deflate: Deflate,
    settings: Settings,
    /// The id of the stream that it compresses; `None` if it was freed.
    owner: Option<usize>,
    /// Whether bytes may be left inside.
    open: bool,
}

/// The compressors of all streams.
pub struct Compressors {
    all: Vec<Compressor>,
    /// The index of the one to take next.
    next: usize,
}

impl Compressors {
    /// None yet.
    pub const fn new() -> Self {
        Self { all: Vec::new(), next: 0 }
    }

    /// Compresses the next bytes of a stream, whose id is `id`; as `Coder::run`.
    pub fn run(
        &mut self,
        id: usize,
        stream: &mut Stream,
        input: &[u8],
        output: &mut [u8],
        flush: bool,
    ) -> Option<Progress> {
        let index = self.position(id).or_else(|| self.acquire(id, stream))?;
        let Compressor { deflate, open, .. } = &mut self.all[index];
        let (consumed, produced) = (deflate.total_in(), deflate.total_out());
        let mode = if flush { DeflateFlush::SyncFlush } else { DeflateFlush::NoFlush };
        let status = deflate.compress(input, output, mode).ok()?;
        let (consumed, produced) =
            ((deflate.total_in() - consumed) as usize, (deflate.total_out() - produced) as usize);
        *open = !flush || consumed < input.len() || produced == output.len();
        if !stream.history.push(&input[..consumed]) {
            self.reset(id, stream);
            return None;
        }
        let status = if status == ZlibStatus::StreamEnd { Status::Ended } else { Status::Open };
        Some(Progress { consumed, produced, status })
    }

    /// Starts a stream anew, with an empty window. Its compressor is free until it needs one again.
    pub fn reset(&mut self, id: usize, stream: &mut Stream) {
        stream.history.clear();
        self.release(id);
    }

    /// Frees the compressor of a stream, if it has one.
    pub fn release(&mut self, id: usize) {
        let Some(index) = self.position(id) else { return };
        if self.all.len() > MOST {
            self.all.swap_remove(index);
        } else {
            self.all[index].owner = None;
            self.all[index].open = false;
        }
    }

    fn position(&self, id: usize) -> Option<usize> {
        self.all.iter().position(|one| one.owner == Some(id))
    }

    /// A compressor that continues the stream. Returns its index; `None` if there is no memory for one.
    fn acquire(&mut self, id: usize, Stream { settings, history }: &Stream) -> Option<usize> {
        let freed = self.all.iter().position(|one| one.owner.is_none() && one.settings == *settings);
        let index = freed.or_else(|| self.add(*settings)).or_else(|| self.take(*settings))?;
        let one = &mut self.all[index];
        one.deflate.reset();
        for bytes in history.slices() {
            one.deflate.set_dictionary(bytes).ok()?;
        }
        one.owner = Some(id);
        Some(index)
    }

    /// Adds a compressor, unless there are enough. Returns its index.
    fn add(&mut self, settings: Settings) -> Option<usize> {
        if self.all.len() >= MOST && self.all.iter().any(|one| !one.open) {
            return None;
        }
        let deflate = new_deflate(settings)?;
        self.all.push(Compressor { deflate, settings, owner: None, open: false });
        Some(self.all.len() - 1)
    }

    /// Takes a compressor from a stream that is between two messages. Returns its index.
    fn take(&mut self, settings: Settings) -> Option<usize> {
        let len = self.all.len();
        let index = (0..len).map(|more| (self.next + more) % len).find(|&index| !self.all[index].open)?;
        self.next = index + 1;
        let one = &mut self.all[index];
        if one.settings != settings {
            one.deflate = new_deflate(settings)?;
            one.settings = settings;
        }
        Some(index)
    }
}

/// `None` if there is no memory for it, where `Deflate::new()` panics.
fn new_deflate(Settings { level, window_bits }: Settings) -> Option<Deflate> {
    reserve(SIZE)?;
    Some(Deflate::new(level.into(), false, window_bits))
}
