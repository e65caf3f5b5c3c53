// The form for sending: text, random bytes of each kind, files.
import { random } from './data.js';
import { byId, onSubmit } from './dom.js';
import { parseSize } from './format.js';

/** @param {import('./session.js').Session} session */
export function compose(session) {
  const copies = () => Math.max(1, byId('copies').valueAsNumber || 1);

  onSubmit('text-form', () => session.send(byId('text').value, copies()));
  byId('text').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    /** @type {HTMLFormElement} */ (byId('text').form).requestSubmit();
  });

  onSubmit('random-form', () => {
    session.send(random(parseSize(byId('random-size').value) ?? 0, byId('random-kind').value), copies());
  });
  const length = byId('random-size');
  length.addEventListener('input', () => {
    length.setCustomValidity(
      parseSize(length.value) === undefined ? 'A size up to 256 MiB, for example 16 or 1 KiB.' : '',
    );
  });

  const file = byId('file');
  file.addEventListener('change', () => {
    for (const chosen of file.files ?? []) session.send(chosen);
    // So that choosing the same file again fires a change event.
    file.value = '';
  });
  takeDrops(byId('drop'), (dropped) => session.send(dropped));
}

/** Accepts files dropped anywhere: outside of the zone, the browser would navigate to them. */
function takeDrops(zone, take) {
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.classList.add('over');
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) zone.classList.remove('over');
  });
  addEventListener('drop', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.classList.remove('over');
    for (const dropped of event.dataTransfer.files) take(dropped);
  });
}
