// The suite's verdicts, and the bar that they must meet.

/** Cases that only report a behaviour that RFC 6455 leaves open: they can't be passed. */
const BY_DESIGN = ['7.1.6', '7.13.1', '7.13.2'];

/**
 * The suite's report of one case; without behaviours if there is none.
 * @typedef {{ id: string, behavior?: string, behaviorClose?: string, remoteCloseCode?: number | null, reportfile?: string }} Verdict
 */

/**
 * Whether a case passed, its close included.
 * @param {Verdict} verdict
 */
export function meetsBar({ id, behavior, behaviorClose }) {
  const bar = BY_DESIGN.includes(id) ? 'INFORMATIONAL' : 'OK';
  return behavior === bar && behaviorClose === bar;
}

/**
 * One verdict for each case that was run, from the suite's `index.json`.
 * @param {string[]} ids
 * @param {Record<string, Record<string, Omit<Verdict, 'id'>>>} index by agent, then by case
 * @param {string} agent
 * @returns {Verdict[]}
 */
export function verdictsOf(ids, index, agent) {
  return ids.map((id) => ({ ...index[agent]?.[id], id }));
}

/**
 * Merges the verdicts of cases that were run again.
 * @param {Verdict[]} first
 * @param {Verdict[]} again
 */
export function replaced(first, again) {
  return first.map((verdict) => again.find(({ id }) => id === verdict.id) ?? verdict);
}

/**
 * The ids that match one of the patterns, in which `*` matches anything.
 * @param {string[]} ids
 * @param {string[]} patterns each may be several, separated by commas
 * @throws {Error} when a pattern matches nothing
 */
export function matching(ids, patterns) {
  const all = patterns.flatMap((pattern) => pattern.split(',')).map((pattern) => pattern.trim());
  const chosen = all.map((pattern) => {
    const literal = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    const shape = new RegExp(`^${literal.join('.*')}$`);
    const matched = ids.filter((id) => shape.test(id));
    if (matched.length === 0) throw new Error(`no case matches ${pattern}`);
    return matched;
  });
  const wanted = new Set(chosen.flat());
  return ids.filter((id) => wanted.has(id));
}
