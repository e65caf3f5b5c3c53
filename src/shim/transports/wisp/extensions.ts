// wispExtensions(): the extensions of Wisp v2 for which a program has something to give or to take.

import { Failure } from '../../failure.ts';
import { concat } from '../../platform/binary.ts';
import { queueTurn } from '../../platform/event-loop.ts';
import { crypto, TextDecoder, TextEncoder } from '../../platform/globals.ts';
import type { TaggedBytes } from '../records.ts';

/** Extensions. */
const PASSWORD = 0x02;
const KEY = 0x03;
const MOTD = 0x04;

/** The bit of Ed25519 in a relay's set of algorithms. */
const ED25519 = 0x01;

/** The longest user name, in bytes of UTF-8. */
const MAX_USER = 255;

/** WebCrypto's `CryptoKey`: Node's declarations have no global name for it. */
type Key = Parameters<typeof globalThis.crypto.subtle.sign>[1];

/** WebCrypto's `CryptoKeyPair`. */
export interface KeyPair {
  readonly publicKey: Key;
  readonly privateKey: Key;
}

/** What a program gives to a relay, and takes from it. */
export interface WispExtensionOptions {
  /** The user's name for {@link password}: at most 255 bytes in UTF-8. By default empty. */
  user?: string | undefined;
  /** A password, which the relay gets as it is: its URL should be `wss:`. */
  password?: string | undefined;
  /**
   * An Ed25519 key, as from `crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])`. It signs bytes that the relay
   * chooses: use it for nothing else. A relay that takes a password as well gets only the signature.
   */
  key?: KeyPair | undefined;
  /** Called with the relay's message of the day, each time a carrier is opened. */
  onmotd?: ((motd: string) => void) | undefined;
}

/** Made by {@link wispExtensions}. Carriers are shared only by sockets with the same object. */
export interface WispExtensions {
  /**
   * The extensions of the client's INFO for those of the relay's.
   *
   * @internal
   */
  answer(offered: readonly TaggedBytes[]): Promise<TaggedBytes[]>;
}

/**
 * The option `extensions` of `wisp()`: credentials for a relay that speaks Wisp v2, and its message of the day. The relay
 * gets the credentials if it asks for them. Whether it needs them is its decision: the connection then fails with
 * `relay-unauthorized`.
 *
 * @throws {TypeError} for an invalid option
 * @see {@link https://github.com/MercuryWorkshop/wisp-protocol/blob/v2/protocol.md | Wisp v2, draft 6}
 * @example
 * const extensions = wispExtensions({ user: 'me', password: 'secret' });
 * configure({ transport: wisp('wss://relay.example/', { extensions }) });
 */
export function wispExtensions({ user = '', password, key, onmotd }: WispExtensionOptions): WispExtensions {
  const name = new TextEncoder().encode(check('user', user, typeof user === 'string', 'a string'));
  if (name.length > MAX_USER) throw new TypeError(`The option 'user' must have at most ${MAX_USER} bytes: '${user}'.`);
  check('password', password, typeof password === 'string', 'a string');
  check('key', key, key?.privateKey && key.publicKey, 'a CryptoKeyPair');
  check('onmotd', onmotd, typeof onmotd === 'function', 'a function');
  const answer = async (offered: readonly TaggedBytes[]) => {
    const relays = new Map(offered);
    const [challenge, motd] = [relays.get(KEY), relays.get(MOTD)];
    const answers: TaggedBytes[] = [];
    if (key && challenge && (challenge[1] ?? 0) & ED25519) {
      answers.push([KEY, await signed(key, challenge.slice(2))]);
    } else if (password !== undefined && relays.has(PASSWORD)) {
      answers.push([PASSWORD, concat([Uint8Array.of(name.length), name, new TextEncoder().encode(password)])]);
    }
    if (onmotd && motd) {
      answers.push([MOTD, new Uint8Array()]);
      // What it throws must not end the carrier.
      queueTurn(() => onmotd(new TextDecoder().decode(motd)));
    }
    return answers;
  };
  return { answer };
}

/** @throws {Failure} `relay-unauthorized` if the key can't sign */
async function signed({ publicKey, privateKey }: KeyPair, challenge: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { subtle } = crypto;
  try {
    const hash = await subtle.digest('SHA-256', await subtle.exportKey('raw', publicKey));
    const signature = await subtle.sign('Ed25519', privateKey, challenge);
    return concat([Uint8Array.of(ED25519), new Uint8Array(hash), new Uint8Array(signature)]);
  } catch (cause) {
    throw new Failure('relay-unauthorized', "The key for the relay can't be used.", { cause });
  }
}

/** @throws {TypeError} for a value that isn't valid; none may show a password */
function check<T>(name: string, value: T, valid: unknown, what: string): T {
  if (value === undefined || valid) return value;
  throw new TypeError(
    `The option '${name}' of wispExtensions() must be ${what}, not ${value === null ? null : typeof value}.`,
  );
}
