// A long list that stays quick: rows are added once for each animation frame, old ones go, and it follows its end
// unless somebody scrolled away from it.

/** The most rows that are kept. */
const MOST = 500;

export class Rows {
  #list;
  #scroller;
  #waiting = [];
  #scheduled = false;

  /**
   * @param {HTMLElement} list what holds the rows
   * @param {HTMLElement} scroller what scrolls
   */
  constructor(list, scroller) {
    this.#list = list;
    this.#scroller = scroller;
  }

  /** Adds a row; `make` is called only if it will be seen. */
  add(make) {
    this.#waiting.push(make);
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => this.#show());
  }

  clear() {
    this.#waiting.length = 0;
    this.#list.replaceChildren();
  }

  #show() {
    this.#scheduled = false;
    const scroller = this.#scroller;
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
    this.#list.append(
      ...this.#waiting
        .splice(0)
        .slice(-MOST)
        .map((make) => make()),
    );
    while (this.#list.childElementCount > MOST) this.#list.firstElementChild?.remove();
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  }
}

/** An element with text, and children behind it. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`);
  made.append(...children);
  return made;
}
