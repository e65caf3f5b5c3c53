// The little that the page needs to reach and make elements.

/** The element with that id, as the kind that most of them are. */
export const byId = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/**
 * Makes an element.
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`);
  made.append(...children);
  return made;
}

/** Sets a text, and leaves the document alone where that changes nothing. */
export function setText(id, text) {
  const shown = byId(id);
  if (shown.textContent !== text) shown.textContent = text;
}

/** Calls `act` when the form is submitted. */
export function onSubmit(form, act) {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}

/** Shows what went wrong beside the controls that caused it; no text takes it back. */
export function showProblem(id, text = '') {
  setText(id, text);
  byId(id).hidden = text === '';
}
