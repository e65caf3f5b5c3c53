// The two encodings of SignalR's hub protocol, as its specification has them. A message is an object with the properties of the
// JSON encoding.
import { decodeMulti, encode } from '@msgpack/msgpack';

/** Ends each message in JSON, and the handshake in both. */
export const END = '\x1e';

export const TYPES = {
  invocation: 1,
  streamItem: 2,
  completion: 3,
  streamInvocation: 4,
  ping: 6,
  close: 7,
};

/**
 * @typedef {object} Protocol
 * @property {(data: Buffer, isBinary: boolean) => any[]} read the messages of a WebSocket message; undefined for what is none
 * @property {(message: any) => string | Uint8Array} write
 */

/** By the name that the handshake has. @type {Record<string, Protocol>} */
export const protocols = {
  json: { read: readText, write: (message) => JSON.stringify(message) + END },
  messagepack: { read: readBinary, write: writeBinary },
};

/** The messages of text: values of JSON, each with its end. */
export function readText(data, isBinary) {
  const text = `${data}`;
  return isBinary || !text.endsWith(END) ? [undefined] : text.slice(0, -END.length).split(END).map(parsed);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The messages of bytes: arrays of MessagePack, each with its length before it. */
function readBinary(data, isBinary) {
  if (!isBinary) return [undefined];
  const messages = [];
  for (let at = 0; at < data.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++];
      if (byte === undefined || shift > 28) return [undefined];
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const end = at + length;
    if (length === 0 || end > data.length) return [undefined];
    messages.push(fromArray(data.subarray(at, end)));
    at = end;
  }
  return messages;
}

function fromArray(bytes) {
  let values;
  try {
    values = [...decodeMulti(bytes)];
  } catch {
    return undefined;
  }
  const [array, more] = values;
  if (more !== undefined || !Array.isArray(array)) return undefined;
  const [type, , invocationId, target, args] = array;
  return { type, invocationId: invocationId ?? undefined, target, arguments: args };
}

function writeBinary({ type, invocationId, target, arguments: args, item, error, result }) {
  const kind = error !== undefined ? 1 : result !== undefined ? 3 : 2;
  const fields = {
    [TYPES.invocation]: () => [{}, null, target, args, []],
    [TYPES.streamItem]: () => [{}, invocationId, item],
    [TYPES.completion]: () => [{}, invocationId, kind, ...(kind === 2 ? [] : [error ?? result])],
    [TYPES.close]: () => [error ?? null, false],
  };
  const bytes = encode([type, ...fields[type]()]);
  const lengths = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    lengths.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from(lengths), bytes]);
}
