// What is sent: text, random bytes of each kind, files.

const byId = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/** The most bytes that one call of getRandomValues gives. */
const MOST_RANDOM = 65_536;

/** @param {import('./session.js').Session} session */
export function compose(session) {
  const sendText = () => session.send(byId('text').value, Math.max(1, byId('copies').valueAsNumber || 1));
  onSubmit('text-form', sendText);
  byId('text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) sendText();
  });
  onSubmit('random-form', () => {
    session.send(random(byId('random-size').valueAsNumber || 0, byId('random-kind').value));
  });

  const file = byId('file');
  file.addEventListener('change', () => {
    for (const chosen of file.files ?? []) session.send(chosen);
    file.value = '';
  });
  const drop = byId('drop');
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    for (const dropped of event.dataTransfer?.files ?? []) session.send(dropped);
  });
}

/** Random bytes as `kind` says: an ArrayBuffer, a view into a larger one, or a Blob. */
export function random(length, kind) {
  // The view begins within its buffer: what is around it must not be sent.
  const buffer = new ArrayBuffer(kind === 'view' ? length + 32 : length);
  const bytes = new Uint8Array(buffer, kind === 'view' ? 16 : 0, length);
  for (let at = 0; at < length; at += MOST_RANDOM) crypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM));
  if (kind === 'blob') return new Blob([bytes]);
  return kind === 'view' ? bytes : buffer;
}

/** Calls `act` when the form is submitted. */
export function onSubmit(form, act) {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}
