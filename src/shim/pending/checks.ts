// The checks of the constructor and of close() before the core is loaded: a copy of those in src/dom/{url,subprotocols,
// close}.rs and of the reserved headers in src/protocol/request.rs.
//
// `websocket-wasm/web` must throw before the wasm, which has the rules, is loaded. Only checks that throw are here, the
// core checks everything again when it connects, and tests/package/pending.test.js compares the two.

import { DOMException, TextEncoder, URL } from '../platform/globals.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const RESERVED =
  /^(connection|content-length|host|sec-websocket-(accept|extensions|key|protocol|version)|transfer-encoding|upgrade)$/i;

/** The URL that a WebSocket would connect to, serialised. */
export function checkUrl(url: string, base: string): string {
  if (!URL.canParse(url, base || undefined)) throw syntaxError(`The URL '${url}' is invalid.`);
  const parsed = new URL(url, base || undefined);
  const scheme = parsed.protocol;
  if (!/^(http|ws)s?:$/.test(scheme)) {
    throw syntaxError(`The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '${scheme}' is not allowed.`);
  }
  if (/[% ]/.test(parsed.hostname)) throw syntaxError(`The URL '${url}' is invalid.`);
  parsed.protocol = scheme.replace('http', 'ws');
  const { href } = parsed;
  if (href.includes('#')) {
    throw syntaxError(`The URL contains a fragment identifier, which is not allowed in '${href}'.`);
  }
  return href;
}

export function checkProtocols(protocols: string[]): void {
  const seen = new Set<string>();
  for (const protocol of protocols) {
    if (!TOKEN.test(protocol)) throw syntaxError(`The subprotocol '${protocol.toWellFormed()}' is invalid.`);
    const lower = protocol.toLowerCase();
    if (seen.has(lower)) throw syntaxError(`The subprotocol '${protocol}' is duplicated.`);
    seen.add(lower);
  }
}

export function checkHeader(name: string): void {
  if (RESERVED.test(name)) {
    throw new TypeError(`Failed to construct 'WebSocket': the header '${name}' is reserved`);
  }
}

export function checkClose(code: number | undefined, reason = ''): void {
  const failed = "Failed to execute 'close' on 'WebSocket': ";
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DOMException(
      `${failed}The close code must be either 1000, or between 3000 and 4999. ${code} is neither.`,
      'InvalidAccessError',
    );
  }
  const { length } = new TextEncoder().encode(reason);
  if (length > 123) {
    throw new DOMException(
      `${failed}The close reason must not be greater than 123 UTF-8 bytes, and it has ${length}.`,
      'SyntaxError',
    );
  }
}

function syntaxError(why: string): DOMException {
  return new DOMException(`Failed to construct 'WebSocket': ${why}`, 'SyntaxError');
}
