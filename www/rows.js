// A long list that stays fast: rows are added at most once per animation frame, old rows are removed, and the list follows its
// end unless the user scrolled away from it.

/** The maximum number of rows kept. */
export const MOST = 500;

/** The maximum number of rows created per animation frame, so that it isn't late. */
const AT_ONCE = 80;

/** The pause for each row created, in milliseconds, so that painting doesn't slow down a flood of messages. */
const REST = 1.2;

/** A list that is scrolled to within this distance of its end, in pixels, counts as being there. */
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
  /** The last scroll position. */
  #top = 0;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.list the parent of the rows
   * @param {HTMLElement} parts.scroller the element that scrolls
   * @param {HTMLElement} parts.latest the button that scrolls to the end
   * @param {() => void} [parts.shown] called when rows were added or removed
   */
  constructor({ list, scroller, latest, shown = () => {} }) {
    this.#list = list;
    this.#scroller = scroller;
    this.#latest = latest;
    this.#shown = shown;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // A pane that opens next to the list shrinks it; keep its end in view.
    new ResizeObserver(() => this.keepEnd()).observe(scroller);
    latest.addEventListener('click', () => {
      // The button disappears: move the focus to the element that the keys scroll.
      scroller.focus({ preventScroll: true });
      this.#follow(true);
      this.keepEnd();
    });
  }

  /** Adds a row; calls `make` only if the row will be shown. */
  add(make) {
    this.#waiting.push(make);
    // Only the newest rows will be shown, so drop older ones from time to time: the page may be hidden for long.
    if (this.#waiting.length >= 2 * MOST) this.#waiting.splice(0, this.#waiting.length - MOST);
    this.#schedule();
  }

  clear() {
    this.#waiting.length = 0;
    this.#list.replaceChildren();
    this.#follow(true);
    this.#schedule();
  }

  /** Keeps the end in view after a change of size, unless the user scrolled away. */
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

  /** Stops following when the user scrolls up. A growing row also moves the end away, but doesn't count. */
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
