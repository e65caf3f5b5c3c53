// The page: connects a WebSocket when it loads, and shows everything about it.
import { compose } from './composer.js';
import { random } from './data.js';
import { byId, onSubmit, setText, showProblem } from './dom.js';
import { Events } from './events.js';
import { Frames } from './frames.js';
import { Plot } from './plot.js';
import { Session } from './session.js';
import { findServers, setServers, target } from './settings.js';
import { Status } from './status.js';

const session = new Session({
  events: new Events(),
  frames: new Frames(),
  received: (bytes) => plot.received(bytes),
  changed: () => {
    status.refresh();
    plot.peak();
  },
  progress: (text) => setText('send-note', text),
  problem: (place, text, code) => showProblem(`${place}-problem`, text, code),
});
const status = new Status(session);
const plot = new Plot(session);

compose(session);
onSubmit('connection', () => {
  setText('ping-note', '');
  session.connect(target());
});
onSubmit('closing', () => session.close(byId('close-code').value.trim(), byId('close-reason').value));
byId('binary-type').addEventListener('change', () => {
  session.binaryType = /** @type {BinaryType} */ (byId('binary-type').value);
});
byId('terminate').addEventListener('click', () => session.terminate());
byId('export').addEventListener('click', () => session.export());
byId('ping').addEventListener('click', async () => {
  setText('ping-note', '…');
  setText('ping-note', await session.ping());
});

setServers(await findServers());
session.connect(target())?.addEventListener('open', () => {
  // One message of each kind, as a start.
  session.send('Hello from Rust, by way of WebAssembly.');
  session.send(random(16, 'arraybuffer'));
  session.send(random(200, 'view'));
  session.send(new Blob(['a Blob with text in it']));
});
