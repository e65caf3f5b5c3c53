// A long list that stays quick: rows are added at most once for each animation frame, old ones go, and it follows its end
// unless somebody scrolled away from it.

/** The most rows that are kept. */
export const MOST = 500;

/** How many rows are made for one animation frame: more would make it late. */
const AT_ONCE = 80;

/** How long a list rests for each row that it made, in milliseconds. Painting must not keep a flood from passing. */
const REST = 1.2;

/** How near to its end, in pixels, a list counts as being there. */
const NEAR = 24;

export class Rows {
  #list;
  #scroller;
  #latest;
  #shown;
  /** @type {(() => HTMLElement)[]} */
  #waiting = [];
  #scheduled = false;
  #restsUntil = 0;
  #following = true;
  /** Where it was scrolled to. */
  #top = 0;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.list what holds the rows
   * @param {HTMLElement} parts.scroller what scrolls
   * @param {HTMLElement} parts.latest the button that goes to the end
   * @param {() => void} [parts.shown] is told that rows came or went
   */
  constructor({ list, scroller, latest, shown = () => {} }) {
    this.#list = list;
    this.#scroller = scroller;
    this.#latest = latest;
    this.#shown = shown;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // What opens beside a list takes room from it; its end stays in sight.
    new ResizeObserver(() => this.keepEnd()).observe(scroller);
    latest.addEventListener('click', () => {
      // The button goes: the focus goes where the keys still scroll.
      scroller.focus({ preventScroll: true });
      this.#follow(true);
      this.keepEnd();
    });
  }

  /** Adds a row; `make` is called only if it will be seen. */
  add(make) {
    this.#waiting.push(make);
    // Only the newest will be seen. What waits is cut now and then, and all the more while the page is hidden.
    if (this.#waiting.length >= 2 * MOST) this.#waiting.splice(0, this.#waiting.length - MOST);
    this.#schedule();
  }

  clear() {
    this.#waiting.length = 0;
    this.#list.replaceChildren();
    this.#follow(true);
    this.#schedule();
  }

  /** Keeps the end in sight, where nobody scrolled away: for what grew or shrank. */
  keepEnd() {
    if (!this.#following) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const next = () => requestAnimationFrame(() => this.#show());
    const rest = this.#restsUntil - performance.now();
    if (rest > 0) setTimeout(next, rest);
    else next();
  }

  #show() {
    this.#scheduled = false;
    if (this.#waiting.length > MOST) this.#waiting.splice(0, this.#waiting.length - MOST);
    const made = this.#waiting.splice(0, AT_ONCE).map((make) => make());
    this.#restsUntil = performance.now() + made.length * REST;
    if (this.#waiting.length > 0) this.#schedule();
    const list = this.#list;
    for (let spare = list.childElementCount + made.length - MOST; spare > 0 && list.firstChild; spare -= 1) {
      list.firstChild.remove();
    }
    list.append(...made);
    this.keepEnd();
    this.#shown();
  }

  /** Upwards is away from the end; rows that grow move it away too, and are nobody's wish. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#follow(true);
    else if (scrollTop < this.#top) this.#follow(false);
    this.#top = scrollTop;
  }

  #follow(following) {
    this.#following = following;
    this.#latest.hidden = following;
  }
}
