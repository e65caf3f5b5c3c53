// Records: how options and facts cross into the module and out of it (tls/src/records.rs).
import { joinBytes } from '../../platform/binary.ts';

/** A tag, and bytes. */
export type TlsRecord = readonly [tag: number, value: Uint8Array];

/** The length of a record's tag and length. */
const HEADER = 5;

/** Encodes records one after the other. */
export function encodeRecords(records: readonly TlsRecord[]): Uint8Array {
  const parts = records.flatMap(([tag, value]) => {
    const { length } = value;
    // Each number becomes its lowest byte.
    return [Uint8Array.of(tag, length, length >> 8, length >> 16, length >> 24), value];
  });
  return joinBytes(parts);
}

/** Decodes records, into copies. */
export function decodeRecords(bytes: Uint8Array): TlsRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: TlsRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + HEADER + view.getUint32(at + 1, true);
    records.push([view.getUint8(at), bytes.slice(at + HEADER, end)]);
    at = end;
  }
  return records;
}
