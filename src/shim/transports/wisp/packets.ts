// Packets of Wisp v1: one in each binary message of the carrier.
import { Failure } from '../../failure.ts';
import { TextEncoder } from '../../platform/globals.ts';

/** Packet types. */
const CONNECT = 0x01;
const DATA = 0x02;
const CONTINUE = 0x03;
const CLOSE = 0x04;

/** The kind of stream that {@link encodeConnect} asks for. */
const TCP = 0x01;

/** Reasons of a CLOSE packet. */
const UNKNOWN = 0x01;
const VOLUNTARY = 0x02;

/** A packet's header: its type, and the stream's id in four bytes, little-endian. */
const HEADER = 5;

/** The largest payload of a DATA packet: some relays close the carrier at a message of more than 64 KiB. */
export const MAX_PAYLOAD = 64 * 1024 - HEADER;

/** A packet from the relay. */
export type Packet =
  | { readonly type: 'data'; readonly id: number; readonly payload: Uint8Array }
  | { readonly type: 'continue'; readonly id: number; readonly credit: number }
  | { readonly type: 'close'; readonly id: number; readonly reason: number };

export function encodeConnect(id: number, hostname: string, port: number): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(hostname);
  return encode(CONNECT, id, new Uint8Array([TCP, port & 0xff, port >> 8, ...name]));
}

export function encodeData(id: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return encode(DATA, id, payload);
}

export function encodeClose(id: number): Uint8Array<ArrayBuffer> {
  return encode(CLOSE, id, new Uint8Array([VOLUNTARY]));
}

function encode(type: number, id: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(HEADER + payload.length);
  packet[0] = type;
  new DataView(packet.buffer).setUint32(1, id, true);
  packet.set(payload, HEADER);
  return packet;
}

/** @returns `undefined` for an unknown type, and for a packet that is too short for its fields */
export function decode(packet: Uint8Array): Packet | undefined {
  if (packet.length < HEADER) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const id = view.getUint32(1, true);
  switch (packet[0]) {
    case DATA:
      return { type: 'data', id, payload: packet.subarray(HEADER) };
    case CONTINUE:
      return packet.length < HEADER + 4 ? undefined : { type: 'continue', id, credit: view.getUint32(HEADER, true) };
    case CLOSE:
      // The reason may be missing.
      return { type: 'close', id, reason: packet[HEADER] ?? UNKNOWN };
    default:
      return undefined;
  }
}

/** The reasons of a CLOSE packet: the failure's code, and the meaning. */
const REASONS = new Map<number, readonly [code: string, meaning: string]>([
  [UNKNOWN, ['relay-closed', 'an unknown reason']],
  [VOLUNTARY, ['relay-closed', 'no error given']],
  [0x03, ['relay-closed', 'a network error']],
  [0x41, ['relay-closed', 'the request is invalid']],
  [0x42, ['host-unreachable', 'the host is unreachable']],
  [0x43, ['connect-timeout', 'connecting to the host took too long']],
  [0x44, ['connect-refused', 'the host refused the connection']],
  [0x47, ['relay-closed', 'the connection was silent for too long']],
  [0x48, ['relay-blocked', 'it does not allow this host or port']],
  [0x49, ['relay-throttled', 'it limits how much this client may do']],
]);

/** Whether the reason of a CLOSE packet is that the other end closed the connection, which isn't an error. */
export function isVoluntary(reason: number): boolean {
  return reason === VOLUNTARY;
}

/** The error for a CLOSE packet with that reason. */
export function closeError(reason: number): Failure {
  const [code, meaning] = REASONS.get(reason) ?? ['relay-closed', `reason 0x${reason.toString(16).padStart(2, '0')}`];
  return new Failure(code, `The relay closed the connection: ${meaning}.`);
}
