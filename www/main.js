// The page: a WebSocket that connects by itself, and everything that can be seen of it.
import { compose, onSubmit, random } from './composer.js';
import { Events } from './events.js';
import { size } from './format.js';
import { Frames } from './frames.js';
import { Plot } from './plot.js';
import { Session } from './session.js';

const byId = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

const events = new Events();
const session = new Session({ events, frames: new Frames(), plot: () => plot });
const plot = new Plot(() => session.socket?.bufferedAmount ?? 0);

compose(session);
onSubmit('connection', connect);
onSubmit('closing', () => session.close(byId('close-code').value, byId('close-reason').value));
byId('binary-type').addEventListener('change', () => {
  session.binaryType = /** @type {BinaryType} */ (byId('binary-type').value);
});
byId('transport').addEventListener('change', showTransport);
byId('ping').addEventListener('click', ping);

function connect() {
  return session.connect({
    address: byId('address').value,
    protocols: byId('protocols')
      .value.split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    transport: byId('transport').value,
    relay: byId('relay').value,
  });
}

function showTransport() {
  const overBytes = byId('transport').value !== 'native';
  byId('relay').disabled = !overBytes;
}

async function ping() {
  const note = byId('ping-note');
  try {
    note.textContent = 'waiting for the pong …';
    note.textContent = `pong after ${(await session.ping()).toFixed(2)} ms`;
  } catch (error) {
    note.textContent = `${error.name}: ${error.message}`;
  }
}

/** Keeps what the attributes say in sight. */
function showAttributes() {
  const { socket, state } = session;
  set('state', state);
  byId('state').dataset.state = state;
  set('url', socket?.url || '—');
  set('protocol', socket?.protocol || '—');
  set('extensions', socket?.extensions || '—');
  set('buffered', size(socket?.bufferedAmount ?? 0));
  byId('close').disabled = state === 'CLOSED' || state === 'CLOSING';
  byId('ping').disabled = state !== 'OPEN' || !session.overBytes;
  byId('ping').title = session.overBytes ? '' : 'The browser sends no pings for its own WebSocket.';
  requestAnimationFrame(showAttributes);
}

function set(id, text) {
  const shown = byId(id);
  if (shown.textContent !== text) shown.textContent = text;
}

/** The servers that `npm start` started; elsewhere its usual ports on the page's own host. */
async function servers() {
  const host = location.hostname || '127.0.0.1';
  try {
    const response = await fetch('./servers.json');
    return await response.json();
  } catch {
    return { echo: `ws://${host}:8081/`, relay: `ws://${host}:8082/` };
  }
}

const { echo, relay } = await servers();
byId('address').value = echo;
byId('relay').value = relay;
showTransport();
showAttributes();
connect()?.addEventListener('open', () => {
  // Something to see at once, of each kind.
  session.send('Hello from Rust, by way of WebAssembly.');
  session.send(random(16, 'arraybuffer'));
  session.send(random(200, 'view'));
  session.send(new Blob(['a Blob with text in it']));
});
