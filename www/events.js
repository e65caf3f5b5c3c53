// The timeline: every event, every call, everything thrown.
import { byId, element } from './dom.js';
import { seconds } from './format.js';
import { Rows } from './rows.js';

export class Events {
  #rows = new Rows({ list: byId('events'), scroller: byId('events'), latest: byId('events-latest') });

  constructor() {
    byId('clear-events').addEventListener('click', () => this.#rows.clear());
  }

  /**
   * @param {string} name of the event or call
   * @param {string} text what is to be known of it
   * @param {Record<string, string | number>} [data] for who reads the page by program
   * @param {() => string | Promise<string>} [more] gives what follows the text; called only for what will be seen
   */
  add(name, text, data = {}, more) {
    const time = seconds(performance.now());
    const attributes = Object.fromEntries(Object.entries(data).map(([key, value]) => [`data-${key}`, value]));
    this.#rows.add(() => {
      const details = element('span', {}, text);
      if (more) this.#append(details, more());
      return element(
        'li',
        { 'data-event': name, ...attributes },
        element('time', {}, time),
        ' ',
        element('b', {}, name),
        ' ',
        details,
      );
    });
  }

  async #append(details, more) {
    const code = element('code');
    details.append(' ', code);
    code.textContent = typeof more === 'string' ? more : await more;
    // Late text may take another line.
    if (typeof more !== 'string') this.#rows.keepEnd();
  }
}
