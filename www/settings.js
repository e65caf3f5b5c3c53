// The connection form, and its initial values.
import { byId } from './dom.js';

/** The servers started by `npm start`; if unknown, its default ports on the page's host. */
export async function findServers() {
  const host = location.hostname || '127.0.0.1';
  try {
    const response = await fetch('./servers.json');
    return await response.json();
  } catch {
    // The file doesn't exist, or the server answered with a page.
    return { echo: `ws://${host}:8081/`, relay: `ws://${host}:8082/` };
  }
}

/** Fills in the servers. */
export function setServers({ echo, relay }) {
  byId('address').value = echo;
  byId('relay').value = relay;
  showTransport();
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
  };
}

/** Only the relay transport has a relay address. */
function showTransport() {
  byId('relay').disabled = byId('transport').value === 'native';
}

byId('transport').addEventListener('change', showTransport);
