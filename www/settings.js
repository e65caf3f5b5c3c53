// Where to connect: what the form says, and what it says at first.
import { byId } from './dom.js';

/** The servers that `npm start` started; elsewhere its usual ports on the page's own host. */
export async function findServers() {
  const host = location.hostname || '127.0.0.1';
  try {
    const response = await fetch('./servers.json');
    return await response.json();
  } catch {
    // There is none, or a page came in its place.
    return { echo: `ws://${host}:8081/`, relay: `ws://${host}:8082/` };
  }
}

/** Fills in the servers. */
export function setServers({ echo, relay }) {
  byId('address').value = echo;
  byId('relay').value = relay;
  showTransport();
}

/** What to connect to, as the form says. */
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

/** Only the relay has an address of its own. */
function showTransport() {
  byId('relay').disabled = byId('transport').value === 'native';
}

byId('transport').addEventListener('change', showTransport);
