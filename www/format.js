// How bytes, sizes and times are shown.

/** The most bytes that one message may have here: what the echo server and the package take. */
const MOST = 256 * 1024 * 1024;

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

/** A size in bytes, for people. */
export function size(bytes) {
  const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  const short = unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return `${short} ${UNITS[unit]}`;
}

/** A number with its thousands apart. */
export function count(number) {
  return number.toLocaleString('en');
}

/**
 * The bytes that `16`, `1 KiB` or `2.5m` stand for.
 * @returns {number | undefined} undefined for what is no size, or too large a one
 */
export function parseSize(text) {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(b|[kmg](?:i?b)?)?\s*$/i.exec(text);
  if (!match) return undefined;
  const power = 'bkmg'.indexOf((match[2] ?? 'b').charAt(0).toLowerCase());
  const bytes = Math.round(Number(match[1]) * 1024 ** power);
  return bytes <= MOST ? bytes : undefined;
}

/** Seconds with three decimals, of milliseconds. */
export function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(3);
}

/** Bytes as text. What was cut off within a character loses that character, not the ones before. */
export function text(bytes) {
  return new TextDecoder().decode(bytes, { stream: true });
}

/** Text on one line, control characters made visible. */
export function visible(line) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return line.replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
}

/** Text of any length as a short quotation. */
export function quote(line, most = 80) {
  return `“${visible(line.slice(0, most))}${line.length > most ? '…' : ''}”`;
}

/** Bytes as hexadecimal in a row. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Bytes as a dump: offset, hexadecimal, ASCII. */
export function dump(bytes, width = 16) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.subarray(at, at + width);
    const ascii = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex(row).padEnd(width * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}

/** How many columns a line of a dump takes. */
export function dumpColumns(width) {
  return 4 + 2 + (width * 3 - 1) + 2 + width;
}
