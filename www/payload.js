// The selected frame: its header, and its payload as text and as a hex dump.
import { byId, setText } from './dom.js';
import { count, dump, dumpColumns, seconds, text } from './format.js';

/** The width of a character of a monospaced font, relative to the font size. */
const CHARACTER = 0.61;

/** @typedef {import('./frames.js').Shown} Shown */

export class Payload {
  /** @type {Uint8Array} */
  #bytes = new Uint8Array();
  #width = 16;

  /** @param {() => void} hidden called when the user hides the payload */
  constructor(hidden) {
    byId('payload-close').addEventListener('click', hidden);
    byId('payload').addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hidden();
    });
    new ResizeObserver(() => this.#fit()).observe(byId('payload'));
  }

  get isOpen() {
    return !byId('payload').hidden;
  }

  hide() {
    byId('payload').hidden = true;
    this.#bytes = new Uint8Array();
  }

  /**
   * @param {Shown} frame
   * @param {string} name
   */
  async show(frame, name) {
    const { sent, opcode, fin, compressed, masked, length, time, hidden } = frame;
    const head = hidden
      ? ['a message']
      : [
          `opcode ${opcode}`,
          fin ? 'FIN' : 'no FIN',
          ...(compressed ? ['RSV1: compressed'] : []),
          masked ? 'masked' : 'not masked',
        ];
    setText('payload-title', `${sent ? '↑ sent' : '↓ received'} ${name}`);
    setText('payload-head', [...head, `${count(length)} B`, `${seconds(time)} s`].join(', '));
    byId('payload').hidden = false;
    const bytes = await frame.preview;
    const shown = bytes.length;
    setText('payload-cut', length > shown ? `The first ${count(shown)} of ${count(length)} bytes.` : '');
    setText('payload-text', compressed ? '(compressed)' : asText(opcode, bytes));
    this.#bytes = bytes;
    this.#width = 0;
    this.#fit();
  }

  /** Chooses the number of bytes per line by the available width. */
  #fit() {
    const pre = byId('payload-hex');
    const columns = pre.clientWidth / (Number.parseFloat(getComputedStyle(pre).fontSize) * CHARACTER);
    const width = columns >= dumpColumns(16) ? 16 : 8;
    if (width === this.#width) return;
    this.#width = width;
    pre.textContent = dump(this.#bytes, width) || '(empty)';
  }
}

function asText(opcode, bytes) {
  if (bytes.length === 0) return '(empty)';
  if (opcode !== 8) return text(bytes);
  return `code ${(bytes[0] << 8) | bytes[1]}\nreason ${text(bytes.subarray(2)) || '(empty)'}`;
}
