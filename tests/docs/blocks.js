// The code blocks of docs/, and what they say that they print.
import { readFileSync } from 'node:fs';

/** The pages whose examples are run. */
export const PAGES = ['api.md', 'recipes.md'];

/** The text of a page of docs/. */
export function pageText(page) {
  return readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
}

/**
 * The JavaScript blocks of all pages, each with the heading that it stands under.
 * @returns {{ page: string, heading: string, where: 'node' | 'page' | 'worker', code: string }[]} where it is to be run
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

/** The lines that a block says it prints, each as a pattern: `…` stands for anything. */
export function promised(code) {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => {
    const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.+')}$`);
  });
}

/** Which promises were not kept, and which lines nobody promised; in any order. */
export function compare(code, lines) {
  const broken = [];
  const left = [...lines];
  for (const pattern of promised(code)) {
    const at = left.findIndex((line) => pattern.test(line));
    if (at < 0) broken.push(String(pattern));
    else left.splice(at, 1);
  }
  return { broken, unpromised: left };
}
