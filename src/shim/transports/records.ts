// Records: how options and facts of TLS cross into its module and out of it (tls/src/records.rs), and how relays list the
// extensions of Wisp.
import { concat } from '../platform/binary.ts';

/** A tag, and bytes. */
export type TaggedBytes = readonly [tag: number, value: Uint8Array];

/** The length of a {@link header}. */
export const HEADER = 5;

/** A tag, and a number in four bytes, little-endian. */
export function header(tag: number, number: number): Uint8Array<ArrayBuffer> {
  // Each number becomes its lowest byte.
  return Uint8Array.of(tag, number, number >> 8, number >> 16, number >> 24);
}

/** Encodes records one after the other. */
export function encodeRecords(records: readonly TaggedBytes[]): Uint8Array<ArrayBuffer> {
  return concat(records.flatMap(([tag, value]) => [header(tag, value.length), value]));
}

/** Decodes records, into copies. One that is incomplete at the end is cut, or left out if its header isn't there. */
export function decodeRecords(bytes: Uint8Array): TaggedBytes[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: TaggedBytes[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const end = at + HEADER + view.getUint32(at + 1, true);
    records.push([view.getUint8(at), bytes.slice(at + HEADER, end)]);
    at = end;
  }
  return records;
}
