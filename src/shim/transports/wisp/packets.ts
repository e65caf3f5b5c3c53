// Packets of Wisp: one in each binary message of the carrier.
import { concat } from '../../platform/binary.ts';
import { TextEncoder } from '../../platform/globals.ts';
import { encodeRecords, HEADER, header, type TaggedBytes } from '../records.ts';
import { VOLUNTARY } from './reasons.ts';

/** Packet types. */
const CONNECT = 0x01;
export const DATA = 0x02;
const CONTINUE = 0x03;
const CLOSE = 0x04;
const INFO = 0x05;

/** The kind of stream that {@link encodeConnect} asks for. */
const TCP = 0x01;

/** The version in an INFO packet: major and minor. */
const MAJOR = 2;
const MINOR = 0;

/** The largest payload of a DATA packet: some relays close the carrier at a message of more than 64 KiB. */
export const MAX_PAYLOAD = 64 * 1024 - HEADER;

export function encodeConnect(id: number, hostname: string, port: number): Uint8Array<ArrayBuffer> {
  return concat([header(CONNECT, id), Uint8Array.of(TCP, port, port >> 8), new TextEncoder().encode(hostname)]);
}

export function encodeClose(id: number): Uint8Array<ArrayBuffer> {
  return concat([header(CLOSE, id), Uint8Array.of(VOLUNTARY)]);
}

/** @param extensions payloads, by the extensions' ids */
export function encodeInfo(extensions: TaggedBytes[]): Uint8Array<ArrayBuffer> {
  return concat([header(INFO, 0), Uint8Array.of(MAJOR, MINOR), encodeRecords(extensions)]);
}

/** Receives the packets of a message. */
export interface PacketHandler {
  data(id: number, payload: Uint8Array): void;
  credit(id: number, packets: number): void;
  /** @param reason undefined if it is missing */
  close(id: number, reason: number | undefined): void;
  /** @param extensions the relay's, not decoded */
  info(extensions: Uint8Array): void;
}

/** Passes on a packet; not one of an unknown type, nor one that is too short for its fields. */
export function decode(packet: Uint8Array, handler: PacketHandler): void {
  const { length } = packet;
  if (length < HEADER) return;
  const view = new DataView(packet.buffer, packet.byteOffset, length);
  const id = view.getUint32(1, true);
  const payload = packet.subarray(HEADER);
  switch (packet[0]) {
    case DATA:
      handler.data(id, payload);
      break;
    case CONTINUE:
      if (length >= HEADER + 4) handler.credit(id, view.getUint32(HEADER, true));
      break;
    case CLOSE:
      handler.close(id, payload[0]);
      break;
    case INFO:
      handler.info(payload.subarray(2));
      break;
  }
}
