// Records: how options and facts cross into the module and out of it (tls/src/records.rs).

/** A tag, and bytes. */
export type TlsRecord = readonly [tag: number, value: Uint8Array];

/** The length of a record's tag and length. */
const HEADER = 5;

/** Encodes records one after the other. */
export function encodeRecords(records: readonly TlsRecord[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(records.reduce((sum, [, value]) => sum + HEADER + value.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [tag, value] of records) {
    bytes[at] = tag;
    view.setUint32(at + 1, value.length, true);
    bytes.set(value, at + HEADER);
    at += HEADER + value.length;
  }
  return bytes;
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
