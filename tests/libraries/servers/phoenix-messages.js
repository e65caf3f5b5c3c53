// The messages of Phoenix channels, version 2.0.0 of the serializer: arrays of JSON, and binary ones whose header has the
// lengths of their fields.

/** The kinds of binary messages. Supabase's Realtime adds the last two. */
export const KINDS = { push: 0, reply: 1, broadcast: 2, userBroadcastPush: 3, userBroadcast: 4 };

/**
 * Reads a message of a client.
 * @param {Buffer} data
 * @param {boolean} isBinary
 * @returns {{ joinRef: string, ref: string, topic: string, event: string, payload: any, kind?: number,
 *   json?: boolean } | undefined}
 *   undefined for anything else
 */
export function read(data, isBinary) {
  if (isBinary) return readBinary(data);
  let message;
  try {
    message = JSON.parse(`${data}`);
  } catch {
    return undefined;
  }
  if (!Array.isArray(message) || message.length !== 5) return undefined;
  const [joinRef, ref, topic, event, payload] = message;
  const isRef = (value) => typeof value === 'string' || value === null;
  if (!isRef(joinRef) || !isRef(ref) || typeof topic !== 'string' || typeof event !== 'string') return undefined;
  return { joinRef, ref, topic, event, payload };
}

function readBinary(data) {
  const kind = data[0];
  if (kind !== KINDS.push && kind !== KINDS.userBroadcastPush) return undefined;
  const fields = kind === KINDS.push ? 4 : 5;
  const encoding = kind === KINDS.push ? 0 : data[6];
  let at = 1 + fields + (kind === KINDS.push ? 0 : 1);
  if (data.length < at) return undefined;
  const [joinRef, ref, topic, event] = Array.from(data.subarray(1, 1 + fields), (length) => {
    at += length;
    return data.toString('utf8', at - length, at);
  });
  if (data.length < at) return undefined;
  return { joinRef, ref, topic, event, payload: data.subarray(at), kind, ...(encoding === 1 && { json: true }) };
}

/** A message to a client, as text. */
export const text = (joinRef, ref, topic, event, payload) => JSON.stringify([joinRef, ref, topic, event, payload]);

/**
 * A binary message to a client.
 * @param {number} kind
 * @param {string[]} fields
 * @param {Uint8Array} payload
 * @param {number[]} more bytes after the lengths
 */
export function binary(kind, fields, payload, more = []) {
  const bytes = fields.map((field) => Buffer.from(field));
  return Buffer.concat([Buffer.from([kind, ...bytes.map(({ length }) => length), ...more]), ...bytes, payload]);
}
