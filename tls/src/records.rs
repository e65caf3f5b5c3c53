//! Lists of tagged values, in which options and facts are passed: a tag, a length in four bytes (little-endian), the value.

/// Tags of options.
pub const NAME: u8 = 1;
pub const CA: u8 = 2;
pub const PIN: u8 = 3;
pub const CERTIFICATE: u8 = 4;
pub const KEY: u8 = 5;
pub const KEY_LOG: u8 = 6;
pub const PORT: u8 = 7;

/// One of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What the value is.
    pub tag: u8,
    /// The value.
    pub value: &'a [u8],
}

/// Reads a list; `None` in place of a record that is incomplete.
pub fn read(mut rest: &[u8]) -> impl Iterator<Item = Option<Record<'_>>> {
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let record = split(&mut rest);
        if record.is_none() {
            rest = &[];
        }
        Some(record)
    })
}

fn split<'a>(rest: &mut &'a [u8]) -> Option<Record<'a>> {
    let (&tag, after) = rest.split_first()?;
    let (len, after) = after.split_first_chunk()?;
    let (value, after) = after.split_at_checked(usize::try_from(u32::from_le_bytes(*len)).ok()?)?;
    *rest = after;
    Some(Record { tag, value })
}

/// Appends a record.
pub fn write(list: &mut Vec<u8>, tag: u8, value: &[u8]) {
    list.push(tag);
    list.extend_from_slice(&(value.len() as u32).to_le_bytes());
    list.extend_from_slice(value);
}
