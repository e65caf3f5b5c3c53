//! A reader of DEFLATE data (RFC 1951), slow and strict: it refuses distances beyond a window that the test chooses,
//! which a decompressor with a larger window does not notice.

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Result<usize, String> {
        let mut value = 0;
        for i in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or("it is cut off")?;
            value |= usize::from(byte >> (self.at % 8) & 1) << i;
            self.at += 1;
        }
        Ok(value)
    }

    /// 3.1.1: codes are packed with their first bit first.
    fn symbol(&mut self, code: &Code) -> Result<usize, String> {
        let (mut bits, mut len) = (0, 0);
        loop {
            bits = bits << 1 | self.take(1)?;
            len += 1;
            if let Some(&(_, _, symbol)) = code.iter().find(|&&(l, b, _)| (l, b) == (len, bits)) {
                return Ok(symbol);
            }
            if len > 15 {
                return Err("no such code".into());
            }
        }
    }
}

/// Lengths, bits and symbols.
type Code = Vec<(usize, usize, usize)>;

/// 3.2.2: the codes follow from their lengths.
fn code(lengths: &[usize]) -> Code {
    let mut codes = Vec::new();
    let mut next = 0;
    for len in 1..=15 {
        next <<= 1;
        for (symbol, _) in lengths.iter().enumerate().filter(|&(_, &l)| l == len) {
            codes.push((len, next, symbol));
            next += 1;
        }
    }
    codes
}

/// The data up to its last whole block.
pub fn inflate(bytes: &[u8], window: usize) -> Result<Vec<u8>, String> {
    let mut bits = Bits { bytes, at: 0 };
    let mut out = Vec::new();
    while bits.at + 3 <= bytes.len() * 8 {
        bits.take(1)?;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out)?,
            1 => {
                let lengths: Vec<_> = (0..288)
                    .map(|i| [8, 9, 7, 8][usize::from(i > 143) + usize::from(i > 255) + usize::from(i > 279)])
                    .collect();
                block(&mut bits, &mut out, &code(&lengths), &code(&[5; 30]), window)?;
            }
            2 => {
                let (literals, distances) = dynamic(&mut bits)?;
                block(&mut bits, &mut out, &literals, &distances, window)?;
            }
            _ => return Err("a reserved block type".into()),
        }
    }
    Ok(out)
}

fn stored(bits: &mut Bits, out: &mut Vec<u8>) -> Result<(), String> {
    bits.at = bits.at.next_multiple_of(8);
    let len = bits.take(16)?;
    if bits.take(16)? != len ^ 0xffff {
        return Err("a wrong length".into());
    }
    for _ in 0..len {
        out.push(bits.take(8)? as u8);
    }
    Ok(())
}

/// 3.2.7.
fn dynamic(bits: &mut Bits) -> Result<(Code, Code), String> {
    let (literals, distances, count) = (bits.take(5)? + 257, bits.take(5)? + 1, bits.take(4)? + 4);
    let mut lengths = [0; 19];
    for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].into_iter().take(count) {
        lengths[place] = bits.take(3)?;
    }
    let codes = code(&lengths);
    let mut lengths = Vec::new();
    while lengths.len() < literals + distances {
        let (value, times) = match bits.symbol(&codes)? {
            16 => (*lengths.last().ok_or("nothing to repeat")?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            len => (len, 1),
        };
        lengths.extend(std::iter::repeat_n(value, times));
    }
    Ok((code(&lengths[..literals]), code(&lengths[literals..])))
}

/// 3.2.5.
fn block(bits: &mut Bits, out: &mut Vec<u8>, literals: &Code, distances: &Code, window: usize) -> Result<(), String> {
    loop {
        let len = match bits.symbol(literals)? {
            literal @ 0..=255 => {
                out.push(literal as u8);
                continue;
            }
            256 => return Ok(()),
            symbol @ 257..=264 => symbol - 254,
            285 => 258,
            symbol => {
                let extra = (symbol - 261) / 4;
                3 + ((4 + (symbol - 261) % 4) << extra) + bits.take(extra)?
            }
        };
        let distance = match bits.symbol(distances)? {
            symbol @ 0..=3 => symbol + 1,
            symbol => {
                let extra = symbol / 2 - 1;
                1 + ((2 + symbol % 2) << extra) + bits.take(extra)?
            }
        };
        if distance > window || distance > out.len() {
            return Err(format!("a distance of {distance}"));
        }
        for _ in 0..len {
            out.push(out[out.len() - distance]);
        }
    }
}
