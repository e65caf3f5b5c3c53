// Zeroes data that the codec contains and never reads; wasm-opt then drops it. It is 9 KB that don't compress.
//
// The data is zlib-rs's tables for CRC-32. Its inflate() computes a CRC-32 only for gzip headers and trailers;
// permessage-deflate is raw DEFLATE, which has neither (RFC 7692 7.2), and no other code refers to the tables.
import { readFileSync, writeFileSync } from 'node:fs';

/** The three tables that zlib-rs builds in crc32/braid.rs, by bytes in a word and words per step. */
const TABLES = [
  [4, 5],
  [4, 1],
  [1, 1],
];

/**
 * Zeroes the tables in place.
 * @param {string} file a wasm file
 */
export function blankCrcTables(file) {
  const wasm = readFileSync(file);
  for (const [word, words] of TABLES) {
    const table = crcTable(word, words);
    let at = wasm.indexOf(table);
    if (at < 0) throw new Error(unknownTables(file, `[${word}, ${words}]`));
    for (; at >= 0; at = wasm.indexOf(table, at)) wasm.fill(0, at, at + table.length);
  }
  writeFileSync(file, wasm);
}

function unknownTables(file, table) {
  return `${file} lacks zlib-rs's CRC-32 table ${table}: was zlib-rs updated in Cargo.lock?
Either make TABLES in scripts/blank.js match its src/crc32/braid.rs, or return to the old version
(cargo update zlib-rs --precise VERSION), or don't call blankCrcTables() in scripts/build.js: codec.wasm grows by 9 KB.`;
}

function crcTable(word, words) {
  const table = Buffer.alloc(word * 256 * 4);
  for (let i = 0; i < word; i += 1) {
    for (let j = 0; j < 256; j += 1) {
      let crc = j;
      for (let bit = 0; bit < 8 * (word * words - i); bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
      table.writeUInt32LE(crc >>> 0, (i * 256 + j) * 4);
    }
  }
  return table;
}
