// Saves a file.
import { element } from './dom.js';

/**
 * Saves text as a file, as the browser saves downloads.
 * @param {string} name
 * @param {string} text
 */
export function download(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = /** @type {HTMLAnchorElement} */ (element('a', { href, download: name }));
  link.click();
  // The browser reads it later.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
