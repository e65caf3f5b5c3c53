// The timeline: every event, every call, every exception.
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
   * @param {string} text a description
   * @param {Record<string, string | number>} [data] `data-` attributes, for programs that read the page
   * @param {() => string | Promise<string>} [more] returns text to append; called only if the row is shown
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
    // Text that arrives later may wrap onto another line.
    if (typeof more !== 'string') this.#rows.keepEnd();
  }
}
