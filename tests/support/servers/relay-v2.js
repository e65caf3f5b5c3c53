// A relay that speaks Wisp v2, by draft 6 (https://github.com/MercuryWorkshop/wisp-protocol/blob/v2/protocol.md): no
// server in a registry checks its credentials. tests/relays/wisp-mux.test.js has another implementation's packets. Its
// streams echo.
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { CLOSE, CONNECT, CONTINUE, DATA, INFO, packet, start } from './relay.js';

/** Extensions. */
export const UDP = 1;
export const PASSWORD = 2;
export const KEY = 3;
export const MOTD = 4;
export const CONFIRMATION = 5;

/** Reasons of CLOSE. */
const BAD_PASSWORD = 0xc0;
const BAD_SIGNATURE = 0xc1;
const NO_CREDENTIALS = 0xc2;

/** What is in front of an Ed25519 key's 32 bytes in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * An INFO packet.
 * @param {[id: number, payload: Uint8Array | string][]} extensions
 */
export function info(extensions) {
  const fields = extensions.map(([id, payload]) => {
    const bytes = Buffer.from(payload);
    const header = Buffer.from([id, 0, 0, 0, 0]);
    header.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([header, bytes]);
  });
  return packet(INFO, 0, 2, 0, ...Buffer.concat(fields));
}

/** The extensions in the payload of an INFO packet. */
function extensionsOf(payload) {
  const extensions = new Map();
  for (let at = 2; at < payload.length; ) {
    const length = payload.readUInt32LE(at + 1);
    extensions.set(payload[at], payload.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return extensions;
}

/**
 * Starts one.
 * @param {object} options
 * @param {Record<string, string>} [options.users] passwords by name
 * @param {Uint8Array[]} [options.keys] Ed25519 public keys, 32 bytes each
 * @param {number} [options.algorithms] the set of algorithms that it names
 * @param {boolean} [options.required] whether it requires credentials
 * @param {string} [options.motd]
 * @param {boolean} [options.infoFirst] whether INFO precedes the first CONTINUE; as with wisp-mux 5, it may follow it
 * @param {(carrier: any, id: number) => void} [options.connected] called at CONNECT, if it confirms streams
 */
export async function startV2({ users, keys, algorithms = 1, required = true, motd, infoFirst = true, connected }) {
  const challenge = randomBytes(64);
  /** @type {[number, Uint8Array | string][]} */
  const extensions = [[UDP, '']];
  if (users) extensions.push([PASSWORD, Buffer.of(Number(required))]);
  if (keys) extensions.push([KEY, Buffer.concat([Buffer.of(Number(required), algorithms), challenge])]);
  if (motd !== undefined) extensions.push([MOTD, motd]);
  if (connected) extensions.push([CONFIRMATION, '']);

  /** The reason to refuse a client, if there is one. */
  const refusal = (client) => {
    const key = client.get(KEY);
    if (key) return isSigned(key) ? undefined : BAD_SIGNATURE;
    const password = client.get(PASSWORD);
    if (!password) return required && (users || keys) ? NO_CREDENTIALS : undefined;
    const length = 1 + password[0];
    const known = users?.[password.subarray(1, length).toString()];
    return known !== undefined && known === password.subarray(length).toString() ? undefined : BAD_PASSWORD;
  };
  const isSigned = (answer) =>
    answer[0] === 1 &&
    (keys ?? []).some((key) => {
      if (!createHash('sha256').update(key).digest().equals(answer.subarray(1, 33))) return false;
      const der = Buffer.concat([SPKI, key]);
      return verify(null, challenge, createPublicKey({ key: der, format: 'der', type: 'spki' }), answer.subarray(33));
    });

  /** @type {Map<number, Buffer>[]} the extensions of each client */
  const clients = [];
  /** @type {string[]} the packets of all clients, but INFO and DATA */
  const packets = [];
  const names = { [CONNECT]: 'CONNECT', [CLOSE]: 'CLOSE', [CONTINUE]: 'CONTINUE' };
  const accept = packet(CONTINUE, 0, 128, 0, 0, 0);
  const running = await start((carrier) => {
    let accepted = false;
    if (!infoFirst) carrier.send(accept);
    carrier.send(info(extensions));
    carrier.on('message', (data) => {
      const bytes = Buffer.from(/** @type {ArrayBuffer} */ (data));
      const [type, id] = [bytes[0], bytes.readUInt32LE(1)];
      if (type === INFO && !accepted) {
        const client = extensionsOf(bytes.subarray(5));
        clients.push(client);
        const reason = refusal(client);
        accepted = reason === undefined;
        if (!accepted) {
          carrier.send(packet(CLOSE, 0, reason ?? 0));
          carrier.close();
        } else if (infoFirst) {
          carrier.send(accept);
        }
        return;
      }
      if (type !== DATA) packets.push(`${names[type]} ${id}`);
      if (!accepted && infoFirst) throw new Error('a client must send INFO first');
      // wisp-mux 5 waits for a packet: one that isn't INFO makes it go on as v1.
      accepted = true;
      if (type === CONNECT) connected?.(carrier, id);
      if (type === DATA) carrier.send(bytes);
    });
  });
  return Object.assign(running, { clients, packets });
}
