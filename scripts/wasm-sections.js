// The sections of a WebAssembly module, and the numbers and names in them (WebAssembly 5.2, 5.5).

/** The module's header: its magic number and its version. */
const HEADER = 8;

/**
 * The sections of a module, in order.
 * @param {Buffer} module
 * @returns {{ id: number, content: Buffer }[]}
 */
export function sectionsOf(module) {
  const sections = [];
  for (let at = HEADER; at < module.length; ) {
    const { value, end } = readNumber(module, at + 1);
    sections.push({ id: module[at], content: module.subarray(end, end + value) });
    at = end + value;
  }
  return sections;
}

/**
 * The module with other contents of its sections.
 * @param {Buffer} module
 * @param {(section: { id: number, content: Buffer }) => Buffer} contentOf
 */
export function withSections(module, contentOf) {
  const parts = sectionsOf(module).map((section) => {
    const content = contentOf(section);
    return Buffer.concat([Buffer.from([section.id]), numberBytes(content.length), content]);
  });
  return Buffer.concat([module.subarray(0, HEADER), ...parts]);
}

/** A number in LEB128 (WebAssembly 5.2.2). */
export function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at];
    at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

export function numberBytes(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}

export function readName(bytes, at) {
  const length = readNumber(bytes, at);
  const end = length.end + length.value;
  return { value: bytes.toString('utf8', length.end, end), end };
}

export function nameBytes(name) {
  const bytes = Buffer.from(name);
  return Buffer.concat([numberBytes(bytes.length), bytes]);
}
