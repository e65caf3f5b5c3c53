// Options of TLS, converted: the checks that need no TLS.

import { bytesOf } from '../../platform/binary.ts';
import { TextDecoder, URL } from '../../platform/globals.ts';
import { isSequence, isSupportedKey } from './der.ts';
import { decodeBase64, readPem } from './pem.ts';

/** Certificates: as PEM, one or many in a text or in its bytes, or as DER, each in bytes of its own. */
export type Certificates = string | ArrayBuffer | ArrayBufferView | Iterable<string | ArrayBuffer | ArrayBufferView>;

/** Options of TLS, for a transport or for one WebSocket. There is none that turns verification off: see `ca`. */
export interface TlsOptions {
  /** The authorities to trust, in place of the built-in ones, which are Mozilla's. */
  ca?: Certificates | undefined;
  /** The client's certificate, followed by those of its issuers. With {@link key}. */
  cert?: Certificates | undefined;
  /** The private key of the client's certificate: P-256 or Ed25519, not encrypted, as PKCS#8 or SEC1 in PEM or DER. */
  key?: string | ArrayBuffer | ArrayBufferView | undefined;
  /**
   * Called with each line of the key log (SSLKEYLOGFILE), with which others can decrypt the connection. Its exceptions are
   * reported.
   */
  keylog?: ((line: string) => void) | undefined;
  /**
   * Keys of which at least one must be on the verified path, beside all other checks: for each the SHA-256 of the
   * SubjectPublicKeyInfo, as 32 bytes or in base64, with or without `sha256/` before it.
   */
  pins?: string | ArrayBuffer | ArrayBufferView | Iterable<string | ArrayBuffer | ArrayBufferView> | undefined;
  /** The host name or address to verify, and to send as SNI, in place of the URL's. */
  servername?: string | undefined;
}

/** The options, converted. */
export interface TlsSettings {
  /** As DER. */
  readonly ca?: readonly Uint8Array[];
  readonly cert?: readonly Uint8Array[];
  readonly key?: Uint8Array;
  readonly keylog?: (line: string) => void;
  readonly pins?: readonly Uint8Array[];
  readonly servername?: string;
}

/** The members in lexicographical order, as Web IDL reads a dictionary's (3.2.17), and how each is converted. */
const MEMBERS = {
  ca: toCertificates,
  cert: toCertificates,
  key: toKey,
  keylog: toListener,
  pins: toPins,
  servername: toServerName,
};

/**
 * Converts options. What they contain is copied.
 *
 * @throws {TypeError} for a value that can't be converted
 */
export function convertTlsOptions(options: unknown): TlsSettings {
  // Without a prototype: a script may have put members of these names on Object.prototype.
  const settings: Record<string, unknown> = { __proto__: null };
  if (options === undefined || options === null) return settings;
  if (typeof options !== 'object') throw new TypeError(`The TLS options must be an object, not ${typeof options}.`);
  for (const [name, convert] of Object.entries(MEMBERS)) {
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) settings[name] = convert(value, name);
  }
  if ('cert' in settings !== 'key' in settings) throw refused("cert' and 'key", 'need each other');
  return settings;
}

function toCertificates(value: unknown, name: string): Uint8Array[] {
  const certificates = toItems(value, name).flatMap((item) => toDer(item, 'CERTIFICATE'));
  if (certificates.length > 0 && certificates.every(isSequence)) return certificates;
  throw refused(name, 'must be certificates as PEM or DER');
}

function toKey(value: unknown, name: string): Uint8Array {
  const item = toItem(value);
  const [key, ...more] = item === undefined ? [] : toDer(item, 'PRIVATE KEY');
  if (key && more.length === 0 && isSupportedKey(key)) return key;
  const what = item === undefined ? typeName(value) : 'an RSA key, an encrypted one, or anything else';
  throw refused(name, `must be a P-256 or Ed25519 key as PEM or DER, not ${what}`);
}

/** The contents of PEM blocks whose label ends so, or bytes that are DER already. */
function toDer(item: string | Uint8Array, label: string): Uint8Array[] {
  if (typeof item !== 'string' && isSequence(item)) return [item];
  return readPem(typeof item === 'string' ? item : new TextDecoder().decode(item), label);
}

function toListener(value: unknown, name: string): (line: string) => void {
  if (typeof value === 'function') return value as (line: string) => void;
  throw refused(name, `must be a function, not ${typeName(value)}`);
}

function toPins(value: unknown, name: string): Uint8Array[] {
  const pins = toItems(value, name).map((item, index) => {
    const bytes = typeof item === 'string' ? decodeBase64(item.replace(/^sha256\//, '')) : item;
    if (bytes?.length === 32) return bytes;
    throw refused(name, `must be SHA-256 hashes: number ${index + 1} isn't 32 bytes, or isn't base64`);
  });
  if (pins.length === 0) throw refused(name, 'has no pin');
  return pins;
}

function toServerName(value: unknown, name: string): string {
  if (typeof value !== 'string') throw refused(name, `must be a string, not ${typeName(value)}`);
  const host = value.includes(':') ? `[${value}]` : value;
  // The characters that end a host in a URL, and those that its parser removes or decodes.
  if (/[\s/\\?#@%]/.test(value) || !URL.canParse(`wss://${host}/`)) {
    throw refused(name, `must be a host name or an address, not '${value}'`);
  }
  return new URL(`wss://${host}/`).hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The items of an iterable, or a single one. */
function toItems(value: unknown, name: string): (string | Uint8Array)[] {
  const item = (element: unknown): string | Uint8Array => {
    const converted = toItem(element);
    if (converted !== undefined) return converted;
    throw refused(name, `must be a string, bytes, or an iterable of these, not ${typeName(element)}`);
  };
  const isIterable = typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function';
  return isIterable && toItem(value) === undefined ? Array.from(value as Iterable<unknown>, item) : [item(value)];
}

/** A string, or a copy of bytes; `undefined` for anything else. */
function toItem(value: unknown): string | Uint8Array | undefined {
  return typeof value === 'string' ? value : bytesOf(value)?.slice();
}

function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function refused(name: string, why: string): TypeError {
  return new TypeError(`The TLS option '${name}' ${why}.`);
}
