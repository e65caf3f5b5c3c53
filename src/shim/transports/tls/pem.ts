// PEM (RFC 7468): labelled base64 in text.
import { atob } from '../../platform/globals.ts';
import { isOverflow } from '../../platform/stack-overflow.ts';

const BEGIN = '-----BEGIN ';

/**
 * The contents of the blocks in a text whose label ends so, whatever else is in it. A block's is empty if it isn't base64,
 * has headers (as an old encrypted key has), or has no end.
 */
export function readPem(text: string, label: string): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (const block of text.split(BEGIN).slice(1)) {
    const [begin = '', content = '', end] = block.split('-----');
    if (begin.endsWith(label)) blocks.push((end === `END ${begin}` && decodeBase64(content)) || new Uint8Array());
  }
  return blocks;
}

/** The bytes of a text in base64 (RFC 4648 4), which may have white space in it; `undefined` if it isn't. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (error) {
    if (isOverflow(error)) throw error;
    return undefined;
  }
}
