// roots.bin has Mozilla's authorities. Node has them from another source, of another date: most must be the same.
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';

const file = readFileSync(fileURLToPath(import.meta.resolve('websocket-wasm/roots.bin')));
const roots = parse(file);

test('most are among those of Node, with the same subject and key', () => {
  const certificates = rootCertificates.map((pem) => new X509Certificate(pem));
  const byKey = new Map(certificates.map((certificate) => [hex(spkiOf(certificate.publicKey)), certificate]));
  const shared = roots.filter(({ subject, spki }) => byKey.get(hex(sequence(spki)))?.raw.includes(sequence(subject)));
  assert.ok(roots.length >= 100, `${roots.length}`);
  assert.ok(shared.length >= 0.8 * roots.length, `${shared.length} of ${roots.length}`);
});

test('each has a valid key of its own', () => {
  const keys = roots.map(({ spki }) => createPublicKey({ key: sequence(spki), format: 'der', type: 'spki' }));
  assert.equal(new Set(keys.map((key) => hex(spkiOf(key)))).size, roots.length);
});

test("the constraints of Mozilla's list are kept: an authority of Turkey is only for .tr", () => {
  const constrained = roots.filter(({ nameConstraints }) => nameConstraints.length > 0);
  // permittedSubtrees [0], a GeneralSubtree with a dNSName (RFC 5280 4.2.1.10).
  const tr = Buffer.from('\xa0\x07\x30\x05\x82\x03.tr', 'latin1');
  assert.deepEqual(
    constrained.map(({ nameConstraints }) => nameConstraints),
    [tr],
  );
  assert.match(String(constrained[0].subject), /TUBITAK/);
});

/** Reads the format, which tls/roots/src/main.rs describes. */
function parse(bytes) {
  assert.equal(bytes.toString('latin1', 0, 4), 'wwr\x01');
  const count = bytes.readUInt16LE(4);
  let at = 6;
  const field = () => {
    const start = at + 2;
    at = start + bytes.readUInt16LE(at);
    assert.ok(at <= bytes.length);
    return bytes.subarray(start, at);
  };
  const column = () => Array.from({ length: count }, field);
  const [subjects, keys, constraints] = [column(), column(), column()];
  assert.equal(at, bytes.length);
  return subjects.map((subject, i) => ({ subject, spki: keys[i], nameConstraints: constraints[i] }));
}

/** A DER SEQUENCE: the file has the contents of these. */
function sequence(contents) {
  const { length } = contents;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(0x30, ...size), contents]);
}

const spkiOf = (key) => key.export({ type: 'spki', format: 'der' });
const hex = (bytes) => Buffer.from(bytes).toString('hex');
