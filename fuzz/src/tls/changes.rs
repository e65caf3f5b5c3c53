//! Changes to records: to what is in them, by a server that has the keys, and to the bytes, by anybody on the way.

use arbitrary::Arbitrary;

/// The most that a changed record or stream has.
const MAX_CONTENT: usize = 20_000;
const MAX_STREAM: usize = 1 << 20;

/// A record's content before it is protected.
#[derive(Debug, Clone, Arbitrary)]
pub struct Content {
    pub typ: u8,
    pub bytes: Vec<u8>,
}

impl Content {
    /// The application data in it: in TLS 1.3 padding may precede the type.
    pub fn application_data(&self, is_tls13: bool) -> &[u8] {
        const APPLICATION_DATA: u8 = 23;
        if self.typ == APPLICATION_DATA {
            return &self.bytes;
        }
        let last = self.bytes.iter().rposition(|&byte| byte != 0);
        match last {
            Some(last) if is_tls13 && self.typ == 0 && self.bytes[last] == APPLICATION_DATA => &self.bytes[..last],
            _ => &[],
        }
    }
}

/// A change to a record's content.
#[derive(Debug, Clone, Arbitrary)]
pub enum ContentChange {
    Flip {
        at: u16,
        bits: u8,
    },
    Cut {
        at: u16,
        len: u8,
    },
    Insert {
        at: u16,
        bytes: Vec<u8>,
    },
    Repeat {
        times: u8,
    },
    Replace(Content),
    Type(u8),
    /// Padding of TLS 1.3.
    Pad(u16),
}

impl ContentChange {
    pub fn apply(&self, content: &mut Content) {
        let bytes = &mut content.bytes;
        match self {
            Self::Flip { at, bits } => flip(bytes, *at, *bits),
            Self::Cut { at, len } => cut(bytes, *at, (*len).into()),
            Self::Insert { at, bytes: inserted } => insert(bytes, *at, inserted),
            Self::Repeat { times } => *bytes = bytes.repeat((*times).into()),
            Self::Replace(other) => content.clone_from(other),
            Self::Type(typ) => content.typ = *typ,
            Self::Pad(len) => {
                bytes.push(core::mem::replace(&mut content.typ, 0));
                bytes.resize(bytes.len() + usize::from(*len), 0);
            }
        }
        content.bytes.truncate(MAX_CONTENT);
    }
}

/// A change to the bytes of a stream, by the number of a record.
#[derive(Debug, Clone, Arbitrary)]
pub enum Change {
    Flip {
        record: u8,
        at: u16,
        bits: u8,
    },
    Cut {
        record: u8,
        at: u16,
        len: u16,
    },
    Insert {
        record: u8,
        at: u16,
        bytes: Vec<u8>,
    },
    Drop(u8),
    Swap(u8, u8),
    /// A copy of one record before another.
    Copy {
        from: u8,
        to: u8,
    },
    Repeat {
        record: u8,
        times: u16,
    },
    /// A record that isn't protected.
    Add {
        record: u8,
        content: Content,
    },
    /// Two records of one.
    Split {
        record: u8,
        at: u16,
    },
    /// The end of the stream.
    End {
        record: u8,
        at: u16,
    },
}

impl Change {
    /// Changes the records. There is always one.
    pub fn apply(&self, records: &mut Vec<Vec<u8>>) {
        let count = records.len();
        let index = |record: &u8| usize::from(*record) % count;
        match self {
            Self::Flip { record, at, bits } => flip(&mut records[index(record)], *at, *bits),
            Self::Cut { record, at, len } => cut(&mut records[index(record)], *at, (*len).into()),
            Self::Insert { record, at, bytes } => insert(&mut records[index(record)], *at, bytes),
            Self::Drop(record) if count > 1 => drop(records.remove(index(record))),
            Self::Drop(_) => {}
            Self::Swap(one, other) => records.swap(index(one), index(other)),
            Self::Copy { from, to } => records.insert(index(to), records[index(from)].clone()),
            Self::Repeat { record, times } => {
                let record = &mut records[index(record)];
                let times = usize::from(*times).min(MAX_STREAM / record.len().max(1));
                *record = record.repeat(times.max(1));
            }
            Self::Add { record, content } => records.insert(index(record), plain(content)),
            Self::Split { record, at } => split(&mut records[index(record)], *at),
            Self::End { record, at } => {
                records.truncate(index(record) + 1);
                let last = &mut records[count.min(index(record) + 1) - 1];
                last.truncate(usize::from(*at) % (last.len() + 1));
            }
        }
    }
}

fn plain(content: &Content) -> Vec<u8> {
    let len = (content.bytes.len() as u16).to_be_bytes();
    [&[content.typ, 3, 3, len[0], len[1]], &*content.bytes].concat()
}

/// Cuts the fragment of a record in two.
fn split(record: &mut Vec<u8>, at: u16) {
    let Some((&[typ, major, minor, ..], fragment)) = record.split_first_chunk::<5>() else { return };
    let (one, other) = fragment.split_at(usize::from(at) % (fragment.len() + 1));
    let mut both = Vec::new();
    for part in [one, other] {
        both.extend([typ, major, minor]);
        both.extend((part.len() as u16).to_be_bytes());
        both.extend(part);
    }
    *record = both;
}

fn flip(bytes: &mut [u8], at: u16, bits: u8) {
    if !bytes.is_empty() {
        let at = usize::from(at) % bytes.len();
        bytes[at] ^= bits;
    }
}

fn cut(bytes: &mut Vec<u8>, at: u16, len: usize) {
    let at = usize::from(at) % (bytes.len() + 1);
    bytes.drain(at..bytes.len().min(at + len));
}

fn insert(bytes: &mut Vec<u8>, at: u16, inserted: &[u8]) {
    let at = usize::from(at) % (bytes.len() + 1);
    bytes.splice(at..at, inserted.iter().copied());
}

/// The records of a stream; bytes that aren't a whole one are one, too.
pub fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let len = bytes.get(3..5).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])));
        let (record, rest) = bytes.split_at(bytes.len().min(5 + len));
        records.push(record.to_vec());
        bytes = rest;
    }
    if records.is_empty() {
        records.push(Vec::new());
    }
    records
}
