// How bytes, sizes and times are shown.

/** A size in bytes, for people. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = bytes / 1024;
  while (value >= 1024 && units.length > 1) {
    value /= 1024;
    units.shift();
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[0]}`;
}

/** Seconds with three decimals, of milliseconds. */
export function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(3);
}

/** Bytes as text on one line, control characters made visible. */
export function line(bytes) {
  return visible(new TextDecoder().decode(bytes));
}

/** Text on one line, control characters made visible. */
export function visible(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return text.replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
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
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex(row).padEnd(width * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}

/** What a message's data is: its kind and its size in bytes. */
export function describe(data) {
  if (typeof data === 'string') return { kind: 'string', size: new TextEncoder().encode(data).length };
  if (data instanceof Blob) return { kind: 'blob', size: data.size };
  return { kind: ArrayBuffer.isView(data) ? 'view' : 'arraybuffer', size: data.byteLength };
}
