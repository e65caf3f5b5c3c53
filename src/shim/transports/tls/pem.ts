// PEM (RFC 7468): labelled base64 in text.
import { atob } from '../../platform/globals.ts';

/** One block. */
export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  readonly label: string;
  /** Its content; `undefined` if that isn't base64, or has headers, as an encrypted key has. */
  readonly bytes: Uint8Array | undefined;
}

/** How a block begins, in text or in bytes. */
export const PEM_BEGIN = '-----BEGIN ';

/** The blocks in a text, whatever is between them; `undefined` if one has no end. */
export function readPem(text: string): PemBlock[] | undefined {
  const blocks: PemBlock[] = [];
  for (let at = text.indexOf(PEM_BEGIN); at >= 0; at = text.indexOf(PEM_BEGIN, at)) {
    const labelEnd = text.indexOf('-----', at + PEM_BEGIN.length);
    const label = text.slice(at + PEM_BEGIN.length, labelEnd);
    const end = `-----END ${label}-----`;
    const contentEnd = labelEnd < 0 ? -1 : text.indexOf(end, labelEnd);
    if (contentEnd < 0) return undefined;
    blocks.push({ label, bytes: decodeBase64(text.slice(labelEnd + 5, contentEnd)) });
    at = contentEnd + end.length;
  }
  return blocks;
}

/** The bytes of a text in base64 (RFC 4648 4), which may have white space in it; `undefined` if it isn't. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
