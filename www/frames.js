// The table of frames in both directions, like in a browser's developer tools.
import { byId, element, setText } from './dom.js';
import { count, hex, seconds, size, text, visible } from './format.js';
import { Payload } from './payload.js';
import { MOST, Rows } from './rows.js';

/**
 * A frame; or a message, if the browser hides the frames.
 * @typedef {Omit<import('websocket-wasm').FrameInfo, 'preview'>
 *   & { preview: Uint8Array | Promise<Uint8Array>, hidden?: boolean }} Shown
 */

const NAMES = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** The number of payload bytes shown in the table. */
const PREVIEW = 64;

const list = byId('frames');

export class Frames {
  #rows = new Rows({
    list,
    scroller: byId('frames-scroll'),
    latest: byId('frames-latest'),
    shown: () => this.#settle(),
  });
  #payload = new Payload(() => this.#choose(undefined));
  #counts = { sent: 0, received: 0 };
  /** The opcode of the current message, by direction. */
  #kinds = { sent: 2, received: 2 };
  /** @type {WeakMap<Element, Shown>} */
  #frames = new WeakMap();
  /** The row whose payload is shown. @type {Element | undefined} */
  #chosen;
  /** The row that Tab focuses: the arrow keys move on from there. @type {Element | undefined} */
  #current;

  constructor() {
    byId('clear-frames').addEventListener('click', () => {
      this.#counts = { sent: 0, received: 0 };
      this.#choose(undefined);
      this.#rows.clear();
    });
    list.addEventListener('click', ({ target }) => this.#choose(rowOf(target)));
    list.addEventListener('focusin', ({ target }) => this.#reach(rowOf(target)));
    list.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Starts a new connection; without `visible` frames, the table says why. */
  restart({ visible: frames }) {
    byId('frames-hidden').hidden = frames;
  }

  /** @param {Shown} frame */
  add(frame) {
    const way = frame.sent ? 'sent' : 'received';
    this.#counts[way] += 1;
    // Compressed messages are shown as bytes, also text.
    if (frame.opcode === 1 || frame.opcode === 2) this.#kinds[way] = frame.compressed ? 2 : frame.opcode;
    // A continuation is shown like the first frame of its message.
    const kind = frame.opcode <= 2 ? this.#kinds[way] : frame.opcode;
    this.#rows.add(() => this.#row(frame, kind));
  }

  #row(frame, kind) {
    const { sent, opcode, fin, compressed, masked, length, time, hidden } = frame;
    const way = sent ? 'sent' : 'received';
    const flags = hidden
      ? 'message'
      : [fin ? 'FIN' : '', compressed ? 'deflate' : '', masked ? 'mask' : ''].filter(Boolean).join(' ');
    const arrow = element('span', { class: 'arrow', role: 'img', 'aria-label': way }, sent ? '↑' : '↓');
    const preview = element('td', { class: 'preview' });
    show(preview, kind, frame.preview);
    const row = element(
      'tr',
      { 'data-opcode': opcode, 'data-direction': way, 'data-length': length },
      element('td', {}, element('button', { type: 'button', class: 'frame', tabindex: -1 }, arrow, nameOf(opcode))),
      element('td', { class: 'number', title: `${count(length)} bytes` }, size(length)),
      element('td', { class: 'more' }, flags),
      element('td', { class: 'number more' }, seconds(time)),
      preview,
    );
    this.#frames.set(row, frame);
    return row;
  }

  #choose(row) {
    if (this.#chosen) buttonOf(this.#chosen)?.removeAttribute('aria-current');
    const before = this.#chosen;
    const frame = row && this.#frames.get(row);
    this.#chosen = frame && row;
    if (!frame) {
      // Don't lose the focus with the pane.
      if (byId('payload').contains(document.activeElement)) buttonOf(before)?.focus();
      this.#payload.hide();
      return;
    }
    buttonOf(row)?.setAttribute('aria-current', 'true');
    this.#payload.show(frame, nameOf(frame.opcode));
    row.scrollIntoView({ block: 'nearest' });
    // On a narrow page, the pane opens below the table, possibly out of view.
    byId('payload').scrollIntoView({ block: 'nearest' });
  }

  #reach(row) {
    if (!row || row === this.#current) return;
    const before = buttonOf(this.#current);
    if (before) before.tabIndex = -1;
    const button = buttonOf(row);
    if (button) button.tabIndex = 0;
    this.#current = row;
  }

  #key(event) {
    const row = rowOf(event.target);
    const next = {
      ArrowDown: row?.nextElementSibling,
      ArrowUp: row?.previousElementSibling,
      Home: list.firstElementChild,
      End: list.lastElementChild,
    }[event.key];
    if (event.key === 'Escape') this.#choose(undefined);
    if (!next) return;
    event.preventDefault();
    buttonOf(next)?.focus();
    next.scrollIntoView({ block: 'nearest' });
    if (this.#payload.isOpen) this.#choose(next);
  }

  /** Updates the counts, and keeps one row focusable with Tab. Called when rows were added or removed. */
  #settle() {
    const { sent, received } = this.#counts;
    const cut = sent + received > MOST ? `, the last ${count(MOST)} shown` : '';
    setText('frames-note', sent + received === 0 ? '' : `${count(sent)} sent, ${count(received)} received${cut}`);
    // The newest row, unless the user is on another one.
    const isUsed = this.#current?.isConnected && (this.#chosen || list.contains(document.activeElement));
    if (!isUsed) this.#reach(list.lastElementChild ?? undefined);
  }
}

function nameOf(opcode) {
  return NAMES[opcode] ?? `opcode ${opcode}`;
}

function rowOf(target) {
  return target instanceof Element ? (target.closest('tr') ?? undefined) : undefined;
}

/** @returns {HTMLButtonElement | null | undefined} */
function buttonOf(row) {
  return row?.querySelector('.frame');
}

async function show(cell, kind, preview) {
  cell.textContent = onLine(kind, preview instanceof Promise ? await preview : preview);
}

/** A payload on one line: a Close frame's code and reason, text, or bytes. */
function onLine(opcode, bytes) {
  if (opcode === 8 && bytes.length >= 2) return `${(bytes[0] << 8) | bytes[1]} ${visible(text(bytes.subarray(2)))}`;
  const first = bytes.subarray(0, PREVIEW);
  return opcode === 2 ? hex(first) : visible(text(first));
}
