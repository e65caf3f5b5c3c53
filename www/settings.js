// The connection form, and its initial values.
import { byId } from './dom.js';
import { TRANSPORTS } from './transports.js';

/**
 * @typedef {object} Servers
 * @property {string} echo the URL of the echo server
 * @property {string} tlsEcho the URL of the one with TLS
 * @property {string} [ca] the authority of its certificate, as PEM
 * @property {string} relay the URL of the Wisp relay
 * @property {string} template the template of the relay with a WebSocket for each connection
 * @property {string} [webTransport] the URL of a relay over HTTP/3, which `npm start` doesn't run
 */

/** @type {Servers} */
let servers;

/**
 * The servers started by `npm start`; if unknown, its default ports on the page's host.
 * @returns {Promise<Servers>}
 */
export async function findServers() {
  const host = location.hostname || '127.0.0.1';
  try {
    const response = await fetch('./servers.json');
    return await response.json();
  } catch {
    // The file doesn't exist, or the server answered with a page.
    const template = `ws://${host}:8084/{hostname}:{port}`;
    return { echo: `ws://${host}:8081/`, tlsEcho: `wss://${host}:8083/`, relay: `ws://${host}:8082/`, template };
  }
}

/**
 * Fills in the servers.
 * @param {Servers} found
 */
export function setServers(found) {
  servers = found;
  if (!('WebTransport' in globalThis)) byId('web-transport').remove();
  takeRelay();
  if (servers.ca === undefined) byId('own-authority').remove();
  takeServer();
}

/** The values of the form. */
export function target() {
  return {
    address: byId('address').value.trim(),
    protocols: byId('protocols')
      .value.split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    transport: byId('transport').value,
    relay: byId('relay').value.trim(),
    ca: usesTls() && !isNative() ? authorities() : undefined,
    keepAlive: isNative() ? 0 : Number(byId('keep-alive').value),
  };
}

/** The chosen ones as PEM; undefined for the built-in ones. */
function authorities() {
  return { own: servers.ca, other: byId('ca').value }[byId('authorities').value];
}

/** The chosen transport's relay among the servers; undefined if it has none. */
const relayName = () => TRANSPORTS[byId('transport').value].relay;
const isNative = () => relayName() === undefined;
const usesTls = () => /^(wss|https):$/.test(addressed()?.protocol ?? '');

/** The address as a URL; undefined if it isn't one. */
function addressed() {
  const address = byId('address').value.trim();
  return URL.canParse(address, location.href) ? new URL(address, location.href) : undefined;
}

/** Fills in the chosen server's address and authority. */
function takeServer() {
  const chosen = byId('server').value;
  if (chosen !== 'other') byId('address').value = servers[chosen];
  if (chosen === 'tlsEcho') byId('authorities').value = ownAuthority();
  show();
}

/** Chooses the server that the address is of, and its authority; others get the built-in ones unless some were given. */
function takeAddress() {
  const address = byId('address').value.trim();
  byId('server').value = ['echo', 'tlsEcho'].find((name) => servers[name] === address) ?? 'other';
  if (byId('authorities').value !== 'other') {
    const isOwn = addressed()?.origin === new URL(servers.tlsEcho).origin;
    byId('authorities').value = isOwn ? ownAuthority() : 'built-in';
  }
  show();
}

const ownAuthority = () => (servers.ca === undefined ? 'built-in' : 'own');

/** Fills in the relay of the chosen transport: what was given for it before, or that of `npm start`. */
function takeRelay() {
  const name = relayName();
  if (name) byId('relay').value = servers[name] ?? '';
  show();
}

/** Keeps what is given for the chosen transport. */
function keepRelay() {
  const name = relayName();
  if (name) servers[name] = byId('relay').value.trim();
}

/** Only transports through a relay have its address; only `wss:` over one lets the page choose authorities. */
function show() {
  byId('relay').disabled = byId('keep-alive').disabled = isNative();
  byId('relay').placeholder =
    relayName() === 'webTransport' ? 'https:// of a relay like examples/relay-webtransport' : '';
  byId('native-tls').hidden = !isNative() || !usesTls();
  const choosesAuthorities = usesTls() && !isNative();
  for (const part of labelled('authorities')) part.hidden = !choosesAuthorities;
  for (const part of labelled('ca')) part.hidden = !choosesAuthorities || byId('authorities').value !== 'other';
}

/** A control and its labels. */
function labelled(id) {
  return [byId(id), ...(byId(id).labels ?? [])];
}

byId('server').addEventListener('change', takeServer);
byId('address').addEventListener('input', takeAddress);
byId('transport').addEventListener('change', takeRelay);
byId('relay').addEventListener('input', keepRelay);
byId('authorities').addEventListener('change', show);
