// Shows the parameters of the connection's TLS, and the server's certificate.
import { byId, element, namesAndValues } from './dom.js';

/** @typedef {import('websocket-wasm').TlsFacts} Facts */

/** Shown now. @type {Facts | undefined} */
let shown;

/**
 * Shows them; without any, hides the list.
 * @param {Facts | undefined} facts
 * @param {boolean} connecting whether they may follow: until then the list keeps its room, but not its text
 */
export function showTlsFacts(facts, connecting) {
  byId('tls-facts').classList.toggle('pending', connecting);
  if (connecting || facts === shown) return;
  shown = facts;
  byId('tls').hidden = facts === undefined;
  byId('tls-facts').replaceChildren(...namesAndValues(facts ? rows(facts) : [], 'data-fact'));
}

/**
 * @param {Facts} facts
 * @returns {[string, ...(Node | string)[]][]}
 */
function rows({ protocol, cipherSuite, group, resumed, alpnProtocol, certificate }) {
  const texts = {
    protocol,
    cipherSuite,
    group,
    resumed,
    alpnProtocol,
    ...(certificate && {
      subject: certificate.subject,
      issuer: certificate.issuer,
      validFrom: time(certificate.validFrom),
      validTo: time(certificate.validTo),
      fingerprint256: certificate.fingerprint256,
    }),
  };
  return Object.entries(texts).map(([name, value]) => [name, ...breakable(`${value ?? '—'}`)]);
}

/** The text, which may be broken after each colon. */
function breakable(text) {
  return text.split(/(?<=:)/).flatMap((part, at) => (at === 0 ? [part] : [element('wbr'), part]));
}

/** In UTC, to the second. */
function time(date) {
  return date.toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}
