// What must be true of a release: each check gives the problems that it found, as sentences.

/**
 * One version everywhere.
 * @param {Record<string, string | undefined>} versions by where they stand
 * @returns {string[]}
 */
export function disagreements(versions) {
  const distinct = new Set(Object.values(versions));
  if (distinct.size === 1 && !distinct.has(undefined)) return [];
  const all = Object.entries(versions).map(([file, version]) => `${file} has ${version ?? 'none'}`);
  return [`the versions differ: ${all.join(', ')}`];
}

/**
 * An entry for the version, with something in it, and nothing that waits for a later one.
 * @param {string} changelog
 * @param {string} version
 * @returns {string[]}
 */
export function changelogProblems(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const titled = (title) => sections.find((section) => section.split('\n')[0].split(' ')[0] === title);
  const said = (section) => /^- /m.test(section ?? '');
  const problems = [];
  if (!said(titled(version))) problems.push(`CHANGELOG.md says nothing under "## ${version}"`);
  if (said(titled('Unreleased'))) problems.push(`CHANGELOG.md still has something under "## Unreleased"`);
  return problems;
}

/** What the npm package may contain. */
const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE-(MIT|APACHE))$/,
  /^docs\/[\w-]+\.md$/,
  /^dist\/(websocket_wasm|codec)\.wasm$/,
  /^dist\/(shared\/)?[\w-]+\.js$/,
  /^dist\/types\/([\w-]+\/)*[\w-]+\.d\.ts$/,
  /^dist\/cjs\/((shared\/)?[\w-]+\.cjs|[\w-]+\.mjs)$/,
  /^dist\/cjs\/types\/([\w-]+\/)*[\w-]+\.d\.cts$/,
];
const NEEDED = ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'docs/api.md', 'docs/recipes.md'];

/**
 * All that `package.json` points to is in the package, and nothing that nobody expects.
 * @param {string[]} files that the package contains
 * @param {Record<string, any>} manifest `package.json`
 * @returns {string[]}
 */
export function contentProblems(files, manifest) {
  const there = new Set(files);
  const { exports, main, module, types } = manifest;
  const needed = [...NEEDED, ...targets(exports), ...targets([main, module, types])];
  return [
    ...[...new Set(needed)].filter((file) => !there.has(file)).map((file) => `the package lacks ${file}`),
    ...files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file))).map((file) => `the package has ${file}`),
  ];
}

/** Every path in a condition tree. */
function targets(tree) {
  if (typeof tree === 'string') return [tree.replace(/^\.\//, '')];
  return tree ? Object.values(tree).flatMap(targets) : [];
}
