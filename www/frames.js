// Every frame in both directions, as a browser's developer tools would show it.
import { dump, hex, line, seconds, size } from './format.js';
import { element, Rows } from './rows.js';

const NAMES = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** How many bytes of a payload the table shows. */
const SHOWN = 64;

const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Frames {
  #rows = new Rows(byId('frames'), byId('frames-scroll'));
  #counts = { sent: 0, received: 0 };
  /** The opcode of the message under way. */
  #kinds = { sent: 2, received: 2 };
  #start = 0;

  constructor() {
    byId('clear-frames').addEventListener('click', () => this.#rows.clear());
    byId('payload-close').addEventListener('click', () => {
      byId('payload').hidden = true;
    });
  }

  /** A new connection. */
  restart({ visible }) {
    this.#start = performance.now();
    this.#counts = { sent: 0, received: 0 };
    byId('frames-note').textContent = visible
      ? ''
      : 'The browser hides the frames of its own WebSocket; these are messages.';
  }

  /**
   * @param {{ sent: boolean, fin: boolean, opcode: number, masked: boolean, length: number, preview: Uint8Array, time: number }} frame
   */
  add(frame) {
    const way = frame.sent ? 'sent' : 'received';
    this.#counts[way] += 1;
    // A continuation's payload is what its message's first frame said.
    if (frame.opcode === 1 || frame.opcode === 2) this.#kinds[way] = frame.opcode;
    const kind = frame.opcode === 0 ? this.#kinds[way] : frame.opcode;
    const { sent, received } = this.#counts;
    this.#rows.add(() => {
      if (!byId('frames-note').textContent?.startsWith('The browser')) {
        byId('frames-note').textContent = `${sent.toLocaleString()} sent, ${received.toLocaleString()} received`;
      }
      return this.#row(frame, kind);
    });
  }

  #row(frame, kind) {
    const { sent, opcode, fin, masked, length, preview, time } = frame;
    const name = NAMES[opcode] ?? `opcode ${opcode}`;
    const way = sent ? 'sent' : 'received';
    const show = element('button', { type: 'button', class: 'frame', 'aria-label': `${name}, ${way}: show payload` });
    show.append(element('span', { class: 'arrow', 'aria-hidden': 'true' }, sent ? '↑' : '↓'), ` ${name}`);
    const row = element(
      'tr',
      { 'data-opcode': opcode, 'data-direction': way, 'data-length': length },
      element('td', {}, show),
      element('td', { class: 'number' }, size(length)),
      element('td', { class: 'more' }, [fin ? 'FIN' : '', masked ? 'mask' : ''].filter(Boolean).join(' ')),
      element('td', { class: 'number more' }, seconds(time - this.#start)),
      element('td', { class: 'preview' }, shown(kind, preview)),
    );
    row.addEventListener('click', () => this.#select(row, frame, `${name}, ${way}`));
    return row;
  }

  #select(row, { opcode, length, preview }, what) {
    for (const other of row.parentElement.querySelectorAll('.selected')) other.classList.remove('selected');
    row.classList.add('selected');
    const cut = length > preview.length ? `: the first ${preview.length} of ${length.toLocaleString()} bytes` : '';
    byId('payload-title').textContent = `Payload of ${what}${cut}`;
    byId('payload-text').textContent = opcode === 8 ? shown(opcode, preview) : new TextDecoder().decode(preview);
    byId('payload-hex').textContent = dump(preview, innerWidth < 480 ? 8 : 16);
    byId('payload').hidden = false;
  }
}

/** A payload on one line: a Close frame's code and reason, text, or bytes. */
function shown(opcode, preview) {
  if (opcode === 8) {
    if (preview.length < 2) return 'no code';
    return `${(preview[0] << 8) | preview[1]} ${line(preview.subarray(2))}`;
  }
  const start = preview.subarray(0, SHOWN);
  return opcode === 2 ? hex(start) : line(start);
}
