// The byte-exact answers of the clauses' server: unusual and invalid handshakes, valid and invalid frames.
import { closeFrame, frame } from './frame.js';
import { acceptance } from './raw.js';

/** Frames that violate the protocol (RFC 6455 5 and 7). */
export const INVALID = {
  utf8: frame(0x81, [0xc3, 0x28]),
  'utf8-fragments': Buffer.concat([frame(0x01, [0xc3]), frame(0x80, [0x28])]),
  'utf8-end': frame(0x81, [0x61, 0xe2, 0x82]),
  opcode: frame(0x83, []),
  'control-opcode': frame(0x8b, []),
  masked: Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x60]),
  rsv: frame(0xc1, []),
  length: Buffer.from([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]),
  continuation: frame(0x80, 'x'),
  interleaved: Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]),
  'ping-fragment': frame(0x09, ''),
  'ping-length': frame(0x89, Buffer.alloc(126)),
  close: frame(0x88, [3]),
  'close-code': closeFrame(1005),
  'close-utf8': frame(0x88, [0x03, 0xe8, 0xc3, 0x28]),
};

/** Frames that conform to the protocol. */
export const VALID = {
  fragments: Buffer.concat([frame(0x01, 'a'), frame(0x00, [0xc3]), frame(0x89, 'ping'), frame(0x80, [0xbc, 0x7a])]),
  'empty-fragments': Buffer.concat([frame(0x02, ''), frame(0x00, ''), frame(0x00, [1]), frame(0x80, '')]),
  pong: Buffer.concat([frame(0x8a, 'unsolicited'), frame(0x81, 'x')]),
  'after-close': Buffer.concat([frame(0x81, 'x'), closeFrame(4000), frame(0x81, 'late')]),
};

/** The server's handshakes (RFC 6455 4.2.2), for a Sec-WebSocket-Key. */
export const HANDSHAKES = {
  // A client must accept these.
  'any-case': (key) =>
    accepting(key).replace('Upgrade: websocket', 'uPGRADE: WebSocket').replace('Connection: Up', 'CONNECTION: uP'),
  'in-a-list': (key) => accepting(key).replace('Connection: Upgrade', 'Connection: keep-alive, Upgrade'),
  spaces: (key) => accepting(key).replace(/^(Sec-WebSocket-Accept):(.*)$/m, '$1:  \t$2 \t'),
  more: (key) => accepting(key, `X-More: ${'x'.repeat(4000)}`, 'Set-Cookie: a=b', 'Date: today'),
  phrase: (key) => accepting(key).replace('Switching Protocols', ''),
  // It must reject these.
  'wrong-accept': () => accepting('AAAAAAAAAAAAAAAAAAAAAA=='),
  'accept-in-another-case': (key) =>
    accepting(key).replace(/(Accept: )(.*)/, (_, name, value) => name + swapped(value)),
  'no-accept': (key) => without(key, 'Sec-WebSocket-Accept'),
  'no-upgrade': (key) => without(key, 'Upgrade'),
  'another-upgrade': (key) => accepting(key).replace('Upgrade: websocket', 'Upgrade: websockets'),
  'no-connection': (key) => without(key, 'Connection'),
  'another-connection': (key) => accepting(key).replace('Connection: Upgrade', 'Connection: close'),
  'an-extension': (key) => accepting(key, 'Sec-WebSocket-Extensions: x-unknown'),
  'two-protocols': (key) => accepting(key, 'Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b'),
  'no-http': () => 'HELLO\r\n\r\n',
  'no-status': (key) => accepting(key).replace(' 101', ''),
};

const accepting = (key, ...headers) => acceptance(`Sec-WebSocket-Key: ${key}\r\n`, ...headers);
const without = (key, name) => accepting(key).replace(new RegExp(`^${name}:.*\r\n`, 'm'), '');
const swapped = (text) => text.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
