// The URL of a relay with placeholders for what it shall connect to.

import { Failure } from '../../failure.ts';
import { URL } from '../../platform/globals.ts';
import { relayUrl, shown } from '../relay-url.ts';

/** What a template must have, unless it is `fixed`. */
const REQUIRED = ['hostname', 'port'] as const;

/** A placeholder in a serialised URL, whose path has no braces. */
const PLACEHOLDER = /(?:\{|%7b)(\w*)(?:\}|%7d)/gi;

/** A brace in front of the path: the URL parser takes it for a part of the host, or refuses it without saying so. */
const BRACE_IN_AUTHORITY = /^\s*(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}[^\\/?#]*\{/i;

export class Template {
  /** The relay's scheme, host and port, for messages: its path or query may hold a secret. */
  readonly relay: string;
  /** The template as a URL. */
  readonly href: string;
  /** The URL up to its path. */
  readonly #start: string;
  /** Its path and its query, with the placeholders. */
  readonly #rest: string;

  /**
   * @param isFixed whether it may lack placeholders
   * @throws {TypeError} for a value that is no URL of a relay, for other placeholders, and if one is missing
   */
  constructor(value: unknown, isFixed: boolean) {
    const refused = (why: string) => new TypeError(`relay() can't take ${shown(value)} as its template: ${why}.`);
    if (typeof value === 'string' && BRACE_IN_AUTHORITY.test(value)) {
      throw refused('a placeholder can only be in the path or the query');
    }
    const { href, protocol, host, pathname, search } = new URL(relayUrl(value, 'relay()'));
    this.href = href;
    this.relay = `${protocol}//${host}/`;
    this.#rest = pathname + search;
    this.#start = href.slice(0, href.length - this.#rest.length);
    const names = [...this.#rest.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
    const unknown = names.find((name) => !(REQUIRED as readonly string[]).includes(name));
    if (unknown !== undefined) throw refused(`'{${unknown}}' is neither '{hostname}' nor '{port}'`);
    const missing = REQUIRED.filter((name) => !names.includes(name));
    if (missing.length > 0 && !isFixed) {
      const which = missing.map((name) => `'{${name}}'`).join(' and ');
      throw refused(`it has no ${which}; a relay that needs no such thing has the option 'fixed'`);
    }
  }

  /**
   * The URL that names a target. An address of IPv6 has brackets, as in every URL.
   *
   * @throws {Failure} for a name of dots alone, which nobody has: in a path it would be resolved
   */
  expand(hostname: string, port: number): string {
    if (/^\.*$/.test(hostname)) throw new Failure('host-not-found', `The name '${hostname}' can't be resolved.`);
    const host = encodeURIComponent(hostname.includes(':') ? `[${hostname}]` : hostname);
    const rest = this.#rest.replace(PLACEHOLDER, (_, name) => (name === 'port' ? `${port}` : host));
    return new URL(this.#start + rest).href;
  }
}
