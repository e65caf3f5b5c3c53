// The code blocks of docs/, and the output that they document.
import { readFileSync } from 'node:fs';

/** The pages with examples to run. */
export const PAGES = ['api.md', 'recipes.md'];

/** The text of a page of docs/. */
export function pageText(page) {
  return readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
}

/**
 * The JavaScript blocks of all pages, each with the heading of its section, and where to run it.
 * @returns {{ page: string, heading: string, where: 'node' | 'page' | 'worker', code: string }[]}
 */
export function blocks() {
  return PAGES.flatMap((page) =>
    pageText(page)
      .split(/^(?=#)/m)
      .flatMap((section) => {
        const heading = section.slice(0, section.indexOf('\n')).replace(/^#+ /, '');
        return [...section.matchAll(/^```js ?(page|worker)?\n([\s\S]*?)^```$/gm)].map(([, where, code]) => ({
          page,
          heading,
          where: /** @type {'page' | 'worker' | undefined} */ (where) ?? 'node',
          code,
        }));
      }),
  );
}

/** The lines of output that a block documents, as patterns: `…` matches anything. */
export function documented(code) {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => {
    const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.+')}$`);
  });
}

/** Compares the output with the documented lines, in any order. */
export function compare(code, lines) {
  const missing = [];
  const undocumented = [...lines];
  for (const pattern of documented(code)) {
    const at = undocumented.findIndex((line) => pattern.test(line));
    if (at < 0) missing.push(String(pattern));
    else undocumented.splice(at, 1);
  }
  return { missing, undocumented };
}
