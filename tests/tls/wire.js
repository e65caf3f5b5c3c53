// What a handshake's plain bytes say: RFC 8446 and 5246, as far as they aren't encrypted.

/** IANA's names of what our client offers. */
const SUITES = {
  4865: 'TLS_AES_128_GCM_SHA256',
  4866: 'TLS_AES_256_GCM_SHA384',
  4867: 'TLS_CHACHA20_POLY1305_SHA256',
  49195: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  49196: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  49199: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  49200: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  52392: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  52393: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
};
const GROUPS = { 23: 'secp256r1', 24: 'secp384r1', 29: 'X25519', 4588: 'X25519MLKEM768' };

/** The random of a ServerHello that is a HelloRetryRequest (RFC 8446 4.1.3). */
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** Types of records, of handshake messages, and of extensions. */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const PRE_SHARED_KEY = 41;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;

/**
 * @typedef {object} Handshake
 * @property {number} clientHellos how many the client sent
 * @property {boolean} retried whether the server sent a HelloRetryRequest
 * @property {string} protocol
 * @property {string} cipherSuite
 * @property {string | undefined} group none in a resumed handshake of TLS 1.2
 * @property {boolean} resumed
 */

/**
 * Reads both directions of a handshake that succeeded.
 * @param {{ sent: Buffer, received: Buffer }} passed
 * @returns {Handshake}
 */
export function handshakeOf({ sent, received }) {
  const [first] = plainMessages(received, true);
  if (first?.type !== SERVER_HELLO) throw new Error('the server sent no ServerHello');
  const modern = serverHello(first.body).extensions.has(SUPPORTED_VERSIONS);
  const hellos = plainMessages(sent, modern).filter(({ type }) => type === CLIENT_HELLO);
  const answers = plainMessages(received, modern);
  const serverHellos = answers.filter(({ type }) => type === SERVER_HELLO).map(({ body }) => serverHello(body));
  const last = serverHellos[serverHellos.length - 1];
  const keyExchange = answers.find(({ type }) => type === SERVER_KEY_EXCHANGE);
  const group = modern
    ? last.extensions.get(KEY_SHARE)?.readUInt16BE(0)
    : // ECParameters: named_curve, and the curve (RFC 8422 5.4).
      keyExchange?.body.readUInt16BE(1);
  return {
    clientHellos: hellos.length,
    retried: serverHellos.some(({ random }) => random === RETRY),
    protocol: modern ? 'TLSv1.3' : 'TLSv1.2',
    cipherSuite: named(SUITES, last.suite),
    group: group === undefined ? undefined : named(GROUPS, group),
    resumed: modern ? last.extensions.has(PRE_SHARED_KEY) : !answers.some(({ type }) => type === CERTIFICATE),
  };
}

/**
 * Whether the client's last record may be an alert, as close_notify is: encrypted, it has an alert's size.
 * @param {Buffer} lastSent
 */
export function endsWithAlert(lastSent) {
  // Where the records begin isn't known: the last one's header is sought from the end.
  const sizes = {
    // TLS 1.3: two bytes, the type and the tag, in a record of application data.
    [APPLICATION_DATA]: [2 + 1 + 16],
    // TLS 1.2: the tag, and the explicit nonce of GCM.
    [ALERT]: [2 + 16, 8 + 2 + 16],
  };
  return Object.entries(sizes).some(([type, lengths]) =>
    lengths.some((length) => {
      const header = lastSent.subarray(-length - 5).subarray(0, 5);
      return header.equals(Buffer.from([Number(type), 3, 3, 0, length]));
    }),
  );
}

/**
 * The handshake messages of one direction before its first encrypted record. In TLS 1.2 that follows ChangeCipherSpec;
 * in TLS 1.3 it has the type of application data, and ChangeCipherSpec may stand between two plain messages.
 */
function plainMessages(bytes, modern) {
  const parts = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const type = bytes[at];
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (type === APPLICATION_DATA || (type === CHANGE_CIPHER_SPEC && !modern)) break;
    if (type === HANDSHAKE) parts.push(bytes.subarray(at + 5, end));
    at = end;
  }
  const all = Buffer.concat(parts);
  const messages = [];
  for (let at = 0; at + 4 <= all.length; ) {
    const end = at + 4 + all.readUIntBE(at + 1, 3);
    if (end > all.length) break;
    messages.push({ type: all[at], body: all.subarray(at + 4, end) });
    at = end;
  }
  return messages;
}

function serverHello(body) {
  const random = body.subarray(2, 34).toString('hex');
  const at = 35 + body[34];
  const extensions = new Map();
  for (let next = at + 5; next + 4 <= body.length; ) {
    const end = next + 4 + body.readUInt16BE(next + 2);
    extensions.set(body.readUInt16BE(next), body.subarray(next + 4, end));
    next = end;
  }
  return { random, suite: body.readUInt16BE(at), extensions };
}

const named = (names, number) => names[number] ?? `0x${number.toString(16).padStart(4, '0')}`;
