// The checks of a release. Each returns the problems that it finds, as sentences.

/**
 * One version everywhere.
 * @param {Record<string, string | undefined>} versions by file
 * @returns {string[]}
 */
export function disagreements(versions) {
  const distinct = new Set(Object.values(versions));
  if (distinct.size === 1 && !distinct.has(undefined)) return [];
  const all = Object.entries(versions).map(([file, version]) => `${file} has ${version ?? 'none'}`);
  return [`the versions differ: ${all.join(', ')}`];
}

/**
 * The changelog has an entry for the version that isn't empty, and nothing unreleased.
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

/** RFC 2606 reserves the domain: a placeholder can't be a real address. */
const PLACEHOLDER = /\.invalid\b/;

/**
 * The metadata names the source and the maintainers.
 * @param {Record<string, Record<string, string | null | undefined>>} metadata the fields, by file
 * @returns {string[]}
 */
export function metadataProblems(metadata) {
  const fields = Object.entries(metadata).flatMap(([file, values]) =>
    Object.entries(values).map(([field, value]) => ({ file, field, value })),
  );
  return fields
    .filter(({ value }) => !value || PLACEHOLDER.test(value))
    .map(({ file, field, value }) => `${file}: ${field} is ${value ? `a placeholder (${value})` : 'missing'}`);
}

/**
 * The address for vulnerability reports.
 * @param {string} policy SECURITY.md
 * @returns {string | undefined} an email address, or a URL
 */
export function reportingAddress(policy) {
  const section = policy.split(/^## /m).find((text) => text.startsWith('Reporting\n'));
  return /<(\S+@\S+|https:\S+)>/.exec(section ?? '')?.[1];
}

/** The files that the npm package may contain. */
const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE-(MIT|APACHE))$/,
  /^docs\/[\w-]+\.md$/,
  /^dist\/((websocket_wasm|codec|tls)\.wasm|roots\.bin|THIRD-PARTY-NOTICES\.txt)$/,
  /^dist\/(shared\/)?[\w-]+\.js$/,
  /^dist\/types\/([\w-]+\/)*[\w-]+\.d\.ts$/,
  /^dist\/cjs\/((shared\/)?[\w-]+\.cjs|[\w-]+\.mjs)$/,
  /^dist\/cjs\/types\/([\w-]+\/)*[\w-]+\.d\.cts$/,
];
const NEEDED = [
  ...['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'docs/api.md', 'docs/recipes.md'],
  'dist/THIRD-PARTY-NOTICES.txt',
];

/**
 * The package contains every file that `package.json` refers to, and no unexpected one.
 * @param {string[]} files in the package
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
