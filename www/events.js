// The timeline: every event, every call, everything thrown.
import { seconds } from './format.js';
import { element, Rows } from './rows.js';

const list = /** @type {HTMLElement} */ (document.getElementById('events'));

export class Events {
  #rows = new Rows(list, list);
  #start = performance.now();

  constructor() {
    document.getElementById('clear-events')?.addEventListener('click', () => this.#rows.clear());
  }

  /** Times are counted from here. */
  restart() {
    this.#start = performance.now();
  }

  /**
   * @param {string} name of the event or call
   * @param {string} text what is to be known of it
   * @param {Record<string, string | number>} [data] for who reads the page by program
   */
  add(name, text, data = {}) {
    const time = seconds(performance.now() - this.#start);
    const attributes = Object.fromEntries(Object.entries(data).map(([key, value]) => [`data-${key}`, value]));
    this.#rows.add(() =>
      element(
        'li',
        { 'data-event': name, ...attributes },
        element('time', {}, time),
        element('b', {}, name),
        element('span', {}, text),
      ),
    );
  }

  /** Something was thrown by a call. */
  thrown(call, error) {
    this.add('exception', `${call} threw ${error?.name}: ${error?.message}`);
  }
}
