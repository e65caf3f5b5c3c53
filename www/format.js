// Formatting of bytes, sizes and times.

/** The maximum size of a message on this page: the limit of the echo server and of the package. */
const MOST = 256 * 1024 * 1024;

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

/** A size in bytes, in a readable unit. */
export function size(bytes) {
  const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  const short = unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return `${short} ${UNITS[unit]}`;
}

/** A number with thousands separators. */
export function count(number) {
  return number.toLocaleString('en');
}

/**
 * Parses a size such as `16`, `1 KiB` or `2.5m` into bytes.
 * @returns {number | undefined} undefined if it isn't a size, or too large
 */
export function parseSize(text) {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(b|[kmg](?:i?b)?)?\s*$/i.exec(text);
  if (!match) return undefined;
  const power = 'bkmg'.indexOf((match[2] ?? 'b').charAt(0).toLowerCase());
  const bytes = Math.round(Number(match[1]) * 1024 ** power);
  return bytes <= MOST ? bytes : undefined;
}

/** Milliseconds as seconds with three decimals. */
export function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(3);
}

/** Bytes as text. If they end within a character, only that character is lost. */
export function text(bytes) {
  return new TextDecoder().decode(bytes, { stream: true });
}

/** Text on one line, with visible control characters. */
export function visible(line) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are replaced
  return line.replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
}

/** Text of any length, quoted and shortened. */
export function quote(line, most = 80) {
  return `“${visible(line.slice(0, most))}${line.length > most ? '…' : ''}”`;
}

/** Bytes as hexadecimal, on one line. */
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

/** The number of columns in a line of a dump. */
export function dumpColumns(width) {
  return 4 + 2 + (width * 3 - 1) + 2 + width;
}
