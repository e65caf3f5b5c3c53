// The headers of the opening handshake as HAR has them, with or without those that may be secret.
import type { HarCookie, HarNameValue } from './format.ts';

/**
 * The headers of a request that are recorded by default: those of the handshake, and those that say nothing about the
 * user's rights. Any other may be a token, whatever its name.
 */
const HARMLESS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'host',
  'origin',
  'pragma',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'upgrade',
  'user-agent',
]);

/** The headers of a response that aren't recorded by default. */
const SECRET = new Set(['authentication-info', 'proxy-authentication-info', 'set-cookie', 'set-cookie2']);

/** Headers, and the names of those that were left out. */
export interface DividedHeaders {
  readonly headers: HarNameValue[];
  readonly omitted: string[];
}

/** The headers in the head of a request. */
export function headersIn(head: string): HarNameValue[] {
  return head
    .split('\r\n')
    .slice(1)
    .flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 ? [{ name: line.slice(0, at), value: line.slice(at + 1).trim() }] : [];
    });
}

/** Leaves out the headers of a request that may be secret. */
export function withoutSecrets(headers: readonly HarNameValue[]): DividedHeaders {
  return divide(headers, (name) => HARMLESS.has(name));
}

/** Leaves out the headers of a response that are secret, and user names and passwords in a redirect's target. */
export function withoutCookies(headers: readonly HarNameValue[]): DividedHeaders {
  const { headers: kept, omitted } = divide(headers, (name) => !SECRET.has(name));
  return {
    headers: kept.map(({ name, value }) =>
      name === 'location' ? { name, value: value.replace(/(^|[/\\\s])[^/\\\s?#]+@/g, '$1…@') } : { name, value },
    ),
    omitted,
  };
}

function divide(headers: readonly HarNameValue[], isKept: (name: string) => boolean): DividedHeaders {
  const kept = (header: HarNameValue) => isKept(header.name.toLowerCase());
  const omitted = headers.filter((header) => !kept(header)).map(({ name }) => name);
  return { headers: headers.filter(kept), omitted: [...new Set(omitted)] };
}

/** A comment that names the headers that were left out, if there are any. */
export function commentOnOmitted(omitted: readonly string[]): { comment?: string } {
  return omitted.length > 0 ? { comment: `Left out, because they may be secret: ${omitted.join(', ')}.` } : {};
}

/** The cookies of a request (RFC 6265 4.2). */
export function cookiesOf(headers: readonly HarNameValue[]): HarCookie[] {
  return valuesOf(headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .map(pairOf)
    .filter(({ name }) => name !== '');
}

/** The cookies that a response sets (RFC 6265 4.1). */
export function setCookiesOf(headers: readonly HarNameValue[]): HarCookie[] {
  return valuesOf(headers, 'set-cookie').map((value) => {
    const [first = '', ...rest] = value.split(';');
    const attributes = new Map(rest.map(pairOf).map((pair) => [pair.name.toLowerCase(), pair.value]));
    const expires = new Date(attributes.get('expires') ?? Number.NaN);
    return {
      ...pairOf(first),
      ...(attributes.has('path') && { path: attributes.get('path') as string }),
      ...(attributes.has('domain') && { domain: attributes.get('domain') as string }),
      ...(!Number.isNaN(expires.getTime()) && { expires: expires.toISOString() }),
      httpOnly: attributes.has('httponly'),
      secure: attributes.has('secure'),
    };
  });
}

/** The value of a header; `''` if there is none. */
export function firstValue(headers: readonly HarNameValue[], name: string): string {
  return valuesOf(headers, name)[0] ?? '';
}

function valuesOf(headers: readonly HarNameValue[], name: string): string[] {
  return headers.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value);
}

function pairOf(text: string): HarNameValue {
  const at = text.indexOf('=');
  return at < 0
    ? { name: text.trim(), value: '' }
    : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}
