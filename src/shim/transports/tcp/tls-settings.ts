// The options of TLS that are passed on to `node:tls`.
import { createPrivateKey, type PrivateKeyInput, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { bytesOf } from '../../platform/binary.ts';
import { refused, shown, typeName } from './conversions.ts';

const CONVERSIONS: Record<string, (value: unknown, name: string) => unknown> = {
  ALPNProtocols: toProtocols,
  ca: toPems,
  cert: toPem,
  crl: toLists,
  key: toPem,
  passphrase: toSecret,
  pfx: toBytes,
  rejectUnauthorized: toBoolean,
  servername: toServerName,
};

/** Their names. */
export const TLS_OPTIONS: readonly string[] = Object.keys(CONVERSIONS);

/**
 * Converts those of the given options that are options of TLS, for `tls.connect()`.
 *
 * @throws {TypeError} whose message has no byte of a key, and no passphrase
 */
export function convertTls(given: ReadonlyMap<string, unknown>): object {
  const values: Record<string, unknown> = { __proto__: null };
  for (const [name, convert] of Object.entries(CONVERSIONS)) {
    if (given.has(name)) values[name] = convert(given.get(name), name);
  }
  if ('cert' in values !== 'key' in values) throw refused("cert' and 'key", 'need each other');
  if ('passphrase' in values && !('key' in values) && !('pfx' in values)) {
    throw refused('passphrase', "needs 'key' or 'pfx'");
  }
  check(values);
  return values;
}

/** Certificates and keys that can't be used fail here, not when a socket connects. */
function check({ ca, cert, crl, key, passphrase, pfx }: Record<string, unknown>): void {
  for (const one of [ca ?? []].flat()) attempt('ca', () => new X509Certificate(one as string));
  if (cert !== undefined) {
    const certificate = attempt('cert', () => new X509Certificate(cert as string));
    const privateKey = attempt('key', () => createPrivateKey({ key, passphrase } as PrivateKeyInput));
    if (!certificate.checkPrivateKey(privateKey)) throw refused('key', "isn't that of the first certificate in 'cert'");
  }
  if (crl !== undefined) {
    // Elsewhere it would be ignored.
    if ('Deno' in globalThis || 'Bun' in globalThis) throw refused('crl', "isn't supported by Deno and Bun");
    attempt('crl', () => createSecureContext({ crl } as object));
  }
  if (pfx === undefined) return;
  if ('Deno' in globalThis) throw refused('pfx', "isn't supported by Deno");
  attempt('pfx', () => createSecureContext({ pfx, passphrase } as object));
}

/** What a value that can't be used lacks. The platforms' own errors have other words each. */
const LACKS: Record<string, string> = {
  ca: 'has no certificate in it',
  cert: 'has no certificate in it',
  crl: 'has no list of revoked certificates in it',
  key: 'has no private key in it that the passphrase decrypts',
  pfx: 'has nothing in it that the passphrase decrypts',
};

function attempt<Value>(name: string, use: () => Value): Value {
  try {
    return use();
  } catch {
    throw refused(name, LACKS[name] as string);
  }
}

function toPem(value: unknown, name: string): string | Buffer {
  if (typeof value === 'string') return value;
  const bytes = bytesOf(value)?.slice();
  if (!bytes) throw refused(name, `must be text or bytes, not ${typeName(value)}`);
  return Buffer.from(bytes.buffer);
}

function toPems(value: unknown, name: string): (string | Buffer)[] {
  const pems = (Array.isArray(value) ? value : [value]).map((item) => toPem(item, name));
  if (pems.length === 0) throw refused(name, 'is an empty array');
  return pems;
}

/** Each by itself: of a text with several, the platform would read only the first. */
function toLists(value: unknown, name: string): (string | Buffer)[] {
  return toPems(value, name).flatMap((pem) => {
    const lists = `${pem}`.split(/(?=-----BEGIN X509 CRL-----)/).filter((part) => part.startsWith('-----BEGIN'));
    return lists.length > 0 ? lists : pem;
  });
}

function toSecret(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw refused(name, `must be a string, not ${typeName(value)}`);
}

function toBytes(value: unknown, name: string): Buffer {
  const bytes = bytesOf(value)?.slice();
  if (!bytes) throw refused(name, `must be bytes, not ${typeName(value)}`);
  return Buffer.from(bytes.buffer);
}

function toBoolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw refused(name, `must be a boolean, not ${shown(value)}`);
}

function toServerName(value: unknown, name: string): string {
  if (typeof value === 'string' && /^[\w-]+(\.[\w-]+)*\.?$/.test(value) && !/^[\d.]+$/.test(value)) return value;
  throw refused(name, `must be a host name, not ${shown(value)}`);
}

function toProtocols(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw refused(name, `must be an array of strings, not ${shown(value)}`);
  return value.map((protocol) => {
    if (typeof protocol === 'string' && /^[!-~]{1,255}$/.test(protocol)) return protocol;
    throw refused(name, `must have names of 1 to 255 characters, not ${shown(protocol)}`);
  });
}
