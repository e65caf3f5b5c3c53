// UTF-8 lengths and cuts of strings.

/** The bytes of a string in UTF-8, lone surrogates replaced, without encoding it. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) {
      length += 1;
    } else if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(i + 1))) {
      // Four bytes for two code units.
      length += 2;
      i += 1;
    } else {
      length += 2;
    }
  }
  return length;
}

/** Whether a UTF-16 code unit begins a surrogate pair. */
export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
