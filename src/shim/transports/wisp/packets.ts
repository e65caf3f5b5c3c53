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
export const HEADER = 5;

/** The largest payload of a DATA packet: some relays close the carrier at a message of more than 64 KiB. */
export const MAX_PAYLOAD = 64 * 1024 - HEADER;

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
  writeHeader(packet, type, id);
  packet.set(payload, HEADER);
  return packet;
}

/** Makes the first bytes the header of a DATA packet. */
export function writeDataHeader(packet: Uint8Array, id: number): void {
  writeHeader(packet, DATA, id);
}

/** Each number becomes its lowest byte. */
function writeHeader(packet: Uint8Array, type: number, id: number): void {
  packet[0] = type;
  packet[1] = id;
  packet[2] = id >> 8;
  packet[3] = id >> 16;
  packet[4] = id >> 24;
}

/** A number of four bytes, little-endian; 0 for bytes that are missing. */
function numberAt(bytes: Uint8Array, at: number): number {
  const byte = (index: number) => bytes[at + index] ?? 0;
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}

/** Receives the packets of a message. */
export interface PacketHandler {
  data(id: number, payload: Uint8Array): void;
  credit(id: number, packets: number): void;
  close(id: number, reason: number): void;
}

/** Passes on a packet; not one of an unknown type, nor one that is too short for its fields. */
export function decode(packet: Uint8Array, handler: PacketHandler): void {
  if (packet.length < HEADER) return;
  const id = numberAt(packet, 1);
  switch (packet[0]) {
    case DATA:
      handler.data(id, packet.subarray(HEADER));
      break;
    case CONTINUE:
      if (packet.length >= HEADER + 4) handler.credit(id, numberAt(packet, HEADER));
      break;
    case CLOSE:
      // The reason may be missing.
      handler.close(id, packet[HEADER] ?? UNKNOWN);
      break;
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
