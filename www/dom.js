// Helpers to find, create and update elements.

/** The element with that id, typed as the most common kind. */
export const byId = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/**
 * Creates an element.
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

/**
 * The elements of a list of names and values.
 * @param {Iterable<[string, ...(Node | string)[]]>} entries
 * @param {string} attribute of each value, with its name
 */
export function namesAndValues(entries, attribute) {
  return [...entries].flatMap(([name, ...value]) => [
    element('dt', {}, name),
    element('dd', { [attribute]: name }, ...value),
  ]);
}

/** Sets an element's text, without touching the document if it is the same. */
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

/** Shows an error, with its code if it has one, next to the controls that caused it; an empty text hides it. */
export function showProblem(id, text = '', code = '') {
  byId(id).replaceChildren(text, ...(code ? [' ', element('code', {}, code)] : []));
  byId(id).hidden = text === '';
}
